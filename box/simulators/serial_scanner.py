"""A simulated serial scanner: a pseudo-terminal that speaks like a real one.

It keeps running and links its line at a stable path, as udev does with a real device.
`bin/scan` hands it the codes to read through a socket beside that path.
"""

import argparse
import contextlib
import os
import signal
import socket
import sys
import termios
import time
import tty
from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "nul": b"\0", "none": b""}
BITS_PER_BYTE = 10  # 8N1: start, 8 data, stop
LONGEST = 1024 * 1024
CLIENT_TIMEOUT = 5
WRITE_TIMEOUT = 2
_PACED_CHUNK = 32


class ScannerError(Exception):
    """The scanner cannot work; the message says why."""


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """The same path in few bytes: a socket's address may have 107 at most."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def control_path(link: Path) -> Path:
    """Where a scanner takes codes; hidden, so that patterns of devices do not find it."""
    return link.with_name(f".{link.name}.control")


class Scanner:
    """A scanner on its line.

    :param baudrate: send no faster than a line of this speed would; 0: at once
    """

    def __init__(self, link: Path, *, suffix: bytes = b"\r", stx: bool = False, baudrate: int = 0):
        self.link = link
        self._suffix = suffix
        self._stx = stx
        self._baudrate = baudrate
        # Both ends stay open: the line lives on when the box that listens goes away.
        self._scanner_end, self._box_end = os.openpty()
        tty.setraw(self._box_end, termios.TCSANOW)
        os.set_blocking(self._scanner_end, False)

    def connect(self) -> None:
        """Plug it in: the line appears at its path."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        part = self.link.with_name(f".{self.link.name}.part")
        part.unlink(missing_ok=True)
        part.symlink_to(os.ttyname(self._box_end))
        part.replace(self.link)

    def disconnect(self) -> None:
        """Unplug it."""
        with contextlib.suppress(OSError):
            if os.readlink(self.link) == os.ttyname(self._box_end):
                self.link.unlink()
        os.close(self._box_end)
        os.close(self._scanner_end)

    def scan(self, code: bytes) -> int:
        """Send a code as a scanner does; the number of bytes on the line.

        :raises ScannerError: when nobody takes the bytes from the line
        """
        frame = b"\x02" + code + self._suffix + b"\x03" if self._stx else code + self._suffix
        size = _PACED_CHUNK if self._baudrate else len(frame)
        for start in range(0, len(frame), size or 1):
            chunk = frame[start : start + size]
            self._write(chunk)
            if self._baudrate:
                time.sleep(len(chunk) * BITS_PER_BYTE / self._baudrate)
        return len(frame)

    def _write(self, data: bytes) -> None:
        limit = time.monotonic() + WRITE_TIMEOUT
        while data:
            try:
                data = data[os.write(self._scanner_end, data) :]
                limit = time.monotonic() + WRITE_TIMEOUT
            except BlockingIOError:
                if time.monotonic() > limit:
                    self._forget()
                    raise ScannerError("no box listens to this line: it is full") from None
                time.sleep(0.002)

    def _forget(self) -> None:
        """A real line does not keep what nobody took."""
        termios.tcflush(self._box_end, termios.TCIFLUSH)


class Control:
    """Takes codes through a socket: one code a connection, answered when it was sent."""

    def __init__(self, scanner: Scanner):
        self._scanner = scanner
        self._path = control_path(scanner.link)
        self._socket = socket.socket(socket.AF_UNIX)

    def open(self) -> None:
        """:raises ScannerError: when this scanner runs already."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with short_path(self._path) as path:
            with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
                probe.connect(path)
                raise ScannerError(f"A scanner at {self._scanner.link} runs already.")
            self._path.unlink(missing_ok=True)
            self._socket.bind(path)
        self._socket.listen(64)

    def serve(self) -> None:
        while True:
            client, _address = self._socket.accept()
            with client, contextlib.suppress(OSError):  # a client that went away
                client.settimeout(CLIENT_TIMEOUT)
                client.sendall(self._answer(_receive(client)))

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _answer(self, code: bytes | None) -> bytes:
        if code is None:
            return b"error a code of more than 1 MiB"
        try:
            return b"ok %d" % self._scanner.scan(code)
        except ScannerError as error:
            return f"error {error}".encode()


def _receive(client: socket.socket) -> bytes | None:
    code = bytearray()
    while chunk := client.recv(65_536):
        code += chunk
        if len(code) > LONGEST:
            return None
    return bytes(code)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("serial_scanner", description=__doc__)
    parser.add_argument("--link", type=Path, required=True, help="path of the scanner's line")
    parser.add_argument("--suffix", choices=SUFFIXES, default="cr", help="what ends a code (cr)")
    parser.add_argument("--stx", action="store_true", help="put codes between STX and ETX")
    parser.add_argument("--baudrate", type=int, default=0, help="send at this speed (at once)")
    options = parser.parse_args(arguments)
    scanner = Scanner(
        options.link.absolute(),
        suffix=SUFFIXES[options.suffix],
        stx=options.stx,
        baudrate=options.baudrate,
    )
    control = Control(scanner)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        control.open()
    except (ScannerError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    try:
        scanner.connect()
        print(f"Scanner at {scanner.link}", flush=True)
        control.serve()
    except KeyboardInterrupt:
        return 0
    finally:
        scanner.disconnect()
        control.close()


if __name__ == "__main__":
    sys.exit(main())
