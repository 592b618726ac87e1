from odoo import http

from ..tools import batch
from .common import BOX_ROUTE, signed


class ReadsController(http.Controller):
    """Where a box delivers its spool."""

    @http.route("/auto_id/v1/reads", **BOX_ROUTE)
    @signed
    def reads(self, call):
        events = batch.events_of(call.payload)
        stored, collided = call.box.env["auto_id.read"]._ingest_batch(
            call.box, events, call.sent, call.ahead
        )
        call.box._touch()
        return {
            "accepted": len(stored),
            "known": len(events) - len(stored) - len(collided),
            "acknowledged": max((event["sequence"] for event in events), default=0),
            "collided": collided,
        }
