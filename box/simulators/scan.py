"""`bin/scan`: lets a simulated scanner read a code."""

import argparse
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .serial_scanner import control_path, short_path

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
    parser = argparse.ArgumentParser("bin/scan", description="Scan a code at the simulated reader.")
    parser.add_argument("code", nargs="*", help="the code, as text; several are read in turn")
    parser.add_argument("--hex", metavar="BYTES", help="the code's bytes, like 001122ff")
    parser.add_argument("--file", help="read every line of this file in turn (-: standard input)")
    parser.add_argument("--reader", default=READER, help=f"name or path of the reader ({READER})")
    options = parser.parse_args(arguments)
    try:
        codes = list(_codes(options))
        if not codes:
            parser.error("give a code, --hex or --file")
        link = _link(options.reader, devices)
        for code in codes:
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


def _link(reader: str, devices: Path | None) -> Path:
    if "/" in reader or devices is None:
        return Path(reader).absolute()
    return devices / reader


if __name__ == "__main__":
    sys.exit(main())
