"""Keyboards as the kernel gives them: which there are, which are scanners, their events."""

import ctypes
import os

import kernel_headers
import pytest
from auto_id.iot_handlers.lib.auto_id import hid, keys
from auto_id.iot_handlers.lib.auto_id.keys import EV_KEY, EV_LED, SYN_DROPPED, Event
from auto_id.iot_handlers.lib.auto_id.layouts import KEYS

A, ENTER = 30, 28


def test_the_kernel_has_the_same_numbers(tmp_path):
    names = {
        "EVIOCGRAB": hid._EVIOCGRAB,
        "EVIOCSCLOCKID": hid._EVIOCSCLOCKID,
        "EVIOCGLED(8)": hid._EVIOCGLED,
        "sizeof(struct input_event)": hid._EVENT.size,
        "offsetof(struct input_event, value)": hid._EVENT.size - 4,
        "SYN_DROPPED": SYN_DROPPED,
        "LED_CAPSL": keys.LED_CAPS_LOCK,
        "KEY_F8": keys.F8,
        "KEY_CAPSLOCK": keys.CAPS_LOCK,
        "KEY_KPENTER": keys.KEYPAD_ENTER,
        "KEY_RIGHTALT": keys.RIGHT_ALT,
        "KEY_KP7": next(code for code, digit in keys.KEYPAD_DIGITS.items() if digit == "7"),
        "KEY_102ND": KEYS[37],
    }
    found = kernel_headers.values(tmp_path, "linux/input.h", names)
    assert dict(zip(names, found, strict=True)) == names


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
        sent = [Event(100.0, EV_KEY, code, value) for code in (A, ENTER) for value in (1, 0)]
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
    plug_in("event5", "Keyboard outside of the container", ALL_KEYS)
    (tmp_path / "event4").mkdir()  # just plugged out
    (tmp_path / "dev").mkdir()
    for number in range(5):
        (tmp_path / f"dev/event{number}").touch()
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
