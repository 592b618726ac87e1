"""The open orders on the card, with their way through manufacturing and delivery."""

import json

from odoo.tests import tagged

from .common import OrdersCase


@tagged("post_install", "-at_install")
class TestCard(OrdersCase):
    def test_an_order_on_its_way(self):
        order = self.order((self.chair, 4))
        (shown,) = self.card()["orders"]
        self.assertEqual(shown["name"], order.name)
        self.assertEqual(shown["progress"], 0)
        (line,) = shown["lines"]
        self.assertEqual((line["quantity"], line["produced"], line["delivered"]), (4, 0, 0))
        (production,) = shown["production"]
        self.assertEqual((production["quantity"], production["state"]), (4, "confirmed"))
        self.assertEqual(production["state_label"], "Confirmed")

        self.produce(self.productions(order), 2)
        (shown,) = self.card()["orders"]
        self.assertEqual((shown["lines"][0]["produced"], shown["progress"]), (2, 25))
        self.assertEqual([p["state"] for p in shown["production"]], ["done", "confirmed"])

        self.produce(self.productions(order)[1])
        self.assertEqual(self.card()["orders"][0]["progress"], 50)

        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.assertEqual(self.card()["orders"], [], "delivered: not open any more")

    def test_the_contract(self):
        """Exactly the keys of docs/architecture.md, and nothing but JSON."""
        self.order((self.chair, 4))
        (shown,) = self.card()["orders"]
        self.assertEqual(
            set(shown),
            {
                "id", "name", "state", "state_label", "date_order", "commitment_date",
                "expected_date", "amount", "lines", "production", "progress",
            },
        )  # fmt: skip
        self.assertEqual(set(shown["lines"][0]), {"product", "quantity", "produced", "delivered"})
        self.assertEqual(
            set(shown["production"][0]),
            {"id", "name", "product", "quantity", "state", "state_label"},
        )
        json.dumps(shown)

    def test_lowered_order(self):
        order = self.order((self.chair, 5))
        order.order_line.product_uom_qty = 3
        (shown,) = self.card()["orders"]
        self.assertEqual(shown["lines"][0]["quantity"], 3)
        self.assertEqual(shown["production"][0]["quantity"], 3)

    def test_from_stock(self):
        """What is not made to order is half way nowhere: only its delivery counts."""
        self.order((self.leg, 4))
        (shown,) = self.card()["orders"]
        self.assertEqual((shown["production"], shown["progress"]), ([], 0))

    def test_components_are_not_shown(self):
        bench = self.product("Bench")
        self.bom(bench, {self.chair: 2})
        self.order((bench, 1))
        (shown,) = self.card()["orders"]
        self.assertEqual([p["product"] for p in shown["production"]], ["Bench"])

    def test_family(self):
        """A company's orders are on the card of each of its people, and the other way round."""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": firm.id})
        order = self.order((self.chair, 1), partner_id=clerk.id)
        for partner in (firm, clerk):
            self.assertEqual([o["id"] for o in self.card(partner)["orders"]], order.ids)
        self.assertEqual(self.card()["orders"], [])

    def test_quotations_and_cancelled(self):
        self.order((self.chair, 1), confirm=False)
        self.order((self.chair, 1))._action_cancel()
        self.assertEqual(self.card()["orders"], [])

    def test_kit(self):
        kit = self.product("Kit", made=False)
        self.bom(kit, {self.chair: 2}, type="phantom")
        order = self.order((kit, 3))
        self.produce(self.productions(order))
        (shown,) = self.card()["orders"]
        self.assertEqual((shown["lines"][0]["produced"], shown["progress"]), (3, 50))

    def test_queries_do_not_grow(self):
        def count(orders):
            for _number in range(orders):
                self.order((self.chair, 1), (self.leg, 1))
            self.env.flush_all()
            self.card()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.card()
            return self.env.cr.sql_log_count - before

        few, many = count(2), count(8)
        self.assertLessEqual(many, few + 3)

    def test_profile_button(self):
        order = self.order((self.chair, 1))
        self.env.flush_all()
        self.env["oneonone.profile"]._refresh(self.customer.ids)
        profile = self.env["oneonone.profile"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(profile.open_order_count, 1)
        action = profile.action_view_open_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)
