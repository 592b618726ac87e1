"""Models of how often customers buy and when they leave: BG/NBD, MBG/NBD, Pareto/NBD, a rule.

A customer buys at random with a rate of their own until they leave, unseen. Each model gives, for
many customers at once and for parameters in the order of `names`:

- `log_likelihood(parameters, rows)` of each history, the factor Γ(r + x) / Γ(r) included;
- `p_alive(parameters, rows)`: the probability that the customer has not left yet;
- `rate_if_alive(parameters, rows)`: a function of the time from now that gives the purchases a
  week to be expected of a customer who is there now.

Where textbooks have the hypergeometric function, which cancels and overflows for busy customers,
these are sums of positive terms: exact to ten digits and defined for every history.

Sources: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way; Batislam, Denizel
and Filiztekin (2007); Schmittlein, Morrison and Colombo (1987), Fader and Hardie (2005), "A Note
on Deriving the Pareto/NBD Model".
"""

from collections.abc import Callable
from typing import ClassVar, Protocol

import numpy as np
from scipy.special import expit, gammaln

from .lifetime_value_histories import Floats, Histories

RateOverTime = Callable[[float], Floats]

_NODES = 64
_TABLE = 10_000
_LEGENDRE = np.polynomial.legendre.leggauss(24)


class PurchaseModel(Protocol):
    """What a model of purchases gives."""

    code: ClassVar[str]
    names: ClassVar[tuple[str, ...]]

    def start(self, rows: Histories) -> Floats: ...
    def log_likelihood(self, parameters: Floats, rows: Histories) -> Floats: ...
    def p_alive(self, parameters: Floats, rows: Histories) -> Floats: ...
    def rate_if_alive(self, parameters: Floats, rows: Histories) -> RateOverTime: ...


def _log_rising(start: float, counts: Floats) -> Floats:
    """log Γ(start + n) - log Γ(start), from a table as long as counts are ordinary."""
    most = counts.max(initial=0.0)
    if most > _TABLE:
        return gammaln(start + counts) - gammaln(start)
    table = gammaln(start + np.arange(most + 1.0))
    return table[counts.astype(np.intp)] - table[0]


def _start_of_rates(rows: Histories) -> tuple[float, float]:
    """r and α whose mean is the customers' mean pace, spread as customers usually are."""
    exposure = max(float((rows.weight * rows.age).sum()), 1e-9)
    pace = max(float((rows.weight * rows.frequency).sum()), 0.5) / exposure
    return 0.5, 0.5 / pace


class BgNbd:
    """Rate ~ Gamma(r, α); after each repeat purchase the customer leaves with p ~ Beta(a, b).

    L = Γ(r+x) α^r / Γ(r) · B(a, b+x) / B(a, b) · (α+T)^-(r+x) · (1 + odds of having left)
    odds = a / (b+x-1) · ((α+T) / (α+t_x))^(r+x) for x > 0, else 0
    """

    code: ClassVar[str] = "bgnbd"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    chances_before_first = 0
    """MBG/NBD: 1, the customer can leave right after the first purchase."""

    def start(self, rows: Histories) -> Floats:
        return np.array([*_start_of_rates(rows), 0.8, 2.5])

    def log_likelihood(self, parameters: Floats, rows: Histories) -> Floats:
        r, alpha, a, b = parameters
        x = rows.frequency
        stayed = x + self.chances_before_first
        log_stay = _log_rising(b, stayed) - _log_rising(a + b, stayed)
        log_buy = _log_rising(r, x) + r * np.log(alpha) - (r + x) * np.log(alpha + rows.age)
        return log_buy + log_stay + np.logaddexp(0.0, self._log_odds_left(parameters, rows))

    def p_alive(self, parameters: Floats, rows: Histories) -> Floats:
        return expit(-self._log_odds_left(parameters, rows))

    def _log_odds_left(self, parameters: Floats, rows: Histories) -> Floats:
        r, alpha, a, b = parameters
        x = rows.frequency
        tries = x + self.chances_before_first
        silence = np.log1p((rows.age - rows.recency) / (alpha + rows.recency))
        odds = np.log(a) - np.log(b + np.maximum(tries, 1.0) - 1.0) + (r + x) * silence
        return np.where(tries > 0, odds, -np.inf)

    def rate_if_alive(self, parameters: Floats, rows: Histories) -> RateOverTime:
        """E[λ exp(-λ p u)] with λ ~ Gamma(r+x, α+T) and p ~ Beta(a, b+x), integrated over p."""
        r, alpha, a, b = parameters
        shape, scale = r + rows.frequency, alpha + rows.age
        leave, weight = _beta_nodes(a, b + rows.frequency + self.chances_before_first)
        base, power = (shape / scale)[:, None] * weight, (shape + 1.0)[:, None]
        relative = leave / scale[:, None]
        return lambda time: (base * np.exp(-power * np.log1p(relative * time))).sum(axis=1)


