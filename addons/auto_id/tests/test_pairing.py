"""Pairing as people do it: a link to paste, a picture to scan, or the server's own call."""

import base64
import contextlib
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, tagged
from PIL import Image

from ..models import auto_id_box_pairing
from ..tools import signing
from .common import BoxSide


@contextlib.contextmanager
def web_page(status=200, answer=b'{"result": {"status": "success"}}', headers=()):
    """Something that answers on this machine; yields its port and the requests it got."""
    got = []

    class Page(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            got.append((self.path, json.loads(self.rfile.read(length))))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port, got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@tagged("post_install", "-at_install")
class TestPairing(BoxSide, TransactionCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()

    def wizard(self, **values):
        form = Form(self.env["auto_id.connect"])
        form.url = values.pop("url", "https://erp.example/")
        for name, value in {"name": "Till 2", **values}.items():
            form[name] = value
        return form.save()

    def new_box(self):
        return self.env["auto_id.box"].search([("name", "=", "Till 2")])

    def bind(self):
        self.env["auto_id.box"]._setup({"identifier": "box-1", "token": self.token}, {})

    def test_a_link_is_shown_once(self):
        action = self.wizard().action_connect()
        link = urlsplit(action["params"]["link"])
        query = parse_qs(link.query, keep_blank_values=True)
        self.assertEqual(f"{link.scheme}://{link.netloc}{link.path}", "https://erp.example")
        self.assertLessEqual({"token", "db_uuid", "enterprise_code"}, query.keys())
        self.assertEqual(self.new_box().pending_hash, signing.digest(query["token"][0]))
        kept = self.env["auto_id.connect"].search([]).read() + self.new_box().sudo().read()
        self.assertNotIn(query["token"][0], str(kept))

    def test_the_picture_is_in_the_answer_itself(self):
        qr = self.wizard().action_connect()["params"]["qr"]
        start, picture = qr.split(",")
        self.assertEqual(start, "data:image/png;base64")
        self.assertGreater(min(Image.open(io.BytesIO(base64.b64decode(picture))).size), 200)

    def test_the_database_is_named_where_there_are_several(self):
        for databases, named in ((["one"], None), (["one", "two"], [self.env.cr.dbname])):
            with patch.object(auto_id_box_pairing, "db_list", return_value=databases):
                link = self.box._pairing_link("http://erp.example", "t")
            self.assertEqual(parse_qs(urlsplit(link).query).get("db_name"), named)

    def test_addresses_that_no_box_could_use(self):
        for url in ("http://localhost:8069", "erp.example", "ftp://erp.example", "http://a b"):
            with self.assertRaises(UserError):
                self.wizard(url=url).action_connect()
        self.assertFalse(self.new_box())

    def test_a_new_token_for_a_known_box(self):
        self.bind()
        action = self.box.action_rotate()
        wizard = self.env["auto_id.connect"].with_context(action["context"])
        form = Form(wizard)
        form.url = "https://erp.example"
        shown = form.save().action_connect()
        self.assertEqual(shown["params"]["box_id"], self.box.id)
        self.assertNotIn(self.token, shown["params"]["link"])
        self.bind()
        self.assertEqual(self.box.state, "paired", "the old token is good until then")

    def test_a_token_is_cancelled(self):
        self.box.action_cancel_token()
        with (
            self.assertLogs("odoo.addons.auto_id.models.auto_id_box_pairing", "WARNING"),
            self.assertRaises(auto_id_box_pairing.PairingRefusedError),
        ):
            self.bind()
        self.assertIn("cancelled", self.box.health_message)

    # The server gives the box its token

    def allow(self, networks="127.0.0.0/8"):
        self.env["ir.config_parameter"].set_param("auto_id.push_networks", networks)

    def push(self, address):
        with self.env.cr.savepoint():
            return self.wizard(way="push", address=address).action_connect()

    def assert_refused(self, address, words):
        with self.assertRaisesRegex(UserError, words):
            self.push(address)
        self.assertFalse(self.new_box(), "no box, no token that nobody knows")

    def test_the_box_gets_what_it_would_get_on_its_page(self):
        self.allow()
        with web_page() as (port, got):
            action = self.push(f"127.0.0.1:{port}")
        [(path, body)] = got
        self.assertEqual(path, "/iot_drivers/connect_to_server")
        token = parse_qs(urlsplit(body["params"]["token"]).query)["token"][0]
        self.assertEqual(self.new_box().pending_hash, signing.digest(token))
        self.assertTrue(action["params"]["pushed"])
        self.assertFalse(action["params"]["link"] or action["params"]["qr"], "not shown as well")

    def test_only_into_the_local_network(self):
        self.allow("")
        with web_page() as (port, got):
            for address in (
                *(
                    f"127.0.0.1:{port}",
                    f"localhost:{port}",
                    f"[::1]:{port}",
                    f"[::ffff:127.0.0.1]:{port}",
                ),
                *("169.254.169.254:80", "0.0.0.0", "8.8.8.8", "2130706433", "[fe80::1]"),
            ):
                self.assert_refused(address, "outside of the networks|unknown here")
        self.assertFalse(got)

    def test_no_redirect_is_followed(self):
        self.allow()
        with web_page() as (inside, got):
            target = [("Location", f"http://127.0.0.1:{inside}/iot_drivers/connect_to_server")]
            for status in (301, 302, 307, 308):
                with web_page(status, headers=target) as (port, _got):
                    self.assert_refused(f"127.0.0.1:{port}", "no IoT box")
        self.assertFalse(got)

    def test_what_is_no_box_is_said(self):
        self.allow()
        for answer in (b"<html>", b"[]", b'{"result": 1}', b'{"error": {}}', b"x" * 100_000):
            with web_page(answer=answer) as (port, _got):
                self.assert_refused(f"127.0.0.1:{port}", "no IoT box")
        with web_page(answer=b'{"result": {"status": "failure"}}') as (port, _got):
            self.assert_refused(f"127.0.0.1:{port}", "did not take")
        self.assert_refused(f"127.0.0.1:{port}", "Nothing answers")
        self.assert_refused("no such host", "no address of a box")
        self.assert_refused("nowhere.invalid", "unknown here")

    def test_a_name_is_looked_up_once(self):
        """What was checked is what is called, whatever the name means a moment later."""
        self.allow("10.0.0.0/8")
        answers = iter([[(2, 1, 6, "", ("10.1.2.3", 80))], [(2, 1, 6, "", ("127.0.0.1", 80))]])
        with (
            patch("socket.getaddrinfo", side_effect=lambda *_a, **_k: next(answers)),
            patch("socket.create_connection", side_effect=OSError) as connect,
        ):
            self.assert_refused("rebind.example", "Nothing answers")
        self.assertEqual(connect.call_args.args[0][0], "10.1.2.3")
