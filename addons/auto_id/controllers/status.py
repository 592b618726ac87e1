from odoo import http

from .common import BOX_ROUTE, signed


class StatusController(http.Controller):
    """Where a box says how it and its readers fare, and learns of new settings."""

    @http.route("/auto_id/v1/status", **BOX_ROUTE)
    @signed
    def status(self, call):
        box, status = call.box, call.payload
        box._note_status(status)
        box._note_readers(status.get("readers"))
        return {"time": call.received, "settings": box._news_of_settings(status.get("settings"))}
