"""The configuration of scanners' ports."""

import pytest
from auto_id.iot_handlers.lib.auto_id.ports import Port, PortError, parse, present


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
