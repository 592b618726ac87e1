"""What a customer will buy in a horizon, and what that is worth today."""

import numpy as np
from numpy.typing import ArrayLike

from .lifetime_value_fit import Fit
from .lifetime_value_histories import Floats, Histories, unique
from .lifetime_value_models import MODELS

WEEKS_A_YEAR = 365.25 / 7.0

_TIMES = 12
_CHUNK = 20_000


def p_alive(fit: Fit, rows: Histories) -> Floats:
    """The probability of each customer that they still buy here."""
    return MODELS[fit.model].p_alive(fit.values, rows)


def expected_purchases(fit: Fit, rows: Histories, weeks: float, discount: float = 0.0) -> Floats:
    """Purchases to be expected of each customer in the coming weeks, discounted to today.

    P(alive) · ∫ (1 + discount)^-(u / year) · rate(u) du over 0..weeks, by Gauss and Legendre.

    :param discount: a year, 0.1 for 10 %; 0 gives the plain number of purchases
    """
    distinct, place = unique(rows)
    parts = [
        _expected(fit, distinct.rows(slice(start, start + _CHUNK)), weeks, discount)
        for start in range(0, len(distinct.frequency), _CHUNK)
    ]
    return np.concatenate([*parts, np.zeros(0)])[place]


def _expected(fit: Fit, rows: Histories, weeks: float, discount: float) -> Floats:
    model = MODELS[fit.model]
    rate = model.rate_if_alive(fit.values, rows)
    nodes, weights = np.polynomial.legendre.leggauss(_TIMES)
    times = weeks * (1.0 + nodes) / 2.0
    present = weights * weeks / 2.0 * (1.0 + discount) ** (-times / WEEKS_A_YEAR)
    total = sum(share * rate(time) for share, time in zip(present, times, strict=True))
    return model.p_alive(fit.values, rows) * total


def lifetime_value(purchases: ArrayLike, amount: ArrayLike, margin: ArrayLike = 1.0) -> Floats:
    """What the discounted purchases of each customer are worth, never below zero.

    :param amount: expected of one order, in company currency
    :param margin: the share of it that is earned, 0..1; a number or one a customer
    """
    value = np.asarray(purchases, float) * np.asarray(amount, float) * np.asarray(margin, float)
    return np.maximum(np.nan_to_num(value), 0.0)
