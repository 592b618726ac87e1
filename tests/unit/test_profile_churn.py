"""The churn warning: as good as the references, never worse than the rule, and with reasons."""

import json
import warnings

import numpy as np
import profile_data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oneonone_crm.tools import held_out
from oneonone_crm.tools.churn import FEATURES, Facts, Model, cuts_of, features, probability, score
from oneonone_crm.tools.churn_fit import Cut, choose_model, cut_days, fit, fit_rule, logistic
from oneonone_crm.tools.churn_reasons import GROUPS, reasons

DAYS = 90


@pytest.fixture(autouse=True)
def no_numeric_warning():
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        yield


def facts(**columns) -> Facts:
    n = len(next(iter(columns.values())))
    base = {name: np.zeros(n) for name in Facts._fields} | {"orders": np.ones(n)}
    return Facts(**{**base, **{k: np.asarray(v, float) for k, v in columns.items()}})


def customers(n: int, seed: int = 1, risk=None) -> Cut:
    """Random customers; `risk` turns recency and orders into the chance that they are gone."""
    draw = np.random.default_rng(seed)
    recency, orders = draw.integers(0, 300, n), draw.integers(1, 12, n)
    known = facts(
        recency=recency,
        orders=orders,
        age=recency + orders * draw.integers(5, 50, n),
        amount=draw.gamma(2, 20, n),
        last_amount=draw.gamma(2, 20, n),
    )
    chance = risk(recency, orders) if risk else np.full(n, 0.5)
    return Cut(known, (draw.random(n) < chance).astype(float))


def test_reaches_the_references_on_online_retail():
    try:
        bought = profile_data.online_retail()
    except FileNotFoundError:
        pytest.skip("shared/data/onlineretail_lines.csv.gz is not on this machine")
    today = int(bought.day.max())
    judged, learnt = cut_days(today, DAYS, int(bought.day.min()))
    judge, *learn = (profile_data.churn_cut(bought, day, DAYS) for day in (judged, *learnt))
    model, verdict = choose_model(learn, judge, [judge, *learn], DAYS)
    assert (model.kind, verdict.reason) == ("logistic", "better")
    assert verdict.measures["rule"]["auc"] == pytest.approx(0.731, abs=5e-4)
    assert verdict.measures["logistic"]["auc"] >= 0.743
    assert verdict.measures["logistic"]["calibration_error"] < 0.06
    assert held_out.auc(judge.facts.recency, judge.gone) == pytest.approx(0.683, abs=5e-4)


def test_only_days_with_a_known_outcome_are_learnt_from():
    judged, learnt = cut_days(1000, 90, 500)
    assert judged == 910
    assert learnt == [820, 790, 760]
    assert max(learnt) + 90 <= judged
    assert cut_days(1000, 90, 800) == (910, [])


def test_a_score_no_better_than_the_rule_is_not_used():
    """Risk by rank alone: whatever else is learnt is noise."""
    learn, judge = customers(120, seed=3), customers(4000, seed=4)
    rank = features(judge.facts, cuts_of(judge.facts))["rank"]
    judge = judge._replace(gone=(rank > np.median(rank)).astype(float))
    model, verdict = choose_model([learn], judge, [judge], DAYS)
    assert (model.kind, verdict.reason) == ("rule", "no_better")
    assert set(verdict.measures) == {"rule", "logistic"}


@pytest.mark.parametrize("gone", [0.0, 1.0])
def test_all_or_nobody_gone_is_too_little(gone):
    cut = customers(300)
    same = cut._replace(gone=np.full(300, gone))
    model, verdict = choose_model([same], same, [same], DAYS)
    assert (model.kind, verdict.reason) == ("rule", "too_little")
    chance = probability(cut.facts, model)
    assert ((chance > 0) & (chance < 1)).all()


def test_without_customers_there_is_a_rule():
    nobody = Cut(facts(recency=[]), np.zeros(0))
    model, verdict = choose_model([], nobody, [], DAYS)
    assert verdict.reason == "too_little"
    assert probability(nobody.facts, model).shape == (0,)
    assert 0 < probability(facts(recency=[50]), model)[0] < 1


