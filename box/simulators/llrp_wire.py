"""The part of LLRP 1.0.1 (GS1's Low Level Reader Protocol) that a reader speaks.

Written from the standard: every message is ``version+type, length, id``, every parameter
``type, length`` (TLV) or ``0x80|type`` with a length that its type implies (TV).
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

VERSION = 1
LONGEST = 1024 * 1024
CUSTOM = 1023
IMPINJ = 25882
ZEBRA = 161

RESPONSE = 10
"""What the type of a request grows by in its response."""


class Kind(IntEnum):
    """Types of messages."""

    GET_READER_CAPABILITIES = 1
    GET_READER_CONFIG = 2
    SET_READER_CONFIG = 3
    CLOSE_CONNECTION_RESPONSE = 4
    CLOSE_CONNECTION = 14
    ADD_ROSPEC = 20
    DELETE_ROSPEC = 21
    START_ROSPEC = 22
    STOP_ROSPEC = 23
    ENABLE_ROSPEC = 24
    DISABLE_ROSPEC = 25
    GET_ROSPECS = 26
    DELETE_ACCESSSPEC = 41
    GET_ACCESSSPECS = 44
    RO_ACCESS_REPORT = 61
    KEEPALIVE = 62
    READER_EVENT_NOTIFICATION = 63
    ENABLE_EVENTS_AND_REPORTS = 64
    KEEPALIVE_ACK = 72
    ERROR_MESSAGE = 100


class Par(IntEnum):
    """Types of parameters."""

    UTC_TIMESTAMP = 128
    GENERAL = 137
    SENSITIVITY = 139
    AIR_PROTOCOL = 140
    GPIO = 141
    LLRP_CAPABILITIES = 142
    REGULATORY = 143
    UHF_BAND = 144
    POWER = 145
    FREQUENCIES = 146
    HOP_TABLE = 147
    FIXED_FREQUENCIES = 148
    ROSPEC = 177
    BOUNDARY = 178
    START_TRIGGER = 179
    STOP_TRIGGER = 182
    AISPEC = 183
    INVENTORY = 186
    IDENTIFICATION = 218
    GPO_WRITE = 219
    KEEPALIVE_SPEC = 220
    ANTENNA_PROPERTIES = 221
    ANTENNA = 222
    TRANSMITTER = 224
    REPORT_SPEC = 237
    CONTENT_SELECTOR = 238
    TAG_REPORT = 240
    EPC_DATA = 241
    EVENT_SPEC = 244
    EVENT = 246
    GPI_EVENT = 248
    ANTENNA_EVENT = 255
    CONNECTION_ATTEMPT = 256
    STATUS = 287
    C1G2_CAPABILITIES = 327
    RF_MODES = 328
    RF_MODE = 329
    INVENTORY_COMMAND = 330
    RF_CONTROL = 335
    SINGULATION = 336


class Code(IntEnum):
    """What a status says."""

    SUCCESS = 0
    PARAMETER_ERROR = 100
    FIELD_ERROR = 101
    UNSUPPORTED_MESSAGE = 109


_HEADER = struct.Struct("!HII")
_TV_SIZES = {1: 2, 2: 8, 3: 8, 4: 8, 5: 8, 6: 1, 7: 2, 8: 2, 9: 4, 10: 2, 11: 2, 12: 2, 13: 12}
_TV_SIZES |= {14: 2, 15: 2, 16: 4, 17: 2, 18: 4, 19: 2, 20: 2}
# Bytes before the parameters inside a parameter; None: its fields say it, see `_fields_size`.
# What is not listed has nothing inside.
_INSIDE = {
    Par.ROSPEC: 6,
    Par.BOUNDARY: 0,
    Par.START_TRIGGER: 1,
    Par.STOP_TRIGGER: 5,
    Par.INVENTORY: 3,
    Par.ANTENNA: 2,
    Par.INVENTORY_COMMAND: 1,
    Par.REPORT_SPEC: 3,
    Par.CONTENT_SELECTOR: 2,
    Par.EVENT_SPEC: 0,
    Par.EVENT: 0,
    Par.STATUS: None,
    Par.GENERAL: None,
    Par.AISPEC: None,
    Par.TAG_REPORT: 0,
    Par.REGULATORY: 4,
    Par.UHF_BAND: 0,
    Par.FREQUENCIES: 1,
    Par.RF_MODES: 0,
}


class WireError(Exception):
    """Bytes that are no LLRP."""


class Message(NamedTuple):
    """A whole message; `body` without the header."""

    type: int
    number: int
    body: bytes


class Parameter(NamedTuple):
    """One parameter: the bytes of its own fields, and what is inside.

    `type` is (vendor, subtype) for a custom one.
    """

    type: int | tuple[int, int]
    fields: bytes
    inside: list["Parameter"]

    def find(self, *path: int) -> Iterator["Parameter"]:
        """The parameters inside of these types, one level for each."""
        for found in self.inside:
            if found.type == path[0]:
                yield from found.find(*path[1:]) if path[1:] else [found]


def message(kind: int, number: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return _HEADER.pack(VERSION << 10 | kind, _HEADER.size + len(body), number & 0xFFFFFFFF) + body


def parameter(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack("!HH", kind, 4 + len(body)) + body


def custom(vendor: int, subtype: int, *parts: bytes) -> bytes:
    return parameter(CUSTOM, struct.pack("!II", vendor, subtype), *parts)


def status(code: int = Code.SUCCESS, text: str = "") -> bytes:
    encoded = text.encode()
    return parameter(Par.STATUS, struct.pack("!HH", code, len(encoded)), encoded)


def event(microseconds: int, *parts: bytes) -> bytes:
    """The data of a READER_EVENT_NOTIFICATION."""
    return parameter(
        Par.EVENT, parameter(Par.UTC_TIMESTAMP, struct.pack("!Q", microseconds)), *parts
    )


class Splitter:
    """Cuts a stream of bytes into messages.

    >>> data = message(Kind.KEEPALIVE_ACK, 7)
    >>> splitter = Splitter()
    >>> splitter.feed(data[:4]), splitter.feed(data[4:])
    ([], [Message(type=72, number=7, body=b'')])
    """

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, chunk: bytes) -> list[Message]:
        """:raises WireError: when a header makes no sense"""
        self._data += chunk
        found = []
        start = 0
        while len(self._data) - start >= _HEADER.size:
            kind, length, number = _HEADER.unpack_from(self._data, start)
            if not _HEADER.size <= length <= LONGEST:
                raise WireError(f"a message of {length} bytes")
            if len(self._data) - start < length:
                break
            body = bytes(self._data[start + _HEADER.size : start + length])
            found.append(Message(kind & 0x3FF, number, body))
            start += length
        del self._data[:start]
        return found


def parameters(data: bytes) -> list[Parameter]:
    """:raises WireError: when lengths do not add up"""
    found = []
    while data:
        if data[0] & 0x80:
            size = 1 + _TV_SIZES.get(data[0] & 0x7F, LONGEST)
            kind, fields, inside = data[0] & 0x7F, data[1:size], []
        else:
            if len(data) < 4:
                raise WireError("half a parameter")
            kind, size = struct.unpack_from("!HH", data)
            kind, fields, inside = _take_apart(kind & 0x3FF, data[4:size])
        if not 1 < size <= len(data):
            raise WireError(f"a parameter {kind} of {size} bytes where {len(data)} are left")
        found.append(Parameter(kind, fields, inside))
        data = data[size:]
    return found


def _take_apart(kind: int, body: bytes) -> tuple[int | tuple[int, int], bytes, list[Parameter]]:
    try:
        if kind == CUSTOM:
            return struct.unpack_from("!II", body), body[8:], []
        if kind not in _INSIDE:
            return kind, body, []
        size = _fields_size(kind, body) if _INSIDE[kind] is None else _INSIDE[kind]
    except struct.error:
        raise WireError(f"a parameter {kind} that is cut short") from None
    return kind, body[:size], parameters(body[size:])


def _fields_size(kind: int, body: bytes) -> int:
    """Where the fields say themselves how long they are."""
    if kind == Par.AISPEC:
        return 2 + 2 * struct.unpack_from("!H", body)[0]
    before = 2 if kind == Par.STATUS else 12
    return before + 2 + struct.unpack_from("!H", body, before)[0]
