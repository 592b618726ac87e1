"""Finds the positive parameters under which data are most likely, and never fails to answer."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

_LOG_BOUNDS = (np.log(1e-3), np.log(1e4))
_PENALTY = 0.01
"""Weight of the squared logarithms of the parameters where the likelihood has no maximum."""


class Maximum(NamedTuple):
    """The parameters that were found, and codes of what was unusual.

    `penalised`: the likelihood grows without end, so that parameters far from 1 were made
    expensive; `not_converged`: the search ended before it was done.
    """

    parameters: NDArray[np.float64]
    warnings: tuple[str, ...]


def maximise(log_likelihood: Callable[[NDArray], float], start: ArrayLike) -> Maximum:
    """Search by the logarithms of the parameters, each of them in 0.001..10,000.

    :param log_likelihood: the mean over the observations (so that tolerances mean the same for
        ten observations and a million), of the parameters
    """
    logs = np.clip(np.log(np.asarray(start, float)), *_LOG_BOUNDS)
    warnings = []
    found = _search(log_likelihood, logs, 0.0)
    if _at_bound(found.x) or not np.isfinite(found.fun):
        found = _search(log_likelihood, logs, _PENALTY)
        warnings.append("penalised")
    if not found.success:
        warnings.append("not_converged")
    return Maximum(np.exp(found.x), tuple(warnings))


def _search(log_likelihood: Callable[[NDArray], float], start: NDArray, penalty: float):
    return minimize(
        lambda logs: penalty * float(logs @ logs) - log_likelihood(np.exp(logs)),
        start,
        method="L-BFGS-B",
        jac="3-point",
        bounds=[_LOG_BOUNDS] * len(start),
        options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
    )


def _at_bound(logs: NDArray) -> bool:
    low, high = _LOG_BOUNDS
    return bool((logs <= low + 1e-6).any() or (logs >= high - 1e-6).any())
