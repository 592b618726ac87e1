"""The simulated serial scanner, through its line and through `bin/scan`."""

import json
import os
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from box.simulators.scan import main
from box.simulators.serial_scanner import control_path

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path):
    """Start a scanner; its line, opened as a box does."""
    running = []

    def start(*options, folder=tmp_path):
        link = folder / "counter"
        command = [sys.executable, "-m", "box.simulators.serial_scanner", "--link", link, *options]
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL))
        end = time.monotonic() + 10
        while not link.exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        return link

    yield start
    for process in running:
        process.terminate()
        assert process.wait(5) == 0


def read(link, size):
    line = os.open(link, os.O_RDWR | os.O_NOCTTY)
    data = b""
    while len(data) < size:
        data += os.read(line, 65_536)
    os.close(line)
    return data


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], b"CARD 7\r"),
        (["--suffix", "crlf"], b"CARD 7\r\n"),
        (["--suffix", "none"], b"CARD 7"),
        (["--stx", "--suffix", "lf"], b"\x02CARD 7\n\x03"),
        (["--prefix", "]C1", "--chop"], b"]C1CARD 7\r"),
        (["--stx", "--suffix", "none", "--checksum", "lrc"], b"\x02CARD 7\x03\x00"),
    ],
)
def test_a_code_is_framed_as_a_scanner_does(start, options, expected):
    link = start(*options)
    assert main(["CARD 7", "--reader", str(link)]) == 0
    assert read(link, len(expected)) == expected


def test_bytes_files_and_several_codes(start, tmp_path):
    link = start()
    (tmp_path / "codes").write_bytes(b"one\r\n\r\ntwo\n")
    arguments = ["A", "B", "--hex", "00 11ff", "--file", str(tmp_path / "codes")]
    assert main([*arguments, "--reader", str(link)]) == 0
    expected = b"A\rB\r\x00\x11\xff\rone\rtwo\r"
    assert read(link, len(expected)) == expected


def test_a_paced_line_takes_its_time(start):
    link = start("--baudrate", "9600")
    began = time.monotonic()
    main(["x" * 191, "--reader", str(link)])
    assert time.monotonic() - began >= 0.2


def test_garbage_comes_before_a_code(start):
    link = start("--noise", "20")
    main(["CARD-7", "--reader", str(link)])
    noise, code = read(link, 28).split(b"\r")[:2]
    assert code == b"CARD-7"
    assert len(noise) == 20
    assert min(noise) >= 0x80


def test_at_another_speed_nothing_is_readable(start):
    link = start("--speed", "19200")
    line = os.open(link, os.O_RDWR | os.O_NOCTTY)
    attributes = termios.tcgetattr(line)
    for speed, readable in ((termios.B9600, False), (termios.B19200, True)):
        attributes[4] = attributes[5] = speed
        termios.tcsetattr(line, termios.TCSANOW, attributes)
        main(["CARD-7", "--reader", str(link)])
        assert (os.read(line, 100) == b"CARD-7\r") is readable
    os.close(line)


def test_a_checksum_of_digits_wants_digits(start, capsys):
    link = start("--checksum", "xor_hex")
    assert main(["0F0184F079", "--reader", str(link)]) == 0
    assert read(link, 13) == b"0F0184F07903\r"
    assert main(["CARD", "--reader", str(link)]) == 1
    assert "hexadecimal" in capsys.readouterr().err


def test_a_recorded_file_is_read_again_at_its_pace(start, tmp_path):
    link = start()
    file = tmp_path / "recorded.jsonl"
    records = [{"time": 100.0, "code": "A", "antenna": 1}, {"time": 104.0, "code": "卡"}]
    file.write_text("\n".join(map(json.dumps, records)) + "\n\n")
    began = time.monotonic()
    assert main(["--replay", str(file), "--times", "20", "--reader", str(link)]) == 0
    assert time.monotonic() - began >= 0.2
    assert read(link, 6) == "A\r卡\r".encode()


@pytest.mark.parametrize("line", ["{", "7", '{"code": "A"}', '{"time": "x", "code": "A"}'])
def test_a_recorded_file_that_is_none_is_told(tmp_path, capsys, line):
    file = tmp_path / "recorded.jsonl"
    file.write_text('{"time": 1, "code": "A"}\n' + line)
    assert main(["--replay", str(file)]) == 1
    assert "line 2" in capsys.readouterr().err


def test_a_full_line_without_a_box_is_told(start, capsys):
    link = start()
    assert main(["x" * 70_000, "--reader", str(link)]) == 1
    assert "no box listens" in capsys.readouterr().err
    assert main(["CARD-7", "--reader", str(link)]) == 0


def test_a_deep_path_is_no_hindrance(start, tmp_path):
    folder = tmp_path / ("d" * 120)
    folder.mkdir()
    link = start(folder=folder)
    assert main(["7", "--reader", str(link)]) == 0


def test_the_second_scanner_on_a_line_gives_way(start, tmp_path):
    link = start()
    command = [sys.executable, "-m", "box.simulators.serial_scanner", "--link", link]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10)
    assert second.returncode == 1
    assert "runs already" in second.stderr
    assert main(["7", "--reader", str(link)]) == 0


def test_no_scanner_is_told(tmp_path, capsys):
    assert main(["7", "--reader", str(tmp_path / "none")]) == 1
    assert "make run" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--hex", "xyz"], ["--file", "/nowhere"]])
def test_wrong_input_is_told(arguments, capsys):
    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith("Error: ")


def test_a_killed_scanner_leaves_no_obstacle(tmp_path, start):
    link = tmp_path / "counter"
    link.symlink_to("/dev/pts/99999")
    control_path(link).touch()
    start()
    assert main(["7", "--reader", str(link)]) == 0
