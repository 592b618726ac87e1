"""How well the churn warning tells who will not buy in 90 days, on the last 90 days of real data.

    python3 -m dev bench churn_auc

The score is learnt from windows that ended before; the simple rule (rank by silence less rank by
purchases) is measured on the same customers, and the references are named beside.
"""

import json

from tests.bench.profile_bench import available, profile_data, row

from oneonone_crm.tools import churn_fit, held_out  # isort: skip

DAYS = 90
REFERENCES = {"cdnow": 0.840, "onlineretail": 0.743}


def run():
    """Rows for `make bench`."""
    if available("cdnow_master"):
        yield from _judge("cdnow", profile_data.cdnow("cdnow_master"))
    if available("onlineretail_lines"):
        yield from _judge("onlineretail", profile_data.online_retail())


def _judge(name: str, bought):
    today, first = int(bought.day.max()), int(bought.day.min())
    judged, learnt = churn_fit.cut_days(today, DAYS, first)
    judge, *learn = (profile_data.churn_cut(bought, day, DAYS) for day in (judged, *learnt))
    _model, verdict = churn_fit.choose_model(learn, judge, [judge, *learn], DAYS)
    ours, n = verdict.measures[verdict.used], verdict.n
    recency = held_out.auc(judge.facts.recency, judge.gone)
    rule = verdict.measures["rule"]["auc"]
    reference = "reference: best of rank rule and logistic regression"
    yield row(f"churn_auc_{name}", ours["auc"], REFERENCES[name], reference, "AUC", n)
    yield row(f"churn_auc_{name}_rule", ours["auc"], rule, "rank R - rank F", "AUC", n)
    yield row(f"churn_auc_{name}_recency", ours["auc"], recency, "recency alone", "AUC", n)
    off = ours["calibration_error"]
    stated = verdict.measures["rule"]["calibration_error"]
    yield row(f"churn_auc_{name}_calibration", off, stated, "rank R - rank F", "error", n)


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result), flush=True)
