"""What both sides of a box's conversation need: bounded bodies, and errors as JSON."""

import functools

from odoo import SUPERUSER_ID
from odoo.http import request
from werkzeug.exceptions import RequestEntityTooLarge

from ..tools import batch


class WireError(Exception):
    """A refusal that the box gets as JSON."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def answers_errors(endpoint):
    """Answer a :class:`WireError` as ``{"error": {"code", "message"}}`` with its status."""

    @functools.wraps(endpoint)
    def answering(*args, **kwargs):
        try:
            return endpoint(*args, **kwargs)
        except WireError as error:
            return request.make_json_response(
                {"error": {"code": error.code, "message": error.message}}, status=error.status
            )

    return answering


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
