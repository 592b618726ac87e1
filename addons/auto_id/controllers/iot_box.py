import contextlib
import logging
import re
from pathlib import Path

from odoo import fields, http
from odoo.http import request
from odoo.tools import file_path

from ..models.auto_id_box_pairing import PairingRefusedError
from ..tools import batch, handlers, packages
from ..tools import code as code_tool
from .common import WireError, answers_errors, boxes, read_body, read_params

_logger = logging.getLogger(__name__)
_box_logger = logging.getLogger(f"{__name__}.log")

SMALL = 64 * 1024
LOG_LINES = 60
HANDLERS = Path(__file__).parents[1] / "iot_handlers"

# auth: a box is no user. csrf: no browser, no cookie; the stock box cannot send a token of ours.
ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "max_content_length": batch.REFUSED_UNREAD,
}


class IotBoxController(http.Controller):
    """The calls of the stock IoT Box software, as its Community source makes them.

    Only /iot/setup carries the token. All else names the box or not even that, so it may change
    nothing that matters: it is answered, bounded, and believed where a secret comes with it.
    """

    @http.route("/iot/setup", **ROUTE)
    @answers_errors
    def setup(self, **_form):
        params = read_params()
        info, devices = params.get("iot_box"), params.get("devices")
        if not isinstance(info, dict) or not isinstance(devices, dict):
            raise WireError(400, "malformed", "'iot_box' and 'devices' must be objects")
        try:
            channel = boxes()._setup(info, devices)
        except PairingRefusedError as refusal:
            # Not raised further: what the refusal has noted in the chatter must be kept.
            return request.make_json_response(
                {"error": {"code": refusal.code, "message": str(refusal)}}, status=401
            )
        return request.make_json_response({"jsonrpc": "2.0", "id": None, "result": channel})

    @http.route("/iot/get_handlers", **ROUTE)
    def get_handlers(self, identifier=None, auto="True", **_form):
        """The zip of handlers, 304 if the box has it, empty for whom there is none."""
        box = boxes()._by_identifier(identifier)
        if not box or (auto == "True" and not box.auto_handlers):
            return request.make_response(b"")
        box._touch()
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

    @http.route("/iot/box/send_websocket", **ROUTE)
    @answers_errors
    def send_websocket(self, **_form):
        """An event of a stock driver, or the answer to what we asked over the websocket."""
        params = read_params(SMALL)
        box = boxes()._by_identifier(params.get("iot_box_identifier"))
        if box:
            box._touch()
            if not box._on_answer(params.get("session_id"), params.get("result")):
                box._on_stock_event(params)
        return self._done()

    @http.route("/iot/box/webrtc_answer", **ROUTE)
    @answers_errors
    def webrtc_answer(self, **_form):
        """The answer to an offer of a direct connection. We make none: nobody waits for it."""
        self._contact(read_params(SMALL).get("iot_box_identifier"))
        return self._done()

    @http.route("/iot/box/update_certificate_status", **ROUTE)
    @answers_errors
    def update_certificate_status(self, **_form):
        params = read_params(SMALL)
        box = self._contact(params.get("identifier"))
        with contextlib.suppress(ValueError, TypeError):
            end = fields.Datetime.to_datetime(params.get("ssl_certificate_end_date"))
            box._write_changed({"certificate_end": end or False})
        return self._done()

    @http.route("/iot/keyboard_layouts", **ROUTE)
    def keyboard_layouts(self, **_form):
        """The layouts that a box could use. It keeps its own choice: nothing to do here."""
        return self._done()

    @http.route("/iot/box/<string:identifier>/display_url", **{**ROUTE, "methods": ["GET"]})
    def display_url(self, identifier):
        """{display: URL} for screens on the box; none of ours, so it shows its own page."""
        self._contact(identifier)
        return request.make_json_response({})

    @http.route("/iot/log", **ROUTE)
    @answers_errors
    def log(self, **_form):
        """Lines of a box's log, for the server's log; anyone can write them, so they stay short."""
        lines = read_body(SMALL).decode(errors="replace").split("<log/>\n")
        _word, _space, identifier = lines[0].partition(" ")
        box = self._contact(identifier)
        for line in lines[1:LOG_LINES] if box else ():
            if found := re.match(r"(\d{1,2}),(.*)", line, re.DOTALL):
                level = min(int(found[1]), logging.INFO)
                text = code_tool.printable(found[2].strip(), 1000)
                _box_logger.log(level, "Box %s: %s", box.name, text)
        return self._done()

    def _contact(self, identifier):
        """The box that calls itself so; that it called is noted."""
        box = boxes()._by_identifier(identifier)
        if box:
            box._touch()
        return box

    def _done(self):
        return request.make_json_response({"jsonrpc": "2.0", "id": None, "result": True})
