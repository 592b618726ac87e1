"""Which way a tag went through a door."""

import pytest
from auto_id.iot_handlers.lib.auto_id.portal import INSIDE, LONGEST, OUTSIDE, Passage
from hypothesis import given
from hypothesis import strategies as st

from box.simulators.llrp_scenes import walk


def passed(*sights):
    passage = Passage()
    for time, side, rssi in sights:
        passage.see(time, side, rssi)
    return passage.direction()


@pytest.mark.parametrize(("path", "expected"), [((1, 2), "in"), ((2, 1), "out")])
@pytest.mark.parametrize("seconds", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("number", range(20))
def test_a_walk_has_its_direction_at_any_speed(path, expected, seconds, number):
    passage = Passage()
    for sight in walk(f"{number:024x}", path, seconds=seconds):
        passage.see(sight.time, OUTSIDE if sight.antenna == 1 else INSIDE, sight.rssi)
    assert passage.direction() == expected


def test_who_turns_round_in_the_door_went_nowhere():
    there = [(n / 20, OUTSIDE, -60 + n) for n in range(10)]
    door = [(0.5 + n / 20, INSIDE, -65) for n in range(4)]
    back = [(0.7 + n / 20, OUTSIDE, -50 - n) for n in range(10)]
    assert passed(*there, *door, *back) is None


@pytest.mark.parametrize("side", [OUTSIDE, INSIDE])
def test_one_side_alone_tells_nothing(side):
    assert passed((0.0, side, -50), (2.0, side, -60)) is None


def test_without_signal_strength_the_times_must_agree():
    assert passed((0.0, OUTSIDE, None), (0.5, INSIDE, None), (1.0, INSIDE, None)) == "in"
    assert passed((0.0, OUTSIDE, None), (0.5, INSIDE, None), (1.0, OUTSIDE, None)) is None


def test_a_tag_that_lay_in_the_door_counts_from_its_last_minute():
    lying = [(float(second), second % 2, -50 + second % 2) for second in range(0, 3600, 3)]
    later = 3600 + LONGEST + 1
    assert passed(*lying, (later, INSIDE, -60), (later + 1, OUTSIDE, -60)) == "out"


@given(
    st.lists(
        st.tuples(
            st.floats(0, 20), st.sampled_from([OUTSIDE, INSIDE]), st.none() | st.floats(-90, -20)
        ),
        max_size=30,
    )
)
def test_the_way_back_is_the_other_way(sights):
    """The same pass seen from the other side: never the same answer, except none."""
    sights.sort(key=lambda sight: sight[0])
    turned = [(time, 1 - side, rssi) for time, side, rssi in sights]
    other = {"in": "out", "out": "in", None: None}
    assert passed(*turned) == other[passed(*sights)]
