"""The configuration of scanners' ports."""

import pytest
from auto_id.iot_handlers.lib.auto_id.ports import (
    Port,
    PortError,
    parse,
    parse_places,
    present,
    stable_name,
)


def test_every_way_to_write_a_port():
    text = (
        "counter=/dev/serial/by-id/usb-Zebra_1-2@115200, /dev/ttyACM*,,"
        "dock=rfc2217://10.0.0.7:4001?logging=debug, socket://box@host:99"
    )
    assert parse(text) == [
        Port("counter", "/dev/serial/by-id/usb-Zebra_1-2", 115200),
        Port("", "/dev/ttyACM*"),
        Port("dock", "rfc2217://10.0.0.7:4001?logging=debug"),
        Port("", "socket://box@host:99"),
    ]
    assert parse(" , ") == []


@pytest.mark.parametrize("text", ["ttyUSB0", "a b=/dev/x", "counter=", "@9600", "=/dev/x"])
def test_what_is_no_port_is_named(text):
    with pytest.raises(PortError, match="is no port"):
        parse(text)


def test_ports_come_and_go_with_their_files(tmp_path):
    ports = parse(f"{tmp_path}/tty*, counter={tmp_path}/link, net=socket://h:1")
    assert set(present(ports)) == {"net"}
    (tmp_path / "tty1").touch()
    (tmp_path / "link").symlink_to(tmp_path / "tty1")
    assert set(present(ports)) == {"net", "counter", f"{tmp_path}/tty1"}
    (tmp_path / "tty1").unlink()
    assert set(present(ports)) == {"net"}


def test_a_named_pattern_gives_each_reader_its_own_name():
    found = present(parse("dock=/dev/tty*"), find=lambda pattern: ["/dev/ttyB", "/dev/ttyA"])
    assert list(found) == ["dock:ttyA", "dock:ttyB"]
    assert found["dock:ttyA"].place == "/dev/ttyA"


def test_the_speed_may_be_left_to_the_box():
    assert [port.baudrate for port in parse("a=/dev/x@auto, b=/dev/y, c=/dev/z@1200")] == [
        0,
        9600,
        1200,
    ]


def test_places_of_other_readers():
    assert parse_places("dock=10.0.0.5:5084, /dev/video0, door=rtsp://h/live?key=7") == [
        Port("dock", "10.0.0.5:5084", 0),
        Port("", "/dev/video0", 0),
        Port("door", "rtsp://h/live?key=7", 0),
    ]
    with pytest.raises(PortError, match="is no place"):
        parse_places("two words")


def test_a_usb_device_has_the_same_name_in_every_port(tmp_path):
    links = tmp_path / "by-id"
    links.mkdir()
    for number in (0, 1):  # plugged out and into another port
        (tmp_path / f"ttyUSB{number}").touch()
        (links / "usb-Zebra").unlink(missing_ok=True)
        (links / "usb-Zebra").symlink_to(f"../ttyUSB{number}")
        assert stable_name(f"{tmp_path}/ttyUSB{number}", links) == f"{links}/usb-Zebra"
    assert stable_name("/dev/ttyUSB7", links) == "/dev/ttyUSB7"
