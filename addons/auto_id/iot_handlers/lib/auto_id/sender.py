"""Brings the spooled reads to the server: signed batches, again and again until known.

Sending twice is harmless, the server knows a read by its box and sequence. So every
doubt (no answer, a broken connection, a busy server) is resolved by sending again.
"""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from . import wire
from .event import Event
from .spool import Spool
from .wire import RefusedError, Settings, TryLaterError

_logger = logging.getLogger(__name__)

PATH = "/auto_id/v1/reads"
MOST_EVENTS = 1_000
FIRST_PAUSE = 0.1
IDLE = 1.0
LONGEST_PAUSE = 60.0


class Sender(threading.Thread):
    """Sends what is in the spool, as soon as it is there.

    :param settings: called before each batch, as a box may be paired while it runs
    :param post: as :func:`wire.post`
    """

    def __init__(
        self,
        spool: Spool,
        settings: Callable[[], Settings],
        post: Callable[..., dict[str, Any]] = wire.post,
    ):
        super().__init__(name="auto_id.sender", daemon=True)
        self._spool = spool
        self._settings = settings
        self._post = post
        self._stopped = threading.Event()
        self._failures = 0
        self._limit = MOST_EVENTS
        self._reason = ""

    def run(self) -> None:
        while not self._stopped.is_set():
            if self._spool.wait(IDLE):
                pause = self._send_next()
                self._stopped.wait(pause)

    def stop(self) -> None:
        self._stopped.set()

    def _send_next(self) -> float:
        """Send the oldest reads; how many seconds to pause then."""
        try:
            events = self._spool.batch(self._limit)
            try:
                self._send(events)
            except RefusedError as refused:
                self._narrow(events, refused)
        except TryLaterError as later:
            return self._pause(later)
        except Exception as error:
            _logger.exception("Sending reads failed in an unforeseen way.")
            return self._pause(TryLaterError(str(error)))
        self._failures = 0
        return 0

    def _send(self, events: Sequence[Event]) -> None:
        answer = self._post(
            self._settings(), PATH, lambda: {"events": [event.as_json() for event in events]}
        )
        acknowledged = answer.get("acknowledged")
        if acknowledged != events[-1].sequence:
            raise TryLaterError(f"the server acknowledges {acknowledged}, which was not sent")
        self._spool.remove(events, answer.get("collided") or ())
        self._limit = min(self._limit * 2, MOST_EVENTS)
        if self._reason:
            _logger.info("The server takes reads again; %d are left to send.", len(self._spool))
            self._reason = ""

    def _narrow(self, events: Sequence[Event], refused: RefusedError) -> None:
        """Of a refused batch send half, until the one bad read is alone; put that aside."""
        if len(events) > 1:
            self._limit = len(events) // 2
            return
        if not refused.final:
            raise TryLaterError(str(refused)) from refused
        self._spool.bury(events, str(refused))
        _logger.error(
            "The server refuses read %d of %s for good (%s); it was put aside.",
            events[0].sequence,
            events[0].reader,
            refused,
        )

    def _pause(self, later: TryLaterError) -> float:
        """A pause that grows with each failure, with jitter so that boxes do not march."""
        self._failures += 1
        grown = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 20), LONGEST_PAUSE)
        pause = max(later.pause or 0, grown * random.uniform(0.5, 1))
        if str(later) != self._reason:
            self._reason = str(later)
            _logger.warning(
                "%d reads wait on this box: %s. It keeps trying.", len(self._spool), later
            )
        return pause
