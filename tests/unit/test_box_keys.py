"""What scanners that play keyboards type, and which keyboards are scanners."""

import pytest
import xkb_keymaps
from auto_id.iot_handlers.lib.auto_id.framing import Frame
from auto_id.iot_handlers.lib.auto_id.key_reader import KeyReader
from auto_id.iot_handlers.lib.auto_id.keys import EV_KEY, EV_LED, EV_SYN, SYN_DROPPED, Event, Typist
from auto_id.iot_handlers.lib.auto_id.layouts import ALT_GR as ALT_GR_LEVEL
from auto_id.iot_handlers.lib.auto_id.layouts import KEYS, LAYOUTS
from hypothesis import given
from hypothesis import strategies as st

from box.simulators.keystrokes import keystrokes

ASCII = [chr(number) for number in range(32, 127)]
SHIFT, CONTROL, ALT, ALT_GR, CAPS, ENTER, KEYPAD_ENTER, F8, TAB = (
    42,
    29,
    56,
    100,
    58,
    28,
    96,
    66,
    15,
)
BRACKET, A, B, SEVEN = 27, 30, 48, 8
KEYPAD = dict(zip("7894561230", (71, 72, 73, 75, 76, 77, 79, 80, 81, 82), strict=True))


def events(*strokes, start=100.0, every=0.002):
    """Key events: a code is pressed and released; with a sign it is only pressed or released."""
    moment = start
    found = []
    for stroke in strokes:
        for value in (1, 0) if isinstance(stroke, int) else (stroke[1],):
            code = stroke if isinstance(stroke, int) else stroke[0]
            found += [Event(moment, EV_KEY, code, value), Event(moment, EV_SYN, 0, 0)]
            moment += every
    return found


def held(key, *strokes):
    return [(key, 1), *strokes, (key, 0)]


def typed(*strokes, layout="us", **options):
    typist = Typist(layout, **options)
    return "".join(typist.type(event) for event in events(*strokes))


def codes(*parts, layout="us", silence=0.25):
    reader = KeyReader(Typist(layout), silence)
    return [frame.text for part in parts for frame in reader.feed(part)]


def test_enter_and_keypad_enter_end_a_code():
    assert codes(events(A, B, ENTER, A, KEYPAD_ENTER)) == ["ab", "a"]


def test_tab_ends_a_code_where_it_is_said_to():
    assert typed(A, TAB, B, ENTER) == "a\tb\r"
    assert typed(A, TAB, B, ENTER, end_keys="enter_tab") == "a\rb\r"
    assert typed(A, TAB, end_keys="tab") == "a\r"


def test_shift_and_caps_lock():
    assert typed(*held(SHIFT, A, SEVEN), A, CAPS, A, SEVEN, *held(SHIFT, A)) == "A&aA7a"
    assert typed(A, CAPS, A, caps_lock=True) == "Aa"


def test_the_light_of_caps_lock_tells_its_state():
    typist = Typist()
    typist.type(Event(0, EV_LED, 1, 1))
    assert "".join(typist.type(event) for event in events(A)) == "A"


def test_keys_held_down_do_not_repeat():
    typist = Typist()
    repeats = [Event(0, EV_KEY, A, value) for value in (1, 2, 2, 2, 0)]
    assert "".join(map(typist.type, repeats)) == "a"


@pytest.mark.parametrize(
    ("strokes", "layout"),
    [
        (held(CONTROL, BRACKET), "us"),
        (held(CONTROL, BRACKET), "de"),  # by its place: the layout has another character there
        ([F8], "fr"),
        (held(ALT, KEYPAD["0"], KEYPAD["2"], KEYPAD["9"]), "us"),
        (held(ALT, KEYPAD["2"], KEYPAD["9"]), "de"),
    ],
)
def test_every_way_to_send_the_group_separator(strokes, layout):
    assert typed(*strokes, layout=layout) == "\x1d"


def test_ctrl_and_alt_together_are_alt_gr():
    for alt in (ALT, ALT_GR):
        assert typed(*held(CONTROL, *held(alt, 10)), layout="de") == "]"


