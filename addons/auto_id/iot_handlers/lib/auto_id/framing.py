"""Cuts the bytes of a scanner into codes, however the line chops them up.

Scanners end a code with CR, LF, CRLF, NUL or ETX and may start it with STX; a unit fresh
from its box may send no mark at all. None of these bytes occurs inside a code (GS1's
group separator is 0x1D), so each of them is a border, and empty pieces between two
borders are nothing.
"""

import re
from typing import NamedTuple

LONGEST = 64 * 1024
"""Bytes of a code that are kept; the server refuses anything near this length anyway."""

_BORDER = re.compile(rb"[\x00\x02\x03\n\r]")


class Frame(NamedTuple):
    """The bytes of one code; `cut` when the end of an over-long one was thrown away."""

    data: bytes
    cut: bool = False

    @property
    def text(self) -> str:
        r"""The code as text; bytes that are no UTF-8 appear as ``\xff``.

        >>> Frame(b"\xe5\x8d\xa1 7").text, Frame(b"7\xff").text
        ('卡 7', '7\\xff')
        """
        return self.data.decode("utf-8", "backslashreplace")


class Framer:
    r"""Turns chunks of bytes into frames; the same frames for any chunking.

    >>> framer = Framer()
    >>> framer.feed(b"\x0240060")
    []
    >>> framer.feed(b"00001\r\n\x03next\r")
    [Frame(data=b'4006000001', cut=False), Frame(data=b'next', cut=False)]
    """

    def __init__(self, longest: int = LONGEST):
        self._longest = longest
        self._data = bytearray()
        self._cut = False
        self._sees_borders = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """The codes that this chunk completes."""
        *pieces, rest = _BORDER.split(chunk)
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
        frame = Frame(bytes(self._data), self._cut)
        self._data.clear()
        self._cut = False
        return frame
