"""Satisfaction: what was expected against what was found, and the net promoter score.

- gap = mean of (perceived - expected), question by question, weighted by importance: SERVQUAL
  (Parasuraman, Zeithaml and Berry, 1988). Below zero: less than was promised.
- NPS = 100 · (promoters - detractors) / answers on "would you recommend us", 0..10: 9 and 10 are
  promoters, 0 to 6 detractors (Reichheld, 2003). Its interval is the adjusted one of Rocks (2016),
  "Interval Estimation for the Net Promoter Score": three answers are added, so that ten equal ones
  are no certainty.
"""

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

MIN_ANSWERS = 30
"""With fewer answers a figure is shown with a warning."""

_Z = 1.96


class Figure(NamedTuple):
    """A figure with its interval of 95 %."""

    value: float
    low: float
    high: float
    n: int

    @property
    def is_certain(self) -> bool:
        """Whether there were answers enough to act on it."""
        return self.n >= MIN_ANSWERS


class Answer(NamedTuple):
    """One question answered before and after, on the same scale."""

    expected: float
    perceived: float
    importance: float = 1.0


def gap(answers: Iterable[Answer]) -> Figure | None:
    """How much better (above zero) or worse than expected; None without answers that count."""
    counted = [a for a in answers if a.importance > 0]
    if not counted:
        return None
    weight = sum(a.importance for a in counted)
    differences = [a.perceived - a.expected for a in counted]
    pairs = list(zip(differences, counted, strict=True))
    mean = sum(d * a.importance for d, a in pairs) / weight
    if len(counted) == 1:
        return Figure(mean, mean, mean, 1)
    effective = weight**2 / sum(a.importance**2 for a in counted)
    reach = _Z * stdev(differences) / sqrt(effective)
    return Figure(mean, mean - reach, mean + reach, len(counted))


def nps(ratings: Sequence[float]) -> Figure | None:
    """The net promoter score of answers 0..10, -100..100; None without valid answers."""
    valid = [rating for rating in ratings if 0 <= rating <= 10]
    if not valid:
        return None
    signs = [(rating >= 9) - (rating <= 6) for rating in valid]
    low, high = _interval(sum(s > 0 for s in signs), sum(s < 0 for s in signs), len(signs))
    value = 100.0 * fmean(signs)
    return Figure(value, min(low, value), max(high, value), len(signs))


def _interval(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Three more answers: a promoter and a detractor of 3/4 each, the rest indifferent."""
    total = n + 3.0
    up, down = (promoters + 0.75) / total, (detractors + 0.75) / total
    reach = _Z * sqrt(max(up + down - (up - down) ** 2, 0.0) / total)
    middle = up - down
    return 100.0 * max(-1.0, middle - reach), 100.0 * min(1.0, middle + reach)


def on_scale(rating: float, highest: float, wanted: float = 10.0) -> float:
    """A rating of 0..highest on the scale 0..wanted, for answers of other questionnaires.

    >>> on_scale(4, 5)
    8.0
    """
    return min(max(rating, 0.0), highest) * wanted / highest if highest > 0 else 0.0
