"""Cuts the bytes of a scanner into codes, however the line chops them up.

With `auto` scanners end a code with CR, LF, CRLF, NUL or ETX and may start it with STX; a
unit fresh from its box may send no mark at all. None of these bytes occurs inside a code
(GS1's group separator is 0x1D), so each of them is a border, and empty pieces between two
borders are nothing. The other framings are for readers that need it stricter.
"""

import re
from typing import NamedTuple

LONGEST = 64 * 1024
"""Bytes of a code that are kept; the server refuses anything near this length anyway."""

_ANY_BORDER = re.compile(rb"[\x00\x02\x03\n\r]")
_LINE_END = re.compile(rb"[\n\r]")
_STX, _ETX = b"\x02", b"\x03"
# Inside a code GS1 and DataMatrix know GS, RS and EOT; some labels hold a tab.
_GARBAGE = re.compile(rb"[^\t\x04\x1d\x1e\x20-\x7e\x80-\xff]")


class Frame(NamedTuple):
    """The bytes of one code.

    `cut` when the end of an over-long one was thrown away, `wrong` when its checksum fails.
    """

    data: bytes
    cut: bool = False
    wrong: bool = False

    @property
    def text(self) -> str:
        r"""The code as text; bytes that are no UTF-8 appear as ``\xff``.

        >>> Frame(b"\xe5\x8d\xa1 7").text, Frame(b"7\xff").text
        ('卡 7', '7\\xff')
        """
        return self.data.decode("utf-8", "backslashreplace")

    @property
    def is_garbage(self) -> bool:
        r"""Whether no label carries this: another speed or parity looks so, or a broken line.

        >>> Frame(b"4006\x1d7").is_garbage, Frame(b"\x86\xff").is_garbage
        (False, True)
        """
        try:
            self.data.decode()
        except UnicodeDecodeError:
            return True
        return bool(_GARBAGE.search(self.data))


def framer(
    kind: str = "auto", *, length: int = 10, checksum: str = "none", longest: int = LONGEST
) -> "Framer":
    """The framer for these settings, as `settings.DRIVERS["serial"]` names them."""
    if kind == "fixed":
        return FixedFramer(checksum, length)
    if kind == "stx_etx":
        return StxEtxFramer(checksum, longest)
    border = {"auto": _ANY_BORDER, "line": _LINE_END}.get(kind)
    return Framer(checksum, longest, border)


class Framer:
    r"""Turns chunks of bytes into frames; the same frames for any chunking.

    >>> line = framer()
    >>> line.feed(b"\x0240060")
    []
    >>> line.feed(b"00001\r\n\x03next\r")
    [Frame(data=b'4006000001', cut=False, wrong=False), Frame(data=b'next', cut=False, wrong=False)]

    :param border: matches the bytes between two codes; None: only silence ends a code
    """

    def __init__(self, checksum: str, longest: int, border: re.Pattern | None = None):
        self._checksum = checksum
        self._longest = longest
        self._border = border
        self._data = bytearray()
        self._cut = False
        self._sees_borders = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """The codes that this chunk completes."""
        *pieces, rest = self._border.split(chunk) if self._border else [chunk]
        frames = []
        for piece in pieces:
            self._add(piece)
            if self._data:
                frames.append(self._take())
        self._sees_borders |= bool(pieces)
        self._add(rest)
        return frames

    def silence(self) -> Frame | None:
        """The line fell silent: what is pending is a code of a scanner without a suffix.

        From a scanner that ends its codes it is a torn one, which is thrown away: half a
        code may be someone else's. `torn` tells before this call.
        """
        if not self._data:
            return None
        frame = self._take()
        return None if self._sees_borders else frame

    @property
    def torn(self) -> bool:
        """Whether a code has begun that should have an end and has none yet."""
        return self._sees_borders and bool(self._data)

    def _add(self, piece: bytes) -> None:
        room = self._longest - len(self._data)
        self._data += piece[:room]
        self._cut |= len(piece) > room

    def _take(self) -> Frame:
        frame = checked(Frame(bytes(self._data), self._cut), self._checksum)
        self._data.clear()
        self._cut = False
        return frame


class FixedFramer(Framer):
    """Every so many bytes are a code, whatever they are."""

    def __init__(self, checksum: str, length: int):
        super().__init__(checksum, length)
        self._sees_borders = True

    def feed(self, chunk: bytes) -> list[Frame]:
        frames = []
        while chunk:
            room = self._longest - len(self._data)
            self._add(chunk[:room])
            chunk = chunk[room:]
            if len(self._data) == self._longest:
                frames.append(self._take())
        return frames


class StxEtxFramer(Framer):
    """A code stands between STX and ETX; a byte with the checksum may follow."""

    def __init__(self, checksum: str, longest: int):
        super().__init__(checksum, longest)
        self._sees_borders = True
        self._inside = False
        self._awaits_lrc = False

    def feed(self, chunk: bytes) -> list[Frame]:
        frames = []
        while chunk:
            if self._awaits_lrc:
                frames.append(self._take_with(chunk[0]))
                chunk = chunk[1:]
            elif self._inside:
                chunk = self._go_on(chunk, frames)
            else:
                _noise, found, chunk = chunk.partition(_STX)
                self._inside = bool(found)
        return frames

    def silence(self) -> None:
        super().silence()
        self._inside = self._awaits_lrc = False

    def _go_on(self, chunk: bytes, frames: list[Frame]) -> bytes:
        """Take what is inside of a code; the bytes behind it."""
        piece, found, rest = chunk.partition(_ETX)
        _before, again, piece_after = piece.rpartition(_STX)
        if again:  # the end of the code before got lost
            self._data.clear()
            self._cut = False
            piece = piece_after
        self._add(piece)
        if found:
            self._inside = False
            if self._checksum == "lrc":
                self._awaits_lrc = True
            elif self._data:
                frames.append(self._take())
        return rest

    def _take_with(self, lrc: int) -> Frame:
        self._awaits_lrc = False
        frame = self._take()
        return frame._replace(wrong=_xor(frame.data + _ETX) != lrc)


def checked(frame: Frame, checksum: str) -> Frame:
    """The frame without the checksum that its own last two digits are.

    `xor_hex`, as readers of 125 kHz tags send it: the last byte, in hexadecimal, is all the
    bytes before it combined by exclusive or. `lrc` stands outside of the code.

    >>> checked(Frame(b"0F0184F07903"), "xor_hex")
    Frame(data=b'0F0184F079', cut=False, wrong=False)
    """
    if checksum != "xor_hex":
        return frame
    try:
        *data, expected = bytes.fromhex(frame.data.decode("ascii"))
    except ValueError:
        return frame._replace(wrong=True)
    return frame._replace(data=frame.data.strip()[:-2], wrong=_xor(bytes(data)) != expected)


def _xor(data: bytes) -> int:
    result = 0
    for byte in data:
        result ^= byte
    return result
