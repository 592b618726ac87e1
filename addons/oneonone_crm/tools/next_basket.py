"""What a customer usually buys: their own frequency, fading, lifted by what sells these days.

    score = (Σ decay^rank + prior) · (1 + trend)^lift

- rank: 0 for the customer's last shopping day, 1 for the one before...; summed over the days on
  which they bought the product; 0 for a product they never bought, which is how lists are filled;
- trend: Σ 0.5^(age / half_life) over all customers' shopping days with the product, age in days:
  what sells now and is in the range now. Without recent sales of anyone it is 0 and lifts nothing.

The same in SQL, for all customers at once (`bought`: one row a customer, day and product):

    WITH ranked AS (
        SELECT partner_id, product_id, date,
               DENSE_RANK() OVER (PARTITION BY partner_id ORDER BY date DESC) - 1 AS rank
          FROM bought
    ), strength AS (
        SELECT partner_id, product_id, SUM(POWER(%(decay)s, LEAST(rank, 300))) AS strength,
               COUNT(*) AS times, MIN(date) AS first, MAX(date) AS last
          FROM ranked GROUP BY partner_id, product_id
    ), trend AS (
        SELECT product_id, COUNT(*) AS sold,
               SUM(POWER(0.5, LEAST((%(today)s - date) / %(half_life)s, 300))) AS trend
          FROM bought GROUP BY product_id
    ), scored AS (
        SELECT partner_id, product_id, times, first, last, sold,
               (strength + %(prior)s) * POWER(1 + trend, %(lift)s) AS score
          FROM strength JOIN trend USING (product_id)
    )   -- UNION ALL the `fill` products of the highest (1 + trend), sold, that they never bought
    SELECT *, ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY score DESC, sold DESC, product_id)

One customer is brought up to date by the same statement with a condition on `partner_id`; `trend`
is kept in a table of its own, made anew each night.

Source of the idea: Faggioli, Polato and Aiolli (2020), "Recency Aware Collaborative Filtering for
Next Basket Recommendation". That the trend of all beats neighbours here was measured, see docs.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """The numbers of both lists; `next_basket_choice.tune` finds a company's own."""

    decay: float = 0.9
    """What a purchase still counts when the customer has shopped once since."""
    half_life: float = 7.0
    """Days after which a sale counts half in the trend."""
    lift: float = 0.5
    """How strongly the trend lifts the usual products; 0 not at all."""
    prior: float = 0.02
    """What a product counts that the customer never bought."""
    new_lift: float = 0.75
    """How strongly the trend lifts products that are new to the customer."""
    neighbours: int = 20
    """Products that a product is held to go with."""
    shrink: float = 10.0
    """Buyers added to both sides of a pair, so that few buyers prove little."""
    own_power: float = 0.5
    other_power: float = 0.8
    """Powers of the buyers of the product, and of the one that goes with it: 0.5 and 0.5 is the
    cosine; more on the other side, and bestsellers are no longer everybody's neighbours."""
    history: int = 500
    """The newest products of a customer that count for pairs: no customer counts for all."""

    def to_json(self) -> dict:
        return asdict(self)


class Lines(NamedTuple):
    """Distinct rows of customer, day and product, numbered from 0; sorted in this order."""

    customer: Ints
    day: Ints
    product: Ints

    @property
    def products(self) -> int:
        return int(self.product.max()) + 1 if len(self.product) else 0

    def rows(self, which: NDArray) -> "Lines":
        return Lines(*(column[which] for column in self))


class Ranked(NamedTuple):
    """The best products of customers: sorted by customer, then by score."""

    customer: Ints
    product: Ints
    score: Floats
    place: Ints
    """0 for the best."""


def lines(customer: ArrayLike, day: ArrayLike, product: ArrayLike) -> Lines:
    """Distinct and sorted; what is bought twice on a day is one row."""
    table = np.array([np.asarray(column, np.int64) for column in (customer, day, product)])
    table = table[:, np.lexsort(table[::-1])]
    fresh = np.r_[True, (table[:, 1:] != table[:, :-1]).any(axis=0)][: table.shape[1]]
    return Lines(*table[:, fresh])


class Strength(NamedTuple):
    """One row for each customer and product they bought."""

    customer: Ints
    product: Ints
    strength: Floats


