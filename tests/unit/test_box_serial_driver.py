"""The serial driver on a pseudo-terminal, with a stand-in for the box around it."""

import importlib
import os
import sys
import threading
import time
import tty
import types

import pytest
from auto_id.iot_handlers.lib.auto_id.ports import Port
from auto_id.iot_handlers.lib.auto_id.spool import Spool

STOCK = "odoo.addons.iot_drivers"
LIBRARY = "auto_id.iot_handlers.lib.auto_id"


class Driver(threading.Thread):
    """As much of stock `Driver` as ours uses."""

    def __init__(self, identifier, device):
        super().__init__(daemon=True)
        self.device_identifier = identifier
        self._stopped = threading.Event()


class SerialInterface:
    """Stock's finder of ports: it sees whatever is there."""

    seen = ()

    def get_devices(self):
        return {name: {"identifier": name} for name in self.seen}


@pytest.fixture
def conf():
    return {}


@pytest.fixture
def driver(monkeypatch, tmp_path, conf):
    """The driver's module, loaded as a box does it."""

    def provide(name, **content):
        module = types.ModuleType(name)
        module.__dict__.update(content, __path__=[])
        monkeypatch.setitem(sys.modules, name, module)

    helpers = types.SimpleNamespace(get_conf=lambda key, section: conf.get(key))
    for name in (
        "odoo",
        "odoo.addons",
        STOCK,
        f"{STOCK}.iot_handlers",
        f"{STOCK}.iot_handlers.lib",
    ):
        provide(name)
    provide(f"{STOCK}.driver", Driver=Driver)
    provide(f"{STOCK}.main", interfaces={"SerialInterface": type("S", (SerialInterface,), {})})
    provide(f"{STOCK}.tools", helpers=helpers)
    ours = f"{STOCK}.iot_handlers.lib.auto_id"
    ports, framing = (importlib.import_module(f"{LIBRARY}.{part}") for part in ("ports", "framing"))
    provide(ours, ports=ports)
    monkeypatch.setitem(sys.modules, f"{ours}.framing", framing)
    provide(f"{ours}.outbox", spool=Spool(tmp_path / "spool.sqlite3"))
    name = "auto_id.iot_handlers.drivers.auto_id_serial_driver"
    monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module(name)
    sys.modules.pop(name)


@pytest.fixture
def line():
    """The scanner's end of a line, and the path of the box's end."""
    scanner_end, box_end = os.openpty()
    tty.setraw(box_end)
    yield scanner_end, os.ttyname(box_end)
    os.close(box_end)
    os.close(scanner_end)


def codes(driver, number, seconds=5):
    end = time.monotonic() + seconds
    while len(driver.spool) < number and time.monotonic() < end:
        time.sleep(0.01)
    return [(event.reader, event.code) for event in driver.spool.batch(99)]


@pytest.fixture
def started(driver, line):
    """A scanner that listens to the line."""
    scanner = driver.AutoIdSerialScanner("counter", {"port": Port("counter", line[1])})
    scanner.start()
    time.sleep(0.3)  # what comes before the line is open is lost, as with real lines
    yield scanner
    scanner._stopped.set()
    scanner.join(5)
    assert not scanner.is_alive()


def test_codes_go_to_the_spool_with_their_reader(driver, line, started):
    os.write(line[0], b"CARD-7\r\nCARD-8\r")
    assert codes(driver, 2) == [("counter", "CARD-7"), ("counter", "CARD-8")]
    assert (started.device_type, started.device_connection) == ("scanner", "serial")


def test_silence_ends_the_code_of_a_scanner_without_suffix(driver, line, started):
    os.write(line[0], b"CARD-7")
    assert codes(driver, 1) == [("counter", "CARD-7")]


def test_a_full_spool_does_not_end_the_reading(driver, line, started, monkeypatch, caplog):
    def fail(reader, code):
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(driver.spool, "put", fail)
        os.write(line[0], b"LOST\r")
        time.sleep(0.3)
    os.write(line[0], b"CARD-7\r")
    assert codes(driver, 1) == [("counter", "CARD-7")]
    assert "could not be stored" in caplog.text


def test_a_port_that_comes_later_is_opened(driver, line, tmp_path):
    link = tmp_path / "link"
    scanner = driver.AutoIdSerialScanner("counter", {"port": Port("counter", str(link))})
    scanner.start()
    time.sleep(0.3)
    link.symlink_to(line[1])
    time.sleep(1.2)
    os.write(line[0], b"CARD-7\r")
    assert codes(driver, 1) == [("counter", "CARD-7")]
    scanner._stopped.set()
    scanner.join(5)


def test_without_configuration_any_usb_port_that_nobody_wants(driver, conf):
    device = {"identifier": "/dev/ttyACM3"}
    scanner = driver.AutoIdAnySerialScanner
    assert scanner.connection_type == "serial"
    assert scanner.priority < 0  # asked after the drivers of scales
    assert scanner.supported(device)
    assert not scanner.supported({"identifier": "/dev/ttyAMA0"})
    assert scanner("/dev/ttyACM3", device)._port == Port("/dev/ttyACM3", "/dev/ttyACM3")
    conf["serial_ports"] = "/dev/ttyUSB0"
    assert not scanner.supported(device)


def test_stock_drivers_do_not_see_configured_ports(driver, conf, tmp_path):
    (tmp_path / "tty").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "tty")
    stock = driver.interfaces["SerialInterface"]()
    stock.seen = [f"{tmp_path}/tty", "/dev/ttyUSB7"]
    conf["serial_ports"] = f"counter={tmp_path}/by-id"
    assert list(stock.get_devices()) == ["/dev/ttyUSB7"]
    conf["serial_ports"] = "nonsense"
    assert len(stock.get_devices()) == 2
