from odoo import http

from ..tools import raw_part
from .common import BOX_ROUTE, WireError, signed


class RawReadsController(http.Controller):
    """Where a box delivers a recording of raw reads that somebody asked for."""

    @http.route("/auto_id/v1/raw", **BOX_ROUTE)
    @signed
    def raw(self, call):
        part = raw_part.parse(call.payload)
        recording = call.box.env["auto_id.recording"]._asked(call.box, part)
        if not recording:
            raise WireError(400, "not_asked", "nobody asked this box for that recording")
        recording._take(part)
        return {"received": recording.parts_received}
