"""Fits a purchase model by maximum likelihood, and says how well that went."""

from dataclasses import asdict, dataclass, field

import numpy as np

from .lifetime_value_histories import Floats, Histories, unique
from .lifetime_value_models import MODELS
from .maximum_likelihood import maximise

MIN_CUSTOMERS = 50
MIN_REPEATERS = 20
MAX_ROWS = 50_000
"""More distinct histories than this change no digit that matters: a sample is taken."""


@dataclass(frozen=True)
class Fit:
    """A fitted model, as plain as JSON."""

    model: str
    """A key of `MODELS`, or `gamma_gamma` or `own_mean` for amounts."""
    parameters: dict[str, float] = field(default_factory=dict)
    log_likelihood: float = 0.0
    """Sum over the customers that were fitted."""
    customers: int = 0
    warnings: tuple[str, ...] = ()
    """Codes: `few_customers`, `few_repeaters` (nothing was fitted), `sampled`, and those of
    `maximum_likelihood.Maximum`."""

    @property
    def values(self) -> Floats:
        """The parameters in the order of the model's names."""
        return np.array(list(self.parameters.values()))

    @property
    def usable(self) -> bool:
        return self.model == PACE.model or bool(self.parameters)

    def to_json(self) -> dict:
        return {**asdict(self), "warnings": list(self.warnings)}

    @classmethod
    def from_json(cls, data: dict) -> "Fit":
        return cls(**{**data, "warnings": tuple(data["warnings"])})


PACE = Fit("pace")
"""The simple rule, which needs no fit."""


def fit(code: str, rows: Histories) -> Fit:
    """The parameters under which these histories are most likely.

    :param code: a key of `MODELS`
    :return: not `usable`, and with a warning, when there is too little to learn from
    """
    if code == PACE.model:
        return PACE
    if too_little := _too_little(rows):
        return Fit(code, customers=round(rows.customers), warnings=(too_little,))
    distinct = unique(rows)[0].sample(MAX_ROWS)
    sampled = ("sampled",) if distinct.customers < rows.customers else ()
    model, share = MODELS[code], distinct.weight / distinct.customers

    def mean(parameters: Floats) -> float:
        return float(share @ model.log_likelihood(parameters, distinct))

    found = maximise(mean, model.start(distinct))
    named = dict(zip(model.names, map(float, found.parameters), strict=True))
    likelihood = mean(found.parameters) * distinct.customers
    customers = round(distinct.customers)
    return Fit(code, named, likelihood, customers, sampled + found.warnings)


def _too_little(rows: Histories) -> str | None:
    if rows.customers < MIN_CUSTOMERS:
        return "few_customers"
    return "few_repeaters" if rows.repeaters < MIN_REPEATERS else None
