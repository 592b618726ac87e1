"""Raw reports of a reader become what happened to tags."""

import pytest
from auto_id.iot_handlers.lib.auto_id.smoothing import Report, Smoother, Thresholds, sides
from hypothesis import given
from hypothesis import strategies as st

from box.simulators.llrp_scenes import epc, field, walk

QUICK = Thresholds(arrive_reads=2, arrive_within=1, depart_after=3)


def kinds(changes):
    return [(change.kind, change.code) for change in changes]


def run(thresholds, reports, end=None):
    """Everything that happens, with a look at the clock four times a second."""
    smoother, changes, looked = Smoother(thresholds), [], 0.0
    for report in reports:
        while looked + 0.25 < report.time:
            looked += 0.25
            changes += smoother.tick(looked)
        changes += smoother.feed([report])
    return changes + smoother.tick(looked + 1000 if end is None else end)


def as_reports(sights, start=0.0):
    return [Report(start + s.time, s.code, s.antenna, s.rssi) for s in sights]


def test_a_tag_arrives_once_and_departs_once():
    changes = run(QUICK, as_reports(field([epc(1)], rate=20, seconds=10)))
    assert kinds(changes) == [("arrived", epc(1)), ("departed", epc(1))]
    assert changes[1].time == pytest.approx(9.95)  # when it was last seen, not when it was missed
    assert changes[1].count == 200


def test_one_stray_read_is_nothing():
    assert run(QUICK, [Report(0, "T", 1)]) == []
    assert run(QUICK, [Report(0, "T", 1), Report(1.5, "T", 1)]) == []


def test_short_gaps_are_bridged_and_long_ones_are_not():
    gap = [Report(t, "T", 1) for t in (0, 0.5, 3.4, 3.5)]
    assert kinds(run(QUICK, gap)) == [("arrived", "T"), ("departed", "T")]
    gap = [Report(t, "T", 1) for t in (0, 0.5, 3.6, 3.7)]
    expected = [("arrived", "T"), ("departed", "T")] * 2
    assert kinds(run(QUICK, gap)) == expected
    without_ticks = Smoother(QUICK)
    assert kinds(without_ticks.feed(gap) + without_ticks.tick(10)) == expected


def test_weak_reads_do_not_count():
    thresholds = QUICK._replace(rssi_min=-60)
    far = [Report(n / 10, "FAR", 1, -61) for n in range(50)]
    near = [Report(n / 10, "NEAR", 1, -59) for n in range(50)]
    assert {change.code for change in run(thresholds, sorted(far + near))} == {"NEAR"}


def test_a_tag_that_stays_is_reported_now_and_then():
    thresholds = QUICK._replace(present_every=2)
    changes = run(thresholds, as_reports(field([epc(1)], rate=10, seconds=7)))
    assert [change.kind for change in changes] == ["arrived", *["present"] * 3, "departed"]


def test_a_tag_between_two_antennas_does_not_flutter():
    reports = as_reports(field([epc(1)], rate=50, antennas=(1, 2), seconds=60))
    changes = run(QUICK._replace(move_margin=6), reports)
    assert [change.kind for change in changes] == ["arrived", "departed"]


def test_a_tag_moves_to_the_antenna_that_sees_it_clearly_better():
    at_one = as_reports(field([epc(1)], rate=20, antennas=(1,), seconds=3, rssi=-50))
    both = [Report(3 + n / 20, epc(1), 1 + n % 2, -65 if n % 2 == 0 else -48) for n in range(40)]
    changes = run(QUICK, at_one + both)
    assert [(c.kind, c.antenna) for c in changes][:2] == [("arrived", 1), ("moved", 2)]
    assert [c.kind for c in changes].count("moved") == 1


def test_a_tag_moves_to_where_it_alone_is_seen_even_if_weakly():
    reports = [Report(n / 10, "T", 1, -40) for n in range(20)]
    reports += [Report(2 + n / 10, "T", 2, -70) for n in range(30)]
    assert [c.kind for c in run(QUICK, reports)] == ["arrived", "moved", "departed"]


def test_antennas_of_one_zone_are_one_place():
    thresholds = QUICK._replace(zones={1: 1, 2: 1, 3: 2})
    reports = as_reports(walk(epc(1), (1, 2, 3), seconds=9))
    moves = [c for c in run(thresholds, reports) if c.kind == "moved"]
    assert [c.antenna for c in moves] == [3]


