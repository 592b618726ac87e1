"""Satisfaction, uplift of an offer, and how spend is spread: papers' examples and properties."""

import numpy as np
import profile_data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oneonone_crm.tools import concentration, held_out, satisfaction, uplift
from oneonone_crm.tools.satisfaction import Answer

amounts = st.lists(
    st.one_of(st.floats(-1e6, 1e9), st.just(0.0), st.just(float("nan"))), max_size=50
)


# Uplift -------------------------------------------------------------------------------------


def test_newcombe_reproduces_his_paper():
    """Newcombe (1998), table II: 56/70 against 48/80 is 0.2, from 0.0524 to 0.3339."""
    found = uplift.uplift(56, 70, 48, 80)
    assert (found.difference, found.low, found.high) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )
    assert found.verdict == "helps"


def test_newcombe_holds_at_the_ends():
    """The same table: 10/10 against 0/10, and 0/10 against 0/20."""
    ends = uplift.uplift(10, 10, 0, 10)
    assert (ends.low, ends.high) == pytest.approx((0.6075, 1.0), abs=5e-5)
    none = uplift.uplift(0, 10, 0, 20)
    assert (none.low, none.high) == pytest.approx((-0.1611, 0.2775), abs=5e-5)
    assert ends.verdict == none.verdict == "too_few"


def test_wilson_reproduces_the_known_interval():
    """Newcombe (1998), table I: 15/148 is 0.0624 to 0.1605."""
    found = uplift.share(15, 148)
    assert (found.low, found.high) == pytest.approx((0.0624, 0.1605), abs=5e-5)


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 400), st.data())
def test_uplift_mirrors_when_groups_are_swapped(one, two, data):
    hits, others = data.draw(st.integers(0, one)), data.draw(st.integers(0, two))
    there, back = uplift.uplift(hits, one, others, two), uplift.uplift(others, two, hits, one)
    assert there.low <= there.difference <= there.high
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    swapped = {"helps": "hurts", "hurts": "helps"}
    assert back.verdict == swapped.get(there.verdict, there.verdict)
    assert there.verdict == "too_few" or min(one, two) >= uplift.MIN_GROUP


def test_more_hits_than_customers_is_refused():
    with pytest.raises(ValueError, match="3 of 2"):
        uplift.share(3, 2)


def test_group_size_suffices_for_what_it_promises():
    n = uplift.group_size(0.10, 0.03)
    bought = np.random.default_rng(2).binomial(n, [[0.13], [0.10]], (2, 600))
    found = [uplift.uplift(a, n, b, n).verdict == "helps" for a, b in bought.T.tolist()]
    assert 0.75 < np.mean(found) < 0.86


# Satisfaction -------------------------------------------------------------------------------


def test_gap_weighs_what_matters():
    found = satisfaction.gap([Answer(7, 6), Answer(5, 7, importance=3)])
    assert found.value == pytest.approx(1.25)
    assert found.low < found.value < found.high
    assert not found.is_certain


def test_one_answer_is_no_certainty():
    assert satisfaction.gap([Answer(7, 5)]) == (-2, -2, -2, 1)
    alone = satisfaction.nps([10])
    assert alone.value == 100
    assert alone.low < 50
    assert satisfaction.gap([]) is satisfaction.nps([]) is None
    assert satisfaction.gap([Answer(1, 2, importance=0)]) is None


def test_nps_of_a_known_survey():
    found = satisfaction.nps([10] * 50 + [8] * 30 + [3] * 20)
    assert found.value == pytest.approx(30)
    assert (found.low, found.high) == pytest.approx((14.05, 44.20), abs=0.05)
    assert found.is_certain


@settings(deadline=None)
@given(st.lists(st.floats(-5, 15), max_size=60))
def test_nps_is_within_its_bounds(ratings):
    found = satisfaction.nps(ratings)
    valid = [r for r in ratings if 0 <= r <= 10]
    assert (found is None) == (not valid)
    if found:
        assert -100 <= found.low <= found.value <= found.high <= 100
        assert found.n == len(valid)


@pytest.mark.parametrize(
    ("rating", "highest", "expected"), [(4, 5, 8), (5, 5, 10), (-1, 5, 0), (9, 5, 10), (3, 0, 0)]
)
def test_ratings_of_other_scales(rating, highest, expected):
    assert satisfaction.on_scale(rating, highest) == expected


# Concentration ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "held"),
    [(lambda: profile_data.cdnow("cdnow_master"), 0.677), (profile_data.online_retail, 0.735)],
    ids=["cdnow", "online retail"],
)
def test_best_fifth_of_real_customers(read, held):
    try:
        bought = read()
    except FileNotFoundError:
        pytest.skip("shared/data is not on this machine")
    spend = np.bincount(bought.customer, bought.amount)
    assert concentration.share_of_best(spend) == pytest.approx(held, abs=0.015)


@settings(deadline=None)
@given(amounts)
def test_curve_lies_under_the_diagonal(values):
    curve = concentration.lorenz(values, points=11)
    assert 0 <= curve.gini <= 1
    assert curve.spend[0] == 0
    assert curve.spend[-1] == pytest.approx(1)
    assert (np.diff(curve.spend) >= -1e-9).all()
    assert (np.array(curve.spend) <= np.array(curve.customers) + 1e-9).all()


@settings(deadline=None)
@given(amounts, st.floats(0, 1))
def test_best_part_holds_at_least_its_share(values, part):
    share = concentration.share_of_best(values, part)
    assert 0 <= share <= 1 + 1e-9
    spend = np.nan_to_num(values)
    if len(spend) and spend.max() > 0:
        assert share >= part - 1e-9


@settings(deadline=None)
@given(amounts)
def test_tiers_hold_their_share_and_no_more_than_needed(values):
    cut_a, cut_b = concentration.tier_cuts(values)
    spend = np.maximum(np.nan_to_num(np.array(values, float)), 0)
    if cut_a is None:
        assert spend.sum() == 0
        return
    assert cut_a >= cut_b
    total = spend.sum()
    assert spend[spend >= cut_a].sum() >= 0.8 * total * (1 - 1e-9)
    assert spend[spend > cut_a].sum() < 0.8 * total * (1 + 1e-9)


def test_cuts_of_nobody_and_of_everybody_alike():
    assert concentration.tier_cuts([]) == [None, None]
    assert concentration.tier_cuts([-5, 0]) == [None, None]
    assert concentration.tier_cuts([10] * 5) == [10, 10]
    assert concentration.quantile_cuts([]) == []
    assert concentration.quantile_cuts(range(1, 11)) == [2, 4, 6, 8]
    assert concentration.share_of_best([]) == 0


# What was held out --------------------------------------------------------------------------


def test_correlation_of_what_does_not_vary_is_none():
    assert held_out.correlation([1, 1, 1], [1, 2, 3]) == 0
    assert held_out.correlation([1], [2]) == 0
    assert held_out.correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)


def test_ties_at_the_cut_count_in_proportion():
    assert held_out.share_of_top([1, 1, 1, 1, 1], [10, 0, 0, 0, 0]) == pytest.approx(0.2)
    assert held_out.share_of_top([5, 4, 3, 2, 1], [6, 1, 1, 1, 1]) == pytest.approx(0.6)
    assert held_out.share_of_top([], []) == 0


def test_a_draw_goes_to_the_simple_rule():
    verdict = held_out.choose({"rule": {"auc": 0.7}, "model": {"auc": 0.7}}, "rule", "auc")
    assert verdict.is_rule
    assert verdict.reason == "no_better"
