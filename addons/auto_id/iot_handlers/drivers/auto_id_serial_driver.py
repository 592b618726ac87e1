"""Reads codes from serial scanners: on a serial or USB port, or behind a serial server."""

import logging
import os
from contextlib import closing

from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import configuration, ports
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.framing import framer
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.limits import Allowance
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.lines import open_line
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.places import shown
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.settings import SPEEDS
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.speeds import Speeds
from odoo.addons.iot_drivers.main import interfaces, iot_devices

_logger = logging.getLogger(__name__)


class AutoIdSerialScanner(ReaderDriver):
    """One scanner on one port that the configuration names."""

    kind = "serial"
    connection_type = "auto_id_serial"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self.device_type = "scanner"
        self.device_connection = "network" if "://" in self._place else "serial"
        self.device_name = f"Serial scanner {identifier}"
        self._garbage = Allowance(5, 60)

    @classmethod
    def supported(cls, device):
        return "place" in device

    @property
    def _place(self):
        return self.settings["place"] or self.dev["place"]

    def _serve(self):
        options = self.settings
        self._speeds = Speeds(self._candidates())
        with closing(open_line(self._place, self._speeds.current, options)) as line:
            self.working()
            _logger.info("Listening to %s at %s.", self.device_name, shown(self._place))
            while not self.interrupted:
                framing = framer(
                    options["framing"], length=options["code_length"], checksum=options["checksum"]
                )
                if not self._read(line, framing):
                    line.change_speed(self._speeds.current)

    def _read(self, line, framing):
        """Read until the driver is interrupted; False when the line must change its speed."""
        while not self.interrupted:
            chunk = line.receive()
            if not self._take(framing.feed(chunk) if chunk else self._fall_silent(framing)):
                return False
        return True

    def _candidates(self):
        """The speeds to try; the one that was right before comes first."""
        if self.settings["baudrate"] != "auto":
            return [int(self.settings["baudrate"])]
        if "://" in self._place:
            return [int(SPEEDS[0])]  # a network has no speed to find
        known = configuration.remembered(self.device_identifier)
        return sorted(map(int, SPEEDS), key=lambda speed: speed != known)

    def _fall_silent(self, framing):
        if framing.torn:
            self.failed("it sent half a code and fell silent")
        frame = framing.silence()
        return [frame] if frame else []

    def _take(self, frames):
        """Deliver what is readable; False when the line must change its speed."""
        for frame in frames:
            readable = not (frame.wrong or frame.is_garbage)
            was_found = self._speeds.is_found
            if self._speeds.judge(readable=readable):
                self.failed(f"nothing readable; {self._speeds.current} baud is tried now")
                return False
            if readable and not was_found:
                configuration.remember(self.device_identifier, self._speeds.current)
                _logger.info("%s speaks at %d baud.", self.device_name, self._speeds.current)
            if self._is_worth_keeping(frame, readable):
                self.deliver(frame.text)
        return True

    def _is_worth_keeping(self, frame, readable):
        """Some of what cannot be read is kept for people to see; not a flood of it."""
        if frame.wrong:
            self.failed("the checksum of a code is wrong")
        elif frame.cut:
            self.failed("it sent an over-long code; it was cut")
        elif not readable:
            self.failed("it sent what is no code")
        return readable or (not frame.wrong and self._garbage.take())


class AutoIdAnySerialScanner(AutoIdSerialScanner):
    """On a box whose odoo.conf names no ports: any USB serial port that no other driver wants.

    It is called by the name that udev gives the device, so that it stays the same reader
    whatever port it is plugged in; stock code knows it by its path.
    """

    connection_type = "serial"
    priority = -10

    def __init__(self, identifier, device):
        place = device["identifier"]
        super().__init__(ports.stable_name(place), {**device, "place": place})
        self._path = identifier

    @classmethod
    def supported(cls, device):
        name = device["identifier"]
        return name.startswith(("/dev/ttyACM", "/dev/ttyUSB")) and not configuration.local("serial")

    def disconnect(self):
        self.stop()
        iot_devices.pop(self._path, None)


def keep_from_stock_drivers(interface):
    """Hide the configured ports from stock drivers.

    They probe every port they see with the commands of scales, every three seconds for
    as long as no driver wants it, and a scanner would lose reads to that.
    """
    list_all = interface.get_devices

    def get_devices(self):
        taken = {os.path.realpath(place) for place in configuration.placed("serial").values()}
        devices = list_all(self)
        return {name: devices[name] for name in devices if os.path.realpath(name) not in taken}

    interface.get_devices = get_devices


if "SerialInterface" in interfaces:
    keep_from_stock_drivers(interfaces["SerialInterface"])
