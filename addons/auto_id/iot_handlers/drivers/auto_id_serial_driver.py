"""Reads codes from serial scanners: on a serial or USB port, or behind a serial server."""

import logging
import os
import socket

import serial
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import configuration, ports
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.framing import framer
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.limits import Allowance
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.places import shown
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.settings import SPEEDS
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.speeds import Speeds
from odoo.addons.iot_drivers.main import interfaces, iot_devices

_logger = logging.getLogger(__name__)

CHUNK = 4096
PARITIES = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


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
        with self._open() as line:
            self.working()
            _logger.info("Listening to %s at %s.", self.device_name, shown(self._place))
            while not self.interrupted:
                framing = framer(
                    options["framing"], length=options["length"], checksum=options["checksum"]
                )
                self._read(line, framing)
                line.baudrate = self._speeds.current
                line.reset_input_buffer()

    def _read(self, line, framing):
        """Read until the line must change its speed, fails, or the driver is interrupted."""
        while not self.interrupted:
            chunk = line.read(1)
            if chunk:
                chunk += line.read(min(line.in_waiting, CHUNK))
                frames = framing.feed(chunk)
            else:
                frames = self._fall_silent(framing)
            if not self._take(frames):
                return

    def _candidates(self):
        """The speeds to try; the one that was right before comes first."""
        if self.settings["baudrate"] != "auto":
            return [int(self.settings["baudrate"])]
        if "://" in self._place:
            return [int(SPEEDS[0])]  # a network has no speed to find
        known = configuration.remembered(self.device_identifier)
        return sorted(map(int, SPEEDS), key=lambda speed: speed != known)

    def _open(self):
        options = self.settings
        local = {} if "://" in self._place else {"exclusive": True}
        line = serial.serial_for_url(
            self._place,
            self._speeds.current,
            bytesize=int(options["bytesize"]),
            parity=PARITIES[options["parity"]],
            stopbits=int(options["stopbits"]),
            timeout=options["silence"],
            **local,
        )
        _notice_a_lost_peer(getattr(line, "_socket", None))
        return line

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


def _notice_a_lost_peer(connection):
    """A serial server that loses its power says nothing: have the kernel ask for it."""
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


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
