"""The lists "usual" and "new for you": small worlds worked out by hand, and the references."""

import numpy as np
import profile_data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oneonone_crm.tools.next_basket import (
    Lines,
    Weights,
    day_ranks,
    lines,
    strength,
    trends,
    usual,
    usual_reason,
)
from oneonone_crm.tools.next_basket_choice import (
    PLAIN,
    hold_out_last_day,
    judge,
    recall_and_ndcg,
    tune,
)
from oneonone_crm.tools.next_basket_new import complements, neighbours, new_for_you

BREAD, MILK, JAM, BUTTER, TEA = range(5)
TODAY = 100

rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40), st.integers(0, 9)), max_size=60)


@pytest.fixture(scope="module")
def retail():
    try:
        return profile_data.baskets()
    except FileNotFoundError:
        pytest.skip("shared/data/onlineretail_lines.csv.gz is not on this machine")


def world(*bought: tuple[int, int, int]) -> Lines:
    return lines(*np.array(bought).reshape(-1, 3).T)


def listed(ranked, customer: int = 0) -> list[int]:
    return ranked.product[ranked.customer == customer].tolist()


# The references -----------------------------------------------------------------------------


def test_usual_list_beats_the_references_on_online_retail(retail):
    held = hold_out_last_day(retail)
    assert (held.today >= 0).sum() == 1916
    plain = judge(held, PLAIN)
    assert (plain["recall"], plain["ndcg"]) == pytest.approx((0.2089, 0.3164), abs=8e-4)
    ours = judge(held, Weights())
    assert ours["recall"] >= 0.2097
    assert ours["ndcg"] >= 0.3192


def test_new_for_you_beats_what_sells_most(retail):
    held = hold_out_last_day(retail)
    near = neighbours(held.before, Weights())
    new = profile_data.new_to_them(held)
    ours = recall_and_ndcg(new_for_you(held.before, near, held.today, Weights()), new)
    popular = recall_and_ndcg(profile_data.popular_and_new(held), new)
    assert ours["recall"] > 2 * popular["recall"]
    assert ours["ndcg"] > 2 * popular["ndcg"]


# Usual --------------------------------------------------------------------------------------


def test_rank_counts_shopping_days_from_the_last():
    bought = world((0, 10, BREAD), (0, 10, MILK), (0, 20, BREAD), (0, 50, JAM), (1, 5, TEA))
    assert day_ranks(bought).tolist() == [2, 2, 1, 0, 0]
    own = strength(bought, 0.5)
    assert list(zip(own.product.tolist(), own.strength.tolist(), strict=True)) == [
        (BREAD, 0.75),
        (MILK, 0.25),
        (JAM, 1.0),
        (TEA, 1.0),
    ]


def test_trend_counts_earlier_sales_by_half_lives():
    bought = world((0, 10, BREAD), (1, 10, BREAD), (2, 17, MILK), (3, 24, BREAD))
    found = {day: trend[[BREAD, MILK]].tolist() for day, trend in trends(bought, 7, [10, 17, 24])}
    assert found == {10: [0, 0], 17: [1, 0], 24: [0.5, 0.5]}


def test_own_frequency_leads_and_what_sells_fills():
    bought = world(
        (0, 10, BREAD), (0, 20, BREAD), (0, 20, JAM), (1, 20, TEA), (2, 21, TEA), (2, 21, MILK)
    )
    ranked = usual(bought, np.array([TODAY, -1, -1]), PLAIN, limit=4)
    assert listed(ranked) == [BREAD, JAM, TEA, MILK]
    assert ranked.place.tolist() == [0, 1, 2, 3]
    assert ranked.score[2:].tolist() == [0, 0]


def test_what_sells_now_comes_first_among_equals():
    bought = world((0, 10, BREAD), (0, 10, JAM), (1, 95, JAM), (2, 96, JAM))
    assert listed(usual(bought, np.array([TODAY, -1, -1]), Weights()))[0] == JAM


def test_a_customer_without_purchase_gets_what_sells():
    bought = world((0, 95, BREAD), (1, 96, BREAD), (1, 96, TEA))
    ranked = usual(bought, np.array([-1, -1, TODAY]), Weights())
    assert listed(ranked, 2) == [BREAD, TEA]


def test_nobody_bought_anything():
    nothing = world()
    assert len(usual(nothing, np.array([TODAY]), Weights()).product) == 0
    assert len(neighbours(nothing, Weights()).product) == 0
    assert tune(nothing)[1].reason == "too_little"


def test_reasons_tell_rhythm_and_silence():
    assert usual_reason(4, 0, 69, 99) == {
        "code": "bought_every",
        "usual_days": 23,
        "times": 4,
        "last_days": 30,
    }
    assert usual_reason(1, 50, 50, 99) == {"code": "bought", "times": 1, "last_days": 49}
    assert usual_reason(0, 0, 0, 99) == {"code": "popular"}
    assert usual_reason(2, 50, 50, 40)["last_days"] == 0


