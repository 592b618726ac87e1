"""A part of a recording of raw reads, as a box sends it."""

import base64
import binascii
from typing import Any, NamedTuple

from .batch import BatchError

MOST_PARTS = 64


class RawPart(NamedTuple):
    """One part: of which recording and reader, which one of how many, its bytes."""

    recording: int
    reader: str
    number: int
    parts: int
    data: bytes


def parse(payload: dict[str, Any]) -> RawPart:
    """The part that a signed request holds.

    :raises BatchError: when it is none

    >>> parse({"request": "7", "reader": "dock", "part": 1, "parts": 2, "data": "AAE="})
    RawPart(recording=7, reader='dock', number=1, parts=2, data=b'\\x00\\x01')
    """
    recording, reader = payload.get("request"), payload.get("reader")
    number, parts, data = payload.get("part"), payload.get("parts"), payload.get("data")
    if not isinstance(recording, str) or not recording.isdecimal() or len(recording) > 9:
        raise BatchError("malformed", "'request' must be the number of a recording")
    if not isinstance(reader, str):
        raise BatchError("malformed", "'reader' must be text")
    if type(number) is not int or type(parts) is not int or not 1 <= number <= parts <= MOST_PARTS:
        raise BatchError("malformed", f"'part' must be from 1 to 'parts', at most {MOST_PARTS}")
    try:
        decoded = base64.b64decode(data if isinstance(data, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        raise BatchError("malformed", "'data' must be base64") from None
    return RawPart(int(recording), reader, number, parts, decoded)
