"""NDEF: the texts and links that NFC tags hold, and where in a tag's memory they lie.

After the NFC Forum's NDEF 1.0, RTD Text, URI and Smart Poster, and Type 2 Tag 1.1.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

MOST_RECORDS = 64

_WELL_KNOWN, _MIME, _ABSOLUTE_URI = 1, 2, 3
_NULL_TLV, _NDEF_TLV, _TERMINATOR = 0x00, 0x03, 0xFE
_PREFIXES = (
    *("", "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:"),
    *("ftp://anonymous:anonymous@", "ftp://ftp.", "ftps://", "sftp://", "smb://", "nfs://"),
    *("ftp://", "dav://", "news:", "telnet://", "imap:", "rtsp://", "urn:", "pop:", "sip:"),
    *("sips:", "tftp:", "btspp://", "btl2cap://", "btgoep://", "tcpobex://", "irdaobex://"),
    *("file://", "urn:epc:id:", "urn:epc:tag:", "urn:epc:pat:", "urn:epc:raw:", "urn:epc:"),
    "urn:nfc:",
)


class NdefError(ValueError):
    """A tag's memory or message that is no NDEF.

    :param code: `cut_off` | `malformed` | `chunked` | `too_many`
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Record(NamedTuple):
    """One record: its type name format (0 to 7), type, id and payload."""

    tnf: int
    type: bytes
    id: bytes
    payload: bytes


class _Bytes:
    """Takes bytes from the front; asking for more than there are is an NdefError."""

    def __init__(self, data: bytes):
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, number: int) -> bytes:
        piece = self._data[self._at : self._at + number]
        if len(piece) < number:
            raise NdefError("cut_off", f"{number} bytes were promised, {len(piece)} are there")
        self._at += number
        return piece

    def number(self, size: int = 1) -> int:
        return int.from_bytes(self.take(size), "big")


def message_in(read: Callable[[int, int], bytes], size: int) -> bytes:
    """The first NDEF message in the data area of a Type 2 or Type 5 tag.

    :param read: gives bytes of the area by offset and number; called for what is needed only
    :param size: bytes of the area
    :return: the message; empty where the tag has none
    :raises NdefError: when the area is shorter than a block in it says
    """
    at = 0
    while at < size:
        kind, at = read(at, 1)[0], at + 1
        if kind == _TERMINATOR:
            break
        if kind == _NULL_TLV:
            continue
        length, at = _length(read, at, size)
        if at + length > size:
            raise NdefError("cut_off", f"a block of {length} bytes does not fit into this tag")
        if kind == _NDEF_TLV:
            return read(at, length) if length else b""
        at += length
    return b""


def _length(read: Callable[[int, int], bytes], at: int, size: int) -> tuple[int, int]:
    """The length of a block, in one byte or in three, and where its content begins."""
    if at >= size:
        raise NdefError("cut_off", "a block has no length")
    if (length := read(at, 1)[0]) < 0xFF:
        return length, at + 1
    if at + 3 > size:
        raise NdefError("cut_off", "a block has no length")
    return int.from_bytes(read(at + 1, 2), "big"), at + 3


def records(message: bytes) -> Iterator[Record]:
    """The records of a message.

    :raises NdefError: at the first one that is broken
    """
    rest = _Bytes(message)
    for _ in range(MOST_RECORDS):
        if not rest:
            return
        flags = rest.number()
        if flags & 0x20 or flags & 7 == 6:
            raise NdefError("chunked", "a record in chunks, which tags for shops do not hold")
        type_length = rest.number()
        payload_length = rest.number(1 if flags & 0x10 else 4)
        id_length = rest.number() if flags & 0x08 else 0
        kind, name = rest.take(type_length), rest.take(id_length)
        yield Record(flags & 7, kind, name, rest.take(payload_length))
        if flags & 0x40:  # the last one
            return
    raise NdefError("too_many", f"more than {MOST_RECORDS} records")


def text(message: bytes) -> str:
    """The first text or link of a message; empty where it has none.

    >>> text(b"\\xd1\\x01\\x08U\\x04gs1.org")
    'https://gs1.org'

    :raises NdefError: when the message is broken
    """
    return next(filter(None, map(_content, records(message))), "")


def _content(record: Record) -> str:
    if record.tnf == _ABSOLUTE_URI:
        return _decoded(record.type, "utf-8")
    if record.tnf == _MIME and record.type.lower().startswith(b"text/plain"):
        return _decoded(record.payload, "utf-8")
    if record.tnf != _WELL_KNOWN:
        return ""
    if record.type == b"T":
        return _text_record(record.payload)
    if record.type == b"U":
        return _uri_record(record.payload)
    if record.type == b"Sp":  # a link with titles and pictures
        links = (inner for inner in records(record.payload) if inner.type == b"U")
        return next((_uri_record(link.payload) for link in links), "")
    return ""


def _text_record(payload: bytes) -> str:
    rest = _Bytes(payload)
    status = rest.number()
    rest.take(status & 0x3F)  # the language
    content = payload[1 + (status & 0x3F) :]
    if not status & 0x80:
        return _decoded(content, "utf-8")
    little = content.startswith(b"\xff\xfe")
    return _decoded(content, "utf-16-le" if little else "utf-16-be").lstrip("\ufeff")


def _uri_record(payload: bytes) -> str:
    prefix = _Bytes(payload).number()
    if prefix >= len(_PREFIXES):
        raise NdefError("malformed", f"a link with the unknown prefix {prefix}")
    return _PREFIXES[prefix] + _decoded(payload[1:], "utf-8")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NdefError("malformed", f"a text that is no {encoding}") from error
