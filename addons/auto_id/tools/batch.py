"""The batch of reads that a box posts: its shape, checked before anything else looks at it."""

import datetime
import json
import math
from typing import Any

MAX_BYTES = 1024 * 1024
REFUSED_UNREAD = 8 * MAX_BYTES
"""Beyond this Odoo itself refuses a body, without a friendly word."""

MAX_EVENTS = 1000
MAX_SEQUENCE = 2**63 - 1
MAX_IDENTIFIER = 128


class BatchError(ValueError):
    """A batch that will never be accepted, however often it is sent."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def parse(body: bytes, box: str) -> list[dict[str, Any]]:
    """The events of a signed body, or a :class:`BatchError` that says what is wrong with it."""
    batch = parse_object(body)
    if batch.get("box") != box:
        raise BatchError("wrong_box", "'box' is not the box named in the header X-Auto-Id-Box")
    events = batch.get("events")
    if not isinstance(events, list):
        raise BatchError("malformed", "'events' must be a list")
    if len(events) > MAX_EVENTS:
        raise BatchError("too_many", f"{len(events)} events, at most {MAX_EVENTS} fit one batch")
    for position, event in enumerate(events):
        _check(position, event)
    return events


def parse_object(body: bytes) -> dict[str, Any]:
    """A JSON object, or a :class:`BatchError`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BatchError("not_json", "the body is not JSON") from error
    if not isinstance(found, dict):
        raise BatchError("malformed", "the body must be a JSON object")
    return found


def read_time(value: Any, now: datetime.datetime) -> datetime.datetime:
    """Unix seconds as naive UTC; ``now`` where the clock of the box says nothing usable."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return now
    try:
        usable = math.isfinite(value) and value > 0
        return datetime.datetime.fromtimestamp(value if usable else math.nan, datetime.UTC).replace(
            tzinfo=None, microsecond=0
        )
    except (ValueError, OverflowError, OSError):
        return now


def is_identifier(value: Any) -> bool:
    """Whether ``value`` may name a box or a reader."""
    return isinstance(value, str) and 0 < len(value) <= MAX_IDENTIFIER and value.isprintable()


def _check(position: int, event: Any) -> None:
    """The code itself is not judged here: a bad one is kept as a read that says so."""
    if not isinstance(event, dict):
        raise BatchError("malformed", f"event {position} is not an object")
    sequence = event.get("sequence")
    if isinstance(sequence, bool) or not isinstance(sequence, int):
        raise BatchError("malformed", f"'sequence' of event {position} is not a whole number")
    if not 0 <= sequence <= MAX_SEQUENCE:
        raise BatchError("malformed", f"'sequence' of event {position} is out of range")
    if not is_identifier(event.get("reader")):
        raise BatchError("malformed", f"'reader' of event {position} is not an identifier")
