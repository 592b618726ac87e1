"""What scanners that play keyboards type, and which keyboards are scanners."""

import ctypes
import os

import pytest
import xkb_keymaps
from auto_id.iot_handlers.lib.auto_id import hid
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


def test_events_travel_as_the_kernel_writes_them():
    stream = [Event(1.5, EV_KEY, A, 1), Event(2.25, EV_LED, 1, -1)]
    data = b"".join(map(hid.packed, stream))
    assert list(hid.events(data + b"torn")) == stream
    assert len(data) == 2 * (2 * ctypes.sizeof(ctypes.c_long) + 8)


def test_a_recording_is_read_from_a_pipe(tmp_path):
    pipe = tmp_path / "scanner"
    os.mkfifo(pipe)
    with hid.KeyEvents(str(pipe)) as source:
        assert source.read(0) == []
        sent = events(A, ENTER)
        with pipe.open("wb") as file:
            file.write(b"".join(map(hid.packed, sent)))
        received = source.read(1)
        assert [event[1:] for event in received] == [event[1:] for event in sent]
        assert source.read(0) == []


def test_a_device_that_may_not_be_read_is_explained(monkeypatch):
    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr(hid.os, "open", refuse)
    with pytest.raises(PermissionError, match="to the group input"):
        hid.KeyEvents("/dev/input/event0")


@pytest.fixture
def plug_in(tmp_path):
    """Describe a device as /sys does."""

    def plug_in(event, name, keys, vendor="1234", phys="usb-1/input0", uniq=""):
        folder = tmp_path / event / "device"
        for path, text in {
            "capabilities/key": keys,
            "name": name,
            "id/vendor": vendor,
            "id/product": "0001",
            "phys": phys,
            "uniq": uniq,
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(f"{text}\n")

    return plug_in


# As real devices have them, in words of 64 bits.
ALL_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
POWER_BUTTON = "10000000000000 0"
MOUSE = "1f0000 0 0 0 0"


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_long) != 8, reason="the words are those of 64 bits")
def test_keyboards_are_found_and_nothing_else(plug_in, tmp_path):
    plug_in("event0", "Power Button", POWER_BUTTON)
    plug_in("event1", "Mouse", MOUSE)
    plug_in("event2", "Logitech K120", ALL_KEYS, phys="usb-1.1/input0")
    plug_in("event3", "Barcode Scanner", ALL_KEYS, vendor="05e0", uniq="S7", phys="x/input1")
    (tmp_path / "event4").mkdir()  # just plugged out
    found = list(hid.keyboards(tmp_path, tmp_path / "dev"))
    assert [(k.name, k.identifier, k.is_scanner) for k in found] == [
        ("Logitech K120", "hid_1234:0001_usb-1.1/input0", False),
        ("Barcode Scanner", "hid_05e0:0001_S7/input1", True),
    ]
    assert found[0].path == f"{tmp_path}/dev/event2"


@pytest.mark.parametrize(
    "name",
    [
        "Logitech USB Keyboard",
        "AT Translated Set 2 keyboard",
        "Dell Smart Card Reader Keyboard",
        "HP USB Smartcard CCID Keyboard Reader",
        "Fingerprint Reader",
        "Cherry GmbH CHERRY Corded Device",
        "Media Remote Control Reader",
    ],
)
def test_what_people_type_on_is_no_scanner(name):
    assert not hid.Keyboard("", name).is_scanner


@pytest.mark.parametrize(
    "name",
    [
        "USB Adapter Barcode Reader",
        "WIT Electron Company HID Barcode Keyboard Reader",
        "Newtologic NT4010S Scanner",
        "Sycreader RFID Technology Co., Ltd SYC ID&IC USB Reader",
        "SM SM-2D PRODUCT HID KBW",
        "Honeywell Imaging & Mobility 1900",
    ],
)
def test_what_calls_itself_a_scanner_is_one(name):
    assert hid.Keyboard("", name).is_scanner
    assert hid.Keyboard("", "Any Name", vendor=0x05F9).is_scanner


def test_keys_are_named_once():
    assert len(set(KEYS)) == len(KEYS)
