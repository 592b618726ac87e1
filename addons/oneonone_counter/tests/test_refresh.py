"""The screen follows what others do to the customer's orders, and only to this customer's."""

from odoo.tests import TransactionCase, tagged

from .common import CounterCase, bus_messages


@tagged("post_install", "-at_install")
class TestRefresh(CounterCase, TransactionCase):
    def setUp(self):
        super().setUp()
        self.visit, payload = self.order_tables(5)
        self.order = self.env["sale.order"].browse(payload["id"])
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"].search([], order="id desc", limit=1).id

    def sent(self):
        return [kind for kind, _payload in bus_messages(self.env, self.station, self.last)]

    def test_manufacturing_order_moves_on(self):
        self.order.mrp_production_ids.qty_producing = 1
        self.assertEqual(self.sent(), ["oneonone_counter.refresh"])

    def test_somebody_else_changes_the_order(self):
        self.order.order_line.product_uom_qty = 4
        self.assertEqual(self.sent(), ["oneonone_counter.refresh"])

    def test_contact_of_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Eve", "parent_id": self.ada.id})
        self.show(contact)
        self.env.cr.precommit.run()
        self.last = self.env["bus.bus"].search([], order="id desc", limit=1).id
        self.order.order_line.product_uom_qty = 4
        self.assertIn("oneonone_counter.refresh", self.sent())

    def test_nobody_is_told_when_the_customer_has_gone(self):
        self.visit.end_visit()
        self.order.order_line.product_uom_qty = 4
        self.assertNotIn("oneonone_counter.refresh", self.sent())

    def test_other_customers_do_not_matter(self):
        self.show(self.bob)
        self.env.cr.precommit.run()
        self.order.order_line.product_uom_qty = 4
        self.assertNotIn("oneonone_counter.refresh", self.sent())

    def test_open_orders_are_on_the_card_with_their_progress(self):
        card = self.counter.counter_state()["visit"]["card"]
        self.assertEqual([order["id"] for order in card["orders"]], self.order.ids)
        self.assertEqual(card["orders"][0]["progress"], 0)
        self.assertEqual(card["orders"][0]["production"][0]["quantity"], 5)
