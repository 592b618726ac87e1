"""Tells from two antennas which way a tag went through a door.

One antenna (or group) looks outside, one inside. Who walks in is seen outside first, is
strongest outside first, and is lost outside first; each of the three can be wrong on its
own (a reflection, a pause in the door), so two must say the same and none the contrary.
"""

OUTSIDE, INSIDE = 0, 1
MARGIN = 0.05
"""Seconds by which one must come first: antennas take turns, some tens of milliseconds each."""
LONGEST = 30.0
"""Seconds after which a tag that lies in the door begins its pass anew."""


class Passage:
    """What the two sides have seen of one tag.

    >>> passage = Passage()
    >>> for time, side, rssi in (0.0, 0, -60), (0.4, 0, -50), (0.7, 1, -48), (1.1, 1, -62):
    ...     passage.see(time, side, rssi)
    >>> passage.direction()
    'in'
    """

    __slots__ = ("_began", "first", "last", "level", "peak")

    def __init__(self) -> None:
        self._begin(float("-inf"))

    def see(self, time: float, side: int, rssi: float | None) -> None:
        """Note a read: seconds, `OUTSIDE` or `INSIDE`, dBm if known."""
        if time - self._began > LONGEST:
            self._begin(time)
        if self.first[side] is None:
            self.first[side] = time
        self.last[side] = time
        level = self.level[side]
        if rssi is not None and (level is None or rssi > level):
            self.level[side], self.peak[side] = rssi, time

    def direction(self) -> str | None:
        """`in`, `out`, or nothing when the sides do not agree or one saw nothing."""
        votes = [_vote(pair) for pair in (self.first, self.peak, self.last)]
        if abs(sum(votes)) < 2:
            return None
        return "in" if sum(votes) > 0 else "out"

    def _begin(self, time: float) -> None:
        self._began = time
        self.first: list[float | None] = [None, None]
        self.last: list[float | None] = [None, None]
        self.peak: list[float | None] = [None, None]
        self.level: list[float | None] = [None, None]


def _vote(pair: list[float | None]) -> int:
    """1: outside came before inside; -1: after; 0: not to be told."""
    outside, inside = pair
    if outside is None or inside is None or abs(inside - outside) < MARGIN:
        return 0
    return 1 if outside < inside else -1
