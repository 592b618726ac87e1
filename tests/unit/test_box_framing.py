"""The framing of serial scanners: bytes in any chunks become the codes that were sent."""

from itertools import pairwise

import pytest
from auto_id.iot_handlers.lib.auto_id.framing import LONGEST, Frame, Framer
from hypothesis import given
from hypothesis import strategies as st

BORDERS = b"\x00\x02\x03\n\r"
codes = st.binary(min_size=1, max_size=40).map(
    lambda data: bytes(byte for byte in data if byte not in BORDERS) or b"7"
)


def frames_of(*chunks, longest=LONGEST):
    framer = Framer(longest)
    return [frame for chunk in chunks for frame in framer.feed(chunk)]


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (b"", b"\r"),
        (b"", b"\n"),
        (b"", b"\r\n"),
        (b"", b"\x00"),
        (b"\x02", b"\x03"),
        (b"\x02", b"\r\n\x03"),
        (b"\x02", b"\r"),
    ],
)
def test_every_usual_way_to_end_a_code(head, tail):
    stream = b"".join(head + code + tail for code in (b"CARD-7", b"]C1\x1d01", b"8"))
    assert frames_of(stream) == [Frame(b"CARD-7"), Frame(b"]C1\x1d01"), Frame(b"8")]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)), st.integers(1, 20))
def test_any_chunking_gives_the_same_frames(stream, cuts, longest):
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    assert frames_of(*chunks, longest=longest) == frames_of(stream, longest=longest)


@given(st.lists(codes), st.sampled_from([b"\r", b"\n", b"\r\n", b"\x00", b"\r\n\x03"]))
def test_what_was_sent_arrives(sent, suffix):
    assert [frame.data for frame in frames_of(*(code + suffix for code in sent))] == sent


@given(st.binary())
def test_any_bytes_become_text_that_json_and_a_database_take(data):
    for frame in frames_of(data + b"\r"):
        frame.text.encode()
        assert "\x00" not in frame.text


def test_an_overlong_code_is_bounded_and_the_next_one_is_whole():
    framer = Framer()
    for _ in range(40):
        assert framer.feed(b"x" * 4096) == []
    assert framer.feed(b"\rnext\r") == [Frame(b"x" * LONGEST, cut=True), Frame(b"next")]


def test_a_code_of_exactly_the_longest_size_is_not_cut():
    assert frames_of(b"x" * LONGEST + b"\r") == [Frame(b"x" * LONGEST, cut=False)]


def test_silence_ends_the_code_of_a_scanner_without_suffix():
    framer = Framer()
    framer.feed(b"CARD-7")
    assert not framer.torn
    assert framer.silence() == Frame(b"CARD-7")
    assert framer.silence() is None


def test_silence_after_half_a_code_throws_it_away():
    framer = Framer()
    framer.feed(b"CARD-7\rCARD")
    assert framer.torn
    assert framer.silence() is None
    assert framer.feed(b"CARD-8\r") == [Frame(b"CARD-8")]


def test_bytes_that_are_no_text_are_shown():
    assert Frame(b"\x01\xff\xe5\x8d\xa1").text == "\x01\\xff卡"
