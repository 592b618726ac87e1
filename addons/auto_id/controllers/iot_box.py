import contextlib
import logging
from pathlib import Path

from odoo import fields, http
from odoo.http import request
from odoo.tools import file_path

from ..models.auto_id_box_pairing import PairingRefusedError
from ..tools import box_log, handlers, layouts, packages, rate
from .common import BOX_ROUTE, WireError, answers_errors, boxes, read_body, read_params

_logger = logging.getLogger(__name__)
_box_logger = logging.getLogger(f"{__name__}.log")

SMALL = 64 * 1024
LAYOUTS = 512 * 1024
SETUPS_A_MINUTE = 600
LOG_LINES_A_MINUTE = 600
_setup_rate = rate.Rate(SETUPS_A_MINUTE, 60)
_log_rate = rate.Rate(LOG_LINES_A_MINUTE, 60)
HANDLERS = Path(__file__).parents[1] / "iot_handlers"


class IotBoxController(http.Controller):
    """The calls of the stock IoT Box software, as its Community source makes them.

    Only /iot/setup carries the token. All else names the box or not even that, so it counts only
    from where the box last proved itself, changes nothing that matters, and is bounded. A stranger
    gets the same answer for a box that exists as for one that does not.
    """

    @http.route("/iot/setup", **BOX_ROUTE)
    @answers_errors
    def setup(self, **_form):
        if not _setup_rate.allows(request.httprequest.remote_addr):
            raise WireError(429, "too_fast", "too many boxes from one address", pause=10)
        params = read_params()
        info, devices = params.get("iot_box"), params.get("devices")
        if not isinstance(info, dict) or not isinstance(devices, dict):
            raise WireError(400, "malformed", "'iot_box' and 'devices' must be objects")
        try:
            channel = boxes()._setup(info, devices, request.httprequest.remote_addr)
        except PairingRefusedError as refusal:
            # Not raised further: what the refusal has noted in the chatter must be kept.
            return request.make_json_response(
                {"error": {"code": refusal.code, "message": str(refusal)}}, status=401
            )
        return request.make_json_response({"jsonrpc": "2.0", "id": None, "result": channel})

    @http.route("/iot/get_handlers", **BOX_ROUTE)
    def get_handlers(self, identifier=None, auto="True", **_form):
        """The zip of handlers, 304 if the box has it, empty for whom there is none."""
        box = self._contact(identifier)
        if not box or (auto == "True" and not box.auto_handlers):
            return request.make_response(b"")
        try:
            roots = [Path(file_path("iot_drivers/iot_handlers")), HANDLERS]
            etag, archive = handlers.build(roots, packages.installed())
        except (handlers.HandlersError, FileNotFoundError) as error:
            # An answer without the stock handlers, or a broken one, would leave the box with none.
            _logger.error("No handlers for box %s: %s", box.name, error)
            return request.make_response(b"")
        headers = [("ETag", f'"{etag}"'), ("Content-Type", "application/zip")]
        if request.httprequest.headers.get("If-None-Match", "").strip('W/"') == etag:
            return request.make_response(b"", headers=headers, status=304)
        return request.make_response(archive, headers=headers)

    @http.route("/iot/box/send_websocket", **BOX_ROUTE)
    @answers_errors
    def send_websocket(self, **_form):
        """An event of a stock driver, or the answer to what we asked over the websocket."""
        params = read_params(SMALL)
        identifier = params.get("iot_box_identifier")
        box = boxes()._by_identifier(identifier)
        # An answer needs no proof by its origin: it carries the question's secret.
        if box and box._on_answer(params.get("session_id"), params.get("result")):
            box._touch()
        elif box := self._contact(identifier):
            box._on_stock_event(params)
        return self._done()

    @http.route("/iot/box/webrtc_answer", **BOX_ROUTE)
    @answers_errors
    def webrtc_answer(self, **_form):
        """The answer to an offer of a direct connection. We make none: nobody waits for it."""
        self._contact(read_params(SMALL).get("iot_box_identifier"))
        return self._done()

    @http.route("/iot/box/update_certificate_status", **BOX_ROUTE)
    @answers_errors
    def update_certificate_status(self, **_form):
        params = read_params(SMALL)
        box = self._contact(params.get("identifier"))
        with contextlib.suppress(ValueError, TypeError):
            end = fields.Datetime.to_datetime(params.get("ssl_certificate_end_date"))
            box._write_changed({"certificate_end": end or False})
        return self._done()

    @http.route("/iot/keyboard_layouts", **{**BOX_ROUTE, "max_content_length": LAYOUTS})
    def keyboard_layouts(self, available_layouts="", **_form):
        """The layouts a box can use. It does not say which box it is: the place is all we know."""
        try:
            found = layouts.parse(available_layouts)
        except layouts.LayoutsError:
            found = []
        if found:
            boxes()._at(request.httprequest.remote_addr)._note_layouts(found)
        return self._done()

    @http.route("/iot/box/<string:identifier>/display_url", **{**BOX_ROUTE, "methods": ["GET"]})
    def display_url(self, identifier):
        """{display: URL} for screens on the box; none of ours, so it shows its own page."""
        self._contact(identifier)
        return request.make_json_response({})

    @http.route("/iot/log", **BOX_ROUTE)
    @answers_errors
    def log(self, **_form):
        """Lines of a box's log, for the server's log; anyone can write them, so they stay short."""
        identifier, lines = box_log.parse(read_body(SMALL))
        box = self._contact(identifier)
        if box and _log_rate.allows(box.id, len(lines)):
            for level, text in lines:
                _box_logger.log(min(level, logging.INFO), "Box %s: %s", box.name, text)
        return self._done()

    def _contact(self, identifier):
        """The box that calls itself so, if it may be it; that it called is noted."""
        box = boxes()._unproven(identifier, request.httprequest.remote_addr)
        if box:
            box._touch()
        return box

    def _done(self):
        return request.make_json_response({"jsonrpc": "2.0", "id": None, "result": True})
