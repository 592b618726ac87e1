"""The framing of serial scanners: bytes in any chunks become the codes that were sent."""

import operator
from functools import reduce
from itertools import pairwise

import pytest
from auto_id.iot_handlers.lib.auto_id.framing import LONGEST, Frame, framer
from hypothesis import given
from hypothesis import strategies as st

BORDERS = b"\x00\x02\x03\n\r"
codes = st.binary(min_size=1, max_size=40).map(
    lambda data: bytes(byte for byte in data if byte not in BORDERS) or b"7"
)


def frames_of(*chunks, longest=LONGEST, kind="auto", **options):
    line = framer(kind, longest=longest, **options)
    return [frame for chunk in chunks for frame in line.feed(chunk)]


def xor(data):
    return bytes([reduce(operator.xor, data, 0)])


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


@given(
    st.lists(st.sampled_from(b"\x00\x02\x03\n\rab7F")).map(bytes),
    st.lists(st.integers(0, 300)),
    st.integers(1, 20),
    st.sampled_from(["auto", "line", "stx_etx", "fixed", "silence"]),
    st.sampled_from(["none", "lrc", "xor_hex"]),
)
def test_any_chunking_gives_the_same_frames(stream, cuts, longest, kind, checksum):
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    options = {"longest": longest, "kind": kind, "checksum": checksum, "length": longest}
    assert frames_of(*chunks, **options) == frames_of(stream, **options)


@given(st.lists(codes), st.sampled_from([b"\r", b"\n", b"\r\n", b"\x00", b"\r\n\x03"]))
def test_what_was_sent_arrives(sent, suffix):
    assert [frame.data for frame in frames_of(*(code + suffix for code in sent))] == sent


@given(st.binary())
def test_any_bytes_become_text_that_json_and_a_database_take(data):
    for frame in frames_of(data + b"\r"):
        frame.text.encode()
        assert "\x00" not in frame.text


def test_an_overlong_code_is_bounded_and_the_next_one_is_whole():
    line = framer()
    for _ in range(40):
        assert line.feed(b"x" * 4096) == []
    assert line.feed(b"\rnext\r") == [Frame(b"x" * LONGEST, cut=True), Frame(b"next")]


def test_a_code_of_exactly_the_longest_size_is_not_cut():
    assert frames_of(b"x" * LONGEST + b"\r") == [Frame(b"x" * LONGEST, cut=False)]


def test_silence_ends_the_code_of_a_scanner_without_suffix():
    line = framer()
    line.feed(b"CARD-7")
    assert not line.torn
    assert line.silence() == Frame(b"CARD-7")
    assert line.silence() is None


def test_silence_after_half_a_code_throws_it_away():
    line = framer()
    line.feed(b"CARD-7\rCARD")
    assert line.torn
    assert line.silence() is None
    assert line.feed(b"CARD-8\r") == [Frame(b"CARD-8")]


def test_bytes_that_are_no_text_are_shown():
    assert Frame(b"\x01\xff\xe5\x8d\xa1").text == "\x01\\xff卡"


def test_lines_keep_the_other_borders():
    assert frames_of(b"\x02A\x03\r\nB\r", kind="line") == [Frame(b"\x02A\x03"), Frame(b"B")]


@given(st.lists(st.binary(min_size=5, max_size=5)))
def test_codes_of_a_fixed_length_may_hold_any_byte(sent):
    assert [f.data for f in frames_of(b"".join(sent), kind="fixed", length=5)] == sent


def test_half_a_code_of_fixed_length_is_torn():
    line = framer("fixed", length=4)
    assert line.feed(b"12345") == [Frame(b"1234")]
    assert line.torn
    assert line.silence() is None
    assert line.feed(b"6789") == [Frame(b"6789")]


def test_only_silence_ends_a_code_where_the_settings_say_so():
    line = framer("silence")
    assert line.feed(b"A\rB") == []
    assert line.silence() == Frame(b"A\rB")


@given(st.lists(codes), st.sampled_from([b"", b"noise", b"\r\n"]))
def test_between_stx_and_etx_is_a_code_and_all_else_is_noise(sent, noise):
    stream = noise.join(b"\x02" + code + b"\x03" for code in sent)
    assert [f.data for f in frames_of(noise + stream, kind="stx_etx")] == sent


def test_a_code_whose_end_got_lost_is_not_mixed_with_the_next():
    assert frames_of(b"\x02CAR", b"D\x02NEXT\x03", kind="stx_etx") == [Frame(b"NEXT")]
    line = framer("stx_etx")
    line.feed(b"\x02CAR")
    assert line.silence() is None
    assert line.feed(b"D\x03\x02NEXT\x03") == [Frame(b"NEXT")]


@given(st.lists(codes))
def test_the_checksum_behind_etx_may_be_any_byte(sent):
    stream = b"".join(b"\x02" + code + b"\x03" + xor(code + b"\x03") for code in sent)
    assert frames_of(stream, kind="stx_etx", checksum="lrc") == [Frame(code) for code in sent]


@given(st.binary(min_size=1, max_size=20), st.integers(1, 255))
def test_a_wrong_checksum_is_seen(data, flaw):
    right = (data + xor(data)).hex().upper().encode()
    wrong = (data + bytes([xor(data)[0] ^ flaw])).hex().upper().encode()
    found = frames_of(right + b"\r" + wrong + b"\r", checksum="xor_hex")
    assert [frame.wrong for frame in found] == [False, True]
    assert found[0].data == data.hex().upper().encode()


@pytest.mark.parametrize("data", [b"", b"7", b"XYZ0", b"\xff"])
def test_what_is_not_hexadecimal_has_no_checksum(data):
    assert all(frame.wrong for frame in frames_of(data + b"\r", checksum="xor_hex"))