@settings(deadline=None)
@given(rows, st.integers(1, 12))
def test_lists_are_sorted_without_repeats_and_full(bought, limit):
    world_ = world(*bought)
    today = np.full(7, 41)
    ranked = usual(world_, today, Weights(), limit)
    for customer in range(7):
        mine = ranked.customer == customer
        assert len(set(listed(ranked, customer))) == mine.sum()
        assert (np.diff(ranked.score[mine]) <= 1e-12).all()
        assert ranked.place[mine].tolist() == list(range(mine.sum()))
        assert mine.sum() == min(limit, len(set(world_.product.tolist())))


@settings(deadline=None)
@given(rows)
def test_one_customer_alone_is_the_same_as_all_together(bought):
    """What makes it possible to bring one profile up to date after an order."""
    world_ = world(*bought)
    together = usual(world_, np.full(7, 41), Weights())
    for customer in range(7):
        today = np.where(np.arange(7) == customer, 41, -1)
        assert listed(usual(world_, today, Weights()), customer) == listed(together, customer)


# New for you --------------------------------------------------------------------------------


def test_similarity_is_buyers_in_common_by_the_buyers_of_each():
    bought = world((0, 1, BREAD), (0, 2, BUTTER), (1, 1, BREAD), (1, 9, BUTTER), (2, 1, BREAD))
    near = neighbours(bought, Weights(shrink=1.0))
    both = dict(zip(zip(near.product.tolist(), near.other.tolist()), near.similarity))  # noqa: B905
    assert both[BREAD, BUTTER] == pytest.approx(2 / (4**0.5 * 3**0.8))
    assert both[BUTTER, BREAD] == pytest.approx(2 / (3**0.5 * 4**0.8))


def test_new_products_are_those_of_customers_alike():
    alike = [(c, 1, p) for c in range(1, 9) for p in (BREAD, BUTTER)]
    others = [(c, 1, TEA) for c in range(9, 30)]
    bought = world((0, 1, BREAD), *alike, *others)
    today = np.full(30, -1)
    today[0] = TODAY
    assert listed(new_for_you(bought, neighbours(bought, Weights()), today, Weights())) == [BUTTER]


def test_a_customer_who_bought_all_does_not_count_for_all():
    everything = [(0, day, day) for day in range(100)]
    near = neighbours(world(*everything, (1, 1, 0), (1, 1, 1)), Weights(history=10))
    assert set(near.product.tolist()) == {0, 1, *range(90, 100)}


def test_complements_of_a_basket():
    alike = [(c, 1, p) for c in range(9) for p in (BREAD, BUTTER)]
    bought = world(*alike, (9, 1, TEA), (9, 1, MILK))
    near = neighbours(bought, Weights())
    found = complements(np.array([BREAD, BREAD]), near, np.zeros(5), Weights())
    assert [(product, reason) for product, _score, reason in found] == [(BUTTER, BREAD)]
    assert complements(np.array([], int), near, np.zeros(5), Weights()) == []


@settings(deadline=None)
@given(rows)
def test_new_is_never_what_was_bought(bought):
    world_ = world(*bought)
    ranked = new_for_you(world_, neighbours(world_, Weights()), np.full(7, 41), Weights())
    owned = set(zip(world_.customer.tolist(), world_.product.tolist(), strict=True))
    assert not owned & set(zip(ranked.customer.tolist(), ranked.product.tolist(), strict=True))
    assert np.isfinite(ranked.score).all()


# The judge ----------------------------------------------------------------------------------


def test_last_days_are_held_out():
    held = hold_out_last_day(world((0, 1, BREAD), (0, 5, MILK), (0, 5, JAM), (1, 3, TEA)))
    assert held.today.tolist() == [5, -1]
    assert held.test.product.tolist() == [MILK, JAM]
    assert held.before.product.tolist() == [BREAD, TEA]


def test_recall_and_ndcg_by_hand():
    bought = world((0, 1, BREAD), (0, 1, JAM), (0, 2, BREAD), (0, 2, TEA))
    held = hold_out_last_day(bought)
    measured = recall_and_ndcg(usual(held.before, held.today, PLAIN, 2), held.test, 2)
    assert measured == {
        "recall": 0.5,
        "ndcg": pytest.approx(1 / (1 + 1 / np.log2(3))),
        "hit": 1.0,
    }


def test_weights_that_are_no_better_are_not_used():
    """Everybody buys the same each time: the simple rule is perfect already."""
    same = world(*[(c, day, p) for c in range(60) for day in (1, 8, 15) for p in (BREAD, MILK)])
    weights, verdict = tune(same)
    assert weights == PLAIN
    assert verdict.reason == "no_better"
    assert verdict.measures["plain"]["recall"] == 1.0
