"""Lifetime value against the papers' figures, closed forms, and whatever hypothesis thinks of."""

import json
import warnings

import numpy as np
import profile_data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oneonone_crm.tools import held_out
from oneonone_crm.tools.lifetime_value import expected_purchases, lifetime_value, p_alive
from oneonone_crm.tools.lifetime_value_choice import HeldOut, choose_model, total_with_interval
from oneonone_crm.tools.lifetime_value_fit import PACE, Fit, fit
from oneonone_crm.tools.lifetime_value_histories import Histories, histories, unique
from oneonone_crm.tools.lifetime_value_models import MODELS
from scipy.special import hyp2f1

MIDDLE, END = profile_data.ordinal("1997-09-30"), profile_data.ordinal("1998-06-30")

BG = Fit("bgnbd", {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
MBG = Fit("mbgnbd", {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614})
PARETO = Fit("pareto_nbd", {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})

weeks = st.floats(0, 2000)
counts = st.one_of(st.integers(0, 60), st.sampled_from([1_000, 1_000_000]))
positive = st.floats(0.01, 500)


@pytest.fixture(scope="module")
def sample():
    try:
        return profile_data.cdnow("cdnow_sample")
    except FileNotFoundError:
        pytest.skip("shared/data/cdnow_sample.csv.gz is not on this machine")


@pytest.fixture(autouse=True)
def no_numeric_warning():
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        yield


def one(x, t_x, age) -> Histories:
    return histories([x], [t_x], [age])


# The papers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "likelihood", "parameters"),
    [
        ("bgnbd", -9582.43, (0.243, 4.414, 0.793, 2.426)),
        ("pareto_nbd", -9595.0, (0.553, 10.578, 0.606, 11.669)),
    ],
)
def test_fit_reaches_the_published_parameters(sample, code, likelihood, parameters):
    fitted = fit(code, profile_data.known_at(sample, MIDDLE)[1])
    assert fitted.values == pytest.approx(parameters, rel=1e-3, abs=1e-3)
    assert fitted.log_likelihood == pytest.approx(likelihood, abs=0.03)
    assert fitted.warnings == ()


def test_expectations_of_the_papers():
    """Customer 1516 of the BG/NBD note: x = 2, t_x = 30.43, T = 38.86, 39 weeks."""
    assert expected_purchases(BG, one(2, 30.43, 38.86), 39)[0] == pytest.approx(1.226, abs=5e-4)


def test_model_is_chosen_by_earlier_weeks_and_holds_on_later_ones(sample):
    """The choice sees 39 weeks; the 39 weeks after them judge it."""
    before = profile_data.ordinal("1997-06-30")
    ids, then = profile_data.known_at(sample, before)
    came, _spend = profile_data.since(sample, ids, before, MIDDLE)
    ids, now = profile_data.known_at(sample, MIDDLE)
    choice = choose_model(HeldOut(then, came, 13.0), now)
    assert choice.verdict.reason == "better"
    expected = expected_purchases(choice.fit, now, 39)
    actual, _spend = profile_data.since(sample, ids, MIDDLE, END)
    assert np.sqrt(np.mean((expected - actual) ** 2)) <= 1.6035
    assert np.corrcoef(expected, actual)[0, 1] >= 0.63015
    low, _middle, high = total_with_interval(expected, choice, 39)
    assert low <= actual.sum() <= high


def test_data_without_a_maximum_get_a_fit_that_ranks_customers():
    """Online Retail's likelihood grows without end: `lifetimes` finds no fit there."""
    try:
        bought = profile_data.online_retail()
    except FileNotFoundError:
        pytest.skip("shared/data/onlineretail_lines.csv.gz is not on this machine")
    last = int(bought.day.max())
    ids, now = profile_data.known_at(bought, last - 90)
    fitted = fit("bgnbd", now)
    assert fitted.warnings == ("penalised",)
    came, _spend = profile_data.since(bought, ids, last - 90, last)
    expected = expected_purchases(fitted, now, 90 / 7)
    assert held_out.auc(-expected, came == 0) >= 0.729


# Closed forms -------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "chances"), [(BG, 0), (MBG, 1)])
@pytest.mark.parametrize("x", [0, 1, 2, 7, 25])
@pytest.mark.parametrize("horizon", [1, 13, 104])
def test_expectation_is_the_hypergeometric_one(model, chances, x, horizon):
    r, alpha, a, b = model.values
    age, b_now = 38.86, b + x + chances
    z = horizon / (alpha + age + horizon)
    closed = 1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * hyp2f1(
        r + x, b_now, a + b_now - 1, z
    )
    closed *= (a + b_now - 1) / (a - 1)
    rows = one(x, 30.0, age)
    expected = expected_purchases(model, rows, horizon)[0]
    assert expected == pytest.approx(p_alive(model, rows)[0] * closed, rel=1e-7)


@pytest.mark.parametrize("x", [0, 1, 3, 12])
@pytest.mark.parametrize(("alpha", "beta"), [(10.578, 11.669), (12.0, 5.0), (4.0, 4.0)])
def test_pareto_likelihood_is_the_hypergeometric_one(x, alpha, beta):
    r, s, t_x, age = 0.553, 0.606, min(x, 1) * 25.0, 39.0
    high, low, third = max(alpha, beta), min(alpha, beta), (s + 1 if alpha >= beta else r + x)
    m = r + s + x

    def term(time):
        z = (high - low) / (high + time)
        return hyp2f1(m, third, m + 1, z) / (high + time) ** m

    left = s / m * (term(t_x) - term(age))
    alive = (alpha + age) ** -(r + x) * (beta + age) ** -s
    rising = np.prod([r + i for i in range(x)])
    closed = np.log(rising * alpha**r * beta**s * (alive + left))
    parameters = np.array([r, alpha, s, beta])
    found = MODELS["pareto_nbd"].log_likelihood(parameters, one(x, t_x, age))[0]
    assert found == pytest.approx(closed, rel=1e-9)


def test_likelihoods_add_up_to_one():
    """The chances of 0, 1, 2... purchases in a short time, by simulation-free summation."""
    step = 0.02
    times = np.arange(step / 2, 1.0, step)
    for code, model in (("bgnbd", BG), ("mbgnbd", MBG), ("pareto_nbd", PARETO)):
        zero = np.exp(MODELS[code].log_likelihood(model.values, one(0, 0, 1.0)))[0]
        once = one(1, 0, 1.0)._replace(recency=times, frequency=np.ones_like(times))
        once = once._replace(age=np.ones_like(times), weight=np.ones_like(times))
        single = np.exp(MODELS[code].log_likelihood(model.values, once)).sum() * step
        assert 0.97 < zero + single < 1.0, code


# What must hold for all ---------------------------------------------------------------------


@pytest.mark.parametrize("model", [BG, MBG, PARETO, PACE], ids=lambda fit: fit.model)
@settings(deadline=None)
@given(x=counts, t_x=weeks, more=weeks, horizon=st.floats(0.1, 520), discount=st.floats(0, 2))
def test_every_history_has_an_expectation(model, x, t_x, more, horizon, discount):
    rows = one(x, t_x, t_x + more)
    alive = p_alive(model, rows)[0]
    plain = expected_purchases(model, rows, horizon)[0]
    discounted = expected_purchases(model, rows, horizon, discount)[0]
    assert 0 <= alive <= 1
    assert 0 <= discounted <= plain * (1 + 1e-12)
    assert np.isfinite(plain)
    assert expected_purchases(model, rows, horizon * 1.5)[0] >= plain * (1 - 1e-6)


@pytest.mark.parametrize("code", ["bgnbd", "mbgnbd", "pareto_nbd"])
@settings(deadline=None)
@given(
    parameters=st.lists(st.floats(0.001, 10_000), min_size=4, max_size=4),
    x=counts,
    t_x=weeks,
    more=weeks,
)
def test_likelihood_is_finite_for_all_parameters(code, parameters, x, t_x, more):
    model, rows = MODELS[code], one(x, t_x, t_x + more)
    values = np.array(parameters)
    assert np.isfinite(model.log_likelihood(values, rows)).all()
    assert 0 <= model.p_alive(values, rows)[0] <= 1
    assert np.isfinite(model.rate_if_alive(values, rows)(10.0)).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), max_size=40))
