"""Which read of a batch a counter acts on, and how long a visit lasts. No Odoo in here."""

from datetime import datetime, timedelta

# A box that was cut off delivers its old reads when it is back: who was read some minutes ago
# may have left, and showing that customer to the next one would give away who they are.
FRESH = timedelta(minutes=2)
# A clock that runs ahead is no reason to ignore a reader, as long as it is about right.
AHEAD = timedelta(minutes=5)
# The same card again after so long is a new visit, not the old one.
LONGEST_VISIT = timedelta(hours=4)


def is_fresh(read_at: datetime, now: datetime) -> bool:
    """Whether a code read at `read_at` can still mean that its holder stands here.

    >>> now = datetime(2026, 5, 4, 12, 0, 0)
    >>> is_fresh(datetime(2026, 5, 4, 11, 59, 30), now)
    True
    >>> is_fresh(datetime(2026, 5, 4, 11, 50, 0), now)
    False
    """
    return -AHEAD <= now - read_at <= FRESH


def latest_fresh(reads, now: datetime):
    """The last of `reads` (objects with `read_at`, in the order they came) that is fresh, or None.

    >>> from types import SimpleNamespace as Read
    >>> now = datetime(2026, 5, 4, 12, 0, 0)
    >>> old, new = Read(read_at=datetime(2026, 5, 4, 9)), Read(read_at=now)
    >>> latest_fresh([new, old], now) is new
    True
    """
    fresh = [read for read in reads if is_fresh(read.read_at, now)]
    return fresh[-1] if fresh else None


def is_same_visit(started_at: datetime, now: datetime) -> bool:
    """Whether a visit that began at `started_at` can still be going on.

    >>> is_same_visit(datetime(2026, 5, 4, 9), datetime(2026, 5, 4, 10))
    True
    >>> is_same_visit(datetime(2026, 5, 3, 9), datetime(2026, 5, 4, 10))
    False
    """
    return now - started_at < LONGEST_VISIT
