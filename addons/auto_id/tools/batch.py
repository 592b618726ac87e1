"""What a box posts: its shape, checked before anything else looks at it."""

import datetime
import json
from typing import Any

MAX_BYTES = 1024 * 1024
REFUSED_UNREAD = 8 * MAX_BYTES
"""Beyond this Odoo itself refuses a body, without a friendly word."""

MAX_EVENTS = 1000
MAX_SEQUENCE = 2**63 - 1
MAX_NUMBER = 2**53
MAX_IDENTIFIER = 128
MAX_AGE = 10 * 366 * 86400
MAX_TIME = 1e11
REQUEST_COST = 10
"""A request costs the server about as much as so many reads."""

KINDS = ("read", "arrived", "present", "moved", "departed", "in", "out")


class BatchError(ValueError):
    """A request that will never be accepted, however often it is sent."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def parse_request(body: bytes, box: str) -> dict[str, Any]:
    """The object in a signed body, with a sound ``run``, ``number`` and ``sent_at``.

    :raises BatchError: says what is wrong with it
    """
    request = parse_object(body)
    if request.get("box") != box:
        raise BatchError("wrong_box", "'box' is not the box named in the header X-Auto-Id-Box")
    if "run" not in request:
        raise BatchError("outdated", "restart the box: it gets the drivers of this version then")
    if not is_identifier(request["run"]):
        raise BatchError("malformed", "'run' is not an identifier")
    if not _is_whole(request.get("number"), 1, MAX_NUMBER):
        raise BatchError("malformed", "'number' is not a whole number from 1")
    if not _is_number(request.get("sent_at"), -MAX_TIME, MAX_TIME):
        raise BatchError("malformed", "'sent_at' is no time in seconds")
    return request


def parse_object(body: bytes) -> dict[str, Any]:
    """A JSON object, or a :class:`BatchError`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BatchError("not_json", "the body is not JSON") from error
    if not isinstance(found, dict):
        raise BatchError("malformed", "the body must be a JSON object")
    return found


def events_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The reads in a request, each with a sequence, a reader and sound details.

    The code itself is not judged here: a bad one is kept as a read that says so.
    """
    events = request.get("events")
    if not isinstance(events, list):
        raise BatchError("malformed", "'events' must be a list")
    if len(events) > MAX_EVENTS:
        raise BatchError("too_many", f"{len(events)} events, at most {MAX_EVENTS} fit one batch")
    for position, event in enumerate(events):
        if not isinstance(event, dict):
            raise BatchError("malformed", f"event {position} is not an object")
        for name, is_sound in _CHECKS.items():
            if not is_sound(event.get(name)):
                raise BatchError("malformed", f"{name!r} of event {position} cannot be")
    return events


def cost(request: dict[str, Any]) -> int:
    """What a request counts towards the reads a minute of its box.

    >>> cost({"box": "b", "events": [{}, {}]})
    12
    """
    return REQUEST_COST + sum(len(value) for value in request.values() if isinstance(value, list))


def box_time(event: dict[str, Any]) -> datetime.datetime | None:
    """What the box's clock showed, as naive UTC; None where it says nothing usable."""
    value = event.get("time")
    return _moment(value) if _is_number(value, 1, MAX_TIME) else None


def read_time(event: dict[str, Any], sent: float, ahead: float | None) -> datetime.datetime:
    """When an event was read by the clock of this server, as naive UTC in whole seconds.

    :param sent: when its request was sent, in unix seconds of this server's clock
    :param ahead: by how many seconds the clock of the box is ahead; None: the read is fresh
    """
    age, when = event.get("age"), event.get("time")
    found = sent
    if _is_number(age, 0, MAX_AGE):
        found = sent - age
    elif ahead is not None and _is_number(when, 1, MAX_TIME):
        found = min(when - ahead, sent)
    return (_moment(found) or _moment(sent)).replace(microsecond=0)


def is_identifier(value: Any) -> bool:
    """Whether ``value`` may name a box or a reader."""
    return isinstance(value, str) and 0 < len(value) <= MAX_IDENTIFIER and value.isprintable()


def _moment(seconds: float) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None


def _is_number(value: Any, least: float, most: float) -> bool:
    """Whether it is a number in these bounds; nan is not.

    >>> _is_number(0.5, 0, 1), _is_number(True, 0, 1), _is_number(float("nan"), 0, 1)
    (True, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return least <= value <= most


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and _is_number(value, least, most)


# {key of an event: whether its value can be}; what is left out is None.
_CHECKS = {
    "sequence": lambda value: _is_whole(value, 0, MAX_SEQUENCE),
    "reader": is_identifier,
    "kind": lambda value: value is None or (isinstance(value, str) and value in KINDS),
    "antenna": lambda value: value is None or _is_whole(value, 0, 65_535),
    "rssi": lambda value: value is None or _is_number(value, -1000, 1000),
    "count": lambda value: value is None or _is_whole(value, 0, 2**31 - 1),
    "symbology": lambda value: value is None or (is_identifier(value) and len(value) <= 8),
}
