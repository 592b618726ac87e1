"""What all drivers of readers share: opening again, live settings, repeats, counters.

A driver gives `kind` and `_serve()`, and calls `working()`, `deliver()` and `failed()`:

    class MyReader(ReaderDriver):
        kind = "nfc"
        connection_type = "my_bus"

        def _serve(self):
            with open_device(self.settings) as device:
                self.working()
                while not self.interrupted:
                    if code := device.read(timeout=0.25):
                        self.deliver(code)
"""

import errno
import logging
import math
import re
import threading
import time
from collections.abc import Iterable
from typing import Any

from odoo.addons.iot_drivers.driver import Driver
from odoo.addons.iot_drivers.interface import Interface

from . import configuration, outbox
from .limits import Allowance, Repeats

_logger = logging.getLogger(__name__)

REOPEN_PAUSES = (0.2, 0.5, 1, 2, 5)
STEADY = 10.0
"""Seconds after which a device that works is no longer one that has just failed."""
LONGEST_ERROR = 200

news = threading.Event()
"""Set when the state of a reader changed; who tells the server waits for it and clears it."""


class ReaderDriver(Driver):
    """One reader; a device that fails is opened again until it is removed.

    `settings` are complete and checked. While `_serve` runs they do not change: new ones set
    `_changed`, `_serve` returns, and is called again with them.
    """

    kind = ""
    """The name of its options in `settings.DRIVERS`."""

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self.device_manufacturer = ""
        self._changed = threading.Event()
        self._failures = 0
        self._working_since = math.inf
        self._repeats = Repeats()
        self._log = Allowance(10, 600)
        self.settings = configuration.reader(self.device_identifier, self.kind)
        self.state = "waiting"
        self.last_error = ""
        self.reads = 0
        self.errors = 0

    def _serve(self):
        """Read from the device until it fails (any exception) or `interrupted` is true."""
        raise NotImplementedError

    @property
    def interrupted(self):
        """Whether `_serve` shall return: the reader was removed or has new settings."""
        return self._stopped.is_set() or self._changed.is_set()

    def pause(self, seconds):
        """Sleep so long, or until `interrupted`."""
        self._changed.wait(seconds)

    def run(self):
        unsubscribe = configuration.subscribe(self._on_settings)
        try:
            while not self._stopped.is_set():
                self._changed.clear()
                self.settings = configuration.reader(self.device_identifier, self.kind)
                self._serve_enabled()
        finally:
            unsubscribe()

    def disconnect(self):
        self.stop()
        super().disconnect()

    def stop(self):
        """End the thread soon."""
        self._stopped.set()
        self._changed.set()

    def status(self):
        """As the server is told."""
        return {
            "driver": self.kind,
            "state": self.state,
            "error": self.last_error,
            "reads": self.reads,
            "errors": self.errors,
        }

    def working(self):
        """The device is open and answers."""
        self._working_since = time.monotonic()
        self._set_state("working", "")

    def failed(self, error):
        """Something went wrong with the device or with a read; it is counted and told."""
        self.errors += 1
        self.last_error = str(error)[:LONGEST_ERROR]
        if self._log.take():
            _logger.warning("%s: %s", self.device_name, error)

    def deliver(self, code, when=None, **details):
        """Put a read into the spool, unless it repeats.

        :param when: unix seconds; now if it is left out
        :param details: `kind`, `antenna`, `rssi`, `count`, `symbology` of the wire
        """
        self.deliver_many([(code, when, details)])

    def deliver_many(self, reads: Iterable[tuple[str, float | None, dict[str, Any]]]):
        """As `deliver`, for (code, when, details) in one go: one commit for all of them."""
        fresh = [
            {"reader": self.device_identifier, "code": code, "time": when, **details}
            for code, when, details in self._without_repeats(reads)
        ]
        if not fresh:
            return
        try:
            outbox.put_many(fresh)
        except Exception as error:
            self.failed(f"{len(fresh)} reads could not be stored: {error}")
        else:
            self.reads += len(fresh)
            self._failures = 0

    def _without_repeats(self, reads):
        options = self.settings
        for code, when, details in reads:
            bare = code.removeprefix(options["prefix"]).removesuffix(options["suffix"]) or code
            if not self._repeats.seen((bare, details.get("kind")), options["repeat_after"]):
                yield bare, when, details

    def _serve_enabled(self):
        if not self.settings["enabled"]:
            self._set_state("waiting", "")
            self._changed.wait()
            return
        try:
            self._serve()
            if not self.interrupted:
                raise ConnectionError("the device ended the connection")
        except Exception as error:
            # Whatever a driver's library throws: this reader must come back by itself.
            if not isinstance(error, OSError | ValueError):
                _logger.exception("%s failed in an unforeseen way.", self.device_name)
            self._fail(error)

    def _fail(self, error):
        if time.monotonic() - self._working_since > STEADY:
            self._failures = 0
        self._working_since = math.inf
        if not self._failures:
            self.failed(f"{plainly(error)}. It is opened again.")
        self._failures += 1
        absent = getattr(error, "errno", None) in (errno.ENOENT, errno.ENODEV)
        state = "waiting" if absent else "failing"
        self._set_state(state, plainly(error))
        self.pause(REOPEN_PAUSES[min(self._failures, len(REOPEN_PAUSES)) - 1])

    def _set_state(self, state, error):
        error = error[:LONGEST_ERROR]
        if (state, error) != (self.state, self.last_error):
            self.state, self.last_error = state, error
            news.set()

    def _on_settings(self):
        if configuration.reader(self.device_identifier, self.kind) != self.settings:
            self._changed.set()


def plainly(error):
    """The words of an error, without its number and the layers of libraries around it.

    >>> plainly(OSError(2, "could not open port /dev/x: [Errno 2] No such file: '/dev/x'"))
    "could not open port /dev/x: No such file: '/dev/x'"
    """
    return re.sub(r"\[Errno -?\d+\] ", "", str(error)) or type(error).__name__


class PlacedInterface(Interface):
    """Finds the readers of one kind that are configured by a place; it looks each second.

    A subclass names `connection_type`, which its driver shares, and `kind`.
    """

    kind = ""
    _loop_delay = 1

    def get_devices(self):
        """{identifier: {"identifier", "place"}}, as the configuration is now."""
        return {
            identifier: {"identifier": identifier, "place": place}
            for identifier, place in configuration.placed(self.kind).items()
        }
