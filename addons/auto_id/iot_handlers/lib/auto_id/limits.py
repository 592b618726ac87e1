"""Keeps what repeats from flooding: the same code again, the same line in a log."""

import threading
import time
from collections.abc import Callable, Hashable

MOST = 4096


class Repeats:
    """Tells whether something was seen a short while ago; each sighting begins the while anew.

    >>> now = 10.0
    >>> repeats = Repeats(lambda: now)
    >>> repeats.seen("card", 2), repeats.seen("card", 2), repeats.seen("other", 2)
    (False, True, False)
    >>> now = 12.5
    >>> repeats.seen("card", 2)
    False
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._last: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def seen(self, key: Hashable, seconds: float) -> bool:
        """Whether it was seen within so many seconds; it is seen now."""
        if seconds <= 0:
            return False
        with self._lock:
            now = self._clock()
            last = self._last.pop(key, None)
            self._last[key] = now  # at the end: the first one is the oldest
            while len(self._last) > MOST:
                del self._last[next(iter(self._last))]
        return last is not None and now - last < seconds


class Allowance:
    """So many at once, and as many again in each span of time.

    >>> now = 0.0
    >>> allowance = Allowance(2, 60, lambda: now)
    >>> [allowance.take() for _ in range(3)]
    [True, True, False]
    >>> now = 31.0
    >>> [allowance.take() for _ in range(2)]
    [True, False]
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic):
        self._most = most
        self._rate = most / seconds
        self._clock = clock
        self._left = float(most)
        self._at = clock()

    def take(self) -> bool:
        now = self._clock()
        self._left = min(self._left + (now - self._at) * self._rate, self._most)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
