"""How far an order is: pure arithmetic, no Odoo."""

from typing import NamedTuple


class Line(NamedTuple):
    """One order line; ``produced`` is None for what is not made to order."""

    quantity: float
    produced: float | None
    delivered: float
    weight: float

    @property
    def share(self) -> float:
        """From 0 to 1: making is one half of the way and delivering the other."""
        if self.quantity <= 0:
            return 1.0
        delivered = _part(self.delivered, self.quantity)
        if self.produced is None:
            return delivered
        # What was delivered has been made, from wherever it came.
        return (max(_part(self.produced, self.quantity), delivered) + delivered) / 2


def _part(done, whole):
    return min(max(done / whole, 0.0), 1.0)


def progress(lines) -> int:
    """Return the progress in whole percent, lines weighted by their amount.

    100 is said only when nothing is left.

    >>> progress([Line(4, 2, 0, 100)])
    25
    >>> progress([Line(4, None, 4, 100), Line(1, 0, 0, 300)])
    25
    >>> progress([])
    0
    """
    lines = list(lines)
    weight = sum(line.weight for line in lines)
    if not lines:
        return 0
    if weight <= 0 or any(line.weight < 0 for line in lines):
        lines, weight = [line._replace(weight=1.0) for line in lines], float(len(lines))
    done = sum(line.share * line.weight for line in lines) / weight
    finished = all(line.share >= 1.0 for line in lines)
    return 100 if finished else min(int(done * 100 + 1e-6), 99)
