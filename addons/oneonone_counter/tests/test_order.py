"""A quotation tapped together, confirmed, changed: what the clerk does reaches the shop floor."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .common import CounterCase


@tagged("post_install", "-at_install")
class TestOrder(CounterCase, TransactionCase):
    def lines(self, quantity=2):
        return [
            {"product_id": self.table.id, "quantity": quantity},
            {"product_id": self.tea.id, "quantity": 1},
        ]

    def test_quotation_is_a_sale_order_of_the_visit(self):
        visit = self.show(self.ada)
        payload = visit.create_quotation(self.lines(), "r1")
        order = self.env["sale.order"].browse(payload["id"])
        self.assertEqual((order.state, order.partner_id), ("draft", self.ada))
        self.assertEqual(order.visit_id, visit)
        self.assertEqual(payload["amount_untaxed"], 205)
        self.assertEqual([line["quantity"] for line in payload["lines"]], [2, 1])
        quotations = self.counter.counter_state()["visit"]["quotations"]
        self.assertEqual([quotation["id"] for quotation in quotations], [order.id])

    def test_price_on_the_tile_is_the_price_on_the_order(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10})],
            }
        )
        self.ada.property_product_pricelist = pricelist
        visit = self.show(self.ada)
        tile = visit.search_products("Counter table")[0]
        line = visit.create_quotation(self.lines(1), "r1")["lines"][0]
        self.assertAlmostEqual(tile["price"], line["subtotal"])

    def test_same_request_makes_one_quotation(self):
        visit = self.show(self.ada)
        first = visit.create_quotation(self.lines(), "r1")
        again = visit.create_quotation(self.lines(), "r1")
        other = visit.create_quotation(self.lines(), "r2")
        self.assertEqual(first["id"], again["id"])
        self.assertNotEqual(first["id"], other["id"])

    def test_confirming_starts_manufacturing(self):
        _visit, order = self.order_tables(5)
        self.assertEqual(order["state"], "sale")
        self.assertEqual([mo["quantity"] for mo in order["production"]], [5])
        self.assertTrue(order["production"][0]["state_label"])

    def test_confirming_twice_is_as_good_as_once(self):
        visit, order = self.order_tables(5)
        self.assertEqual(visit.confirm_order(order["id"])["production"], order["production"])

    def test_lowering_the_quantity_lowers_the_manufacturing_order(self):
        visit, order = self.order_tables(5)
        changed = visit.set_quantity(order["lines"][0]["id"], 3)
        self.assertEqual([mo["quantity"] for mo in changed["production"]], [3])
        self.assertEqual(changed["lines"][0]["quantity"], 3)
        ledger = self.env["crm_erp_sync.ledger"].search(
            [
                ("effect_model", "=", "mrp.production"),
                ("effect_id", "=", order["production"][0]["id"]),
            ]
        )
        self.assertEqual(ledger.user_id, self.clerk)

    def test_raising_the_quantity_makes_more(self):
        visit, order = self.order_tables(2)
        changed = visit.set_quantity(order["lines"][0]["id"], 4)
        self.assertEqual(sum(mo["quantity"] for mo in changed["production"]), 4)

    def test_order_of_another_salesperson_can_be_changed(self):
        visit, order = self.order_tables(5)
        record = self.env["sale.order"].browse(order["id"])
        record.user_id = self.env.ref("base.user_admin")
        self.env.invalidate_all()
        changed = visit.set_quantity(order["lines"][0]["id"], 4)
        self.assertEqual(changed["production"][0]["quantity"], 4)

    def test_nothing_of_a_draft_line_takes_it_away(self):
        visit = self.show(self.ada)
        order = visit.create_quotation(self.lines(), "r1")
        left = visit.set_quantity(order["lines"][0]["id"], 0)
        self.assertEqual([line["product_id"] for line in left["lines"]], [self.tea.id])

    def test_quantities_that_cannot_be_meant(self):
        visit = self.show(self.ada)
        for bad in (-1, float("nan"), float("inf"), 1e9, "3; drop", None, True):
            with self.subTest(bad), self.assertRaises(UserError):
                visit.create_quotation([{"product_id": self.tea.id, "quantity": bad}], "r")
        for lines in ([], self.lines() * 60):
            with self.assertRaises(UserError):
                visit.create_quotation(lines, "r")

    def test_product_that_is_not_for_sale(self):
        visit = self.show(self.ada)
        self.tea.sale_ok = False
        with self.assertRaisesRegex(UserError, "not for sale"):
            visit.create_quotation(self.lines(), "r")

    def test_order_of_another_customer_is_out_of_reach(self):
        _visit, order = self.order_tables(5, partner=self.bob)
        visit = self.show(self.ada)
        for attempt in (
            lambda: visit.order_detail(order["id"]),
            lambda: visit.confirm_order(order["id"]),
            lambda: visit.set_quantity(order["lines"][0]["id"], 1),
            lambda: visit.order_detail(10**9),
            lambda: visit.set_quantity(10**9, 1),
        ):
            with self.assertRaisesRegex(UserError, "another customer"):
                attempt()

    def test_usual_products_come_from_the_last_purchases(self):
        self.order_tables(1)
        usual = self.counter.counter_state()["visit"]["usual"]
        self.assertEqual([product["id"] for product in usual], [self.table.id])

    def test_products_found_by_name(self):
        visit = self.show(self.ada)
        self.assertEqual(
            [product["id"] for product in visit.search_products("counter tea")], [self.tea.id]
        )
        self.assertEqual(visit.search_products("no such thing at all"), [])
