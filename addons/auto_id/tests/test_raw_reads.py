import base64
import json
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..tools import signing
from .common import BoxSide, new_user


@tagged("post_install", "-at_install")
class TestRawReads(BoxSide, HttpCase):
    """Raw reads are fetched from a box, part for part, and only when somebody asked."""

    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.pair()
        self.reader = self.env["auto_id.reader"].create(
            {
                "box_id": self.box.id,
                "name": "Dock",
                "identifier": "dock",
                "driver": "llrp",
                "keep_raw_minutes": 30,
            }
        )
        self.manager = new_user(self.env, "raw_manager", "base.group_user,auto_id.group_manager")

    def ask(self):
        """The recording that a manager asked for, and what the box was told."""
        sent = []
        boxes = self.env.registry["auto_id.box"]
        with patch.object(boxes, "_send", lambda box, *message: sent.append((box.id, *message))):
            self.reader.with_user(self.manager).action_fetch_raw_reads()
        recording = self.env["auto_id.recording"].search([("reader_id", "=", self.reader.id)])
        return recording[:1], sent

    def deliver(self, recording, raw, part=1, parts=1, token=None, **changes):
        content = {
            "request": str(recording.id),
            "reader": "dock",
            "part": part,
            "parts": parts,
            "data": base64.b64encode(raw).decode(),
            **changes,
        }
        body = json.dumps(self.envelope(**content)).encode()
        signature = signing.sign(signing.signing_key(token or self.token), body)
        headers = {"X-Auto-Id-Box": "box-1", "X-Auto-Id-Signature": signature}
        response = self.post("/auto_id/v1/raw", body, **headers)
        self.env.invalidate_all()
        return response

    def _said(self):
        """What was put on the bus."""
        self.env.cr.precommit.run()
        return "".join(self.env["bus.bus"].sudo().search([]).mapped("message"))

    def test_asked_for_and_received(self):
        recording, sent = self.ask()
        ((box, message, payload),) = sent
        self.assertEqual((box, message), (self.box.id, "iot_action"))
        self.assertEqual(payload["device_identifiers"], ["dock"])
        self.assertEqual((payload["action"], payload["minutes"]), ("auto_id_raw", 30))
        self.assertEqual(payload["request"], str(recording.id))
        self.assertEqual(recording.state, "asked")
        self.assertEqual(self.deliver(recording, b"one ", 1, 2).json(), {"received": 1})
        self.assertEqual(recording.state, "arriving")
        self.assertEqual(self.deliver(recording, b"two", 2, 2).json(), {"received": 2})
        self.assertEqual(recording.state, "received")
        self.assertEqual(base64.b64decode(recording.file), b"one two")
        self.assertTrue(recording.file_name.startswith("Dock 20"))
        self.assertIn("Raw reads have arrived", self._said())
        self.assertFalse(recording._part_files())
        manager = recording.with_user(self.manager)
        self.assertEqual(base64.b64decode(manager.file), b"one two")

    def test_a_part_that_comes_twice_is_one(self):
        recording, _sent = self.ask()
        for part in (1, 1, 2, 2, 1):
            response = self.deliver(recording, b"%d" % part, part, 2)
            self.assertEqual(response.status_code, 200)
        self.assertEqual(base64.b64decode(recording.file), b"12")

    def test_asked_again_it_begins_anew(self):
        recording, _sent = self.ask()
        self.deliver(recording, b"old ", 1, 2)
        recording.with_user(self.manager).action_ask()
        self.deliver(recording, b"new", 1, 1)
        self.assertEqual(base64.b64decode(recording.file), b"new")

    def test_a_box_that_kept_nothing(self):
        recording, _sent = self.ask()
        self.assertEqual(self.deliver(recording, b"").status_code, 200)
        self.assertEqual((recording.state, recording.file), ("received", False))

    def test_what_nobody_asked_for_is_refused(self):
        recording, _sent = self.ask()
        other = self.env["auto_id.box"].create({"name": "Other box"})
        stranger = self.reader.copy({"box_id": other.id, "identifier": "dock"})
        theirs = self.env["auto_id.recording"].create({"reader_id": stranger.id, "minutes": 5})
        self.assertEqual(self.deliver(theirs, b"x").status_code, 400)
        self.assertEqual(self.deliver(recording, b"x", reader="counter").status_code, 400)
        self.assertEqual(self.deliver(recording, b"x", request="999999999").status_code, 400)
        self.assertEqual(self.deliver(recording, b"x", token="not it").status_code, 401)
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        self.env.cr.execute("UPDATE auto_id_recording SET write_date = %s", [long_ago])
        self.env.invalidate_all()
        self.assertEqual(self.deliver(recording, b"x").status_code, 400)
        self.assertEqual((recording.state, theirs.state), ("asked", "asked"))

    def test_nonsense_is_refused(self):
        recording, _sent = self.ask()
        for changes in (
            {"request": None},
            {"request": "-1"},
            {"request": "²"},
            {"reader": 7},
            {"part": 0},
            {"part": True},
            {"part": 3},
            {"parts": 65},
            {"parts": "2"},
            {"data": None},
            {"data": "*"},
            {"data": "é"},
        ):
            with self.subTest(changes=changes):
                response = self.deliver(recording, b"x", **{"part": 1, "parts": 2, **changes})
                self.assertEqual(response.status_code, 400, changes)
        self.assertEqual(recording.state, "asked")

    def test_only_a_reader_that_keeps_them_is_asked(self):
        self.reader.keep_raw_minutes = 0
        with self.assertRaisesRegex(UserError, "keeps no raw reports"):
            self.reader.action_fetch_raw_reads()

    def test_only_managers_see_recordings(self):
        recording, _sent = self.ask()
        self.deliver(recording, b"secret")
        user = new_user(self.env, "raw_user", "base.group_user,auto_id.group_user")
        with self.assertRaises(AccessError):
            self.reader.with_user(user).action_fetch_raw_reads()
        with self.assertRaises(AccessError):
            recording.with_user(user).read(["file"])
        with self.assertRaises(AccessError):
            recording.with_user(user).action_ask()
        with self.assertRaises(AccessError):
            recording.with_user(self.manager).write({"minutes": 1})
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "auto_id.recording"), ("res_field", "=", "file")]
        )
        self.assertTrue(attachments)
        with self.assertRaises(AccessError):
            attachments.with_user(user).read(["raw"])

    def test_another_company_sees_nothing(self):
        recording, _sent = self.ask()
        company = self.env["res.company"].create({"name": "Another"})
        stranger = new_user(
            self.env, "raw_stranger", "base.group_user,auto_id.group_manager", company
        )
        self.assertFalse(self.env["auto_id.recording"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            recording.with_user(stranger).action_ask()

    def test_old_recordings_are_deleted(self):
        recording, _sent = self.ask()
        fresh, _sent = self.ask()
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=31)
        self.env.cr.execute(
            "UPDATE auto_id_recording SET create_date = %s WHERE id = %s",
            [long_ago, min(recording.id, fresh.id)],
        )
        self.env.invalidate_all()
        self.env["auto_id.recording"]._gc_recordings()
        self.assertEqual(self.reader.recording_count, 1)
