"""One signed request to the server, and its answer: the only way in which ours speak to Odoo.

Each request has the number that follows the last one's in the run of this process; the server takes
no number twice, so whoever records a request cannot play it again. The answer is signed for this
very request. Nothing that cannot be taken back is done on the word of an answer that is not.
"""

import itertools
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple

import requests

from .signing import is_answer, signature, signing_key

MOST_BYTES = 1024 * 1024
TIMEOUT = (3.05, 20)
LONGEST_PAUSE = 3600.0
_RUNS_TRIED = 3


class Settings(NamedTuple):
    """Who this box is and whom it talks to, as the box's configuration has it now."""

    server: str | None
    token: str | None
    identifier: str
    database: str | None = None


class RefusedError(Exception):
    """The server will never take this request as it is.

    :param final: whether the server itself says so; else it is somebody on the way, such as a
        proxy with a limit of its own
    """

    def __init__(self, reason: str, *, final: bool = True):
        super().__init__(reason)
        self.final = final


class TryLaterError(Exception):
    """The request may pass later.

    :param pause: how many seconds the server asks to be left alone, if it said so
    """

    def __init__(self, reason: str, pause: float | None = None):
        super().__init__(reason)
        self.pause = pause


class Wire:
    """The conversation of one process with the server; threads take turns."""

    def __init__(self) -> None:
        self._begin_run()
        self._turn = threading.Lock()
        self._http = requests.Session()
        # Odoo answers 403 to a session cookie beside the header X-Odoo-Database.
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def post(
        self, settings: Settings, path: str, payload: dict[str, Any] | Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """What the server answers to this payload.

        :param payload: or a function that gives it at the moment it is sent, for what ages
        :raises RefusedError: when this payload is at fault
        :raises TryLaterError: when it is not
        """
        if not settings.server or not settings.token:
            raise TryLaterError("this box is not paired with a server")
        key = signing_key(settings.token)
        with self._turn:
            for _ in range(_RUNS_TRIED):
                body = self._body(settings, payload() if callable(payload) else payload)
                signed = signature(key, body)
                response = self._send(settings, path, body, signed)
                if response.status_code != 409:
                    break
                # The number was used: a copy of this very process is at work, go apart from it.
                self._begin_run()
        proof = response.headers.get("X-Auto-Id-Signature", "")
        return _read(response, is_answer(key, signed, response.content, proof))

    def _begin_run(self) -> None:
        self._run = secrets.token_hex(16)
        self._numbers = itertools.count(1)

    def _body(self, settings: Settings, payload: dict[str, Any]) -> bytes:
        head = {
            "box": settings.identifier,
            "run": self._run,
            "number": next(self._numbers),
            "sent_at": time.time(),
        }
        body = json.dumps({**head, **payload}, ensure_ascii=False).encode("utf-8", "replace")
        if len(body) > MOST_BYTES:
            raise RefusedError(f"a request of {len(body)} bytes is too large")
        return body

    def _send(self, settings: Settings, path: str, body: bytes, signed: str) -> requests.Response:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "OdooIoTBox/1.0",
            "X-Auto-Id-Box": settings.identifier,
            "X-Auto-Id-Signature": signed,
        }
        if settings.database:
            headers["X-Odoo-Database"] = settings.database
        try:
            return self._http.post(
                settings.server.rstrip("/") + path,
                data=body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TryLaterError(f"the server does not answer ({_plainly(error)})") from error


def _read(response: requests.Response, is_signed: bool) -> dict[str, Any]:
    answer = _object(response)
    if response.status_code == 200 and is_signed:
        return answer
    if response.status_code == 413 or (response.status_code == 400 and is_signed):
        raise RefusedError(_reason(response, answer), final=is_signed)
    if response.status_code == 200:
        raise TryLaterError("an answer came that this box's server did not sign")
    raise TryLaterError(_reason(response, answer), _retry_after(response))


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _plainly(error: requests.RequestException) -> str:
    """What went wrong, without the layers of libraries around it."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    found = re.findall(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return found[-1] if found else str(error)


def _reason(response: requests.Response, answer: dict[str, Any]) -> str:
    error = answer.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    hint = {
        401: "it does not know this box or its token",
        404: "it has no auto_id, or the database is not named",
    }.get(response.status_code, response.reason)
    return f"the server answers {response.status_code}: {message or hint}"


def _retry_after(response: requests.Response) -> float | None:
    seconds = response.headers.get("Retry-After", "")
    return min(float(seconds), LONGEST_PAUSE) if seconds.isdecimal() else None


post = Wire().post
