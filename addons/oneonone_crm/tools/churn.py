"""Churn warning: the chance of no purchase in the next days, and why.

The score is a sum over features that one SQL statement computes for all customers:

    score = intercept + Σ coefficient · feature          probability = 1 / (1 + exp(-score))

A `Model` is that list of coefficients, as plain as JSON. The simple rule has the same form, with
one feature: the rank of the customer by days of silence less the rank by number of purchases.

Facts of a customer, from one row a customer and day with a purchase (`bought`):

    WITH gaps AS (
        SELECT *, date - LAG(date) OVER (PARTITION BY partner_id ORDER BY date) AS gap FROM bought
    )
    SELECT partner_id, %(today)s - MAX(date) AS recency, %(today)s - MIN(date) AS age,
           COUNT(*) AS orders, AVG(amount) AS amount,
           (ARRAY_AGG(amount ORDER BY date DESC))[1] AS last_amount,
           COALESCE(MAX(gap), 0) AS longest_gap, SUM(lines) AS lines, SUM(units) AS units
      FROM gaps GROUP BY partner_id

Features, with R recency, F orders, T age, M amount, G = (T - R) / (F - 1) the usual gap:

    recency         LN(1 + R)                         amount       LN(1 + GREATEST(M, 0))
    orders          LN(F)                             last_amount  LN(1 + GREATEST(last_amount, 0))
    recency_orders  LN(1 + R) * LN(F)                 lines        LN(1 + lines)
    recency_2       LN(1 + R) ^ 2                     units        LN(1 + GREATEST(units, 0))
    orders_2        LN(F) ^ 2                         age          LN(1 + T)
    single          1 if F = 1, else 0
    gap             LN(1 + G) if F > 1, else 0
    overdue         LN(1 + R) - LN(1 + G) if F > 1, else 0
    beyond_longest  LN(1 + R) - LN(1 + longest_gap) if F > 1, else 0
    rank            rank(R) - rank(F), each the mean of WIDTH_BUCKET(value, cuts) and
                    WIDTH_BUCKET(value - 0.5, cuts), divided by the number of cuts

`cuts` are percentiles of all customers, kept in the model.
"""

from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

PERCENTILES = 100


class Facts(NamedTuple):
    """What is known of each customer on a day; days count back from it."""

    recency: Floats
    orders: Floats
    """Days with a purchase, 1 at least."""
    age: Floats
    amount: Floats
    """Mean of a day with a purchase."""
    last_amount: Floats
    longest_gap: Floats
    """Days between two purchases, at most; 0 after one purchase."""
    lines: Floats
    units: Floats

    @property
    def usual_gap(self) -> Floats:
        """Mean days between purchases; 0 after one purchase."""
        return np.maximum(self.age - self.recency, 0.0) / np.maximum(self.orders - 1.0, 1.0)

    def rows(self, which) -> "Facts":
        return Facts(*(column[which] for column in self))


@dataclass(frozen=True)
class Model:
    """A churn score. `kind` is `logistic`, or `rule` for the simple rule."""

    kind: str
    days: int
    """The score is about no purchase in so many days."""
    intercept: float
    coefficients: dict[str, float]
    means: dict[str, float]
    """Of each feature over all customers: a reason is what differs from them."""
    cuts: dict[str, list[float]] = field(default_factory=dict)
    """Percentiles of recency and orders over all customers, for `rank`."""

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "Model":
        return cls(**data)


FEATURES = (
    "recency",
    "orders",
    "recency_orders",
    "recency_2",
    "orders_2",
    "age",
    "amount",
    "last_amount",
    "single",
    "gap",
    "overdue",
    "beyond_longest",
    "lines",
    "units",
)


def clean(facts: Facts) -> Facts:
    """The same without impossible values: nothing missing or negative, one order at least."""
    columns = (np.nan_to_num(np.asarray(c, float), posinf=0.0, neginf=0.0) for c in facts)
    plain = Facts(*(np.maximum(column, 0.0) for column in columns))
    orders, recency = np.maximum(plain.orders, 1.0), plain.recency
    return plain._replace(orders=orders, age=np.maximum(plain.age, recency))


def features(facts: Facts, cuts: dict[str, list[float]] | None = None) -> dict[str, Floats]:
    """The features of each customer by name; `rank` among them if there are cuts."""
    known = clean(facts)
    log_r, log_f = np.log1p(known.recency), np.log(known.orders)
    again = known.orders > 1
    log_gap = np.log1p(known.usual_gap)
    values = {
        "recency": log_r,
        "orders": log_f,
        "recency_orders": log_r * log_f,
        "recency_2": log_r**2,
        "orders_2": log_f**2,
        "age": np.log1p(known.age),
        "amount": np.log1p(known.amount),
        "last_amount": np.log1p(known.last_amount),
        "single": np.where(again, 0.0, 1.0),
        "gap": np.where(again, log_gap, 0.0),
        "overdue": np.where(again, log_r - log_gap, 0.0),
        "beyond_longest": np.where(again, log_r - np.log1p(known.longest_gap), 0.0),
        "lines": np.log1p(known.lines),
        "units": np.log1p(known.units),
    }
    if cuts:
        recency, orders = _rank(known.recency, cuts["recency"]), _rank(known.orders, cuts["orders"])
        values["rank"] = recency - orders
    return values


def cuts_of(facts: Facts) -> dict[str, list[float]]:
    """Percentiles of recency and orders, as `rank` needs them."""
    known = clean(facts)
    parts = np.linspace(0.0, 1.0, PERCENTILES + 1)[1:-1]
    return {
        name: np.quantile(column, parts, method="lower").tolist() if len(column) else [0.0]
        for name, column in (("recency", known.recency), ("orders", known.orders))
    }


def _rank(values: Floats, cuts: list[float]) -> Floats:
    """0..1; whole numbers that are equal share the middle of their places."""
    upper = np.searchsorted(cuts, values, side="right")
    lower = np.searchsorted(cuts, values - 0.5, side="right")
    return (upper + lower) / (2.0 * max(len(cuts), 1))


def score(facts: Facts, model: Model) -> Floats:
    """The higher, the likelier no purchase comes; the reference for the SQL."""
    values = features(facts, model.cuts)
    total = sum(
        coefficient * values[name] for name, coefficient in model.coefficients.items()
    ) + np.zeros(len(facts.recency))
    return model.intercept + total


def probability(facts: Facts, model: Model) -> Floats:
    """The chance of no purchase in the next `model.days` days."""
    return expit(score(facts, model))
