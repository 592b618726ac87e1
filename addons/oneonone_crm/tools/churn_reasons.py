"""Why a customer is at risk, as data that a screen turns into a sentence."""

import numpy as np

from .churn import Facts, Floats, Model, clean, features

GROUPS = {
    "silence": (
        "recency",
        "recency_2",
        "recency_orders",
        "gap",
        "overdue",
        "beyond_longest",
        "rank",
    ),
    "few_orders": ("orders", "orders_2", "single", "age"),
    "amount": ("amount", "last_amount"),
    "range": ("lines", "units"),
}
"""The features behind each reason: they move together, and are one fact to a reader."""

LEAST_EFFECT = 0.1
"""Reasons that move the odds by less than about a tenth are not worth a sentence."""


def effects(facts: Facts, model: Model) -> dict[str, Floats]:
    """How much each reason adds to the score, compared with the average customer."""
    values = features(facts, model.cuts)
    return {
        code: sum(
            (
                model.coefficients[name] * (values[name] - model.means[name])
                for name in names
                if name in model.coefficients
            ),
            start=np.zeros(len(facts.recency)),
        )
        for code, names in GROUPS.items()
    }


def reasons(facts: Facts, model: Model, most: int = 3) -> list[list[dict]]:
    """For each customer what raises the risk, the strongest first.

    Each is `{"code", "effect"}` (of the logarithm of the odds) and the numbers of its sentence:

    - `gap`: `usual_days`, `last_days` ("buys every 23 days, last 51 days ago");
    - `slow`: the same of a customer who is not overdue, but buys seldom;
    - `silence`: `last_days`, of a customer with one purchase;
    - `few_orders`: `orders`, `age_days`; `amount`: `usual`, `last`, in company currency;
    - `range`: `lines`.
    """
    by_code = effects(facts, model)
    known = clean(facts)
    codes = list(by_code)
    table = np.column_stack([by_code[code] for code in codes])
    order = np.argsort(-table, axis=1, kind="stable")[:, :most]
    return [
        [
            {"effect": round(float(table[row, k]), 3), **_sentence(codes[k], one)}
            for k in best
            if table[row, k] >= LEAST_EFFECT
        ]
        for row, best in enumerate(order)
        for one in [known.rows(row)]
    ]


def _sentence(code: str, one: Facts) -> dict:
    """The code and the numbers of a reason, for one customer."""
    last = {"last_days": round(float(one.recency))}
    if code == "silence" and one.orders > 1:
        overdue = bool(one.recency > one.usual_gap)
        usual = {"usual_days": max(1, round(float(one.usual_gap)))}
        return {"code": "gap" if overdue else "slow", **usual, **last}
    by_code = {
        "silence": last,
        "few_orders": {"orders": round(float(one.orders)), "age_days": round(float(one.age))},
        "amount": {"usual": round(float(one.amount), 2), "last": round(float(one.last_amount), 2)},
        "range": {"lines": round(float(one.lines))},
    }
    return {"code": code, **by_code[code]}
