"""The serial driver on a pseudo-terminal, with a stand-in for the box around it."""

import contextlib
import os
import socket
import termios
import threading
import time
import tty

import pytest
import serial
import serial.rfc2217
from box_stand_in import Box


@pytest.fixture
def box(monkeypatch, tmp_path):
    return Box(monkeypatch, tmp_path)


@pytest.fixture
def driver(box):
    """The driver's module, loaded as a box does it."""
    return box.load(
        "drivers.auto_id_serial_driver",
        *("framing", "limits", "lines", "places", "ports", "settings", "speeds"),
    )


@pytest.fixture
def line():
    """The scanner's end of a line, and the path of the box's end."""
    scanner_end, box_end = os.openpty()
    tty.setraw(box_end)
    yield scanner_end, os.ttyname(box_end)
    os.close(box_end)
    os.close(scanner_end)


@pytest.fixture
def start(driver, line):
    """Start a scanner that listens to the line; all of them end with the test."""
    started = []

    def start(place=line[1], name="counter"):
        scanner = driver.AutoIdSerialScanner(name, {"identifier": name, "place": place})
        scanner.start()
        started.append(scanner)
        time.sleep(0.3)  # what comes before the line is open is lost, as with real lines
        return scanner

    yield start
    for scanner in started:
        scanner.disconnect()
    for scanner in started:
        scanner.join(5)
        assert not scanner.is_alive()


class PseudoPort(serial.Serial):
    """A pseudo-terminal has no modem lines."""

    cts = dsr = ri = cd = rts = dtr = False


class LentPort:
    """A serial server that speaks RFC 2217 for a port: pyserial's own server half."""

    def __init__(self, path):
        self._port = PseudoPort(path, timeout=0.05)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"rfc2217://127.0.0.1:{self._listener.getsockname()[1]}"
        self._done = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._done.set()
        self._listener.close()

    def write(self, data):
        self._line.sendall(data)

    def _serve(self):
        self._line, _address = self._listener.accept()
        manager = serial.rfc2217.PortManager(self._port, self)
        self._line.settimeout(0.05)
        with self._line:
            while not self._done.is_set():
                with contextlib.suppress(TimeoutError):
                    list(manager.filter(self._line.recv(1024)))
                if data := self._port.read(64):
                    self._line.sendall(b"".join(manager.escape(data)))


def settle(box, **options):
    """Settings for the reader `counter`, as if they came from Odoo."""
    box.library("configuration").store("v", {"counter": {"driver": "serial", **options}})
    time.sleep(0.5)


def speed(line):
    return termios.tcgetattr(line[0])[4]


def test_codes_go_to_the_spool_with_their_reader(box, line, start):
    scanner = start()
    os.write(line[0], b"CARD-7\r\nCARD-8\r")
    assert box.codes(2) == [("counter", "CARD-7"), ("counter", "CARD-8")]
    assert (scanner.device_type, scanner.device_connection) == ("scanner", "serial")
    assert (scanner.state, scanner.reads, scanner.errors) == ("working", 2, 0)


def test_silence_ends_the_code_of_a_scanner_without_suffix(box, line, start):
    start()
    os.write(line[0], b"CARD-7")
    assert box.codes(1) == [("counter", "CARD-7")]


def test_a_full_spool_does_not_end_the_reading(box, line, start, monkeypatch, caplog):
    def fail(reads):
        raise OSError("the disk is full")

    scanner = start()
    with monkeypatch.context() as patch:
        patch.setattr(box.library("reader_driver").outbox, "put_many", fail)
        os.write(line[0], b"LOST\r")
        time.sleep(0.3)
    os.write(line[0], b"CARD-7\r")
    assert box.codes(1) == [("counter", "CARD-7")]
    assert "could not be stored" in caplog.text
    assert (scanner.reads, scanner.errors) == (1, 1)


def test_a_port_that_comes_later_is_opened(box, line, start, tmp_path):
    link = tmp_path / "link"
    scanner = start(str(link))
    assert scanner.state == "waiting"
    link.symlink_to(line[1])
    time.sleep(1.2)
    os.write(line[0], b"CARD-7\r")
    assert box.codes(1) == [("counter", "CARD-7")]


