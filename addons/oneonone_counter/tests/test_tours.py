"""The counter in a real browser: a card read elsewhere, an unknown card, an order."""

from odoo.tests import HttpCase, tagged

from .common import CounterCase


@tagged("post_install", "-at_install")
class TestTours(CounterCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # one counter to choose from, so that the screen opens it directly
        others = cls.env["auto_id.station"].search([("purpose", "=", "counter")]) - cls.station
        others.purpose = "none"

    def test_serving_customers(self):
        self.start_tour(
            "/odoo/action-oneonone_counter.counter_action",
            "oneonone_counter_serve",
            login="counter_clerk",
            timeout=180,
        )
        visits = self.env["oneonone.visit"].search([("station_id", "=", self.station.id)])
        self.assertEqual(visits.partner_id, self.ada | self.bob)
        self.assertFalse(visits.filtered(lambda visit: not visit.ended_at))
        order = visits.order_ids
        self.assertEqual((order.state, order.partner_id), ("sale", self.ada))
        self.assertEqual(order.order_line.product_uom_qty, 2)
        production = self.env["mrp.production"].search([("product_id", "=", self.table.id)])
        self.assertEqual((production.product_qty, production.state), (2, "confirmed"))
        tag = self.env["auto_id.tag"].search([("code", "=", "TOUR-NEW-CARD")])
        self.assertEqual(tag._record(), self.bob)
