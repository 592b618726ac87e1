"""The stock box's own calls, as its source makes them."""

import io
import json
import zipfile
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import iot_box
from ..tools import channel, handlers, packages, signing
from .common import CARD, BoxSide

PAIRING = "odoo.addons.auto_id.models.auto_id_box_pairing"
DEVICES = {
    "scanner-1": {
        "name": "Desk Scanner",
        "type": "scanner",
        "manufacturer": "Acme",
        "connection": "serial",
        "subtype": "",
    },
    "printer-1": {"name": "Labels", "type": "printer", "connection": "direct"},
    "odd-1": {"name": "Odd", "identifier": "odd-1", "type": "unsupported", "connection": "x"},
    "laser": {"name": "Laser", "type": "from the future", "connection": "light"},
}


class IotBoxCase(BoxSide, HttpCase):
    """What a stock box calls."""

    def setUp(self):
        super().setUp()
        self.setup_boxes()

    def refused(self, answer, code):
        self.assertEqual(answer.status_code, 401, answer.text)
        self.assertEqual(answer.json()["error"]["code"], code)
        self.assertFalse(answer.json().get("result"))

    def get_handlers(self, identifier="box-1", auto=True, **headers):
        return self.url_open(
            "/iot/get_handlers", data={"identifier": identifier, "auto": auto}, headers=headers
        )

    def event(self, **values):
        event = {"iot_box_identifier": "box-1", "device_identifier": "scanner-1", **values}
        return self.post("/iot/box/send_websocket", {"params": event})