def test_new_settings_take_effect_at_once(box, line, start):
    scanner = start()
    settle(box, baudrate="19200", prefix="]C1", repeat_after=60)
    assert speed(line) == termios.B19200
    os.write(line[0], b"]C1CARD-7\rCARD-7\rCARD-8\r")
    assert box.codes(2) == [("counter", "CARD-7"), ("counter", "CARD-8")]
    settle(box, enabled=False)
    assert scanner.state == "waiting"
    os.write(line[0], b"NOBODY-LISTENS\r")
    settle(box, framing="fixed", code_length=3)
    termios.tcflush(line[0], termios.TCIOFLUSH)
    os.write(line[0], b"abcdef")
    assert box.codes(4)[-2:] == [("counter", "abc"), ("counter", "def")]


def test_the_speed_is_found_and_remembered(box, line, start):
    box.library("configuration").store("v", {"counter": {"driver": "serial"}})
    scanner = start()
    for _ in range(4):  # wrong at 9600, right at 115200
        right = speed(line) == termios.B115200
        os.write(line[0], b"CARD-7\r" if right else b"\x86\xff\xe6\r")
        time.sleep(0.2)
    assert box.codes(3) == [("counter", "CARD-7")] * 3
    assert scanner.errors == 1
    scanner.disconnect()
    scanner.join(5)
    start()
    assert speed(line) == termios.B115200


def test_a_flood_of_garbage_is_counted_and_not_stored(box, line, start, caplog):
    settle(box, baudrate="9600")
    scanner = start()
    for _ in range(50):
        os.write(line[0], b"\x86\xff\xfe\r" * 10)
        time.sleep(0.005)
    os.write(line[0], b"CARD-7\r")
    codes = box.codes(6)
    assert codes[-1] == ("counter", "CARD-7")
    assert len(codes) == 6
    assert scanner.errors == 500
    assert caplog.text.count("it sent what is no code") <= 10


def test_what_a_serial_server_has_kept_is_not_thrown_away(box, start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = start(f"socket://127.0.0.1:{server.getsockname()[1]}")
        for code in (b"KEPT-1\r", b"KEPT-2\r"):  # the box comes again after the first hangs up
            line, _address = server.accept()
            with line:
                line.sendall(code)
                line.shutdown(socket.SHUT_WR)
                assert line.recv(1) == b""
    assert box.codes(2) == [("counter", "KEPT-1"), ("counter", "KEPT-2")]
    assert scanner.device_connection == "network"
    assert scanner.errors


@pytest.mark.filterwarnings("ignore::DeprecationWarning:serial.rfc2217")
def test_a_port_that_a_server_lends(box, line, start):
    """RFC 2217: the far port gets our speed, and its bytes arrive."""
    with LentPort(line[1]) as lent:
        box.library("configuration").store("v", {"dock": {"driver": "serial", "baudrate": "38400"}})
        scanner = start(lent.place, "dock")
        end = time.monotonic() + 10
        while scanner.state != "working":  # the two ends agree on the line first
            assert time.monotonic() < end
            time.sleep(0.01)
        os.write(line[0], b"CARD-7\r")
        assert box.codes(1) == [("dock", "CARD-7")]
        assert speed(line) == termios.B38400


def test_without_configuration_any_usb_port_that_nobody_wants(box, driver, monkeypatch):
    device = {"identifier": "/dev/ttyACM3"}
    cls = driver.AutoIdAnySerialScanner
    assert cls.connection_type == "serial"
    assert cls.priority < 0  # asked after the drivers of scales
    assert cls.supported(device)
    assert not cls.supported({"identifier": "/dev/ttyAMA0"})
    monkeypatch.setattr(driver.ports, "stable_name", lambda device: "/dev/serial/by-id/usb-Zebra")
    box.devices["/dev/ttyACM3"] = scanner = cls("/dev/ttyACM3", device)
    assert (scanner.device_identifier, scanner._place) == (
        "/dev/serial/by-id/usb-Zebra",
        "/dev/ttyACM3",
    )
    scanner.disconnect()
    assert not box.devices
    box.conf["serial_ports"] = "/dev/null"
    assert not cls.supported(device)


def test_stock_drivers_do_not_see_configured_ports(box, driver, tmp_path):
    (tmp_path / "tty").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "tty")
    stock = box.interfaces["SerialInterface"]()
    stock.seen = [f"{tmp_path}/tty", "/dev/ttyUSB7", "/dev/ttyUSB8"]
    box.conf["serial_ports"] = f"counter={tmp_path}/by-id"
    assert list(stock.get_devices()) == ["/dev/ttyUSB7", "/dev/ttyUSB8"]
    settings = {"driver": "serial", "place": "/dev/ttyUSB8"}
    box.library("configuration").store("v", {"dock": settings})
    assert list(stock.get_devices()) == ["/dev/ttyUSB7"]
    box.conf["serial_ports"] = "nonsense"
    assert len(stock.get_devices()) == 2
