"""A bound on how much comes from one source, kept in the memory of this process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

MAX_SOURCES = 10_000


class Rate:
    """At most ``amount`` in ``seconds``, for each source; it refills steadily."""

    def __init__(
        self, amount: float, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._amount = amount
        self._refill = amount / seconds
        self._clock = clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, source: Hashable, cost: float = 1) -> bool:
        """Whether the source may do something of this cost now; if so, it is counted."""
        with self._lock:
            now = self._clock()
            left, then = self._left.pop(source, (self._amount, now))
            left = min(self._amount, left + (now - then) * self._refill)
            allowed = cost <= left
            self._left[source] = (left - cost if allowed else left, now)
            if len(self._left) > MAX_SOURCES:
                self._left.popitem(last=False)
            return allowed
