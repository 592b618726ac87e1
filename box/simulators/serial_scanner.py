"""A simulated serial scanner: a pseudo-terminal that speaks like a real one.

It keeps running and links its line at a stable path, as udev does with a real device.
`bin/scan` hands it the codes to read through a socket beside that path.

It can be as troublesome as real ones are: another speed than the box expects, codes in
pieces, garbage between them.
"""

import argparse
import contextlib
import functools
import operator
import os
import random
import signal
import socket
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "nul": b"\0", "none": b""}
CHECKSUMS = ("none", "lrc", "xor_hex")
SPEEDS = (0, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
BITS_PER_BYTE = 10  # 8N1: start, 8 data, stop
LONGEST = 1024 * 1024
CLIENT_TIMEOUT = 5
WRITE_TIMEOUT = 2
_PACED_CHUNK = 32
_CHOP_PAUSE = 0.01
_OUTPUT_SPEED = 5  # its place in what tcgetattr returns


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


class Speech(NamedTuple):
    """How a scanner puts a code on its line.

    :param checksum: `lrc` behind ETX, or `xor_hex`: two more digits of a hexadecimal code
    :param noise: so many unreadable bytes before each code, ended as a code is
    """

    suffix: bytes = b"\r"
    stx: bool = False
    prefix: bytes = b""
    checksum: str = "none"
    noise: int = 0

    def frame(self, code: bytes) -> bytes:
        r"""The bytes of one code.

        >>> Speech(suffix=b"", stx=True, checksum="lrc").frame(b"1B")
        b'\x021B\x03p'
        >>> Speech(checksum="xor_hex").frame(b"0F0184F079")
        b'0F0184F07903\r'

        :raises ScannerError: when the code is not hexadecimal and the checksum wants it so
        """
        code = self.prefix + code
        if self.checksum == "xor_hex":
            code += b"%02X" % _xor(_unhex(code))
        if self.stx:
            lrc = bytes([_xor(code + b"\x03")]) if self.checksum == "lrc" else b""
            framed = b"\x02" + code + self.suffix + b"\x03" + lrc
        else:
            framed = code + self.suffix
        noise = bytes(random.choices(range(0x80, 0xC0), k=self.noise))
        return (noise + (self.suffix or b"\x03") if noise else b"") + framed


class Scanner:
    """A scanner on its line.

    :param pace: send no faster than a line of this speed would; 0: at once
    :param speed: who listens at another speed than this gets garbage; 0: at any speed
    :param chop: hand over every byte alone, as a slow driver does
    """

    def __init__(
        self,
        link: Path,
        speech: Speech,
        *,
        pace: int = 0,
        speed: int = 0,
        chop: bool = False,
    ):
        self.link = link
        self._speech = speech
        self._pace = pace
        self._speed = getattr(termios, f"B{speed}") if speed else None
        self._chop = chop
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

        :raises ScannerError: when nobody takes the bytes from the line, or the code is no good
        """
        frame = self._garbled(self._speech.frame(code))
        for chunk, pause in self._chunks(frame):
            self._write(chunk)
            time.sleep(pause)
        return len(frame)

    def _chunks(self, frame: bytes) -> Iterator[tuple[bytes, float]]:
        """The pieces in which a frame is sent, and the pause after each."""
        size = 1 if self._chop else _PACED_CHUNK if self._pace else len(frame)
        pause = _CHOP_PAUSE if self._chop else 0
        for start in range(0, len(frame), size or 1):
            chunk = frame[start : start + size]
            paced = len(chunk) * BITS_PER_BYTE / self._pace if self._pace else 0
            yield chunk, max(pause, paced)

    def _garbled(self, frame: bytes) -> bytes:
        """What arrives at a box that listens at another speed."""
        if self._speed in (None, termios.tcgetattr(self._box_end)[_OUTPUT_SPEED]):
            return frame
        return bytes(byte ^ 0xA6 | 0x80 for byte in frame)

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

    def run(self, said: str, begin: Callable[[], None] = lambda: None) -> int:
        """Serve until the process is ended; its exit code.

        :param said: printed once codes can be sent
        :param begin: called once this simulator is sure to be the only one at its place
        """
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self.open()
        except (ScannerError, OSError) as error:
            # Not closed: what answers at this place is another simulator's.
            print(f"Error: {error}", file=sys.stderr)
            return 1
        try:
            begin()
            print(said, flush=True)
            self.serve()
        except KeyboardInterrupt:
            return 0
        finally:
            self.close()

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

    def serve(self) -> NoReturn:
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


def _unhex(code: bytes) -> bytes:
    try:
        return bytes.fromhex(code.decode("ascii"))
    except ValueError:
        raise ScannerError("with the checksum xor_hex a code must be hexadecimal") from None


def _xor(data: bytes) -> int:
    return functools.reduce(operator.xor, data, 0)


def _scanner(arguments: Sequence[str] | None) -> Scanner:
    parser = argparse.ArgumentParser("serial_scanner", description=__doc__)
    parser.add_argument("--link", type=Path, required=True, help="path of the scanner's line")
    parser.add_argument("--suffix", choices=SUFFIXES, default="cr", help="what ends a code (cr)")
    parser.add_argument("--prefix", default="", help="what each code begins with")
    parser.add_argument("--stx", action="store_true", help="put codes between STX and ETX")
    parser.add_argument("--checksum", choices=CHECKSUMS, default="none", help="after each code")
    parser.add_argument("--noise", type=int, default=0, help="garbage before each code, in bytes")
    parser.add_argument("--baudrate", type=int, default=0, help="send no faster than this speed")
    parser.add_argument(
        "--speed", type=int, choices=SPEEDS, default=0, help="a box at another speed gets garbage"
    )
    parser.add_argument("--chop", action="store_true", help="send every byte alone")
    options = parser.parse_args(arguments)
    speech = Speech(
        suffix=SUFFIXES[options.suffix],
        stx=options.stx,
        prefix=os.fsencode(options.prefix),
        checksum=options.checksum,
        noise=options.noise,
    )
    return Scanner(
        options.link.absolute(),
        speech,
        pace=options.baudrate,
        speed=options.speed,
        chop=options.chop,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    scanner = _scanner(arguments)
    try:
        return Control(scanner).run(f"Scanner at {scanner.link}", begin=scanner.connect)
    finally:
        scanner.disconnect()


if __name__ == "__main__":
    sys.exit(main())
