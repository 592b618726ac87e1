"""What the screen asks for: counters, state, customers, binding, goodbye."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .common import CounterCase, bus_messages


@tagged("post_install", "-at_install")
class TestScreen(CounterCase, TransactionCase):
    def test_counters_to_choose_from(self):
        self.env["auto_id.station"].create({"name": "Goods in"})
        found = self.counter.counter_stations()
        self.assertIn("Test counter", [station["name"] for station in found])
        self.assertNotIn("Goods in", [station["name"] for station in found])

    def test_opening_makes_the_user_the_clerk(self):
        state = self.counter.counter_open()
        self.assertEqual(self.station.clerk_id, self.clerk)
        self.assertEqual(state["station"]["name"], "Test counter")
        self.assertIsNone(state["visit"])

    def test_state_gives_everything_back_after_a_broken_connection(self):
        visit = self.show(self.ada)
        state = self.counter.counter_state()
        self.assertEqual(state["visit"]["id"], visit.id)
        self.assertEqual(state["visit"]["card"]["partner"]["id"], self.ada.id)

    def test_readers_and_their_health(self):
        box = self.env["auto_id.box"].create({"name": "Box 1"})
        reader = self.env["auto_id.reader"].create(
            {"box_id": box.id, "identifier": "r", "name": "Scanner", "station_id": self.station.id}
        )
        health = self.counter.counter_state()["station"]["readers"][0]
        self.assertEqual((health["name"], health["online"]), ("Scanner", False))
        self.assertIn("Box 1", health["status"])
        box.state, reader.connected = "paired", True
        self.assertTrue(self.counter.counter_state()["station"]["readers"][0]["online"])

    def test_the_screen_hears_that_a_reader_fails_and_works_again(self):
        box = self.env["auto_id.box"].create({"name": "Box 1", "state": "paired"})
        reader = self.env["auto_id.reader"].create(
            {
                "box_id": box.id,
                "identifier": "r",
                "name": "Scanner",
                "connected": True,
                "station_id": self.station.id,
            }
        )
        reader.write({"state": "failing", "last_error": "the line is dead"})
        kind, payload = bus_messages(self.env, self.station)[-1]
        self.assertEqual(kind, "oneonone_counter.readers")
        self.assertFalse(payload["readers"][0]["online"])
        self.assertIn("the line is dead", payload["readers"][0]["status"])
        reader.state = "working"
        _kind, payload = bus_messages(self.env, self.station)[-1]
        self.assertTrue(payload["readers"][0]["online"])
        box.silent_since = fields.Datetime.now()
        _kind, payload = bus_messages(self.env, self.station)[-1]
        self.assertFalse(payload["readers"][0]["online"])
        self.assertIn("switched on", payload["readers"][0]["status"])

    def test_customers_by_name_mail_phone_reference_and_order(self):
        _visit, order = self.order_tables()
        for term, found in {
            "ada coun": self.ada,
            "ada@example": self.ada,
            "2055500142": self.ada,
            "BOB-7": self.bob,
            order["name"]: self.ada,
        }.items():
            with self.subTest(term):
                ids = [customer["id"] for customer in self.counter.counter_customers(term)]
                self.assertIn(found.id, ids)
        self.assertEqual(self.counter.counter_customers("a"), [])

    def test_wildcards_in_a_search_are_plain_characters(self):
        self.assertEqual(self.counter.counter_customers("%%"), [])

    def test_unknown_code_is_bound_and_the_customer_shown(self):
        payload = self.counter.counter_bind("NEW-CARD", self.bob.id)
        self.assertEqual(payload["card"]["partner"]["id"], self.bob.id)
        self.assertEqual(self.counter.scan("NEW-CARD")["record"]["id"], self.bob.id)

    def test_code_of_another_customer_is_refused_and_nothing_changes(self):
        with self.assertRaisesRegex(UserError, "Ada Counter"):
            self.counter.counter_bind("ADA-CARD", self.bob.id)
        self.assertFalse(self.station.current_visit_id)

    def test_new_customer_with_the_card_in_hand(self):
        values = {"name": " Cleo Counter ", "phone": "0755 5550", "email": ""}
        payload = self.counter.counter_create_customer(values, "CLEO-CARD")
        self.assertEqual(payload["card"]["partner"]["name"], "Cleo Counter")
        self.assertEqual(self.counter.scan("CLEO-CARD")["state"], "found")

    def test_new_customer_needs_a_name(self):
        with self.assertRaisesRegex(UserError, "name"):
            self.counter.counter_create_customer({"name": "  "})

    def test_goodbye_frees_the_counter_and_tells_the_screens(self):
        visit = self.show(self.ada)
        visit.end_visit()
        self.assertTrue(visit.ended_at)
        self.assertFalse(self.station.current_visit_id)
        last = bus_messages(self.env, self.station)[-1]
        self.assertEqual(last[0], "oneonone_counter.ended")
        self.assertEqual(last[1]["visit_id"], visit.id)

    def test_objection_to_profiling_is_respected(self):
        self.order_tables()
        self.ada.profiling_objection = True
        payload = self.counter.counter_state()["visit"]
        self.assertFalse(payload["card"]["profiling"])
        self.assertIsNone(payload["card"]["profile"])
        self.assertEqual((payload["card"]["purchases"], payload["usual"]), ([], []))

    def test_forgotten_visits_end_by_themselves(self):
        visit = self.show(self.ada)
        visit.sudo().started_at = fields.Datetime.now() - timedelta(hours=9)
        self.assertIsNone(self.counter.counter_state()["visit"])
        self.env["oneonone.visit"]._gc_forgotten_visits()
        self.assertTrue(visit.ended_at)
        self.assertFalse(self.station.current_visit_id)

    def test_visit_that_goes_on_is_not_deleted(self):
        visit = self.show(self.ada)
        with self.assertRaises(UserError):
            visit.sudo().unlink()

    def test_buttons_open_something(self):
        visit = self.show(self.ada)
        self.assertEqual(self.station.action_open_counter()["tag"], "oneonone_counter.screen")
        self.assertEqual(self.station.action_view_visits()["res_model"], "oneonone.visit")
        self.assertEqual(visit.action_view_orders()["res_model"], "sale.order")
        self.assertEqual(self.station.visit_count, 1)
        self.assertIn("Ada Counter", visit.display_name)
