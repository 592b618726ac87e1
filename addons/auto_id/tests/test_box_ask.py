"""What is asked of a box, and what becomes of it."""

import datetime
import json

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged

from .common import BoxSide, new_user


@tagged("post_install", "-at_install")
class TestBoxAsk(BoxSide, HttpCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.asker = new_user(self.env, "aid_asker", "auto_id.group_manager")

    def answer(self, session, **values):
        event = {"iot_box_identifier": "box-1", "device_identifier": "box-1", **values}
        self.post("/iot/box/send_websocket", {"params": {"session_id": session, **event}})
        self.box.invalidate_recordset()

    def sent(self, *kinds):
        """(type, payload) of what was sent over the bus in this transaction, of these kinds."""
        values = self.env.cr.precommit.data.get("bus.bus.values", [])
        found = [json.loads(value["message"]) for value in values]
        return [(m["type"], m["payload"]) for m in found if m["type"] in kinds]

    def test_nothing_is_asked_of_a_box_that_is_not_connected(self):
        for action in (self.box.action_test_connection, self.box.action_restart):
            with self.assertRaisesRegex(UserError, "not connected"):
                action()

    def test_who_asked_is_told_the_answer(self):
        self.pair()
        self.box.with_user(self.asker).action_test_connection()
        session = self.box.asked_session
        self.assertEqual(
            self.sent("test_connection"),
            [("test_connection", {"session_id": session, "iot_identifiers": ["box-1"]})],
        )
        self.answer("guessed", status="success")
        self.answer("\ud800")
        self.assertEqual((self.box.asked, self.box.tested_at), ("test_connection", False))
        self.env.cr.precommit.run()
        quality = {"lan_quality": ["?"], "wan_quality": "slow", "odd": {"a": 1}}
        self.answer(session, status="success", result=quality)
        self.assertTrue(self.box.tested_at)
        self.assertEqual(self.box.answer, "Internet: slow")
        self.assertFalse(self.box.asked_session, "an answer is taken once")
        channels = self.env["bus.bus"].sudo().search([], order="id desc", limit=5)
        told = [m for m in channels if json.loads(m.message)["type"] == "simple_notification"]
        self.assertIn(f'"res.partner",{self.asker.partner_id.id}', told[0].channel)
        self.assertIn("Counter box answered: Test of the connection.", told[0].message)

    def test_who_asked_is_told_that_there_is_no_answer(self):
        self.pair()
        self.box.with_user(self.asker).action_restart()
        session = self.box.asked_session
        self.box._give_up_questions()
        self.assertEqual(self.box.asked, "restart_odoo", "there is time left")
        self.box.asked_at = fields.Datetime.now() - datetime.timedelta(minutes=1)
        self.env["auto_id.box"]._cron_watch()
        [(_type, payload)] = self.sent("simple_notification")
        self.assertIn("No answer from Counter box: Restart.", payload["message"])
        self.assertTrue(payload["sticky"])
        self.assertFalse(self.box.asked or self.box.asked_session)
        self.answer(session, status="success")
        self.assertFalse(self.box.tested_at, "too late")

    def test_boxes_move_to_another_address(self):
        self.pair()
        other = self.env["auto_id.box"].create({"name": "Not paired"})
        form = Form(
            self.env["auto_id.move"].with_context(
                active_model="auto_id.box", active_ids=(self.box + other).ids
            )
        )
        form.url = "https://erp.example/odoo"
        wizard = form.save()
        self.assertEqual(wizard.box_ids, self.box)
        wizard.action_move()
        update, restart = self.sent("server_update", "restart_odoo")
        self.assertEqual(update[1]["server_url"], "https://erp.example")
        self.assertEqual(restart[1]["session_id"], self.box.asked_session)
        wizard.box_ids = self.box + other
        with self.assertRaisesRegex(UserError, "Not paired"):
            wizard.action_move()

    def test_no_box_is_sent_to_nowhere(self):
        self.pair()
        for url in ("localhost:8069", "http://localhost", "ftp://erp.example", "http://", "x y"):
            wizard = self.env["auto_id.move"].create({"box_ids": self.box.ids, "url": url})
            with self.assertRaises(UserError):
                wizard.action_move()
        self.assertFalse(self.sent("server_update"))
