"""Lifetime value against `lifetimes`, on CDNOW: likelihoods, time, and 39 weeks held out.

    python3 -m dev bench clv_fit

Ours and the peer fit the same customers in turn, `ROUNDS` times; the median counts. The model
whose forecast is judged was chosen on weeks before the held-out ones.
"""

import json
import statistics
import time

import numpy as np

from tests.bench.profile_bench import Peer, available, profile_data, row

from oneonone_crm.tools import held_out  # isort: skip
from oneonone_crm.tools.lifetime_value import expected_purchases
from oneonone_crm.tools.lifetime_value_amount import expected_amount, fit_amounts
from oneonone_crm.tools.lifetime_value_choice import HeldOut, choose_model
from oneonone_crm.tools.lifetime_value_fit import Fit, fit
from oneonone_crm.tools.lifetime_value_models import MODELS

ROUNDS = 5
EARLIER, MIDDLE, END = map(profile_data.ordinal, ("1997-06-30", "1997-09-30", "1998-06-30"))
REFERENCE_TOP = 0.663

SCRIPT = """
import json, sys, time
import pandas, lifetimes
for line in sys.stdin:
    question = json.loads(line)
    data = [pandas.Series(column, dtype=float) for column in question["data"]]
    fitter = getattr(lifetimes, question["fitter"])()
    start = time.perf_counter()
    fitter.fit(*data)
    answer = {"seconds": time.perf_counter() - start, "parameters": dict(fitter.params_)}
    if weeks := question.get("weeks"):
        expected = fitter.conditional_expected_number_of_purchases_up_to_time(weeks, *data)
        answer["expected"] = [float(value) for value in expected]
    print(json.dumps(answer), flush=True)
"""


def run():
    """Rows for `make bench`."""
    if not available("cdnow_sample", "cdnow_master"):
        return
    with Peer(SCRIPT) as peer:
        yield from _sample(peer)
        yield from _speed(peer, "bgnbd", "BetaGeoFitter", "cdnow_master")
        yield from _speed(peer, "pareto_nbd", "ParetoNBDFitter", "cdnow_sample")


def _sample(peer: Peer):
    """How likely the fits make the data, and how well the chosen model foresees."""
    bought = profile_data.cdnow("cdnow_sample")
    ids, now = profile_data.known_at(bought, MIDDLE)
    data = [column.tolist() for column in now[:3]]
    ours, theirs = fit("bgnbd", now), peer.ask(fitter="BetaGeoFitter", data=data)["parameters"]
    model = MODELS["bgnbd"]
    likelihood = model.log_likelihood(np.array([theirs[k] for k in model.names]), now).sum()
    n = len(ids)
    yield row("clv_fit_ll", ours.log_likelihood, likelihood, "lifetimes BG/NBD", "log-lik.", n)
    yield from _parameters("bgnbd", ours, (0.243, 4.414, 0.793, 2.426))
    spent = profile_data.spent_until(bought, ids, MIDDLE, repeats=True)
    yield from _parameters("gamma_gamma", fit_amounts(*spent), (6.25, 3.74, 15.44))
    yield from _forecast(peer, bought, data)


def _parameters(name: str, ours: Fit, paper: tuple):
    for (parameter, value), published in zip(ours.parameters.items(), paper, strict=True):
        title = f"clv_fit_{name}_{parameter}"
        yield row(title, value, published, "the paper", "", ours.customers)


def _forecast(peer: Peer, bought, data):
    """Chosen on 13 weeks, judged on the 39 after them, beside the best single peer."""
    then_ids, then = profile_data.known_at(bought, EARLIER)
    came, _spend = profile_data.since(bought, then_ids, EARLIER, MIDDLE)
    ids, now = profile_data.known_at(bought, MIDDLE)
    choice = choose_model(HeldOut(then, came, 13.0), now)
    ours = expected_purchases(choice.fit, now, 39)
    theirs = np.array(peer.ask(fitter="ParetoNBDFitter", data=data, weeks=39)["expected"])
    actual, spend = profile_data.since(bought, ids, MIDDLE, END)
    name, n = "lifetimes Pareto/NBD, the best of the references", len(ids)
    for title, judge in (("rmse", held_out.rmse), ("correlation", held_out.correlation)):
        yield row(
            f"clv_fit_holdout_{title}", judge(ours, actual), judge(theirs, actual), name, "", n
        )
    spent = profile_data.spent_until(bought, ids, MIDDLE, repeats=False)
    value = ours * expected_amount(fit_amounts(*spent), *spent)
    top = held_out.share_of_top(value, spend)
    yield row("clv_fit_holdout_top20", top, REFERENCE_TOP, "the reference", "of spend", n)


def _speed(peer: Peer, code: str, fitter: str, name: str):
    """Seconds of a fit, from one row a customer to parameters."""
    _ids, rows = profile_data.known_at(profile_data.cdnow(name), MIDDLE)
    data = [column.tolist() for column in rows[:3]]
    ours, theirs = [], []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        fit(code, rows)
        ours.append(time.perf_counter() - start)
        theirs.append(peer.ask(fitter=fitter, data=data)["seconds"])
    mine, other = statistics.median(ours), statistics.median(theirs)
    yield row(f"clv_fit_s_{code}", mine, other, f"lifetimes {fitter}", "s", len(data[0]))


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result), flush=True)
