"""Expected amounts against the paper's figures, later weeks, and arbitrary customers."""

import warnings

import numpy as np
import profile_data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oneonone_crm.tools.lifetime_value_amount import (
    Amounts,
    choose_amounts,
    expected_amount,
    fit_amounts,
)
from oneonone_crm.tools.lifetime_value_fit import Fit

MIDDLE, END = profile_data.ordinal("1997-09-30"), profile_data.ordinal("1998-06-30")


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


def test_gamma_gamma_reaches_the_published_parameters(sample):
    ids, _rows = profile_data.known_at(sample, MIDDLE)
    fitted = fit_amounts(*profile_data.spent_until(sample, ids, MIDDLE, repeats=True))
    assert fitted.values == pytest.approx((6.25, 3.74, 15.44), abs=6e-3)
    assert fitted.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert fitted.customers == 946


@settings(deadline=None)
@given(
    n=st.one_of(st.integers(-3, 50), st.just(10**6)),
    mean=st.one_of(st.floats(-1e9, 1e9), st.sampled_from([np.nan, np.inf, 0.0])),
)
def test_every_customer_has_an_expected_amount(n, mean):
    model = Fit("gamma_gamma", {"p": 6.25, "q": 3.74, "gamma": 15.44})
    amount = expected_amount(model, [n], [mean])[0]
    overall = 6.25 * 15.44 / 2.74
    valid = n > 0 and np.isfinite(mean) and mean > 0
    low, high = sorted((overall, mean)) if valid else (overall, overall)
    assert low * (1 - 1e-9) <= amount <= high * (1 + 1e-9)


def test_amounts_that_are_all_equal():
    fitted = fit_amounts([3] * 100, [25.0] * 100)
    assert expected_amount(fitted, [0, 1, 9], [0, 25, 25]) == pytest.approx(25, rel=0.1)


def test_without_valid_amounts_nothing_is_fitted():
    assert fit_amounts([3] * 100, [-1.0] * 100).warnings == ("few_customers",)


def test_amounts_are_judged_on_later_weeks(sample):
    ids, _rows = profile_data.known_at(sample, MIDDLE)
    then = Amounts(*profile_data.spent_until(sample, ids, MIDDLE, repeats=False))
    count, spend = profile_data.since(sample, ids, MIDDLE, END)
    came = Amounts(count, spend / np.maximum(count, 1))
    fitted, verdict = choose_amounts(then, came, then)
    assert (fitted.model, verdict.reason) == ("gamma_gamma", "better")
    assert verdict.measures["gamma_gamma"]["rmse"] < verdict.measures["own_mean"]["rmse"]
    assert verdict.n == (count > 0).sum()


def test_customers_who_always_spend_the_same_need_no_model():
    own = np.linspace(5, 500, 200)
    same = Amounts(np.full(200, 2), own)
    fitted, verdict = choose_amounts(same, same, same)
    assert (fitted.model, verdict.reason) == ("own_mean", "no_better")
    assert expected_amount(fitted, [3, 0], [70, 0]).tolist() == pytest.approx([70, own.mean()])


def test_without_orders_the_expected_amount_is_nothing():
    nobody = Amounts([0, 1], [0, -5])
    fitted, verdict = choose_amounts(nobody, nobody, nobody)
    assert verdict.reason == "too_little"
    assert expected_amount(fitted, [0, 1], [0, -5]).tolist() == [0, 0]
