"""The simulated serial scanner, through its line and through `bin/scan`."""

import os
import subprocess
import sys
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
