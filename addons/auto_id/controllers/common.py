"""What both sides of a box's conversation need: bounded bodies, signatures, errors as JSON."""

import functools
import time
from typing import Any, NamedTuple

from odoo import SUPERUSER_ID
from odoo.http import request
from werkzeug.exceptions import RequestEntityTooLarge

from ..models.auto_id_box_run import ReplayedError, TooFastError
from ..tools import batch, signing

# Compared with where there is no box: a stranger must not learn from the time what exists.
NOBODY = "0" * 64

# A box of an earlier version takes 400 for "never send this again", and would put its reads aside.
STATUS = {"outdated": 426}

SIGNATURE = "X-Auto-Id-Signature"

# auth: a box is no user; its signature, where the call has one, is its right. csrf: no browser, no
# cookie; and the stock box cannot send a token of ours.
BOX_ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "max_content_length": batch.REFUSED_UNREAD,
}


class WireError(Exception):
    """A refusal that the box gets as JSON."""

    def __init__(self, status, code, message, pause=None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.pause = pause

    def answer(self):
        headers = [("Retry-After", str(self.pause))] if self.pause else []
        error = {"code": self.code, "message": self.message}
        return request.make_json_response({"error": error}, headers=headers, status=self.status)


class Call(NamedTuple):
    """A request that a box has signed, and that was not taken before."""

    box: Any
    """Its record, for the superuser: the signature is the box's right."""
    payload: dict[str, Any]
    received: float
    """Unix seconds of this server's clock."""
    sent: float
    """When the box sent it, in unix seconds of this server's clock."""
    ahead: float
    """By how many seconds the clock of the box is ahead of this server's."""


def answers_errors(endpoint):
    """Answer a :class:`WireError` as ``{"error": {"code", "message"}}`` with its status."""

    @functools.wraps(endpoint)
    def answering(*args, **kwargs):
        try:
            return endpoint(*args, **kwargs)
        except WireError as error:
            return error.answer()

    return answering


def signed(endpoint):
    """A route for signed requests: ``endpoint(self, call)`` returns the answer as a dictionary.

    Whatever is answered to a signed request is signed, a refusal too: a box puts reads aside when
    the server refuses them for good, and nobody else shall be able to make it do so.
    """

    @functools.wraps(endpoint)
    @answers_errors
    def answering(self, **_form):
        received = time.time()
        body = read_body(batch.MAX_BYTES)
        box, key, signature = _signed_by(body)
        try:
            answer = request.make_json_response(endpoint(self, _admit(box, body, received)))
        except batch.BatchError as error:
            answer = WireError(STATUS.get(error.code, 400), error.code, error.message).answer()
        except WireError as error:
            answer = error.answer()
        answer.headers[SIGNATURE] = signing.sign_answer(key, signature, answer.get_data())
        return answer

    return answering


def _signed_by(body):
    """The box that signed the body, its key and the signature.

    The same answer whether box or signature is wrong.
    """
    headers = request.httprequest.headers
    box = boxes()._by_identifier(headers.get("X-Auto-Id-Box"))
    signature = headers.get(SIGNATURE, "")
    key = box.signing_key
    if not signing.is_signed(key or NOBODY, body, signature) or not key:
        raise WireError(401, "unauthorized", "unknown box or wrong signature; pair the box")
    return box, key, signature


def _admit(box, body, received):
    """The call, if it is sound, new, and within what the box may send."""
    payload = batch.parse_request(body, box.identifier)
    try:
        ahead = box.env["auto_id.box.run"]._admit(box, payload, batch.cost(payload), received)
    except ReplayedError:
        raise WireError(409, "replayed", "this number was used; send it with the next") from None
    except TooFastError as error:
        message = "more than this box may send in a minute"
        raise WireError(429, "too_fast", message, pause=error.pause) from None
    return Call(box, payload, received, min(payload["sent_at"] - ahead, received), ahead)


def read_body(limit):
    """The body of the request, if it has no more than ``limit`` bytes."""
    stream = request.httprequest
    too_large = WireError(413, "too_large", f"at most {limit} bytes are taken")
    if (stream.content_length or 0) > limit:
        raise too_large
    try:
        body = stream.get_data()
    except RequestEntityTooLarge:
        raise too_large from None
    if len(body) > limit:
        raise too_large
    return body


def read_params(limit=batch.MAX_BYTES):
    """The ``params`` of a stock box's body: JSON-RPC by its looks, without its ``jsonrpc`` key."""
    try:
        params = batch.parse_object(read_body(limit)).get("params")
    except batch.BatchError as error:
        raise WireError(400, error.code, error.message) from error
    if not isinstance(params, dict):
        raise WireError(400, "malformed", "'params' must be an object")
    return params


def boxes():
    """The boxes, for a caller whose token or signature is its right."""
    return request.env["auto_id.box"].with_user(SUPERUSER_ID)
