"""Surveys a file before it is imported: is it whole, and how is it encoded?"""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 20

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

Source = Path | str | bytes


class HistoryFileError(ValueError):
    """The whole file is refused. `code` says why, `values` name what was found.

    Codes: `empty`, `header`, `truncated`, `damaged`, `encoding`.
    """

    def __init__(self, code: str, **values: object):
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values


class Survey(NamedTuple):
    """What is known of a file before its lines are read."""

    encoding: str
    lines: int
    """Physical lines, the header included."""
    ends_with_newline: bool


@contextmanager
def open_binary(source: Source) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked when it is gzip (told by its content, not by its name)."""
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        yield gzip.GzipFile(fileobj=raw) if packed else raw


def _chunks(source: Source) -> Iterator[bytes]:
    with open_binary(source) as stream:
        try:
            while chunk := stream.read(CHUNK):
                yield chunk
        except EOFError:
            raise HistoryFileError("truncated") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise HistoryFileError("damaged", detail=str(error)) from None


class _Utf8:
    """UTF-8 with or without a byte order mark: true for every byte or refused."""

    encoding = "utf-8-sig"

    def __init__(self):
        self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")

    def feed(self, chunk: bytes, final: bool = False) -> None:
        self._decoder.decode(chunk, final)

    def is_plausible(self) -> bool:
        return True


class _Gb18030(_Utf8):
    """GB18030, taken only when nearly all its characters are everyday Chinese.

    Much Western and Cyrillic text can be read as rare Chinese characters by accident. Real
    Chinese text consists of GB 2312's first level (and its signs) almost entirely.
    """

    encoding = "gb18030"
    _ENOUGH = 0.85
    _LAST_EVERYDAY = 0xD7

    def __init__(self):
        super().__init__()
        self._characters = self._everyday = 0

    def feed(self, chunk: bytes, final: bool = False) -> None:
        text = "".join(_NOT_ASCII.findall(self._decoder.decode(chunk, final)))
        self._characters += len(text)
        first_bytes = text.encode("gb2312", "ignore")[::2]
        self._everyday += sum(byte <= self._LAST_EVERYDAY for byte in first_bytes)

    def is_plausible(self) -> bool:
        return self._everyday >= self._ENOUGH * max(1, self._characters)


def survey(source: Source) -> Survey:
    """Read the whole file once: is it complete, and in which encoding?

    :raises HistoryFileError: it is empty, cut off, damaged, or in no encoding that we accept.
    """
    candidates = [_Utf8(), _Gb18030()]
    newlines, broken_at, last = 0, None, b""
    for chunk in _chunks(source):
        candidates = _still_possible(candidates, chunk)
        if broken_at is None and not any(type(c) is _Utf8 for c in candidates):
            broken_at = newlines + 1 + _newlines_before_fault(chunk)
        newlines += chunk.count(b"\n")
        last = chunk[-1:]
    if not last:
        raise HistoryFileError("empty")
    candidates = _still_possible(candidates, b"", final=True)
    found = next((c.encoding for c in candidates if c.is_plausible()), None)
    if found is None:
        raise HistoryFileError("encoding", line=broken_at or newlines + 1)
    return Survey(found, newlines + (last != b"\n"), last == b"\n")


def _still_possible(candidates: list, chunk: bytes, final: bool = False) -> list:
    kept = []
    for candidate in candidates:
        try:
            candidate.feed(chunk, final)
        except UnicodeDecodeError:
            continue
        kept.append(candidate)
    return kept


def _newlines_before_fault(chunk: bytes) -> int:
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError as error:
        return chunk.count(b"\n", 0, error.start)
    return 0