def test_rule_rises_with_silence_and_falls_with_purchases():
    model = fit_rule([customers(500, risk=lambda r, f: r / 300)], DAYS)
    chance = probability(facts(recency=[1, 100, 299], orders=[3, 3, 3]), model)
    assert (np.diff(chance) > 0).all()
    chance = probability(facts(recency=[100] * 3, orders=[1, 5, 11]), model)
    assert (np.diff(chance) < 0).all()


def test_probability_is_calibrated():
    def risk(recency, orders):
        return 1 / (1 + np.exp(4 + np.log(orders) - np.log1p(recency)))

    model = fit([customers(5000, seed=5, risk=risk)], DAYS)
    fresh = customers(5000, seed=6, risk=risk)
    assert held_out.calibration_error(probability(fresh.facts, model), fresh.gone) < 0.03


def test_score_is_the_sum_that_the_sql_computes():
    model = fit([customers(400, risk=lambda r, f: r / 300)], DAYS)
    one = facts(recency=[51], orders=[4], age=[120], amount=[30], last_amount=[10], lines=[9])
    r, t, f, gap = np.log(52), np.log(121), np.log(4), np.log(1 + 69 / 3)
    by_hand = {
        "recency": r,
        "orders": f,
        "recency_orders": r * f,
        "recency_2": r * r,
        "orders_2": f * f,
        "age": t,
        "amount": np.log(31),
        "last_amount": np.log(11),
        "single": 0,
        "gap": gap,
        "overdue": r - gap,
        "beyond_longest": r,
        "lines": np.log(10),
        "units": 0,
    }
    assert set(by_hand) == set(FEATURES)
    total = model.intercept + sum(model.coefficients[k] * v for k, v in by_hand.items())
    assert score(one, model)[0] == pytest.approx(total)


def test_reasons_are_what_sets_a_customer_apart():
    model = fit([customers(3000, risk=lambda r, f: r / 300)], DAYS)
    late = facts(recency=[280], orders=[4], age=[349], amount=[40], last_amount=[40])
    first = reasons(late, model)[0][0]
    assert (first["code"], first["usual_days"], first["last_days"]) == ("gap", 23, 280)
    assert first["effect"] > 0
    fresh = facts(recency=[0], orders=[4], age=[69], amount=[40], last_amount=[40])
    assert "gap" not in [reason["code"] for reason in reasons(fresh, model)[0]]
    once = facts(recency=[290], orders=[1], age=[290], amount=[40], last_amount=[40])
    assert "gap" not in [reason["code"] for reason in reasons(once, model)[0]]
    json.dumps(reasons(late, model))


def test_every_feature_belongs_to_one_reason():
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted([*FEATURES, "rank"])


def test_logistic_finds_the_truth():
    draw = np.random.default_rng(0)
    table = draw.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(0.5 + table @ [1.0, -2.0])))
    found = logistic(table, (draw.random(20_000) < chance).astype(float), 1.0)
    assert found == pytest.approx([0.5, 1.0, -2.0], abs=0.08)


def test_logistic_survives_a_perfect_split():
    table = np.r_[np.full(50, -1.0), np.full(50, 1.0)][:, None]
    found = logistic(table, (table[:, 0] > 0).astype(float), 10.0)
    assert np.isfinite(found).all()
    assert found[1] > 0


wild = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.integers(-5, 10**7))


@settings(deadline=None)
@given(st.lists(st.tuples(*[wild] * len(Facts._fields)), min_size=1, max_size=8))
def test_every_customer_has_a_probability(rows):
    known = Facts(*np.array(rows, float).T)
    for model in MODELS:
        chance = probability(known, model)
        assert ((chance >= 0) & (chance <= 1)).all()
        assert len(reasons(known, model)) == len(rows)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=30))
def test_auc_counts_pairs(rows):
    ups = [s for s, hit in rows if hit]
    downs = [s for s, hit in rows if not hit]
    pairs = [(u > d) + 0.5 * (u == d) for u in ups for d in downs]
    expected = sum(pairs) / len(pairs) if pairs else 0.5
    assert held_out.auc([s for s, _h in rows], [h for _s, h in rows]) == pytest.approx(expected)


def test_model_survives_json():
    for model in MODELS:
        assert Model.from_json(json.loads(json.dumps(model.to_json()))) == model


MODELS = [make([customers(400, risk=lambda r, f: r / 300)], DAYS) for make in (fit, fit_rule)]
