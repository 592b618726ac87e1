"""Tells the server how this box and its readers fare, and takes new settings from the answer.

Every twenty seconds, and at once when a reader's state changed or the server nudges. A box
that was away asks with its first report; so nothing is lost with a nudge.
"""

import logging
import random
import threading
import time
from typing import Any

from odoo.addons.iot_drivers.main import iot_devices
from odoo.addons.iot_drivers.tools import helpers

from . import configuration, outbox, wire
from .reader_driver import ReaderDriver, news

_logger = logging.getLogger(__name__)

PATH = "/auto_id/v1/status"
EVERY = 20.0
SETTLE = 0.3
"""Seconds in which further changes go into the same report."""
LEAST = 1.0
"""Seconds between two reports, whatever flickers."""
FIRST_PAUSE = 1.0


class Agent:
    """The conversation about this box; `run` is the body of a thread.

    `is_heard`: the server has taken the last report; `trouble`: why it has not.
    """

    def __init__(self):
        self._began = time.monotonic()
        self._failures = 0
        self.trouble = ""
        self.is_heard = False

    def run(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            news.clear()
            pause = self.report()
            time.sleep(LEAST)
            if news.wait(max(pause - LEAST, 0)):
                time.sleep(SETTLE)

    def report(self) -> float:
        """Send one report; seconds until the next one if nothing happens."""
        try:
            answer = wire.post(outbox.settings(), PATH, self.status)
        except (wire.TryLaterError, wire.RefusedError) as error:
            return self._pause(error)
        except Exception:
            _logger.exception("Reporting to the server failed in an unforeseen way.")
            return EVERY
        if self.trouble:
            _logger.info("The server takes reports again.")
        self._failures, self.trouble, self.is_heard = 0, "", True
        self._take(answer.get("settings"))
        return EVERY

    def status(self) -> dict[str, Any]:
        """What the wire's contract wants to know."""
        return {
            "settings": configuration.version(),
            "version": helpers.get_version(detailed_version=True),
            "uptime": round(time.monotonic() - self._began, 1),
            "spool": outbox.health(),
            "readers": self._readers(),
        }

    def _readers(self) -> dict[str, dict[str, Any]]:
        found = {
            device.device_identifier: device.status()
            for device in list(iot_devices.values())
            if isinstance(device, ReaderDriver)
        }
        for identifier, reason in configuration.refused().items():
            nothing = {"driver": "", "state": "failing", "reads": 0, "errors": 0}
            error = f"the box refuses these settings: {reason}"
            found[identifier] = {**found.get(identifier, nothing), "error": error}
        return found

    def _take(self, settings: Any) -> None:
        """New settings; the next report, at once, says that they have arrived."""
        if not isinstance(settings, dict):
            return
        version, readers = settings.get("version"), settings.get("readers")
        if isinstance(version, str) and isinstance(readers, dict):
            configuration.store(version, readers)
            _logger.info("New settings of %d readers have arrived.", len(readers))
            news.set()

    def _pause(self, error: wire.TryLaterError | wire.RefusedError) -> float:
        """A pause that grows with each failure, with jitter so that boxes do not march."""
        self._failures += 1
        self.is_heard = False
        if outbox.settings().token and str(error) != self.trouble:
            self.trouble = str(error)
            _logger.warning("No report to the server: %s. It keeps trying.", error)
        grown = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 10), EVERY)
        return max(getattr(error, "pause", None) or 0, grown * random.uniform(0.5, 1))
