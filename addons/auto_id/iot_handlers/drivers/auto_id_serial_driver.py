"""Reads codes from a serial scanner and puts them in the box's spool."""

import logging
import os

import serial
from odoo.addons.iot_drivers.driver import Driver
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import ports
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.framing import Framer
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.outbox import spool
from odoo.addons.iot_drivers.main import interfaces
from odoo.addons.iot_drivers.tools import helpers

_logger = logging.getLogger(__name__)

SILENCE = 0.25
"""Seconds without a byte after which a code of a scanner without a suffix is complete."""
REOPEN_PAUSES = (0.2, 0.5, 1, 2, 5)
CHUNK = 4096


class AutoIdSerialScanner(Driver):
    """One scanner on one port; a port that fails is opened again until it is removed."""

    connection_type = "auto_id_serial"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self._port = self._port_of(device)
        self.device_type = "scanner"
        self.device_connection = "network" if self._port.is_network else "serial"
        self.device_name = f"Serial scanner {self._port.name}"
        self.device_manufacturer = ""
        self._failures = 0

    @classmethod
    def supported(cls, device):
        return "port" in device

    @staticmethod
    def _port_of(device):
        return device["port"]

    def run(self):
        while not self._stopped.is_set():
            try:
                self._serve()
            except (OSError, ValueError) as error:  # SerialException is an OSError
                self._complain(error)
            pause = REOPEN_PAUSES[min(self._failures, len(REOPEN_PAUSES)) - 1]
            self._stopped.wait(pause)

    def _serve(self):
        """Read the port until it fails or is removed."""
        with self._open() as line:
            _logger.info("Listening to %s.", self.device_name)
            framer = Framer()
            while not self._stopped.is_set():
                chunk = line.read(1)
                self._failures = 0
                if chunk:
                    chunk += line.read(min(line.in_waiting, CHUNK))
                    self._deliver(framer.feed(chunk))
                else:
                    self._fall_silent(framer)

    def _open(self):
        port = self._port
        options = {} if port.is_network else {"exclusive": True}
        return serial.serial_for_url(port.place, port.baudrate, timeout=SILENCE, **options)

    def _fall_silent(self, framer):
        if framer.torn:
            _logger.warning("%s sent half a code and fell silent.", self.device_name)
        frame = framer.silence()
        self._deliver([frame] if frame else [])

    def _deliver(self, frames):
        for frame in frames:
            if frame.cut:
                _logger.warning("%s sent an over-long code; it was cut.", self.device_name)
            try:
                spool.put(self.device_identifier, frame.text)
            except Exception:
                _logger.exception("A read of %s could not be stored.", self.device_name)

    def _complain(self, error):
        self._failures += 1
        if self._failures == 1:
            _logger.warning("%s: %s. The port is opened again.", self.device_name, error)


class AutoIdAnySerialScanner(AutoIdSerialScanner):
    """On a box without configured ports: any USB serial port that no other driver wants."""

    connection_type = "serial"
    priority = -10

    @classmethod
    def supported(cls, device):
        configured = helpers.get_conf("serial_ports", section="auto_id")
        return not configured and device["identifier"].startswith(("/dev/ttyACM", "/dev/ttyUSB"))

    @staticmethod
    def _port_of(device):
        return ports.Port(device["identifier"], device["identifier"])


def keep_from_stock_drivers(interface):
    """Hide the configured ports from stock drivers.

    They probe every port they see with the commands of scales, every three seconds for
    as long as no driver wants it, and a scanner would lose reads to that.
    """
    list_all = interface.get_devices

    def get_devices(self):
        configured = helpers.get_conf("serial_ports", section="auto_id") or ""
        try:
            ours = ports.present(ports.parse(configured)).values()
        except ports.PortError:
            ours = []
        taken = {os.path.realpath(port.place) for port in ours}
        devices = list_all(self)
        return {name: devices[name] for name in devices if os.path.realpath(name) not in taken}

    interface.get_devices = get_devices


if "SerialInterface" in interfaces:
    keep_from_stock_drivers(interfaces["SerialInterface"])
