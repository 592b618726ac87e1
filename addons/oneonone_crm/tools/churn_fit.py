"""Learns a churn score from the past, and keeps it only if it is better than the simple rule."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from . import held_out
from .churn import FEATURES, Facts, Floats, Model, cuts_of, features, score
from .held_out import Verdict

PENALTY = 10.0
"""Ridge penalty of a coefficient for a feature of variance 1: as much as ten customers say."""

MIN_CUSTOMERS = 100
MIN_OF_EACH = 20

CUT_EVERY_DAYS = 30
CUTS_TO_LEARN = 3


class Cut(NamedTuple):
    """What was known of customers on a past day, and what came."""

    facts: Facts
    gone: Floats
    """1 for no purchase in the days after it, else 0."""


def cut_days(today: int, days: int, first: int) -> tuple[int, list[int]]:
    """The day to judge on, and the days to learn from whose outcome was known by then.

    The newest ones are used, a month apart: what customers did two years ago says less.

    :param first: the day of the first purchase of all; two windows must lie between
    """
    judged = today - days
    learnt = [judged - days - k * CUT_EVERY_DAYS for k in range(CUTS_TO_LEARN)]
    return judged, [day for day in learnt if day - first >= CUT_EVERY_DAYS]


def choose_model(learn: Sequence[Cut], judge: Cut, now: Sequence[Cut], days: int) -> tuple:
    """The score to use and the verdict on the held-out window.

    :param learn: cuts whose outcome was known on the day of `judge`
    :param judge: the newest cut whose outcome is known
    :param now: cuts to learn the final score from; `judge` among them
    """
    usable = [cut for cut in learn if _enough(cut)]
    if not usable or not _enough(judge):
        return fit_rule(now, days), Verdict("rule", "rule", "too_little", {}, len(judge.gone))
    measures = {
        model.kind: measure(judge, model) for model in (fit_rule(usable, days), fit(usable, days))
    }
    verdict = held_out.choose(measures, "rule", "auc", len(judge.gone))
    return (fit_rule if verdict.is_rule else fit)(now, days), verdict


def measure(cut: Cut, model: Model) -> dict[str, float]:
    """How good a score was: `auc`, and how far its probabilities were off."""
    ranked = model
    if model.kind == "rule":
        ranked = Model(**{**model.to_json(), "cuts": cuts_of(cut.facts)})
    values = score(cut.facts, ranked)
    return {
        "auc": held_out.auc(values, cut.gone),
        "calibration_error": held_out.calibration_error(expit(values), cut.gone),
    }


def _enough(cut: Cut) -> bool:
    gone = float(cut.gone.sum())
    return len(cut.gone) >= MIN_CUSTOMERS and min(gone, len(cut.gone) - gone) >= MIN_OF_EACH


def fit(cuts: Sequence[Cut], days: int) -> Model:
    """A penalised logistic regression over all features and cuts."""
    columns = {
        name: np.concatenate(parts)
        for name, parts in _by_name([features(cut.facts) for cut in cuts]).items()
    }
    gone = np.concatenate([cut.gone for cut in cuts])
    return _model("logistic", days, columns, gone, {})


def fit_rule(cuts: Sequence[Cut], days: int) -> Model:
    """Rank by silence less rank by purchases; learnt is only how to call it a probability."""
    ranks = [features(cut.facts, cuts_of(cut.facts))["rank"] for cut in cuts]
    rank = np.concatenate([*ranks, np.zeros(0)])
    gone = np.concatenate([*(cut.gone for cut in cuts), np.zeros(0)])
    latest = cuts_of(cuts[0].facts) if cuts else {"recency": [0.0], "orders": [0.0]}
    model = _model("rule", days, {"rank": rank}, gone, latest)
    upwards = max(model.coefficients["rank"], 1e-3)
    return Model(**{**model.to_json(), "coefficients": {"rank": upwards}})


def _by_name(tables: list[dict[str, Floats]]) -> dict[str, list[Floats]]:
    return {name: [table[name] for table in tables] for name in FEATURES}


def _model(
    kind: str, days: int, columns: dict[str, Floats], gone: Floats, cuts: dict[str, list[float]]
) -> Model:
    """Fit on features of mean 0 and variance 1, and give coefficients of the features as is."""
    table = np.column_stack(list(columns.values()))
    mean = table.mean(axis=0) if len(table) else np.zeros(table.shape[1])
    spread = table.std(axis=0) if len(table) else np.ones(table.shape[1])
    spread = np.where(spread > 1e-9, spread, 1.0)
    found = logistic((table - mean) / spread, gone, PENALTY)
    slope = found[1:] / spread
    return Model(
        kind,
        days,
        float(found[0] - slope @ mean),
        dict(zip(columns, map(float, slope), strict=True)),
        dict(zip(columns, map(float, mean), strict=True)),
        cuts,
    )


def logistic(table: Floats, happened: Floats, penalty: float) -> Floats:
    """Intercept and coefficients with the least penalised loss, by Newton's method.

    The intercept is penalised by one customer's worth, so that it exists when all or none did.
    """
    design = np.column_stack([np.ones(len(table)), table])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1.0
    found = np.zeros(design.shape[1])
    for _step in range(50):
        chance = expit(design @ found)
        slope = design.T @ (chance - happened) + ridge * found
        curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, slope)
        found -= step * min(1.0, 10.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-9:
            break
    return found
