"""How good a prediction was on weeks it had not seen, and whether it may be used.

Every prediction is judged beside a simple rule on the same customers and weeks. One that is no
better is not used; a `Verdict` says so, with the figures.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata


@dataclass(frozen=True)
class Verdict:
    """Which prediction is used and why, as plain as JSON."""

    used: str
    """The code of a prediction, or that of the simple rule."""
    rule: str
    reason: str
    """`better`: the prediction beat the rule; `no_better`: it did not; `too_little`: there was
    too little to learn from or to judge by."""
    measures: dict[str, dict[str, float]]
    """By code: what each of them reached on the held-out weeks."""
    n: int = 0
    """Customers that were judged."""

    @property
    def is_rule(self) -> bool:
        return self.used == self.rule

    def to_json(self) -> dict:
        return asdict(self)


def choose(
    measures: Mapping[str, Mapping[str, float]],
    rule: str,
    decides: str,
    n: int = 0,
    lowest: bool = False,
) -> Verdict:
    """The prediction that is best by one measure; a draw goes to the rule.

    :param decides: the measure
    :param lowest: whether the lowest is best, as of an error
    """
    plain = {code: dict(values) for code, values in measures.items()}
    if len(plain) == 1:
        return Verdict(rule, rule, "too_little", plain, n)
    sign = -1.0 if lowest else 1.0
    best = max(plain, key=lambda code: (sign * plain[code][decides], code == rule))
    return Verdict(best, rule, "no_better" if best == rule else "better", plain, n)


def rmse(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Root of the mean squared error; 0 of nothing."""
    error = np.asarray(predicted, float) - np.asarray(actual, float)
    return float(np.sqrt(np.mean(error**2))) if error.size else 0.0


def correlation(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Pearson's correlation; 0 where one of both does not vary."""
    x, y = (np.asarray(v, float) for v in (predicted, actual))
    if x.size < 2:
        return 0.0
    x, y = x - x.mean(), y - y.mean()
    spread = np.sqrt((x @ x) * (y @ y))
    return float(np.clip(x @ y / spread, -1.0, 1.0)) if spread > 1e-12 else 0.0


def share_of_top(predicted: ArrayLike, actual: ArrayLike, part: float = 0.2) -> float:
    """The share of what really came that the top part by prediction brought; 0 if nothing came.

    Customers with equal predictions at the cut count in proportion.
    """
    score, got = np.asarray(predicted, float), np.asarray(actual, float)
    total, wanted = float(got.sum()), part * score.size
    if total <= 0 or wanted <= 0:
        return 0.0
    cut = np.sort(score)[::-1][min(int(np.ceil(wanted)), score.size) - 1]
    above, tied = score > cut, score == cut
    return float(got[above].sum() + got[tied].mean() * (wanted - above.sum())) / total


def auc(score: ArrayLike, happened: ArrayLike) -> float:
    """The chance that one to whom it happened scored higher than one to whom it did not.

    Ties count half; 0.5 when it happened to all or to nobody.
    """
    hit = np.asarray(happened, bool)
    positives, negatives = int(hit.sum()), int((~hit).sum())
    if not positives or not negatives:
        return 0.5
    ranks = rankdata(np.asarray(score, float))
    return float((ranks[hit].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_error(probability: ArrayLike, happened: ArrayLike, bins: int = 10) -> float:
    """How far stated probabilities are from what happened, on average over equal groups."""
    p, hit = np.asarray(probability, float), np.asarray(happened, float)
    if not p.size:
        return 0.0
    groups = np.array_split(np.argsort(p, kind="stable"), min(bins, p.size))
    return float(sum(abs(p[g].sum() - hit[g].sum()) for g in groups) / p.size)
