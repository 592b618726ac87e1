"""Pictures out of bytes: single ones, and those of a stream of JPEGs.

A stream may hold anything between two pictures, such as the headers of HTTP's
multipart/x-mixed-replace; the markers of JPEG itself tell where a picture ends, also
where it holds a smaller one of itself.
"""

import io
import re
import struct

from PIL import Image

LONGEST = 16 * 1024 * 1024
"""Bytes of one picture."""
MOST_PIXELS = 40_000_000

_BEGIN = b"\xff\xd8\xff"
_END, _SCAN = 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD8)}
_LOST = -1
# Inside of a scan FF stands before 00 or a restart marker, which belong to the data.
_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FILL = 0xFF


class FrameError(ValueError):
    """Bytes that are no picture, or one that is too large."""


class JpegSplitter:
    r"""Cuts a stream into its JPEGs; the same ones for any chunking.

    >>> splitter = JpegSplitter()
    >>> splitter.feed(b"--frame\r\n\r\n\xff\xd8\xff\xda\x00\x02da")
    []
    >>> splitter.feed(b"ta\xff\xd9\r\n--frame")
    [b'\xff\xd8\xff\xda\x00\x02data\xff\xd9']
    """

    def __init__(self, longest: int = LONGEST):
        self._longest = longest
        self._data = bytearray()
        self._at = 0
        self._in_scan = False
        self.broken = 0
        """Pictures that were given up, because they had no end or a wrong structure."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The pictures that this chunk completes."""
        self._data += chunk
        frames = []
        while (end := self._find_end()) is not None:
            frames.append(bytes(self._data[:end]))
            self._restart(end)
        if len(self._data) > self._longest:
            self._give_up()
        return frames

    def _find_end(self) -> int | None:
        """Where the picture at the front ends, or None while that has not come."""
        while self._at or self._find_begin():
            marker = self._next_marker()
            if marker is None:
                return None
            if marker == _END:
                return self._at
            if marker == _LOST:  # no marker where one must be: another picture may begin here
                self.broken += 1
                self._restart(self._at)
        return None

    def _find_begin(self) -> bool:
        found = self._data.find(_BEGIN)
        # What is no picture is thrown away, but for the start of one.
        del self._data[: found if found >= 0 else max(0, len(self._data) - len(_BEGIN) + 1)]
        if found < 0:
            return False
        self._at = 2
        return True

    def _next_marker(self) -> int | None:
        """The marker behind which `_at` stands then; None while not enough has come."""
        if self._in_scan:
            match = _IN_SCAN.search(self._data, self._at)
            if not match:
                self._at = max(self._at, len(self._data) - 1)
                return None
            self._at, self._in_scan = match.start(), False
        while self._data[self._at : self._at + 2] == b"\xff\xff":
            self._at += 1
        head = self._data[self._at : self._at + 4]
        if len(head) < 2:
            return None
        marker = head[1]
        if head[0] != _FILL or marker in (0, 0xD8):
            return _LOST
        if marker == _END or marker in _ALONE:
            self._at += 2
            return marker
        return self._skip_segment(marker, head)

    def _skip_segment(self, marker: int, head: bytearray) -> int | None:
        if len(head) < 4:
            return None
        (length,) = struct.unpack(">H", head[2:])
        if length < 2:
            return _LOST
        if self._at + 2 + length > len(self._data):
            return None
        self._at += 2 + length
        self._in_scan = marker == _SCAN
        return marker

    def _give_up(self) -> None:
        self.broken += bool(self._at)
        self._restart(len(self._data))

    def _restart(self, end: int) -> None:
        del self._data[:end]
        self._at, self._in_scan = 0, False


def grey(data: bytes) -> Image.Image:
    """The picture in these bytes (JPEG, PNG, BMP...), without its colours.

    :raises FrameError: when they are no picture
    """
    try:
        picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > MOST_PIXELS:
            raise FrameError(f"a picture of {picture.width} x {picture.height} is too large")
        picture.draft("L", picture.size)  # JPEG: its colours are not even decoded
        return picture.convert("L")
    except FrameError:
        raise
    except Exception as error:
        # Pillow's readers of a dozen formats fail in a dozen ways.
        raise FrameError(f"this is no picture: {error}") from error