class MbgNbd(BgNbd):
    """BG/NBD in which a customer may leave after the first purchase, too.

    B(a, b+x+1) / B(a, b) stands for B(a, b+x) / B(a, b), and a / (b+x) for a / (b+x-1).
    """

    code: ClassVar[str] = "mbgnbd"
    chances_before_first = 1


class ParetoNbd:
    """Rate ~ Gamma(r, α); the customer leaves at a time of their own, with a rate ~ Gamma(s, β).

    L = Γ(r+x) α^r β^s / Γ(r) · ((α+T)^-(r+x) (β+T)^-s + s ∫_{t_x}^T (α+τ)^-(r+x) (β+τ)^-(s+1) dτ)
    """

    code: ClassVar[str] = "pareto_nbd"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def start(self, rows: Histories) -> Floats:
        return np.array([*_start_of_rates(rows), 0.6, 12.0])

    def log_likelihood(self, parameters: Floats, rows: Histories) -> Floats:
        r, alpha, s, beta = parameters
        log_alive, log_left = self._log_terms(parameters, rows)
        log_buy = _log_rising(r, rows.frequency) + r * np.log(alpha) + s * np.log(beta)
        return log_buy + np.logaddexp(log_alive, log_left)

    def p_alive(self, parameters: Floats, rows: Histories) -> Floats:
        log_alive, log_left = self._log_terms(parameters, rows)
        return expit(log_alive - log_left)

    def _log_terms(self, parameters: Floats, rows: Histories) -> tuple[Floats, Floats]:
        """The logarithms of the two terms of L: still there at T, left between t_x and T.

        With w = ((α+t_x) / (α+τ))^m, m = r+s+x, the integral is
        (α+t_x)^-m / m · ∫ ((α+τ) / (β+τ))^(s+1) dw over w_T..1: bounded and smooth.
        """
        r, alpha, s, beta = parameters
        shape, first, last = r + rows.frequency, alpha + rows.recency, alpha + rows.age
        m = shape + s
        log_alive = -shape * np.log(last) - s * np.log(beta + rows.age)
        width = -np.expm1(m * np.log(first / last))
        nodes, weights = _LEGENDRE
        w = 1.0 - np.multiply.outer(width, (1.0 - nodes) / 2.0)
        time = first[:, None] * np.exp(-np.log(w) / m[:, None])
        logs = -(s + 1.0) * np.log1p((beta - alpha) / time)
        top = logs.max(axis=1)
        mean = np.exp(logs - top[:, None]) @ (weights / 2.0)
        with np.errstate(divide="ignore"):
            log_integral = np.log(width * mean) + top
        return log_alive, np.log(s / m) - m * np.log(first) + log_integral

    def rate_if_alive(self, parameters: Floats, rows: Histories) -> RateOverTime:
        """(r+x) / (α+T) · ((β+T) / (β+T+u))^s."""
        r, alpha, s, beta = parameters
        now, stay = (r + rows.frequency) / (alpha + rows.age), beta + rows.age
        return lambda time: now * np.exp(-s * np.log1p(time / stay))


class Pace:
    """The simple rule: a customer goes on as before, less so the longer they are silent.

    x / T purchases a week, times t_x / T. It has no parameters and needs no fit.
    """

    code: ClassVar[str] = "pace"
    names: ClassVar[tuple[str, ...]] = ()

    def start(self, rows: Histories) -> Floats:
        return np.zeros(0)

    def log_likelihood(self, parameters: Floats, rows: Histories) -> Floats:
        return np.zeros_like(rows.frequency)

    def p_alive(self, parameters: Floats, rows: Histories) -> Floats:
        return np.ones_like(rows.frequency)

    def rate_if_alive(self, parameters: Floats, rows: Histories) -> RateOverTime:
        rate = rows.frequency * rows.recency / np.maximum(rows.age, 1.0) ** 2
        return lambda time: rate


MODELS: dict[str, PurchaseModel] = {
    model.code: model for model in (BgNbd(), MbgNbd(), ParetoNbd(), Pace())
}


def _beta_nodes(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Nodes in 0..1 and weights, rows x nodes, that integrate over Beta(a, b) for each b.

    The trapezoid rule after p = 1 / (1 + exp(-u)), u = mode + spread · sinh(v): exponentially
    exact. Weights are normalised by their own sum, so that no Beta function is needed.
    """
    mode, spread = np.log(a / b)[:, None], np.sqrt(1.0 / a + 1.0 / b)[:, None]
    low = -np.arcsinh(8.0 + 36.0 / (a * spread))
    high = np.arcsinh(8.0 + 36.0 / (b[:, None] * spread))
    v = low + (high - low) * np.linspace(0.0, 1.0, _NODES)
    u = mode + spread * np.sinh(v)
    log_density = a * -np.logaddexp(0.0, -u) - b[:, None] * np.logaddexp(0.0, u)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True)) * np.cosh(v)
    return expit(u), density / density.sum(axis=1, keepdims=True)
