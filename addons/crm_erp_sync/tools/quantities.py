"""How much to take away from which order: pure arithmetic, no Odoo."""

from typing import NamedTuple


class Open(NamedTuple):
    """One open manufacturing order: what it plans and what can no longer be taken back."""

    key: int
    quantity: float
    floor: float

    @property
    def free(self) -> float:
        """What may still be taken away."""
        return max(self.quantity - max(self.floor, 0.0), 0.0)


def take_away(orders, surplus, digits=6):
    """Lower the orders, in the sequence given, until the surplus is gone.

    Returns the new quantity of each order that changes, and the part of the surplus that
    stays because it is already on the bench.

    >>> take_away([Open(1, 5, 0)], 2)
    ({1: 3}, 0.0)
    >>> take_away([Open(1, 5, 4)], 2)
    ({1: 4}, 1)
    >>> take_away([Open(2, 3, 0), Open(1, 2, 0)], 3)
    ({2: 0}, 0.0)
    """
    left, changed = round(surplus, digits), {}
    for order in orders:
        taken = min(order.free, left)
        if round(taken, digits) <= 0:
            continue
        changed[order.key] = round(order.quantity - taken, digits)
        left = round(left - taken, digits)
    return changed, max(left, 0.0)
