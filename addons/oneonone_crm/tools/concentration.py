"""How the spend is spread over customers: shares, the Lorenz curve, tiers by what they hold.

Spend below zero (more returned than bought) counts as zero; customers are ordered by spend.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Lorenz(NamedTuple):
    """Points of the curve: the smallest `customers` (share) hold `spend` (share)."""

    customers: list[float]
    spend: list[float]
    gini: float
    """0: all spend the same; towards 1: one spends all."""


def _spend(amounts: ArrayLike) -> Floats:
    values = np.nan_to_num(np.asarray(amounts, float), posinf=0.0, neginf=0.0)
    return np.maximum(values, 0.0)


def share_of_best(amounts: ArrayLike, part: float = 0.2) -> float:
    """What share of the spend the best part of the customers holds; 0 without spend."""
    spend = np.sort(_spend(amounts))[::-1]
    total = float(spend.sum())
    if total <= 0:
        return 0.0
    whole, rest = divmod(part * len(spend), 1.0)
    whole = int(whole)
    partly = rest * float(spend[whole]) if whole < len(spend) else 0.0
    return (float(spend[:whole].sum()) + partly) / total


def lorenz(amounts: ArrayLike, points: int = 101) -> Lorenz:
    """The concentration curve at evenly spread points, from (0, 0) to (1, 1)."""
    spend = np.sort(_spend(amounts))
    at = np.linspace(0.0, 1.0, points)
    total, n = float(spend.sum()), len(spend)
    if total <= 0:
        return Lorenz(at.tolist(), at.tolist(), 0.0)
    running = np.r_[0.0, np.cumsum(spend / total)]
    running[-1] = 1.0
    gini = 1.0 - float((running[1:] + running[:-1]).sum()) / n
    held = np.interp(at, np.arange(n + 1) / n, running)
    return Lorenz(at.tolist(), held.tolist(), max(gini, 0.0))


def tier_cuts(amounts: ArrayLike, shares: tuple[float, ...] = (0.8, 0.95)) -> list[float | None]:
    """For each share the spend from which on customers belong to those who together hold it.

    The customer who crosses the share is still in. None where nobody spent anything. In SQL:
    MIN(spend) over the customers whose running sum before them is below share · total.
    """
    spend = np.sort(_spend(amounts))[::-1]
    spend = spend[spend > 0]
    if not len(spend):
        return [None] * len(shares)
    before = np.r_[0.0, np.cumsum(spend)[:-1]]
    total = float(spend.sum())
    return [float(spend[max(int((before < part * total).sum()) - 1, 0)]) for part in shares]


def quantile_cuts(values: ArrayLike, groups: int = 5) -> list[float]:
    """The values from which on the next group begins: PERCENTILE_DISC of 1/groups, 2/groups..."""
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    parts = np.arange(1, groups) / groups
    return np.quantile(known, parts, method="inverted_cdf").tolist() if len(known) else []
