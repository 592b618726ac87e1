"""Attempts to see, change or forge what one should not."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CARD, BoxSide, new_user

SECRETS = [
    "token_hash",
    "signing_key",
    "channel_hash",
    "pending_hash",
    "asked_session",
    "asked_by",
    "peer",
]
MODELS = ["auto_id.box", "auto_id.reader", "auto_id.station", "auto_id.read", "auto_id.tag"]


@tagged("post_install", "-at_install")
class TestSecurity(BoxSide, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.user = new_user(cls.env, "aid_user", "auto_id.group_user")
        cls.manager = new_user(cls.env, "aid_manager", "auto_id.group_manager")
        cls.outsider = new_user(cls.env, "aid_outsider", "base.group_user")
        cls.foreigner = new_user(cls.env, "aid_foreigner", "auto_id.group_manager", cls.elsewhere)

    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.pair(devices={"scanner-1": {"name": "Desk", "type": "scanner"}})
        self.box.reader_ids.station_id = self.station
        self.send(self.events(CARD))

    def test_secrets_are_for_the_system_alone(self):
        for user in (self.user, self.manager):
            box = self.box.with_user(user)
            self.assertTrue(box.name)
            self.assertFalse(set(SECRETS) & set(box.read()[0]))
            for name in SECRETS:
                with self.assertRaises(AccessError):
                    box.read([name])
                with self.assertRaises(AccessError):
                    box.search([(name, "!=", False)])
                with self.assertRaises(AccessError):
                    self.box.with_user(self.manager).write({name: "mine"})

    def test_nobody_without_the_group_sees_anything(self):
        for model in MODELS:
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.outsider).search([])
        with self.assertRaises(AccessError):
            self.station.with_user(self.outsider).scan(CARD)
        with self.assertRaises(AccessError):
            self.env["auto_id.tag"].with_user(self.outsider).bind_code(
                "x", "res.partner", self.customer.id
            )

    def test_another_company_sees_nothing(self):
        for model in MODELS:
            own = self.env[model].search([("company_id", "=", self.company.id)])
            self.assertTrue(own, model)
            self.assertFalse(self.env[model].with_user(self.foreigner).search([]), model)
            with self.assertRaises(AccessError):
                own[:1].with_user(self.foreigner).read(["display_name"])
        with self.assertRaises(AccessError):
            self.station.with_user(self.foreigner).scan(CARD)
        with self.assertRaises(AccessError):
            self.box.with_user(self.foreigner).action_rotate()
        with self.assertRaises(AccessError):
            self.box.with_user(self.foreigner).action_revoke()
        wizard = self.env["auto_id.connect"].with_user(self.foreigner)
        with self.assertRaises(AccessError):
            wizard.create({"box_id": self.box.id, "url": "http://erp.example"}).action_connect()
        wizard = self.env["auto_id.move"].with_user(self.foreigner)
        with self.assertRaises(AccessError):
            wizard.create({"box_ids": self.box.ids, "url": "http://evil.example"}).action_move()

    def test_the_card_of_another_company_is_unknown_here(self):
        station = self.env["auto_id.station"].create(
            {"name": "There", "company_id": self.elsewhere.id}
        )
        found = station.with_user(self.foreigner).scan(CARD)
        self.assertEqual((found["state"], found["record"]), ("unknown", None))

    def test_a_user_sets_nothing_up(self):
        for record in (self.box, self.station, self.box.reader_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.user).name = "mine"
        for action in (
            *("action_rotate", "action_revoke", "action_test_connection", "action_restart"),
            *("action_cancel_token", "action_dismiss"),
        ):
            with self.assertRaises(AccessError):
                getattr(self.box.with_user(self.user), action)()
        for wizard in ("auto_id.connect", "auto_id.move"):
            with self.assertRaises(AccessError):
                self.env[wizard].with_user(self.user).create({"url": "http://erp.example"})

    def test_reads_are_made_by_readers_only(self):
        reads = self.reads()
        values = {"code": CARD, "state": "found", "company_id": self.company.id}
        for user in (self.user, self.manager, self.env.user):
            with self.assertRaises(UserError):
                reads.with_user(user).write({"code": "x"})
            with self.assertRaises(UserError):
                reads.with_user(user).unlink()
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.env["auto_id.read"].with_user(user).create(values)

    def test_a_user_binds_only_what_they_see(self):
        self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("name", "!=", "Ada Card")],
            }
        )
        tags = self.env["auto_id.tag"].with_user(self.user)
        with self.assertRaises(AccessError):
            tags.bind_code("new", "res.partner", self.customer.id)
        other = self.env["res.partner"].create({"name": "Bob"})
        tag = tags.browse(tags.bind_code("bobs", "res.partner", other.id))
        with self.assertRaises(AccessError):
            tag.write({"res_id": self.customer.id})
        self.assertFalse(self.tag.with_user(self.user).record_name)
        self.assertFalse(self.tag.with_user(self.user).reference)
        with self.assertRaisesRegex(UserError, "may not see"):
            tags.bind_code(CARD, "res.partner", other.id)
        self.assertIsNone(self.station.with_user(self.user).scan(CARD)["record"])

    def test_what_is_private_cannot_be_called_from_outside(self):
        self.authenticate("aid_manager", "aid_manager")
        for model, method, args in (
            ("auto_id.box", "_issue_token", [[self.box.id]]),
            ("auto_id.box", "_move_to", [[self.box.id], "http://evil.example"]),
            ("auto_id.box", "_note_status", [[self.box.id], {}]),
            ("auto_id.read", "_ingest", [self.box.id, []]),
            ("auto_id.tag", "bind", ["x", 1]),
        ):
            with mute_logger("odoo.http"):
                answer = self.url_open(
                    "/web/dataset/call_kw",
                    json={"params": {"model": model, "method": method, "args": args, "kwargs": {}}},
                )
            self.assertIn("error", answer.json(), method)

    def test_a_scan_by_rpc(self):
        self.authenticate("aid_user", "aid_user")
        answer = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {
                    "model": "auto_id.station",
                    "method": "scan",
                    "args": [[self.station.id], CARD],
                    "kwargs": {},
                }
            },
        ).json()
        self.assertEqual(answer["result"]["record"]["id"], self.customer.id)

    def test_boxes_of_two_companies_with_the_same_card(self):
        other = self.env["res.partner"].create({"name": "Same number"})
        self.env["auto_id.tag"].with_company(self.elsewhere).bind(CARD, other)
        box = self.env["auto_id.box"].create({"name": "There", "company_id": self.elsewhere.id})
        token = box._issue_token()
        self.pair(identifier="box-2", token=token)
        self.send(self.events(CARD), identifier="box-2", token=token)
        read = self.env["auto_id.read"].search([("box_id", "=", box.id)])
        self.assertEqual(read.tag_id._record(), other)
        self.assertEqual(read.company_id, self.elsewhere)
