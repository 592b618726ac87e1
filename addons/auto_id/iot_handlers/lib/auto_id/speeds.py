"""Finds the speed of a serial line: codes are readable at the right one only."""

from collections.abc import Sequence

DOUBTS = 5
"""Unreadable codes in a row after which a speed that was right is doubted."""


class Speeds:
    """Which speed to use, by what comes at it.

    >>> speeds = Speeds([9600, 115200])
    >>> speeds.judge(readable=False), speeds.current, speeds.is_found
    (True, 115200, False)
    >>> speeds.judge(readable=True), speeds.current, speeds.is_found
    (False, 115200, True)

    :param candidates: the speeds to try, the likeliest first; a single one is never changed
    """

    def __init__(self, candidates: Sequence[int]):
        self._candidates = list(candidates)
        self._position = 0
        self._unreadable = 0
        self.is_found = len(self._candidates) == 1

    @property
    def current(self) -> int:
        return self._candidates[self._position]

    def judge(self, *, readable: bool) -> bool:
        """Take a code into account; whether the line must change its speed now."""
        if readable:
            self.is_found = True
            self._unreadable = 0
            return False
        self._unreadable += 1
        if len(self._candidates) == 1 or (self.is_found and self._unreadable < DOUBTS):
            return False
        self._position = (self._position + 1) % len(self._candidates)
        self._unreadable = 0
        self.is_found = False
        return True
