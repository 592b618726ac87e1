"""Brings the spooled reads to the server: signed batches, again and again until known.

Sending twice is harmless, the server knows a read by its box and sequence. So every
doubt (no answer, a broken connection, a busy server) is resolved by sending again.
"""

import json
import logging
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple

import requests

from .signing import signature, signing_key
from .spool import Event, Spool

_logger = logging.getLogger(__name__)

PATH = "/auto_id/v1/reads"
MOST_EVENTS = 1_000
MOST_BYTES = 1024 * 1024
TIMEOUT = (3.05, 20)
FIRST_PAUSE = 0.1
IDLE = 1.0
LONGEST_PAUSE = 60.0


class Settings(NamedTuple):
    """Who this box is and whom it talks to, as the box's configuration has it now."""

    server: str | None
    token: str | None
    identifier: str
    database: str | None = None


class RefusedError(Exception):
    """The server will never take this batch as it is."""


class TryLaterError(Exception):
    """The batch may pass later.

    :param pause: how many seconds the server asks to be left alone, if it said so
    """

    def __init__(self, reason: str, pause: float | None = None):
        super().__init__(reason)
        self.pause = pause


class Sender(threading.Thread):
    """Sends what is in the spool, as soon as it is there.

    :param settings: called before each batch, as a box may be paired while it runs
    """

    def __init__(self, spool: Spool, settings: Callable[[], Settings]):
        super().__init__(name="auto_id.sender", daemon=True)
        self._spool = spool
        self._settings = settings
        self._stopped = threading.Event()
        self._failures = 0
        self._limit = MOST_EVENTS
        self._reason = ""
        self._http = requests.Session()
        # Odoo answers 403 to a session cookie beside the header X-Odoo-Database.
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def run(self) -> None:
        while not self._stopped.is_set():
            if self._spool.wait(IDLE):
                pause = self._send_next()
                self._stopped.wait(pause)

    def stop(self) -> None:
        self._stopped.set()

    def _send_next(self) -> float:
        """Send the oldest reads; how many seconds to pause then."""
        events: list[Event] = []
        try:
            events = self._spool.batch(self._limit)
            self._send(events)
        except RefusedError as refused:
            self._narrow(events, str(refused))
        except TryLaterError as later:
            return self._pause(later)
        except Exception as error:
            _logger.exception("Sending reads failed in an unforeseen way.")
            return self._pause(TryLaterError(str(error)))
        self._failures = 0
        return 0

    def _send(self, events: Sequence[Event]) -> None:
        settings = self._settings()
        if not settings.server or not settings.token:
            raise TryLaterError("this box is not paired with a server")
        events, body = encode(settings.identifier, events)
        acknowledged = _acknowledged(self._post(settings, body))
        known = [event for event in events if event.sequence <= acknowledged]
        if not known:
            raise TryLaterError(f"the server acknowledges {acknowledged}, which was not sent")
        self._spool.remove(known)
        self._limit = min(self._limit * 2, MOST_EVENTS)
        if self._reason:
            _logger.info("The server takes reads again; %d are left to send.", len(self._spool))
            self._reason = ""

    def _post(self, settings: Settings, body: bytes) -> requests.Response:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "OdooIoTBox/1.0",
            "X-Auto-Id-Box": settings.identifier,
            "X-Auto-Id-Signature": signature(signing_key(settings.token), body),
        }
        if settings.database:
            headers["X-Odoo-Database"] = settings.database
        try:
            return self._http.post(
                settings.server.rstrip("/") + PATH,
                data=body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TryLaterError(f"the server does not answer ({_plainly(error)})") from error

    def _narrow(self, events: Sequence[Event], reason: str) -> None:
        """Of a refused batch send half, until the one bad read is alone; put that aside."""
        if len(events) > 1:
            self._limit = len(events) // 2
            return
        self._spool.bury(events, reason)
        _logger.error(
            "The server refuses read %d of %s for good (%s); it was put aside.",
            events[0].sequence,
            events[0].reader,
            reason,
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


def encode(identifier: str, events: Sequence[Event]) -> tuple[Sequence[Event], bytes]:
    """As many of the events as one request may carry, and its body."""
    head = f'{{"box": {json.dumps(identifier)}, "sent_at": {time.time()}, "events": ['
    parts: list[bytes] = []
    room = MOST_BYTES - len(head.encode()) - 2
    for event in events:
        part = json.dumps(event._asdict(), ensure_ascii=False).encode()
        room -= len(part) + 1
        if parts and room < 0:
            break
        parts.append(part)
    return events[: len(parts)], head.encode() + b",".join(parts) + b"]}"


def _acknowledged(response: requests.Response) -> int:
    """The highest sequence that the server has now.

    Only the right answer counts: a proxy's login page with status 200 does not.

    :raises RefusedError: when this batch is at fault
    :raises TryLaterError: when it is not
    """
    reason = _reason(response)
    if response.status_code in (400, 413):
        raise RefusedError(reason)
    acknowledged = _answer(response).get("acknowledged")
    if response.status_code != 200 or not isinstance(acknowledged, int):
        raise TryLaterError(reason, _retry_after(response))
    return acknowledged


def _plainly(error: requests.RequestException) -> str:
    """What went wrong, without the layers of libraries around it."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    found = re.findall(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return found[-1] if found else str(error)


def _answer(response: requests.Response) -> dict:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _reason(response: requests.Response) -> str:
    error = _answer(response).get("error")
    message = error.get("message") if isinstance(error, dict) else None
    hint = {
        401: "it does not know this box or its token",
        404: "it has no auto_id, or the database is not named",
    }.get(response.status_code, response.reason)
    return f"the server answers {response.status_code}: {message or hint}"


def _retry_after(response: requests.Response) -> float | None:
    seconds = response.headers.get("Retry-After", "")
    return min(float(seconds), 3600.0) if seconds.isdigit() else None