def test_unique_rows_lose_nobody(rows):
    given_rows = histories(*np.array(rows, float).reshape(-1, 3).T)
    distinct, place = unique(given_rows)
    assert distinct.customers == len(rows)
    for column, whole in zip(distinct[:3], given_rows[:3], strict=True):
        assert (column[place] == whole).all()


# Bad input ----------------------------------------------------------------------------------


def test_impossible_histories_are_put_right():
    rows = histories([-1, 2.7, np.nan, 0], [5, 9, 1, 4], [3, 4, np.inf, 8])
    assert rows.frequency.tolist() == [0, 2, 0, 0]
    assert rows.recency.tolist() == [0, 9, 0, 0]
    assert rows.age.tolist() == [3, 9, 0, 8]


@pytest.mark.parametrize("code", ["bgnbd", "mbgnbd", "pareto_nbd"])
@pytest.mark.parametrize(
    ("case", "x", "t_x", "age"),
    [
        ("alike", [3] * 200, [20] * 200, [30] * 200),
        ("never away", [5] * 100 + [6] * 100, [30] * 200, [30] * 200),
        ("one of a million", [1, 2] * 100 + [1_000_000], [9, 7] * 100 + [39], [39] * 201),
        ("all on the first day", [1] * 100, [0] * 100, [0] * 100),
    ],
)
def test_strange_customers_get_a_finite_fit(code, case, x, t_x, age):
    rows = histories(x, t_x, age)
    fitted = fit(code, rows)
    assert np.isfinite(fitted.values).all()
    assert np.isfinite(fitted.log_likelihood)
    assert np.isfinite(expected_purchases(fitted, rows, 52)).all()