def test_a_portal_tells_in_out_or_that_it_cannot_tell():
    portal = QUICK._replace(sides=sides([1], [2]), depart_after=1)
    reports = as_reports(walk(epc(1), (1, 2))) + as_reports(walk(epc(2), (2, 1)), 4)
    reports += [Report(8 + n / 10, epc(3), 1, -60) for n in range(5)]
    changes = run(portal, reports)
    assert kinds(changes) == [("in", epc(1)), ("out", epc(2)), ("departed", epc(3))]


def test_late_reports_keep_their_own_times():
    """The network held them back: the order in which the antennas saw the tag is what counts."""
    smoother = Smoother(QUICK._replace(sides=sides([1], [2]), depart_after=1))
    for seen in ((0.0, 1, -60), (0.2, 1, -50), (0.4, 2, -48), (0.6, 2, -60)):
        smoother.tick(0.7)
        smoother.feed([Report(seen[0], "T", *seen[1:])])
    assert kinds(smoother.tick(2)) == [("in", "T")]


def test_a_portal_needs_both_sides():
    assert sides([1], []) == {}
    assert sides([1, 3], [2]) == {1: 0, 3: 0, 2: 1}


def test_a_clock_that_steps_back_makes_nothing_depart():
    smoother = Smoother(QUICK)
    assert kinds(smoother.feed([Report(100, "T", 1), Report(100.1, "T", 1)])) == [("arrived", "T")]
    assert smoother.feed([Report(5, "T", 1)]) == []
    assert smoother.tick(6) == []
    assert kinds(smoother.tick(103.2)) == [("departed", "T")]


def test_nobody_departs_only_because_the_reader_was_away():
    smoother = Smoother(QUICK)
    smoother.feed([Report(0, "STAYS", 1), Report(0.1, "STAYS", 1)])
    smoother.feed([Report(0, "LEAVES", 1), Report(0.1, "LEAVES", 1)])
    smoother.resume(60)
    assert smoother.feed([Report(61, "STAYS", 1)]) == []
    (change,) = smoother.tick(63.5)
    assert (change.kind, change.code) == ("departed", "LEAVES")
    assert change.time == 0.1  # when it was seen last, not when somebody looked again


def test_new_thresholds_keep_the_tags_in_view():
    smoother = Smoother(QUICK)
    smoother.feed([Report(0, "T", 1), Report(0.1, "T", 1), Report(0.1, "HALF", 1)])
    assert smoother.adopt(QUICK._replace(depart_after=30, arrive_reads=1)) == []
    assert kinds(smoother.feed([Report(20, "T", 1), Report(20, "HALF", 1)])) == [
        ("arrived", "HALF")
    ]
    changes = smoother.adopt(QUICK._replace(sides=sides([1], [2])))
    assert sorted(kinds(changes)) == [("departed", "HALF"), ("departed", "T")]
    assert len(smoother) == 0


def test_memory_is_bounded_and_the_longest_unseen_leaves():
    smoother = Smoother(QUICK._replace(arrive_reads=1, most_tags=100))
    changes = smoother.feed(Report(n / 1000, f"T{n}", 1) for n in range(1000))
    assert len(smoother) == 100
    departed = [change.code for change in changes if change.kind == "departed"]
    assert departed == [f"T{n}" for n in range(900)]


SEEN = st.lists(
    st.tuples(
        st.floats(0, 30), st.sampled_from("ABC"), st.integers(1, 3), st.none() | st.floats(-80, -30)
    ),
    max_size=60,
)


def in_order(seen):
    return sorted((Report(*values) for values in seen), key=lambda report: report.time)


@given(SEEN, st.integers(1, 4), st.floats(0.2, 5), st.sampled_from([0.0, 1.0]))
def test_every_story_of_a_tag_makes_sense(seen, reads, window, every):
    """Arrived first, departed last, nothing in between that contradicts; times never go back."""
    thresholds = Thresholds(
        arrive_reads=reads, arrive_within=window, depart_after=window, present_every=every
    )
    changes = run(thresholds, in_order(seen))
    for code in "ABC":
        story = [change for change in changes if change.code == code]
        assert [c.time for c in story] == sorted(c.time for c in story)
        inside = False
        for change in story:
            assert (change.kind == "arrived") is not inside
            inside = change.kind != "departed"
        assert not inside


@given(SEEN, st.integers(1, 60))
def test_how_reports_are_batched_changes_nothing(seen, size):
    reports = in_order(seen)
    whole, pieces = Smoother(QUICK), Smoother(QUICK)
    together = whole.feed(reports) + whole.tick(100)
    apart = [c for at in range(0, len(reports), size) for c in pieces.feed(reports[at : at + size])]
    assert apart + pieces.tick(100) == together
