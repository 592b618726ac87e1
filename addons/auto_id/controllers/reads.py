from odoo import http
from odoo.http import request

from ..tools import batch, signing
from .common import WireError, answers_errors, boxes, read_body

# Compared with where there is no box: a stranger must not learn from the time what exists.
NOBODY = "0" * 64


class ReadsController(http.Controller):
    """Where a box delivers its spool."""

    # auth: a box is no user; its signature is its right. csrf: no browser, no cookie.
    @http.route(
        "/auto_id/v1/reads",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=batch.REFUSED_UNREAD,
    )
    @answers_errors
    def reads(self, **_form):
        body = read_body(batch.MAX_BYTES)
        box = self._signed_by(body)
        try:
            events = batch.parse(body, box.identifier)
        except batch.BatchError as error:
            raise WireError(400, error.code, error.message) from error
        stored = request.env["auto_id.read"].with_user(box.env.user)._ingest(box, events)
        box._touch()
        return request.make_json_response(
            {
                "accepted": len(stored),
                "known": len(events) - len(stored),
                "acknowledged": max((event["sequence"] for event in events), default=0),
            }
        )

    def _signed_by(self, body):
        """The box that signed the body; the same answer whether box or signature is wrong."""
        headers = request.httprequest.headers
        box = boxes()._by_identifier(headers.get("X-Auto-Id-Box"))
        signature = headers.get("X-Auto-Id-Signature", "")
        key = box.signing_key
        if not signing.is_signed(key or NOBODY, body, signature) or not key:
            raise WireError(401, "unauthorized", "unknown box or wrong signature; pair the box")
        return box
