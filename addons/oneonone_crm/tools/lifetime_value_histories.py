"""What the purchase models need of each customer: how often, until when, watched how long."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DAYS_A_WEEK = 7.0


class Histories(NamedTuple):
    """Equal histories are one row with a weight; times are in weeks since the first purchase."""

    frequency: Floats
    """x: days with a purchase after the first one."""
    recency: Floats
    """t_x: when the last purchase was; 0 for a customer with one purchase."""
    age: Floats
    """T: how long the customer has been watched, at least `recency`."""
    weight: Floats
    """How many customers have this history."""

    @property
    def customers(self) -> float:
        return float(self.weight.sum())

    @property
    def repeaters(self) -> float:
        return float(self.weight[self.frequency > 0].sum())

    def rows(self, which: slice | NDArray) -> "Histories":
        return Histories(*(column[which] for column in self))

    def sample(self, limit: int, seed: int = 0) -> "Histories":
        """Themselves, or `limit` customers drawn from them by weight when they are more rows."""
        if len(self.frequency) <= limit:
            return self
        draw = np.random.default_rng(seed).multinomial(limit, self.weight / self.customers)
        return self._replace(weight=draw.astype(float)).rows(draw > 0)


def histories(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Histories:
    """One row a customer, weight 1, in the given order; impossible values are put right.

    A negative or missing number counts as 0, a purchase after the end of the watch moves the end,
    and a customer without repeat purchase has recency 0.
    """
    x, t_x, total = (
        np.maximum(np.nan_to_num(np.asarray(column, float), posinf=0.0), 0.0)
        for column in (frequency, recency, age)
    )
    x = np.floor(x)
    t_x = np.where(x > 0, t_x, 0.0)
    return Histories(x, t_x, np.maximum(total, t_x), np.ones_like(x))


def unique(rows: Histories) -> tuple[Histories, NDArray[np.intp]]:
    """The distinct histories with their weights, and for each given row its place among them."""
    order = np.lexsort(rows[2::-1])
    table = np.array(rows[:3])[:, order]
    fresh = np.r_[True, (table[:, 1:] != table[:, :-1]).any(axis=0)][: table.shape[1]]
    place = np.empty(len(order), np.intp)
    place[order] = np.cumsum(fresh) - 1
    weight = np.bincount(place, weights=rows.weight, minlength=int(fresh.sum()))
    return Histories(*table[:, fresh], weight), place
