"""A stand-in for the box software around our drivers: as much of `iot_drivers` as they use.

`load` gives a handler's module as a box would have it, with the real library of ours, a
real spool in the test's folder, and nothing that speaks to a server.
"""

import importlib
import sys
import threading
import time
import types

STOCK = "odoo.addons.iot_drivers"
LIBRARY = "auto_id.iot_handlers.lib.auto_id"


class Driver(threading.Thread):
    """As much of stock `Driver` as ours uses."""

    def __init__(self, identifier, device):
        super().__init__(daemon=True)
        self.dev = device
        self.device_identifier = identifier
        self.data = {}
        self._actions = {}
        self._stopped = threading.Event()

    def disconnect(self):
        self._stopped.set()


class Interface:
    """As much of stock `Interface` as ours uses."""


class SerialInterface:
    """Stock's finder of ports: it sees whatever is there."""

    seen = ()

    def get_devices(self):
        return {name: {"identifier": name} for name in self.seen}


class Box:
    """The box that a test has: its odoo.conf, its spool, the server it is paired with."""

    def __init__(self, monkeypatch, folder):
        self._monkeypatch = monkeypatch
        self.folder = folder
        self.conf = {}
        self.server = None
        self._provide_stock()
        self._forget_ours()
        spool = importlib.import_module(f"{LIBRARY}.spool")
        self.spool = spool.Spool(folder / "spool.sqlite3")
        self._provide(
            f"{LIBRARY}.outbox",
            put=self.spool.put,
            put_many=self.spool.put_many,
            health=self.spool.health,
            folder=lambda: folder,
        )
        for name in ("configuration", "reader_driver"):
            self.library(name)

    def library(self, name):
        """A module of our library, known by both of its names."""
        module = importlib.import_module(f"{LIBRARY}.{name}")
        alias = f"{STOCK}.iot_handlers.lib.auto_id"
        self._monkeypatch.setitem(sys.modules, f"{alias}.{name}", module)
        setattr(sys.modules[alias], name, module)
        return module

    def load(self, name, *uses):
        """A handler's module, such as `drivers.auto_id_serial_driver`.

        :param uses: the modules of the library that it imports, beside those for every driver
        """
        for module in uses:
            self.library(module)
        full = f"auto_id.iot_handlers.{name}"
        self._monkeypatch.delitem(sys.modules, full, raising=False)
        module = importlib.import_module(full)
        self._monkeypatch.delitem(sys.modules, full)  # a later test loads its own
        return module

    def codes(self, number, seconds=5):
        """(reader, code) of what is in the spool, once there are so many."""
        end = time.monotonic() + seconds
        while len(self.spool) < number and time.monotonic() < end:
            time.sleep(0.01)
        return [(event.reader, event.code) for event in self.spool.batch(99)]

    def _provide_stock(self):
        helpers = types.SimpleNamespace(
            get_conf=lambda key, section="iot.box": self.conf.get(key),
            get_odoo_server_url=lambda: self.server,
            get_version=lambda detailed_version=False: "L19.0",
        )
        for name in ("odoo", "odoo.addons", STOCK):
            self._provide(name)
        for name in ("iot_handlers", "iot_handlers.lib", "iot_handlers.lib.auto_id"):
            self._provide(f"{STOCK}.{name}")
        self._provide(f"{STOCK}.driver", Driver=Driver)
        self._provide(f"{STOCK}.interface", Interface=Interface)
        stock = type("StockSerialInterface", (SerialInterface,), {})
        self.devices = {}
        self.interfaces = {"SerialInterface": stock}
        self.drivers = []
        self._provide(
            f"{STOCK}.main",
            drivers=self.drivers,
            interfaces=self.interfaces,
            iot_devices=self.devices,
        )
        self._provide(f"{STOCK}.tools", helpers=helpers)

    def _forget_ours(self):
        for name in ("outbox", "configuration", "reader_driver", "agent"):
            self._monkeypatch.delitem(sys.modules, f"{LIBRARY}.{name}", raising=False)
            package = importlib.import_module(LIBRARY)
            if hasattr(package, name):
                self._monkeypatch.delattr(package, name)

    def _provide(self, name, **content):
        module = types.ModuleType(name)
        module.__dict__.update(content, __path__=[])
        self._monkeypatch.setitem(sys.modules, name, module)


def wait_for(condition, seconds=10):
    """What the condition gives, as soon as it is true."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
    return result
