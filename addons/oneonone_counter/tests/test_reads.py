"""From a read to the screen: who is shown, and what is said about a card that shows nobody."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.oneonone_counter.models import auto_id_station
from odoo.tests import TransactionCase, tagged

from .common import CounterCase, bus_messages


@tagged("post_install", "-at_install")
class TestReads(CounterCase, TransactionCase):
    def scan(self, code):
        self.counter.scan(code)
        return bus_messages(self.env, self.station)[-1]

    def visits(self):
        return self.env["oneonone.visit"].search([("station_id", "=", self.station.id)])

    def test_card_shows_its_customer_with_the_card_in_the_notification(self):
        self.counter.counter_open()
        kind, payload = self.scan("ADA-CARD")
        self.assertEqual(kind, "oneonone_counter.visit")
        self.assertEqual(payload["station_id"], self.station.id)
        self.assertEqual(payload["visit"]["card"]["partner"]["name"], "Ada Counter")
        visit = self.visits()
        self.assertEqual((visit.partner_id, visit.user_id), (self.ada, self.clerk))
        self.assertEqual(visit.read_id.code, "ADA-CARD")
        self.assertEqual(self.station.current_visit_id, visit)

    def test_without_a_clerk_the_visit_opens_and_screens_ask_themselves(self):
        kind, payload = self.scan("ADA-CARD")
        self.assertEqual(kind, "oneonone_counter.visit")
        self.assertEqual(payload["visit"], {"id": self.visits().id})

    def test_a_card_too_large_for_a_notification_is_asked_for(self):
        self.counter.counter_open()
        with patch.object(auto_id_station, "LARGEST_NOTIFICATION", 10):
            _kind, payload = self.scan("ADA-CARD")
        self.assertEqual(payload["visit"], {"id": self.visits().id})

    def test_same_customer_again_keeps_the_visit(self):
        self.scan("ADA-CARD")
        self.scan("ADA-CARD")
        self.assertEqual(len(self.visits()), 1)

    def test_same_customer_hours_later_is_a_new_visit(self):
        self.scan("ADA-CARD")
        first = self.visits()
        first.sudo().started_at = fields.Datetime.now() - timedelta(hours=5)
        self.scan("ADA-CARD")
        self.assertEqual(len(self.visits()), 2)
        self.assertTrue(first.ended_at)

    def test_a_tag_that_only_moves_or_leaves_shows_nobody(self):
        box = self.env["auto_id.box"].create({"name": "Box", "state": "paired"})
        reader = self.env["auto_id.reader"].create(
            {"box_id": box.id, "identifier": "uhf", "name": "UHF", "station_id": self.station.id}
        )
        event = {"reader": reader.identifier, "code": "ADA-CARD"}
        for sequence, kind in enumerate(("moved", "out", "present", "departed")):
            self.env["auto_id.read"]._ingest(box, [{**event, "sequence": sequence, "kind": kind}])
        self.assertFalse(self.visits())
        self.env["auto_id.read"]._ingest(box, [{**event, "sequence": 9, "kind": "arrived"}])
        self.assertTrue(self.visits())

    def test_next_customer_ends_the_visit(self):
        self.scan("ADA-CARD")
        first = self.visits()
        self.scan("BOB-CARD")
        self.assertTrue(first.ended_at)
        self.assertEqual(self.station.current_visit_id.partner_id, self.bob)

    def test_unknown_code(self):
        kind, payload = self.scan("NOBODY-1")
        self.assertEqual(kind, "oneonone_counter.unknown_code")
        self.assertEqual(payload, {"station_id": self.station.id, "code": "NOBODY-1"})
        self.assertFalse(self.visits())

    def test_lost_card_is_refused_in_words(self):
        self.env["auto_id.tag"].search([("code", "=", "ADA-CARD")]).state = "lost"
        kind, payload = self.scan("ADA-CARD")
        self.assertEqual((kind, payload["kind"]), ("oneonone_counter.notice", "refused"))
        self.assertIn("lost", payload["message"])
        self.assertFalse(self.visits())

    def test_code_of_a_product_is_no_customer(self):
        self.env["auto_id.tag"].bind("TEA-BOX", self.tea)
        kind, payload = self.scan("TEA-BOX")
        self.assertEqual((kind, payload["kind"]), ("oneonone_counter.notice", "not_customer"))
        self.assertIn("Counter tea", payload["message"])

    def test_garbage_is_refused(self):
        for garbage in ("", "\x00\x01\x02", "x" * 65536):
            kind, payload = self.scan(garbage)
            self.assertEqual((kind, payload["kind"]), ("oneonone_counter.notice", "refused"))

    def test_message_is_in_the_language_of_the_clerk(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        self.counter.counter_open()
        self.assertEqual(self.station._for_clerk().env.lang, "zh_CN")

    def test_one_notification_for_a_batch_and_none_for_old_reads(self):
        box = self.env["auto_id.box"].create({"name": "Test box"})
        reader = self.env["auto_id.reader"].create(
            {"box_id": box.id, "identifier": "r1", "name": "r1", "station_id": self.station.id}
        )
        now = fields.Datetime.now()
        events = [
            {"sequence": 1, "reader": "r1", "code": "ADA-CARD", "time": now.timestamp()},
            {"sequence": 2, "reader": "r1", "code": "BOB-CARD", "time": now.timestamp()},
        ]
        with patch.object(type(self.env["auto_id.station"]), "_bus_send") as send:
            self.env["auto_id.read"]._ingest(box, events)
            self.assertEqual(send.call_count, 1)
            self.assertEqual(self.station.current_visit_id.partner_id, self.bob)
            late = [{"sequence": 3, "reader": "r1", "code": "ADA-CARD", "age": 20 * 60}]
            self.env["auto_id.read"]._ingest(box, late)
            self.assertEqual(send.call_count, 1, send.call_args_list)
        self.assertEqual(reader.station_id.current_visit_id.partner_id, self.bob)

    def test_another_purpose_opens_no_visit(self):
        self.station.purpose = "none"
        self.counter.scan("ADA-CARD")
        self.assertFalse(self.visits())