@tagged("post_install", "-at_install")
class TestIotBox(IotBoxCase):
    # Pairing

    def test_the_first_box_with_the_token_is_bound(self):
        answer = self.pair()
        self.assertEqual(answer.status_code, 200, answer.text)
        name = answer.json()["result"]
        self.assertEqual(name, channel.name(self.token))
        self.assertEqual(self.box.channel_hash, signing.digest(name), "only the digest is kept")
        self.assertRecordValues(
            self.box,
            [
                {
                    "identifier": "box-1",
                    "state": "paired",
                    "ip": "10-0-0-7.example",
                    "mac": "b8:27:eb:00:00:01",
                    "version": "L26.01-19.0",
                    "pending_hash": False,
                }
            ],
        )
        self.assertTrue(self.box.last_seen)
        self.assertNotIn(self.token, str(self.box.read()), "the token itself is nowhere")

    def test_it_presents_the_same_token_at_each_start(self):
        name = self.pair().json()["result"]
        self.box.pending_until = fields.Datetime.now()
        self.assertEqual(self.pair().json()["result"], name)

    @mute_logger(PAIRING)
    def test_unknown_token(self):
        before = self.env["auto_id.box"].search_count([])
        self.refused(self.pair(token="guessed"), "unknown_token")
        self.refused(self.pair(token=""), "no_token")
        self.refused(self.pair(identifier=""), "malformed")
        self.assertEqual(self.env["auto_id.box"].search_count([]), before)
        self.assertEqual(self.box.state, "new")

    def test_expired_token(self):
        self.box.pending_until = "2020-01-01 00:00:00"
        self.refused(self.pair(), "expired_token")

    @mute_logger(PAIRING)
    def test_a_token_is_for_one_box(self):
        self.pair()
        self.refused(self.pair(identifier="box-2"), "unknown_token")

    @mute_logger(PAIRING)
    def test_a_known_box_with_another_token_is_reported(self):
        self.pair()
        messages = len(self.box.message_ids)
        for _try in range(5):
            self.refused(self.pair(token="stolen"), "other_token")
        self.assertEqual(len(self.box.message_ids), messages + 1, "not five times")
        other = self.env["auto_id.box"].create({"name": "Other"})
        self.refused(self.pair(token=other._issue_token()), "other_token")
        self.assertEqual(other.state, "new")

    @mute_logger(PAIRING)
    def test_rotation(self):
        self.pair()
        new, before = self.box._issue_token(), self.box.channel_hash
        self.assertEqual(self.pair().status_code, 200, "the old one is good until then")
        self.assertEqual(self.pair(token=new).status_code, 200)
        self.assertNotEqual(self.box.channel_hash, before)
        self.refused(self.pair(), "other_token")
        self.assertEqual(self.send([]).status_code, 401)
        self.assertEqual(self.send([], token=new).status_code, 200)

    @mute_logger(PAIRING)
    def test_revoked(self):
        self.pair()
        self.box.action_revoke()
        self.refused(self.pair(), "other_token")
        self.assertEqual(self.pair(token=self.box._issue_token()).status_code, 200)

    def test_setup_that_is_none(self):
        for body in ("", "[]", '{"params": []}', '{"params": {"iot_box": 1, "devices": {}}}'):
            answer = self.post("/iot/setup", body)
            self.assertEqual(answer.status_code, 400, answer.text)
            self.assertTrue(answer.json()["error"]["message"])

    # Devices

    def test_devices_become_readers(self):
        self.pair(devices=DEVICES)
        readers = self.box.reader_ids.sorted("identifier")
        self.assertRecordValues(
            readers,
            [
                {"name": "Laser", "type": "other", "connection": "other"},
                {"name": "Desk Scanner", "type": "scanner", "connection": "serial"},
            ],
        )
        readers[1].write({"name": "Till", "station_id": self.station.id})
        self.pair(devices={})
        self.assertEqual(readers.mapped("connected"), [False, False])
        self.pair(devices=DEVICES)
        self.assertEqual(readers.mapped("connected"), [True, True])
        self.assertEqual(readers[1].name, "Till", "what people named stays")
        self.assertEqual(len(self.box.reader_ids), 2)

    def test_devices_that_are_none(self):
        self.pair(devices={"a": 1, "": {}, "\x00": {}, "x" * 999: {}, "b": {"name": ["?"]}})
        self.assertEqual(self.box.reader_ids.mapped("identifier"), ["b"])

    # Handlers

    def test_handlers_are_whole(self):
        self.pair()
        answer = self.get_handlers()
        self.assertEqual(answer.status_code, 200)
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        self.assertIn("drivers/serial_base_driver.py", names, "the stock ones, which it deletes")
        self.assertIn("interfaces/serial_interface.py", names)
        self.assertLessEqual(set(packages.installed()), set(names), "what drivers need goes along")
        ours = [path.name for path in iot_box.HANDLERS.rglob("drivers/*.py")]
        self.assertTrue(ours)
        self.assertLessEqual({f"drivers/{name}" for name in ours}, set(names))
        self.assertFalse([name for name in names if name.endswith("drivers/__init__.py")])

        etag = answer.headers["ETag"].strip('"')
        again = self.get_handlers(**{"If-None-Match": etag})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_no_handlers_for_strangers(self):
        self.assertEqual(self.get_handlers(identifier="stranger").content, b"")

    def test_handlers_are_not_updated_if_the_box_says_so(self):
        self.pair()
        self.box.auto_handlers = False
        self.assertEqual(self.get_handlers().content, b"")
        self.assertTrue(self.get_handlers(auto=False).content)

    @mute_logger("odoo.addons.auto_id.controllers.iot_box")
    def test_broken_handlers_are_not_served(self):
        self.pair()
        for error in (handlers.HandlersError("no"), FileNotFoundError("no iot_drivers")):
            with patch.object(iot_box.handlers, "build", side_effect=error):
                answer = self.get_handlers()
            self.assertEqual((answer.status_code, answer.content), (200, b""))
            self.assertNotIn("ETag", answer.headers)

    # Events of stock drivers, answers

    def test_a_stock_scanner_is_believed_only_if_the_box_is(self):
        self.pair(devices=DEVICES)
        self.assertEqual(self.event(value=CARD).status_code, 200)
        self.assertFalse(self.reads(), "no proof of its origin")
        self.box.accept_unsigned = True
        self.event(value=CARD)
        self.assertEqual(self.reads().tag_id, self.tag)
        self.event(value=CARD, device_identifier="laser")
        self.event(value="", status="success")
        self.event(value={"weight": 3})
        self.event(value=CARD, iot_box_identifier="box-9")
        self.assertEqual(len(self.reads()), 1)

    def test_the_other_calls(self):
        self.pair()
        self.box.last_seen = False
        end = {"identifier": "box-1", "ssl_certificate_end_date": "2027-01-02 03:04:05"}
        answers = [
            self.post("/iot/box/update_certificate_status", {"params": end}),
            self.post(
                "/iot/box/update_certificate_status",
                {"params": {"identifier": "box-1", "ssl_certificate_end_date": "soon"}},
            ),
            self.post(
                "/iot/box/webrtc_answer",
                {"params": {"iot_box_identifier": "box-1", "answer": {"sdp": "", "type": ""}}},
            ),
            self.url_open("/iot/keyboard_layouts", data={"available_layouts": json.dumps([])}),
            self.url_open("/iot/box/box-1/display_url"),
        ]
        self.assertEqual([answer.status_code for answer in answers], [200] * 5)
        self.assertEqual(answers[-1].json(), {})
        self.box.invalidate_recordset()
        self.assertEqual(str(self.box.certificate_end), "2027-01-02 03:04:05")
        self.assertTrue(self.box.last_seen)