@pytest.mark.parametrize(
    ("x", "why"), [([], "few_customers"), ([1] * 10, "few_customers"), ([0] * 99, "few_repeaters")]
)
def test_too_little_to_learn_from_is_the_rule(x, why):
    rows = histories(x, [1.0] * len(x), [9.0] * len(x))
    assert fit("bgnbd", rows).warnings == (why,)
    choice = choose_model(HeldOut(rows, np.zeros(len(x)), 9.0), rows)
    assert choice.fit == PACE
    assert choice.verdict.reason == "too_little"
    assert expected_purchases(choice.fit, rows, 52).shape == (len(x),)
    assert total_with_interval(expected_purchases(choice.fit, rows, 9), choice, 9)


def test_a_model_that_is_no_better_than_the_rule_is_not_used():
    """Customers who do go on exactly as before: no model of leaving can be better."""
    x = np.tile(np.arange(1, 21), 10).astype(float)
    rows = histories(x, np.full(200, 20.0), np.full(200, 20.0))
    choice = choose_model(HeldOut(rows, x, 20.0), rows)
    assert choice.verdict.is_rule
    assert choice.verdict.reason == "no_better"
    assert set(choice.verdict.measures) > {"pace"}


def test_fit_survives_json():
    assert Fit.from_json(json.loads(json.dumps(BG.to_json()))) == BG
    choice = choose_model(HeldOut(one(0, 0, 1), np.zeros(1), 1.0), one(0, 0, 1))
    assert json.loads(json.dumps(choice.verdict.to_json()))["used"] == "pace"


def test_lifetime_value_is_never_negative_or_missing():
    assert lifetime_value([2, 1, np.nan], [10, -5, 3], 0.5).tolist() == [10, 0, 0]
