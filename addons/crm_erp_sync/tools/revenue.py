"""What an opportunity is worth once its orders are confirmed: pure arithmetic, no Odoo."""

from typing import NamedTuple


class OrderValue(NamedTuple):
    """One confirmed order, all amounts untaxed and in its own currency."""

    ordered: float
    invoiced: float = 0.0
    credited: float = 0.0

    @property
    def net(self) -> float:
        """What is left of the order after credit notes.

        A credit note takes its amount away, unless it only corrects what was invoiced beyond the
        order: an invoice that is credited and written anew, or an order that was lowered.

        >>> OrderValue(500, invoiced=500, credited=500).net
        0
        >>> OrderValue(500, invoiced=1000, credited=500).net  # credited, and invoiced anew
        500
        >>> OrderValue(300, invoiced=500, credited=200).net  # lowered, the rest credited
        300
        """
        beyond = max(self.invoiced - self.ordered, 0)
        return max(self.ordered - max(self.credited - beyond, 0), 0)
