"""The one line of the benchmark's stock-like scanner."""

import os

from odoo.addons.iot_drivers.interface import Interface


class BenchStockInterface(Interface):
    connection_type = "bench_stock"
    _loop_delay = 1

    def get_devices(self):
        place = os.environ["BENCH_STOCK_LINE"]
        return {"stock": {"identifier": "stock", "place": place}}
