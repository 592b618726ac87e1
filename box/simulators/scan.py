"""`bin/scan`: lets a simulated scanner read a code."""

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .serial_scanner import control_path, short_path

EPILOG = """A recorded file holds one JSON object a line, in the order of its times:
{"time": SECONDS, "code": TEXT}; other keys, as records of RFID readers have them, do not matter."""
READER = "counter-scanner"
TIMEOUT = 30  # 64 KiB take a minute at 9600 baud; nobody waits that long


class ScanError(Exception):
    """The code was not read; the message says why."""


def scan(code: bytes, link: Path) -> None:
    """Hand one code to the scanner and wait until it is on the line.

    :raises ScanError: when there is no such scanner, or nobody listens to it
    """
    try:
        with short_path(control_path(link)) as path, socket.socket(socket.AF_UNIX) as client:
            client.settimeout(TIMEOUT)
            client.connect(path)
            client.sendall(code)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(1024)
    except TimeoutError:
        raise ScanError(f"The scanner at {link} does not answer.") from None
    except OSError:
        raise ScanError(
            f"No simulated scanner runs at {link}. Start the system first: make run"
        ) from None
    if not answer.startswith(b"ok"):
        raise ScanError(f"The scanner could not send the code: {answer.decode()[6:]}.")


def main(arguments: Sequence[str] | None = None, devices: Path | None = None) -> int:
    parser = argparse.ArgumentParser(
        "bin/scan", description="Scan a code at the simulated reader.", epilog=EPILOG
    )
    parser.add_argument("code", nargs="*", help="the code, as text; several are read in turn")
    parser.add_argument("--hex", metavar="BYTES", help="the code's bytes, like 001122ff")
    parser.add_argument("--file", help="read every line of this file in turn (-: standard input)")
    parser.add_argument("--replay", metavar="FILE", help="read again what was recorded (see below)")
    parser.add_argument("--times", type=_positive, default=1.0, help="replay so much faster (1)")
    parser.add_argument("--reader", default=READER, help=f"name or path of the reader ({READER})")
    options = parser.parse_args(arguments)
    try:
        link = _link(options.reader, devices)
        codes = list(_codes(options))
        recorded = list(read_recording(options.replay)) if options.replay else []
        if not codes and not recorded:
            parser.error("give a code, --hex, --file or --replay")
        for code in codes:
            scan(code, link)
        for code in replay(recorded, options.times):
            scan(code, link)
    except ScanError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _codes(options: argparse.Namespace) -> Iterator[bytes]:
    yield from (os.fsencode(code) for code in options.code)
    if options.hex is not None:
        try:
            yield bytes.fromhex(options.hex)
        except ValueError:
            raise ScanError(f"--hex {options.hex!r}: give two hexadecimal digits a byte.") from None
    if options.file:
        try:
            source = sys.stdin.fileno() if options.file == "-" else options.file
            with open(source, "rb") as file:
                yield from (line for line in file.read().splitlines() if line)
        except OSError as error:
            raise ScanError(f"The file cannot be read: {error}.") from error


def read_recording(path: str) -> Iterator[tuple[float, bytes]]:
    """(seconds, code) of a recorded file.

    :raises ScanError: naming the line that is none
    """
    try:
        lines = Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"The file cannot be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            yield float(record["time"]), os.fsencode(record["code"])
        except (ValueError, TypeError, KeyError) as error:
            expected = '{"time": 1.5, "code": "4006000001"}'
            raise ScanError(f"{path}, line {number} is not like {expected}.") from error


def replay(recorded: Sequence[tuple[float, bytes]], times: float = 1.0) -> Iterator[bytes]:
    """Each code when it is due, counted from the first one; so many times faster."""
    began = time.monotonic()
    for seconds, code in recorded:
        due = began + (seconds - recorded[0][0]) / times
        time.sleep(max(due - time.monotonic(), 0))
        yield code


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _link(reader: str, devices: Path | None) -> Path:
    if "/" in reader or devices is None:
        return Path(reader).absolute()
    return devices / reader


if __name__ == "__main__":
    sys.exit(main())
