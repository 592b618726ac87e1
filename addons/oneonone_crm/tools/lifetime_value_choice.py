"""Chooses the purchase model that was best on held-out weeks, or the simple rule.

Models are fitted on what was known at a past date, and predict what came since. The one that
is chosen is then fitted again on all that is known today.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import held_out
from .held_out import Verdict
from .lifetime_value import expected_purchases
from .lifetime_value_fit import PACE, Fit, fit
from .lifetime_value_histories import Floats, Histories
from .lifetime_value_models import MODELS

NOISE = 0.01
"""Errors that differ by less than this share are equal; the better correlation decides."""

LEAST_OFF = 0.05
"""No forecast of a total is taken to be better than this, however lucky the held-out weeks."""


class HeldOut(NamedTuple):
    """The customers of a past date, and what they did in the weeks since."""

    then: Histories
    """One row a customer, as known at the past date."""
    purchases: Floats
    """Days with a purchase since then."""
    weeks: float


class Choice(NamedTuple):
    """The fit to use, and why."""

    fit: Fit
    verdict: Verdict
    level: float
    """What came divided by what was predicted, of all customers together; 1 is perfect."""
    dispersion: float
    """Squared errors by predicted purchases: 1 if purchases were Poisson, more in real life."""
    weeks: float
    """How many weeks were held out."""


def choose_model(held: HeldOut, now: Histories) -> Choice:
    """Judge every model on the held-out weeks and fit the best on all that is known now."""
    fits = {PACE.model: PACE} | {code: fit(code, held.then) for code in MODELS}
    predicted = {
        code: expected_purchases(candidate, held.then, held.weeks)
        for code, candidate in fits.items()
        if candidate.usable
    }
    measures = {code: _measures(values, held.purchases) for code, values in predicted.items()}
    verdict = _verdict(measures, len(held.purchases))
    final = fit(verdict.used, now)
    if not final.usable:
        final, verdict = PACE, Verdict(PACE.model, PACE.model, "too_little", measures, verdict.n)
    came, said = held.purchases, predicted[final.model]
    total = max(float(said.sum()), 1e-9)
    level = float(came.sum()) / total if len(came) else 1.0
    dispersion = float(((came - said) ** 2).sum()) / total if len(came) else 1.0
    return Choice(final, verdict, level, max(dispersion, 1.0), held.weeks)


def _measures(predicted: Floats, actual: Floats) -> dict[str, float]:
    return {
        "rmse": held_out.rmse(predicted, actual),
        "correlation": held_out.correlation(predicted, actual),
        "share_of_top": held_out.share_of_top(predicted, actual),
    }


def _verdict(measures: dict[str, dict[str, float]], n: int) -> Verdict:
    """Among the smallest errors the best correlation; never an error above the rule's."""
    rule = PACE.model
    if len(measures) == 1 or not n:
        return Verdict(rule, rule, "too_little", measures, n)
    least = min(values["rmse"] for values in measures.values())
    if least >= measures[rule]["rmse"]:
        return Verdict(rule, rule, "no_better", measures, n)
    close = [c for c in measures if c != rule and measures[c]["rmse"] <= least * (1 + NOISE)]
    return Verdict(
        max(close, key=lambda c: measures[c]["correlation"]), rule, "better", measures, n
    )


def total_with_interval(
    expected: ArrayLike, choice: Choice, weeks: float, z: float = 1.96
) -> tuple[float, float, float]:
    """Purchases to be expected of all customers in the coming weeks: low, middle, high.

    Two things make a total uncertain: the spread of single customers (`dispersion`), and the
    drift of all together, taken from how far the level was off on the held-out weeks, `LEAST_OFF`
    at least, and growing with the horizon. The middle is not moved.
    """
    middle = float(np.sum(expected))
    spread = z * np.sqrt(choice.dispersion * middle)
    off = max(abs(choice.level - 1.0), LEAST_OFF) * max(weeks / max(choice.weeks, 1.0), 1.0)
    reach = float(np.hypot(spread, min(off, 1.0) * middle))
    return max(0.0, middle - reach), middle, middle + reach
