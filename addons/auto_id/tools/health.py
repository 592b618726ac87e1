"""How a box fares: what its status says, what of it is new, and what is wrong with it."""

import datetime
import math
from collections.abc import Mapping

CLOCK_OFF = 60.0
"""Seconds: reads keep their right time by their age, but a clock this wrong breaks certificates."""

UNSENT = datetime.timedelta(minutes=2)
"""A box that talks to us and yet keeps a read this long cannot deliver it."""

ON_ITS_WAY = datetime.timedelta(seconds=10)
"""A read so young is being sent; it does not count as waiting."""

CERTIFICATE_ENDS = datetime.timedelta(days=14)
MAX_COUNT = 2**31 - 1
MAX_TEXT = 256
FAR_PAST = datetime.datetime(2000, 1, 1)

# A value that moved no further is not written: a box that repeats itself locks no row.
TOLERANCE = {
    "clock_offset": 1.0,
    "running_since": datetime.timedelta(minutes=1),
    "spool_oldest": datetime.timedelta(seconds=5),
}


def read_status(status: Mapping, now: datetime.datetime) -> dict:
    """Values of the fields of a box, whatever is missing or strange in its status.

    :param status: as the wire's contract has it
    :param now: by this server's clock, UTC, naive, when the status came
    """
    spool, readers = _mapping(status.get("spool")), _mapping(status.get("readers")).values()
    readers = [_mapping(reader) for reader in readers]
    sent_at, uptime = _number(status.get("sent_at")), _number(status.get("uptime"))
    offset = 0.0 if sent_at is None else sent_at - _timestamp(now)
    oldest = _moment(_number(spool.get("oldest")), offset)
    waiting = oldest and now - oldest > ON_ITS_WAY
    return {
        "clock_offset": round(offset, 1),
        "running_since": _ago(now, uptime),
        "spool_length": _count(spool.get("length")) if waiting else 0,
        "spool_oldest": waiting and oldest,
        "spool_dropped": _count(spool.get("dropped")),
        "spool_trouble": _text(spool.get("trouble")),
        "dead_letters": _count(spool.get("dead")),
        "error_count": min(sum(_count(reader.get("errors")) for reader in readers), MAX_COUNT),
        "failing_readers": sum(reader.get("state") == "failing" for reader in readers),
    }


def news(old: Mapping, new: Mapping) -> dict:
    """What of ``new`` differs from ``old`` by more than its tolerance."""
    return {name: value for name, value in new.items() if _differs(name, old.get(name), value)}


def troubles(facts: Mapping, now: datetime.datetime) -> list[str]:
    """What is wrong, the worst first: codes that the caller has words for.

    :param facts: fields of a box; dates naive UTC or false, counts and texts possibly false
    """
    oldest, ends = facts["spool_oldest"], facts["certificate_end"]
    checks = {
        "spool": facts["spool_trouble"],
        "dropped": facts["spool_dropped"] > facts["dropped_known"],
        "dead": facts["dead_letters"] > facts["dead_known"],
        "unsent": oldest and now - oldest > UNSENT,
        "readers": facts["failing_readers"],
        "clock": abs(facts["clock_offset"]) > CLOCK_OFF,
        "certificate": ends and ends - now < CERTIFICATE_ENDS,
    }
    return [code for code, wrong in checks.items() if wrong]


def _differs(name: str, old, new) -> bool:
    tolerance = TOLERANCE.get(name)
    if tolerance is None or old is None or old is False or new is False:
        return (old or False) != (new or False)
    return abs(new - old) > tolerance


def _mapping(value) -> Mapping:
    return value if isinstance(value, Mapping) else {}


def _number(value) -> float | None:
    """
    >>> _number("1"), _number(True), _number(float("nan")), _number(10**400), _number(2)
    (None, None, None, None, 2.0)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e11 else None


def _count(value) -> int:
    """
    >>> _count(-3), _count(None), _count(7.9), _count(1e10)
    (0, 0, 7, 2147483647)
    """
    return int(min(max(_number(value) or 0, 0), MAX_COUNT))


def _text(value) -> str | bool:
    """
    >>> _text("disk full\\x00"), _text(""), _text(["?"])
    ('disk full', False, False)
    """
    if not isinstance(value, str):
        return False
    return "".join(char for char in value[:MAX_TEXT] if char.isprintable()).strip() or False


def _timestamp(moment: datetime.datetime) -> float:
    return moment.replace(tzinfo=datetime.UTC).timestamp()


def _moment(timestamp: float | None, offset: float) -> datetime.datetime | bool:
    """A time of the box's clock by the server's clock; false if there is none, or no sane one."""
    if timestamp is None:
        return False
    try:
        found = datetime.datetime.fromtimestamp(timestamp - offset, datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return False
    found = found.replace(tzinfo=None, microsecond=0)
    return found if found > FAR_PAST else False


def _ago(now: datetime.datetime, seconds: float | None) -> datetime.datetime | bool:
    if seconds is None or seconds < 0:
        return False
    try:
        return now.replace(microsecond=0) - datetime.timedelta(seconds=int(seconds))
    except OverflowError:
        return False
