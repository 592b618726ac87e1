"""The driver of scanners that play keyboards: each for itself, and nobody's keyboard taken."""

import os

import pytest
from auto_id.iot_handlers.lib.auto_id import hid
from box_stand_in import Box, wait_for

from box.simulators import keyboard
from box.simulators.keystrokes import ENTER, input_events, keystrokes
from box.simulators.serial_scanner import ScannerError


@pytest.fixture
def box(monkeypatch, tmp_path):
    return Box(monkeypatch, tmp_path)


class Pipe:
    """A scanner's events without a kernel's device: what it sends is read as from one."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)

    def scan(self, text, layout="us", end=(ENTER,)):
        with self.open() as file:
            file.write(input_events([*keystrokes(text, layout), *end]))

    def open(self):
        """Once a driver listens; what nobody listens to is lost."""
        wait_for(self._is_heard)
        return os.fdopen(self._file, "wb")

    def _is_heard(self):
        try:
            self._file = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True


USES = ("hid", "keys", "key_reader", "layouts")


@pytest.fixture
def plug(box, tmp_path):
    """Start the driver for a keyboard; what was started is stopped at the end."""
    module = box.load("drivers.auto_id_keyboard_driver", *USES)
    module.PATIENCE = 0.02
    started = []

    def plug(name, place, identifier=None):
        board = hid.Keyboard(str(place), name, place=str(place))
        identifier = identifier or board.identifier
        driver = module.AutoIdKeyboardScanner(
            identifier, {"identifier": identifier, "keyboard": board}
        )
        driver.start()
        started.append(driver)
        return driver

    plug.module = module
    yield plug
    for driver in started:
        driver.stop()
        driver.join(5)
        assert not driver.is_alive()


def test_two_scanners_at_once_do_not_disturb_each_other(box, plug, tmp_path):
    first, second = Pipe(tmp_path / "one"), Pipe(tmp_path / "two")
    one, two = plug("Barcode Scanner", first.path), plug("Barcode Scanner", second.path)
    wait_for(lambda: one.state == two.state == "working")
    with first.open() as file:
        file.write(input_events(keystrokes("HALF-")))
        file.flush()
        second.scan("SECOND")
        file.write(input_events([*keystrokes("FIRST"), ENTER]))
    found = {reader.rpartition("/")[2]: code for reader, code in box.codes(2)}
    assert found == {"one": "HALF-FIRST", "two": "SECOND"}


def test_a_keyboard_is_left_alone_until_somebody_says_it_is_a_scanner(box, plug, tmp_path):
    pipe = Pipe(tmp_path / "board")
    driver = plug("Logitech K120", pipe.path)
    wait_for(lambda: driver.last_error)
    assert driver.state == "waiting"
    configuration = box.library("configuration")
    settings = {"driver": "keyboard", "claimed": True, "layout": "de", "prefix": "Z"}
    configuration.store("1", {driver.device_identifier: settings})
    wait_for(lambda: driver.state == "working")
    pipe.scan("Zy-7", "de")
    assert box.codes(1) == [(driver.device_identifier, "y-7")]
    configuration.store("2", {driver.device_identifier: {"driver": "keyboard"}})
    wait_for(lambda: driver.state == "waiting")


def test_a_scanner_without_enter_ends_its_code_by_silence(box, plug, tmp_path):
    pipe = Pipe(tmp_path / "scanner")
    plug("Barcode Scanner", pipe.path)
    pipe.scan("CARD-7", end=())
    assert [code for _, code in box.codes(1)] == ["CARD-7"]


def test_a_scanner_that_is_unplugged_is_tried_again(box, plug, tmp_path):
    driver = plug("Barcode Scanner", tmp_path / "scanner")
    wait_for(lambda: "No such file" in driver.last_error)
    pipe = Pipe(tmp_path / "scanner")
    wait_for(lambda: driver.state == "working")
    pipe.scan("CARD-7")
    assert [code for _, code in box.codes(1)] == ["CARD-7"]


def test_what_odoo_conf_names_is_a_scanner(box, plug, tmp_path):
    pipe = Pipe(tmp_path / "till")
    box.conf["keyboards"] = f"till={pipe.path}"
    interface = box.load("interfaces.auto_id_keyboard_interface", *USES)
    found = interface.AutoIdKeyboardInterface().get_devices()["till"]["keyboard"]
    plug(found.name, found.path, "till")
    pipe.scan("CARD-7")
    assert box.codes(1) == [("till", "CARD-7")]


class StockDevice:
    """A keyboard as python-evdev gives it to the stock driver."""

    def __init__(self, path):
        self.path = path
        self.grabbed = True

    def ungrab(self):
        if not self.grabbed:
            raise OSError
        self.grabbed = False


def test_scanners_are_hidden_from_the_stock_driver_and_wrested_from_it(box, monkeypatch):
    class USBInterface:
        def get_devices(self):
            usb = type("Usb", (), {"idVendor": 0x05E0, "idProduct": 0x1200})
            board = type("Usb", (), {"idVendor": 0x046D, "idProduct": 0xC31C})
            return {"usb_05e0:1200": usb, "usb_046d:c31c": board}

    ours = hid.Keyboard("/dev/input/event3", "Symbol", 0x05E0, 0x1200)
    typed_on = hid.Keyboard("/dev/input/event4", "Logitech K120", 0x046D, 0xC31C)
    monkeypatch.setattr(hid, "keyboards", lambda: iter([ours, typed_on]))
    box.interfaces["USBInterface"] = USBInterface
    stock = [StockDevice(ours.path), StockDevice(typed_on.path)]
    box.drivers += [type("Other", (), {}), type("Stock", (), {"input_devices": stock})]
    module = box.load("drivers.auto_id_keyboard_driver", *USES)
    assert list(USBInterface().get_devices()) == ["usb_046d:c31c"]
    module.release_from_stock(ours)
    module.release_from_stock(ours)
    assert [device.grabbed for device in stock] == [False, True]


@pytest.mark.skipif(
    not os.access("/dev/uinput", os.W_OK),
    reason="this machine's kernel lets nobody make a keyboard (/dev/uinput)",
)
def test_a_keyboard_of_the_kernel_is_grabbed(box, plug):
    evdev = pytest.importorskip("evdev")
    simulated = keyboard.KernelBoard()
    try:
        path = simulated._device.device.path
        wait_for(lambda: any(one.path == path for one in hid.keyboards()))
        found = next(one for one in hid.keyboards() if one.path == path)
        assert found.is_scanner
        driver = plug(found.name, path)
        wait_for(lambda: driver.state == "working")
        with pytest.raises(OSError, match="busy"):
            evdev.InputDevice(path).grab()
        simulated.type([*keystrokes("CARD-7"), ENTER])
        assert [code for _, code in box.codes(1)] == ["CARD-7"]
    finally:
        simulated.close()


def test_the_simulated_scanner_of_the_command_line(box, plug, tmp_path):
    scanner = keyboard.Scanner(tmp_path / "till", keyboard.PipeBoard(tmp_path / "pipe"), "fr")
    box.library("configuration").store(
        "1", {"hid_0000:0000_" + str(tmp_path / "pipe"): {"driver": "keyboard", "layout": "fr"}}
    )
    plug("Barcode Scanner", tmp_path / "pipe")
    scanner.scan("Aqz-12é@".encode())
    assert [code for _, code in box.codes(1)] == ["Aqz-12é@"]


def test_the_simulated_scanner_says_that_nobody_listens(tmp_path, monkeypatch):
    monkeypatch.setattr(keyboard, "WAIT_SECONDS", 0.1)
    with pytest.raises(ScannerError, match="no box reads"):
        keyboard.PipeBoard(tmp_path / "pipe").type([ENTER])
