"""What an order of each customer will be worth: the Gamma-Gamma model.

Orders of a customer spread round a mean of their own, ~ Gamma(p, ν); the means of the customers
spread by ν ~ Gamma(q, γ). The expected amount lies between the customer's own mean and that of
all, nearer to their own the more orders are known. Source: Fader and Hardie (2013), "The
Gamma-Gamma Model of Monetary Value".

The simple rule is the customer's own mean, or that of all for a customer without orders.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln

from . import held_out
from .held_out import Verdict
from .lifetime_value_fit import MAX_ROWS, MIN_REPEATERS, Fit
from .lifetime_value_histories import Floats
from .maximum_likelihood import maximise

NAMES = ("p", "q", "gamma")
OWN_MEAN = "own_mean"


class Amounts(NamedTuple):
    """Numbers of orders and their mean amounts, one a customer."""

    orders: ArrayLike
    mean: ArrayLike


def choose_amounts(then: Amounts, came: Amounts, now: Amounts) -> tuple[Fit, Verdict]:
    """Gamma-Gamma, or the simple rule when it was no better on held-out weeks.

    :param then: what was known of customers on a past day
    :param came: what the same customers ordered since; those without orders are not judged
    """
    counts, means = _clean(*came)
    judged = counts > 0
    candidates = [fit_own_mean(*then), fit_amounts(*then)]
    measures = {
        fit.model: {"rmse": held_out.rmse(expected_amount(fit, *then)[judged], means[judged])}
        for fit in candidates
        if fit.parameters
    }
    verdict = held_out.choose(measures, OWN_MEAN, "rmse", int(judged.sum()), lowest=True)
    if int(judged.sum()) < MIN_REPEATERS:
        verdict = Verdict(OWN_MEAN, OWN_MEAN, "too_little", measures, verdict.n)
    return (fit_own_mean if verdict.is_rule else fit_amounts)(*now), verdict


def fit_own_mean(orders: ArrayLike, mean_amount: ArrayLike) -> Fit:
    """The simple rule: what is learnt is the mean of all orders."""
    n, mean = _valid(orders, mean_amount)
    overall = float(n @ mean / n.sum()) if len(n) else 0.0
    return Fit(OWN_MEAN, {"mean": overall}, customers=len(n))


def fit_amounts(orders: ArrayLike, mean_amount: ArrayLike, seed: int = 0) -> Fit:
    """The Gamma-Gamma parameters of customers with these numbers and mean amounts of orders.

    Customers without orders, or whose mean is not above zero, are left out. q is above 1, so that
    the mean of all customers exists.
    """
    n, mean = _valid(orders, mean_amount)
    if len(n) < MIN_REPEATERS:
        return Fit("gamma_gamma", customers=len(n), warnings=("few_customers",))
    sampled = ("sampled",) if len(n) > MAX_ROWS else ()
    if sampled:
        chosen = np.random.default_rng(seed).choice(len(n), MAX_ROWS, replace=False)
        n, mean = n[chosen], mean[chosen]
    unit = float(mean.mean())

    def average(parameters: Floats) -> float:
        p, q_above_1, gamma = parameters
        return float(_log_likelihood(p, 1.0 + q_above_1, gamma, n, mean / unit).mean())

    found = maximise(average, (6.0, 2.5, 0.5))
    p, q_above_1, gamma = map(float, found.parameters)
    named = {"p": p, "q": 1.0 + q_above_1, "gamma": gamma * unit}
    likelihood = (average(found.parameters) - np.log(unit)) * len(n)
    return Fit("gamma_gamma", named, float(likelihood), len(n), sampled + found.warnings)


def expected_amount(fit: Fit, orders: ArrayLike, mean_amount: ArrayLike) -> Floats:
    """The amount to be expected of the next order of each customer.

    p (γ + n·mean) / (p n + q - 1): the mean of all for a customer without valid orders. The
    simple rule gives the customer's own mean.
    """
    n, mean = _clean(orders, mean_amount)
    if fit.model == OWN_MEAN:
        return np.where(n > 0, mean, fit.parameters["mean"])
    p, q, gamma = (fit.parameters[name] for name in NAMES)
    return p * (gamma + n * mean) / (p * n + q - 1.0)


def _clean(orders: ArrayLike, mean_amount: ArrayLike) -> tuple[Floats, Floats]:
    """Numbers of orders and their means; 0 and 0 where either is not above zero."""
    n, mean = (
        np.nan_to_num(np.asarray(column, float), posinf=0.0, neginf=0.0)
        for column in (orders, mean_amount)
    )
    valid = (n > 0) & (mean > 0)
    return np.where(valid, n, 0.0), np.where(valid, mean, 0.0)


def _valid(orders: ArrayLike, mean_amount: ArrayLike) -> tuple[Floats, Floats]:
    n, mean = _clean(orders, mean_amount)
    return n[n > 0], mean[n > 0]


def _log_likelihood(p: float, q: float, gamma: float, n: Floats, mean: Floats) -> Floats:
    """q log γ + p n log n + (p n - 1) log mean - (p n + q) log(γ + n mean) - log B(p n, q)."""
    counts, place = np.unique(n, return_inverse=True)
    log_beta = betaln(p * counts, q)[place.reshape(-1)]
    own = p * n
    logs = q * np.log(gamma) + own * np.log(n) + (own - 1.0) * np.log(mean)
    return logs - (own + q) * np.log(gamma + n * mean) - log_beta
