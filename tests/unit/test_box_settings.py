"""The check of readers' settings, which both sides make: nothing but what is listed gets in."""

import json
import re
import string

import pytest
from auto_id.iot_handlers.lib.auto_id import places
from auto_id.iot_handlers.lib.auto_id.settings import DRIVERS, Rows, SettingsError, check
from hypothesis import given
from hypothesis import strategies as st

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
options = sorted({name for table in DRIVERS.values() for name in table} | {"place"})
drivers = st.sampled_from(sorted(DRIVERS))
NASTY = [
    "/etc/passwd",
    "/dev/mem",
    "/dev/tty",
    "/dev/tty1",
    "/dev/../etc/passwd",
    "/dev/serial/by-id/../../../etc/passwd",
    "/dev/serial/by-id/",
    "/dev/ttyUSB0\n",
    "/dev/ttyUSB0\x00",
    "/dev/ttyUSB*",
    "spy:///dev/ttyUSB0?file=/root/.profile",
    "loop://?logging=debug",
    "alt:///dev/ttyUSB0?class=x",
    "hwgrep://.*",
    "cp2110://1",
    "SOCKET://h:1",
    "socket://h:1?logging=debug",
    "socket://h:1/../../x",
    "socket://user@h:1",
    "socket://h",
    "socket://h:0",
    "socket://h:65536",
    "rfc2217://h:1?ign_set_control",
    "file:///etc/passwd",
    "10.0.0.5:5084/x",
    "10.0.0.5 --help",
    "-v",
    "$(reboot)",
    "`reboot`",
    "a;b",
    "\\\\host\\share",
    "rtsp://h/\x7f",
    "rtsp://a@b@c/x",
    "http://h/ x",
    "concat:/etc/passwd",
    "pipe:0",
    " ",
    "x" * 600,
]
FINE = [
    ("serial", "/dev/ttyUSB0"),
    ("serial", "/dev/ttyACM12"),
    ("serial", "/dev/ttyAMA0"),
    ("serial", "/dev/rfcomm0"),
    ("serial", "/dev/serial/by-id/usb-Zebra_Technologies_DS2208-if00"),
    ("serial", "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0"),
    ("serial", "socket://10.0.0.7:4001"),
    ("serial", "rfc2217://[fe80::1]:4001"),
    ("llrp", "10.0.0.5"),
    ("llrp", "speedway-10-ab-cd.local:5084"),
    ("camera", "/dev/video0"),
    ("camera", "/dev/v4l/by-id/usb-cam-video-index0"),
    ("camera", "rtsp://user:p%40ss@10.0.0.9:554/live?channel=1"),
    ("camera", "https://cam.example/stream.mjpg"),
]


@given(drivers, st.dictionaries(st.sampled_from(options), json_values, max_size=4))
def test_whatever_comes_is_refused_or_becomes_complete(driver, values):
    try:
        found = check(driver, values)
    except SettingsError as error:
        assert error.option.partition(".")[0] in DRIVERS[driver] | {"place": None}
        return
    assert set(found) == {"driver", "place", *DRIVERS[driver]}
    assert check(driver, json.loads(json.dumps(found))) == found


@given(json_values, json_values)
def test_no_shape_of_settings_breaks_the_check(driver, values):
    with pytest.raises(SettingsError):
        check(driver, values)


@pytest.mark.parametrize("driver", DRIVERS)
def test_defaults_are_right_and_unknown_options_are_left_out(driver):
    found = check(driver, {"option_of_a_newer_server": 1})
    assert "option_of_a_newer_server" not in found
    for name, option in DRIVERS[driver].items():
        assert option.check(found[name]) == option.default


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("place", NASTY)
def test_a_place_that_is_none_is_refused_without_asking_the_box(driver, place):
    if driver == "llrp" and re.fullmatch(r"[\w.]+", place):
        pytest.skip("the name of a host, to which the driver connects")
    try:
        check(driver, {"place": place}, lambda place: False)
    except SettingsError as error:
        assert error.option == "place"
        assert place.strip() not in str(error).split() or not place.strip()
    else:
        pytest.fail(f"{place!r} passed")


@pytest.mark.parametrize(("driver", "place"), FINE)
def test_usual_places_are_fine(driver, place):
    assert check(driver, {"place": place}, lambda place: False)["place"] == place


@pytest.mark.parametrize(
    ("driver", "place"), [("serial", "/dev/pts/7"), ("camera", "pictures/door")]
)
def test_the_box_itself_allows_terminals_and_folders(driver, place):
    assert check(driver, {"place": place}, lambda place: True)["place"] == place
    with pytest.raises(SettingsError, match="allowed_places"):
        check(driver, {"place": place}, lambda place: False)


@given(st.sampled_from(sorted(places.FORMS)), st.text(string.printable, max_size=60))
def test_no_text_gets_around_the_forms(driver, place):
    """Whatever passes names a device, a host and port, a stream, or a path without dots."""
    try:
        found = places.check(driver, place, lambda place: True)
    except ValueError:
        return
    assert ".." not in re.split(r"[/\\]", found)
    assert re.match(r"/dev/|(socket|rfc2217|rtsps?|https?)://|/?[\w.@+\[-]", found) or not found


def test_antennas_have_numbers_of_their_own():
    rows = [{"number": 1, "power": 30}, {"number": 2, "zone": "Shelf", "role": "in"}]
    assert check("llrp", {"antennas": rows})["antennas"] == [
        {"number": 1, "power": 30, "zone": "", "role": "zone"},
        {"number": 2, "power": 0, "zone": "Shelf", "role": "in"},
    ]
    with pytest.raises(SettingsError, match="twice"):
        check("llrp", {"antennas": [{"number": 1}, {"number": 1}]})
    with pytest.raises(SettingsError, match=r"antennas\.power"):
        check("llrp", {"antennas": [{"number": 1, "power": 99}]})
    assert isinstance(DRIVERS["llrp"]["antennas"], Rows)


def test_what_is_shown_of_a_place_holds_no_password():
    assert places.shown("rtsp://door:secret@10.0.0.9/live?key=secret") == "rtsp://10.0.0.9/live"
    assert places.shown("http://a:secret@b@c/x") == "http://c/x"
    assert places.shown("/dev/ttyUSB0") == "/dev/ttyUSB0"
