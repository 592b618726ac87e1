"""A scanner as Odoo's own drivers are written: each event is told through the event manager."""

import serial
from odoo.addons.iot_drivers.driver import Driver
from odoo.addons.iot_drivers.event_manager import event_manager


class BenchStockDriver(Driver):
    connection_type = "bench_stock"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self.device_name = "Stock scanner"
        self.device_type = "scanner"
        self.device_connection = "serial"

    @classmethod
    def supported(cls, device):
        return "place" in device

    def run(self):
        data = b""
        with serial.Serial(self.dev["place"], 9600, timeout=0.25) as line:
            while not self._stopped.is_set():
                data += line.read(1) + line.read(line.in_waiting)
                *codes, data = data.split(b"\r")
                for code in codes:
                    self.data["value"] = code.decode()
                    event_manager.device_changed(self)
