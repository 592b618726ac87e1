"""The beginning of a serial line: what opening it has cut in half is no code."""

import os
import select
import tty

import pytest
from auto_id.iot_handlers.lib.auto_id import lines
from auto_id.iot_handlers.lib.auto_id.framing import framer

OPTIONS = {"bytesize": "8", "parity": "none", "stopbits": "1", "silence": 0.05}


@pytest.fixture
def scanner(monkeypatch):
    """(what the scanner sends while its port is opened, the open line)."""
    scanner_end, port = os.openpty()
    tty.setraw(port)
    opened = []

    def open_while(sent):
        def speak(_seconds):
            os.write(scanner_end, sent)
            select.select([port], [], [], 0.2)  # the kernel hands it over in its own time

        monkeypatch.setattr(lines.time, "sleep", speak)
        opened.append(lines.open_line(os.ttyname(port), 9600, OPTIONS))
        return opened[-1]

    open_while.send = lambda data: os.write(scanner_end, data)
    yield open_while
    for line in opened:
        line.close()
    os.close(scanner_end)
    os.close(port)


def codes(line, chunks):
    framing = framer()
    return [frame.text for _ in range(chunks) for frame in framing.feed(line.receive())]


def test_the_tail_of_a_code_is_no_code(scanner):
    line = scanner(b"006381\r40063")
    scanner.send(b"81333931\r")
    assert codes(line, 3) == ["4006381333931"]


def test_the_tail_may_come_in_pieces(scanner):
    line = scanner(b"00")
    assert codes(line, 1) == []
    scanner.send(b"63\r")
    assert codes(line, 1) == []
    scanner.send(b"NEXT\r")
    assert codes(line, 1) == ["NEXT"]


def test_after_silence_a_code_is_whole(scanner):
    line = scanner(b"006")
    assert line.receive() == b""
    assert line.receive() == b""  # silent: a scanner without suffix
    scanner.send(b"WHOLE\r")
    assert codes(line, 1) == ["WHOLE"]


def test_a_quiet_line_loses_nothing(scanner):
    line = scanner(b"")
    scanner.send(b"FIRST\r")
    assert codes(line, 1) == ["FIRST"]
