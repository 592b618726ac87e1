"""Reads codes from scanners that play a keyboard, and takes nobody's keyboard away.

A scanner is known by its name or maker; whatever else has keys is left alone until somebody
says that it is a scanner. What is taken is grabbed: its keys reach no other program.
"""

import contextlib
import logging
import os
import time

from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import configuration, hid
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.key_reader import KeyReader
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.keys import Typist
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver
from odoo.addons.iot_drivers.main import drivers, interfaces

_logger = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds after which new settings count, when no key comes."""
LEFT_ALONE = (
    "This may be a keyboard that people type on. If it is a scanner, say so in its settings."
)


class AutoIdKeyboardScanner(ReaderDriver):
    """One scanner. Each has its own state: several on one box do not disturb each other."""

    kind = "keyboard"
    connection_type = "auto_id_keyboard"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self._keyboard = device["keyboard"]
        self.device_type = "keyboard"
        self.device_connection = "direct"
        self.device_name = self._keyboard.name or identifier

    @classmethod
    def supported(cls, device):
        return True

    def _serve(self):
        if not is_ours(self._keyboard):
            self._set_state("waiting", LEFT_ALONE)
            self._changed.wait()
            return
        release_from_stock(self._keyboard)
        with hid.KeyEvents(self._keyboard.path, grab=self.settings["grab"]) as source:
            self.working()
            _logger.info("Listening to %s.", self.device_name)
            self._read(source)

    def _read(self, source):
        options = self.settings
        typist = Typist(options["layout"], options["end_keys"], caps_lock=source.caps_lock)
        reader = KeyReader(typist, options["silence"])
        last = time.monotonic()
        while not self.interrupted:
            if events := source.read(min(PATIENCE, options["silence"])):
                last = time.monotonic()
                frames = reader.feed(events)
            else:
                frames = reader.idle(time.monotonic() - last)
            self._take(frames, reader)

    def _take(self, frames, reader):
        for frame in frames:
            if frame.cut:
                self.failed("it sent an over-long code; it was cut")
            self.deliver(frame.text)
        if reader.torn:
            reader.torn = 0
            self.failed("a part of a code got lost; it was left out")


def is_ours(keyboard):
    """Whether it serves as a scanner: it is known as one, or somebody said so."""
    named = map(os.path.realpath, configuration.placed("keyboard").values())
    claimed = configuration.reader(keyboard.identifier, "keyboard")["claimed"]
    return keyboard.is_scanner or claimed or os.path.realpath(keyboard.path) in named


def keep_from_stock_driver(interface):
    """Hide our scanners from the stock driver of USB keyboards.

    It would grab them, too, and reads all keyboards of a box into one list.
    """
    list_all = interface.get_devices

    def get_devices(self):
        ours = {(k.vendor, k.product) for k in hid.keyboards() if is_ours(k)}
        devices = list_all(self)
        return {
            name: device
            for name, device in devices.items()
            if (device.idVendor, device.idProduct) not in ours
        }

    interface.get_devices = get_devices


def release_from_stock(keyboard):
    """The stock driver never lets go of a scanner that it has grabbed before it became ours."""
    for driver in drivers:
        for device in getattr(driver, "input_devices", ()):
            if device.path == keyboard.path:
                with contextlib.suppress(OSError):
                    device.ungrab()


if "USBInterface" in interfaces:
    keep_from_stock_driver(interfaces["USBInterface"])
