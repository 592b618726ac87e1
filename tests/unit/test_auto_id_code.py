"""The key of a code: the same for every way in which a reader may deliver it."""

import doctest
import string

import pytest
from auto_id.tools import code
from hypothesis import example, given, settings
from hypothesis import strategies as st

plain = st.text(string.ascii_letters + string.digits + " -/().%+$_", min_size=1, max_size=40)
frames = st.text(" \t\r\n\x02\x03\u00a0\ufeff", max_size=3)
anything = st.text(st.characters(exclude_categories=[]), max_size=60)


def repr_of(value):
    return repr(value)[:30]


def key_or_error(text):
    try:
        return code.normalise(text)
    except code.CodeError as error:
        return error.code


def test_doctests():
    assert doctest.testmod(code).failed == 0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("4006381333931", "4006381333931"),
        ("  4006381333931\r\n", "4006381333931"),
        ("\x024006381333931\x03", "4006381333931"),
        ("]E04006381333931", "4006381333931"),
        ("]C10104006381333931", "0104006381333931"),
        ("]d2\x1d0104006381333931", "0104006381333931"),
        ("0104006381333931\x1d", "0104006381333931"),
        ("10AB\x1d21CD", "10AB␝21CD"),
        ("10AB␝21CD", "10AB␝21CD"),
        ("[)>\x1e06\x1d1P1\x1e\x04", "[)>␞06␝1P1␞␄"),
        ("04a22b1c5e6180", "04A22B1C5E6180"),
        ("04:a2:2b:1c:5e:61:80", "04A22B1C5E6180"),
        ("12:34", "12:34"),
        ("abcdef", "abcdef"),
        ("Abcdefg1", "Abcdefg1"),
        ("客户-001", "客户-001"),
        ("DROP TABLE x; --", "DROP TABLE x; --"),
    ],
)
def test_examples(text, key):
    assert code.normalise(text) == key


@pytest.mark.parametrize(
    "text",
    ["]", "]C1", "]C1 ", "]C1]C1x", "]C9x", "]?1x", "]d", "x]C1y", "]e9x"],
)
def test_what_may_be_no_symbology_identifier_is_kept(text):
    assert code.normalise(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "empty"),
        (" \r\n\t", "empty"),
        ("\x1d\x1d", "empty"),
        ("x" * 4097, "too_long"),
        ("x" * 65536, "too_long"),
        ("a\x00b", "unprintable"),
        ("\ufffd", "unprintable"),
        ("\ud800", "unprintable"),
        ("a\u202eb", "unprintable"),
        ("\x7fELF", "unprintable"),
    ],
    ids=repr_of,
)
def test_what_no_tag_can_carry(text, error):
    with pytest.raises(code.CodeError) as caught:
        code.normalise(text)
    assert caught.value.code == error
    assert caught.value.message


@settings(deadline=None)
@given(anything)
@example("]C1]C1x")
@example("]C1 ]C1x")
@example("]C1\x1d]C1x")
@example("]C104:a2:2b:1c")
@example("x" * 600)
def test_a_key_is_its_own_key(text):
    try:
        key = code.normalise(text)
    except code.CodeError:
        return
    assert code.normalise(key) == key
    assert len(key.encode()) < 2600
    assert code.printable(key) == key


@settings(deadline=None)
@given(anything)
def test_nothing_crashes_and_all_can_be_stored(text):
    assert key_or_error(text)
    for shown in (code.printable(text), code.as_shown(text), code.printable(text, 7)):
        shown.encode()
        assert not any(ord(char) < 0x20 for char in shown)


@settings(deadline=None)
@given(frames, plain, frames)
def test_what_a_reader_puts_around_makes_no_difference(before, text, after):
    assert key_or_error(before + text + after) == key_or_error(text)


@settings(deadline=None)
@given(plain, st.sampled_from(["]A0", "]C0", "]C1", "]E0", "]Q3", "]d2", "]X0", "]z3"]))
def test_a_symbology_identifier_makes_no_difference(text, identifier):
    if text.strip():
        assert code.normalise(identifier + text) == code.normalise(text)


@settings(deadline=None)
@given(st.binary(min_size=4, max_size=40))
def test_the_case_of_a_hexadecimal_number_makes_no_difference(number):
    keys = {number.hex(), number.hex().upper(), number.hex(":"), number.hex(":").upper()}
    assert {code.normalise(text) for text in keys} == {number.hex().upper()}


@settings(deadline=None)
@given(st.text(string.ascii_letters, min_size=513, max_size=900))
def test_long_codes_are_told_apart(text):
    other = text[:-1] + ("a" if text[-1] != "a" else "b")
    assert code.normalise(text) != code.normalise(other)
    assert len(code.normalise(text)) <= code.MAX_KEY


def test_what_is_shown_of_a_code():
    assert code.as_shown(" 10A\x1d21\r\n") == "10A␝21"
    assert code.printable("\x00\x7f\ud800") == "␀␡\ufffd"
    assert code.printable("x" * 65536, 5) == "xxxxx… (65536 characters)"
