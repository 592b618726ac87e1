"""How good next-basket lists are on the customers' last shopping days, and which weights to use."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from . import held_out
from .held_out import Verdict
from .next_basket import Ints, Lines, Ranked, Weights, usual

LIMIT = 10
MIN_CUSTOMERS = 50

PLAIN = Weights(decay=1.0, lift=0.0, prior=0.0)
"""The simple rule: how often the customer bought it, filled by what sells most."""

DECAYS, LIFTS, HALF_LIVES = (1.0, 0.95, 0.9, 0.8), (0.1, 0.25, 0.5), (7.0, 28.0, 90.0)


class LastDay(NamedTuple):
    """Lines before each customer's last shopping day, and that day."""

    before: Lines
    test: Lines
    today: Ints
    """By customer: the day held out, -1 for customers who are not judged."""


def hold_out_last_day(bought: Lines) -> LastDay:
    """The last shopping day of each customer with two or more."""
    customers = int(bought.customer.max()) + 1 if len(bought.customer) else 0
    last = np.full(customers, -1, np.int64)
    first = np.full(customers, np.iinfo(np.int64).max)
    np.maximum.at(last, bought.customer, bought.day)
    np.minimum.at(first, bought.customer, bought.day)
    today = np.where(last > first, last, -1)
    test = bought.day == today[bought.customer]
    return LastDay(bought.rows(~test), bought.rows(test), today)


def recall_and_ndcg(ranked: Ranked, test: Lines, limit: int = LIMIT) -> dict[str, float]:
    """Means over the customers in the test: the share of what they bought that was listed, and
    the discounted gain of the places, 1 when every place that could hit did."""
    if not len(test.customer):
        return {"recall": 0.0, "ndcg": 0.0, "hit": 0.0}
    size = 1 + int(max(test.product.max(), ranked.product.max(initial=0)))
    wanted = np.bincount(test.customer)
    got = np.isin(ranked.customer * size + ranked.product, test.customer * size + test.product)
    got &= ranked.place < limit
    gain = 1.0 / np.log2(np.arange(2, limit + 2))
    hits = np.bincount(ranked.customer[got], minlength=len(wanted))[: len(wanted)]
    gains = np.bincount(ranked.customer[got], gain[ranked.place[got]], len(wanted))[: len(wanted)]
    judged = wanted > 0
    ideal = np.cumsum(gain)[np.minimum(wanted[judged], limit) - 1]
    return {
        "recall": float((hits[judged] / wanted[judged]).mean()),
        "ndcg": float((gains[judged] / ideal).mean()),
        "hit": float((hits[judged] > 0).mean()),
    }


def judge(held: LastDay, weights: Weights) -> dict[str, float]:
    """Recall and NDCG of the usual list with these weights."""
    return recall_and_ndcg(usual(held.before, held.today, weights, LIMIT), held.test)


def tune(bought: Lines) -> tuple[Weights, Verdict]:
    """The weights with the best recall and NDCG on the customers' last days, or the simple rule.

    First how much the trend lifts and how fast it fades, then how fast purchases fade. The sum of
    both measures decides: recall counts what was found, NDCG that it stands on top.
    """
    held = hold_out_last_day(bought)
    measures = {PLAIN: _measured(held, PLAIN)}
    n = int((held.today >= 0).sum())
    if n < MIN_CUSTOMERS:
        return PLAIN, Verdict("plain", "plain", "too_little", {"plain": measures[PLAIN]}, n)
    tried = [Weights(half_life=days, lift=lift) for days in HALF_LIVES for lift in LIFTS]
    tried.append(Weights(lift=0.0))
    measures |= {weights: _measured(held, weights) for weights in tried}
    lifted = max(tried, key=lambda weights: measures[weights]["sum"])
    faded = [replace(lifted, decay=decay) for decay in DECAYS if decay != lifted.decay]
    measures |= {weights: _measured(held, weights) for weights in faded}
    best = max([lifted, *faded], key=lambda weights: measures[weights]["sum"])
    both = {"plain": measures[PLAIN], "weighted": measures[best]}
    verdict = held_out.choose(both, "plain", "sum", n)
    return (PLAIN if verdict.is_rule else best), verdict


def _measured(held: LastDay, weights: Weights) -> dict[str, float]:
    values = judge(held, weights)
    return {**values, "sum": values["recall"] + values["ndcg"]}