def test_other_control_characters():
    assert typed(*held(CONTROL, *held(SHIFT, 7))) == "\x1e"
    assert typed(*held(CONTROL, 32, 50)) == "\x04\r"


def test_the_keypad_gives_digits_whatever_num_lock_is():
    keys = [KEYPAD[digit] for digit in "0123456789"]
    assert typed(*keys, 69, *keys, 74, 83) == "01234567890123456789-."


def test_alt_with_a_number_gives_any_character():
    def alt(digits):
        return held(ALT, *(KEYPAD[digit] for digit in digits))

    assert typed(*alt("65"), *alt("0228"), *alt("132"), *alt("0128"), *alt("21345")) == "Aää€卡"
    assert typed(*alt("999999999")) == ""
    assert typed(*alt("0129")) == "\ufffd"  # a hole of the code page


def test_dead_keys():
    circumflex, acute, q = 41, 13, 16
    assert typed(circumflex, 57, circumflex, A, acute, A, layout="de") == "^âá"
    assert typed(circumflex, q, circumflex, circumflex, A, layout="de") == "^q^â"
    assert typed(circumflex, ENTER, A, layout="de") == "^\ra"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_types_all_of_ascii(layout):
    text = "".join(ASCII)
    assert typed(*keystrokes(text, layout), layout=layout) == text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_those_of_the_system(layout):
    """As the keyboards of this machine's own desktop have them (xkb)."""
    try:
        keymap = xkb_keymaps.keymap({"uk": "gb"}.get(layout, layout))
    except OSError as error:
        pytest.skip(f"no table to compare with: {error}")
    differing = {
        (key, level): (character, found)
        for key, level, character in LAYOUTS[layout].entries()
        if key in KEYS and level != ALT_GR_LEVEL and (found := keymap(key, level)) != character
    }
    assert not differing


@given(st.text(ASCII, max_size=60), st.sampled_from(sorted(LAYOUTS)))
def test_what_a_scanner_means_is_read(text, layout):
    assert typed(*keystrokes(text, layout), layout=layout) == text


@given(
    st.lists(
        st.builds(
            Event,
            st.floats(0, 10),
            st.sampled_from([0, 1, 4, 17]),
            st.integers(0, 767),
            st.integers(-1, 3),
        )
    ),
    st.sampled_from(sorted(LAYOUTS)),
)
def test_any_events_give_text_and_no_error(stream, layout):
    reader = KeyReader(Typist(layout), 0.1)
    for frame in [*reader.feed(stream), *reader.idle(1)]:
        assert frame.text.encode()


def test_a_gap_ends_the_code_of_a_scanner_without_suffix():
    first, second = events(A, B), events(B, A, start=101)
    assert codes(first, second) == ["ab"]
    reader = KeyReader(Typist(), 0.25)
    assert reader.feed(first) == []
    assert reader.idle(0.2) == []
    assert reader.idle(0.25) == [Frame(b"ab")]
    assert reader.idle(9) == []


def test_a_gap_in_the_codes_of_a_scanner_with_suffix_throws_half_a_code_away():
    reader = KeyReader(Typist(), 0.25)
    assert [f.text for f in reader.feed(events(A, ENTER, B))] == ["a"]
    assert [f.text for f in reader.feed(events(A, ENTER, start=105))] == ["a"]
    assert reader.torn == 1


def test_a_code_with_lost_events_is_thrown_away_and_the_next_one_is_whole():
    reader = KeyReader(Typist(), 0.25)
    lost = [Event(100.1, EV_SYN, SYN_DROPPED, 0), Event(100.1, EV_KEY, B, 1)]
    stream = [*events(SHIFT, A), *lost, *events(B, B, ENTER, A, ENTER, start=100.12)]
    assert [frame.text for frame in reader.feed(stream)] == ["a"]
    assert reader.torn == 1


def test_keys_are_named_once():
    assert len(set(KEYS)) == len(KEYS)
