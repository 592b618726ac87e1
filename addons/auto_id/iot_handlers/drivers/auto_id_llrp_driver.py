"""Reads UHF RFID tags with a reader that speaks LLRP, such as Impinj's and Zebra's.

Raw reports are smoothed here: what goes to the spool is what happened to tags.
"""

import atexit
import contextlib
import logging
import threading
import time

from odoo.addons.iot_drivers.event_manager import event_manager
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import llrp, outbox, raw_reads, wire
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.clock import steady
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.smoothing import Smoother

_logger = logging.getLogger(__name__)

LISTEN = 0.1
"""Seconds to wait for reports before looking for tags that departed."""
SIGNAL = 1.0
"""Seconds that an output stays on."""
GOODBYE = 3.0
NO_SLLURP = (
    "The Python package sllurp is missing. It is under the GPL and does not come with the add-on: "
    "run 'pip install sllurp==3.0.5' on the Odoo server, whose boxes get it when they start, or "
    "on this box"
)


class AutoIdLlrpReader(ReaderDriver):
    """One RFID reader in the network."""

    kind = "llrp"
    connection_type = "auto_id_llrp"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self.device_type = "rfid"
        self.device_connection = "network"
        self.device_name = f"RFID reader {identifier}"
        self._actions.update(auto_id_signal=self._signal, auto_id_raw=self._send_raw)
        self._link = None
        self._outputs = {}
        self._smoother = Smoother(llrp.thresholds(self.settings))
        self._raw_folder = outbox.folder() / "raw" / raw_reads.folder_name(identifier)
        self._raw = raw_reads.RawLog(self._raw_folder)
        self._uploading = threading.Lock()
        self._removed = False

    @classmethod
    def supported(cls, device):
        return "place" in device

    def run(self):
        # A reader whose client just vanishes reads on for nobody.
        atexit.register(self._leave)
        try:
            super().run()
        finally:
            atexit.unregister(self._leave)
            if self._removed:
                self._raw.tidy(0)

    def disconnect(self):
        self._removed = True
        super().disconnect()

    def _leave(self):
        self.stop()
        self.join(GOODBYE)

    def _serve(self):
        settings = self.settings
        self._deliver_changes(self._smoother.adopt(llrp.thresholds(settings)))
        self._raw.tidy(settings["keep_raw_minutes"])
        with _link_class()(settings["place"], settings, self._on_event, steady) as link:
            _logger.info("%s: reading.", self.device_name)
            self.working()
            self._smoother.resume(steady())
            self._link = link
            try:
                while not self.interrupted:
                    self._take(link.receive(LISTEN))
            finally:
                self._link = None
                self._switch_off(link, list(self._outputs))
                self._raw.flush()

    def _take(self, reports):
        now = steady()
        changes = self._smoother.feed(reports)
        self._deliver_changes(changes + self._smoother.tick(now))
        self._keep_raw(reports, now)
        due = [port for port, until in self._outputs.items() if until <= now]
        self._switch_off(self._link, due)

    def _switch_off(self, link, ports):
        for port in ports:
            del self._outputs[port]
            with contextlib.suppress(OSError):  # a line that is cut is noticed by who listens
                link.set_output(port, False)

    def _deliver_changes(self, changes):
        offset = time.time() - steady()
        self.deliver_many(
            (
                change.code,
                change.time + offset,
                {
                    "kind": change.kind,
                    "antenna": change.antenna,
                    "count": change.count,
                    **({} if change.rssi is None else {"rssi": round(change.rssi, 1)}),
                },
            )
            for change in changes
        )

    def _keep_raw(self, reports, now):
        minutes = self.settings["keep_raw_minutes"]
        if minutes:
            try:
                self._raw.add(reports, time.time() - now, minutes)
            except OSError as error:
                self.failed(f"Raw reads could not be kept: {error}")

    def _on_event(self, data):
        """The reader says that something happened to it."""
        if antenna := data.get("AntennaEvent"):
            self._note_antenna(antenna["AntennaID"], antenna["EventType"])
        if problem := data.get("ReaderExceptionEvent"):
            self.failed(
                f"The reader reports: {problem.get('Message', b'').decode(errors='replace')}"
            )
        if pin := data.get("GPIEvent"):
            self.data["value"] = {"input": pin["GPIPortNumber"], "on": pin["GPIEvent"]}
            # Stock code posts events in the thread that has them: reports must not wait for it.
            threading.Thread(target=event_manager.device_changed, args=(self,), daemon=True).start()

    def _note_antenna(self, number, event):
        """An antenna was plugged in or fell off; it matters if it is one of those to be used."""
        if number not in (antenna["number"] for antenna in self.settings["antennas"]):
            return
        if event == "Disconnected":
            self.failed(f"Antenna {number} is disconnected")
        else:
            self.working()

    def _signal(self, data):
        """Action: switch on the output for `kind` accept or refuse for a moment."""
        kind = data.get("kind")
        if kind not in ("accept", "refuse"):
            raise ValueError(f"A signal is of the kind accept or refuse, not {kind!r}")
        port, link = self.settings[f"gpo_{kind}"], self._link
        if not port:
            return False
        if link is None:
            raise llrp.LlrpError("The reader is not connected")
        link.set_output(port, True)
        self._outputs[port] = steady() + SIGNAL
        return True

    def _send_raw(self, data):
        """Action: send the raw reads that Odoo asked for."""
        minutes = float(data.get("minutes") or 0)
        request = str(data.get("request") or "")[:64]
        if not self._uploading.acquire(blocking=False):
            raise ValueError("A recording of this reader is being sent")
        threading.Thread(target=self._upload, args=(request, minutes), daemon=True).start()
        return True

    def _upload(self, request, minutes):
        head = {"reader": self.device_identifier, "request": request}
        since = time.time() - minutes * 60
        try:
            for part in raw_reads.parts(self._raw_folder, since):
                _post_patiently({**head, **part})
        except (wire.RefusedError, wire.TryLaterError, OSError) as error:
            _logger.warning("%s: raw reads could not be sent: %s.", self.device_name, error)
        finally:
            self._uploading.release()


def _post_patiently(payload):
    """Post a part of a recording; a server that is busy gets it again, but not for ever."""
    for pause in (1, 5, 30):
        try:
            return wire.post(outbox.settings(), "/auto_id/v1/raw", payload)
        except wire.TryLaterError as later:
            time.sleep(max(later.pause or 0, pause))
    return wire.post(outbox.settings(), "/auto_id/v1/raw", payload)


def _link_class():
    """The connection to readers, where the box has what it takes."""
    try:
        from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.llrp_link import Link
    except ImportError as error:
        raise llrp.LlrpError(NO_SLLURP) from error
    return Link
