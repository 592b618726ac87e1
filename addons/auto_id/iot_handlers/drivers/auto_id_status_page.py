"""The box's page `/auto_id`: its readers, its unsent reads, and whether the server knows it."""

from odoo import http
from odoo.addons.iot_drivers import main
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import outbox, page
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver
from odoo.addons.iot_drivers.tools import helpers, route
from odoo.http import request

AGENT = "auto_id_agent"
NOTHING_FOREIGN = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class AutoIdStatusPage(http.Controller):
    """No code of a read is shown: as every page of a box it asks for no password."""

    @route.iot_route("/auto_id", type="http", methods=["GET"])
    def status(self):
        agent = getattr(main.iot_devices.get(AGENT), "agent", None)
        box = {
            "identifier": helpers.get_identifier(),
            "version": helpers.get_version(detailed_version=True),
            "server": helpers.get_odoo_server_url() or "",
            "is_heard": bool(agent and agent.is_heard),
            "trouble": agent.trouble if agent else "",
            "spool": outbox.health(),
            "readers": [
                {
                    "name": device.device_name,
                    "identifier": device.device_identifier,
                    **device.status(),
                }
                for device in list(main.iot_devices.values())
                if isinstance(device, ReaderDriver)
            ],
        }
        text = page.render(box, request.httprequest.headers.get("Accept-Language", ""))
        return request.make_response(
            text,
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", NOTHING_FOREIGN),
                ("Cache-Control", "no-store"),
            ],
        )