def strength(bought: Lines, decay: float) -> Strength:
    """Σ decay^rank over the customer's shopping days with the product."""
    pair, place = _distinct(bought.customer, bought.product)
    weight = np.power(decay, np.minimum(day_ranks(bought), 300))
    return Strength(*pair.T, np.bincount(place, weights=weight, minlength=len(pair)))


def day_ranks(bought: Lines) -> Ints:
    """For each line, how many shopping days the customer had after it."""
    days, place = _distinct(bought.customer, bought.day)
    count = np.bincount(days[:, 0]) if len(days) else np.zeros(0, np.int64)
    end = np.cumsum(count)
    return end[bought.customer] - 1 - place if len(place) else place


def _distinct(first: Ints, second: Ints) -> tuple[NDArray, Ints]:
    """The distinct pairs, sorted, and for each given pair its place among them."""
    size = int(second.max(initial=0)) + 1
    codes, place = np.unique(first * size + second, return_inverse=True)
    return np.column_stack(np.divmod(codes, size)), place


def trends(bought: Lines, half_life: float, days: ArrayLike) -> Iterator[tuple[int, Floats]]:
    """For each of these days, ascending, the trend of all products by the sales before it."""
    order = np.argsort(bought.day, kind="stable")
    sold_on, product = bought.day[order], bought.product[order]
    trend, now, done = np.zeros(bought.products), None, 0
    for day in np.unique(days):
        trend *= 0.5 ** ((day - now) / half_life) if now is not None else 1.0
        until = int(np.searchsorted(sold_on, day))
        fresh = 0.5 ** np.minimum((day - sold_on[done:until]) / half_life, 300)
        np.add.at(trend, product[done:until], fresh)
        now, done = day, until
        yield int(day), trend


def usual(bought: Lines, today: Ints, weights: Weights, limit: int = 10) -> Ranked:
    """The products that each customer will most likely buy next.

    :param today: the day to predict for, one a customer; -1 leaves the customer out. In practice
        it is the same for all; in a held-out test it is the day of the next purchase.
    """
    own = strength(bought.rows(today[bought.customer] >= 0), weights.decay)
    sold = np.bincount(bought.product, minlength=bought.products)
    parts = []
    for day, trend in trends(bought, weights.half_life, today[today >= 0]):
        lifted = (1.0 + trend) ** weights.lift
        mine = today[own.customer] == day
        customer, product = own.customer[mine], own.product[mine]
        score = (own.strength[mine] + weights.prior) * lifted[product]
        filled = _fill(np.flatnonzero(today == day), lifted, sold, limit)
        filled = _without(*filled, customer, product, bought.products)
        parts.append((customer, product, score))
        parts.append((*filled, weights.prior * lifted[filled[1]]))
    return best(parts, sold, limit)


def _fill(customers: Ints, lifted: Floats, sold: Ints, limit: int) -> tuple[Ints, Ints]:
    """The products that sell best now, for everybody: three times what a list can hold."""
    top = np.lexsort((-sold, -lifted))
    top = top[sold[top] > 0][: 3 * limit]
    return np.repeat(customers, len(top)), np.tile(top, len(customers))


def _without(customer: Ints, product: Ints, owner: Ints, owned: Ints, products: int):
    """The pairs that are not among the pairs of owner and owned."""
    left = ~np.isin(customer * products + product, owner * products + owned)
    return customer[left], product[left]


def best(parts: list, sold: Ints, limit: int) -> Ranked:
    """The highest scores of each customer; equal ones by sales, then by number."""
    empty = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    customer, product, score = (np.concatenate(c) for c in zip(empty, *parts, strict=True))
    order = np.lexsort((product, -sold[product], -score, customer))
    customer, product, score = customer[order], product[order], score[order]
    place = np.arange(len(customer)) - np.searchsorted(customer, customer)
    kept = place < limit
    return Ranked(customer[kept], product[kept], score[kept], place[kept])


def usual_reason(times: int, first_day: int, last_day: int, today: int) -> dict:
    """Why a product is on the list, as data: `{"code": "bought_every", "usual_days": 23,
    "last_days": 30, "times": 4}`, `{"code": "bought", "times": 1, "last_days": 30}`, or
    `{"code": "popular"}`."""
    if times <= 0:
        return {"code": "popular"}
    ago = {"times": times, "last_days": max(0, today - last_day)}
    if times == 1 or last_day <= first_day:
        return {"code": "bought", **ago}
    usual_days = max(1, round((last_day - first_day) / (times - 1)))
    return {"code": "bought_every", "usual_days": usual_days, **ago}
