import json

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, tagged

from ..tools import signing
from .common import BoxSide


@tagged("post_install", "-at_install")
class TestBox(BoxSide, TransactionCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()

    def bind(self):
        self.env["auto_id.box"]._setup({"identifier": "box-1", "token": self.token}, {})

    def test_the_wizard_shows_a_line_once(self):
        form = Form(self.env["auto_id.connect"])
        form.name, form.url = "Till 2", "https://erp.example/"
        action = form.save().action_connect()
        line = action["context"]["auto_id_pairing_line"]
        url, token, uuid, enterprise_code = line.split("|")
        self.assertEqual((url, enterprise_code), ("https://erp.example", ""))
        self.assertTrue(uuid)
        box = self.env["auto_id.box"].search([("name", "=", "Till 2")])
        self.assertEqual(box.pending_hash, signing.digest(token))
        shown = self.env[action["res_model"]].with_context(**action["context"])
        self.assertEqual(shown.default_get(["pairing_line"])["pairing_line"], line)
        self.assertNotIn("pairing_line", self.env["auto_id.connect"].default_get(["pairing_line"]))

    def test_a_token_is_issued_for_a_new_box_too(self):
        token = self.env["auto_id.box"]._issue_token(name="From make run")
        box = self.env["auto_id.box"].search([("name", "=", "From make run")])
        self.assertEqual(box.pending_key, signing.signing_key(token))

    def test_rotation_shows_a_new_line(self):
        line = self.box.action_rotate()["context"]["auto_id_pairing_line"]
        self.assertNotIn(self.token, line)

    def test_a_message_goes_to_the_box_alone(self):
        self.bind()
        self.box._send("restart_odoo", {"session_id": "s"})
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(json.loads(sent.channel)[-1], self.box.channel)
        self.assertEqual(
            json.loads(sent.message),
            {
                "type": "restart_odoo",
                "payload": {"session_id": "s", "iot_identifiers": ["box-1"]},
            },
        )

    def test_nothing_is_asked_of_a_box_that_is_not_connected(self):
        with self.assertRaises(UserError):
            self.box.action_test_connection()
        with self.assertRaises(UserError):
            self.box.action_restart()

    def test_a_connected_box_is_kept_for_its_reads(self):
        self.bind()
        with self.assertRaises(UserError):
            self.box.unlink()
        self.env["auto_id.box"].create({"name": "Never used"}).unlink()

    def test_last_seen_is_not_written_all_the_time(self):
        self.bind()
        seen = self.box.last_seen
        self.box.last_seen = seen.replace(year=seen.year - 1)
        self.env.flush_all()
        self.box._touch()
        self.assertGreaterEqual(self.box.last_seen, seen)
        with self.assertQueryCount(0):
            self.box._touch()

    def test_buttons_open_what_they_count(self):
        self.box._readers(["scanner-1"])
        self.assertEqual(self.box.reader_count, 1)
        found = self.env["auto_id.reader"].search(self.box.action_open_readers()["domain"])
        self.assertEqual(found, self.box.reader_ids)
        self.assertEqual(self.box.action_open_reads()["res_model"], "auto_id.read")
