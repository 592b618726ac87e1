"""The ledger says why, and cannot be talked out of it."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SyncCase


@tagged("post_install", "-at_install")
class TestLedger(SyncCase):
    def test_why_is_this_three(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        self.assertFalse(self.ledger(order, production))
        order.order_line.product_uom_qty = 3
        line = self.ledger(production)
        self.assertEqual((line.cause_model, line.cause_id), ("sale.order", order.id))
        self.assertEqual((line.effect_model, line.effect_id), ("mrp.production", production.id))
        self.assertEqual((line.cause_name, line.effect_name), (order.name, production.name))
        self.assertEqual((line.before, line.after, line.difference), ("5", "3", -2))
        self.assertEqual(line.user_id, self.env.user)
        self.assertEqual(line.company_id, order.company_id)
        self.assertIn("5", line.message)

    def test_up_and_down_and_away(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        for quantity in (8, 3, 0):
            order.order_line.product_uom_qty = quantity
        self.assertEqual(
            self.ledger(production).mapped(lambda line: (line.before, line.after)),
            [("5", "8"), ("8", "3"), ("3", "0")],
        )

    def test_children_name_the_order(self):
        bench = self.product("Bench")
        self.bom(bench, {self.chair: 2})
        order = self.order((bench, 5))
        order.order_line.product_uom_qty = 3
        child = self.productions(order, self.chair)
        line = self.ledger(child)
        self.assertEqual((line.cause_name, line.before, line.after), (order.name, "10", "6"))

    def test_planners_change_is_recorded(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": 8}
        ).change_prod_qty()
        line = self.ledger(production)
        self.assertEqual((line.cause_name, line.after), (production.name, "8"))

    def test_buttons(self):
        order = self.order((self.chair, 5))
        order.order_line.product_uom_qty = 3
        production = self.productions(order)
        for document in (order, production):
            self.assertEqual(document.crm_erp_sync_change_count, 1)
            action = document.action_crm_erp_sync_changes()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, self.ledger(production))
        self.assertEqual(found.action_open_effect()["res_id"], production.id)
        self.assertEqual(found.action_open_cause()["res_id"], order.id)

    def test_survives_its_documents(self):
        order = self.order((self.chair, 5))
        order.order_line.product_uom_qty = 0
        production = order.stock_reference_ids.production_ids
        line, name = self.ledger(production), production.name
        production.unlink()
        self.env.invalidate_all()
        self.assertEqual((line.effect_name, line.after), (name, "0"))
        with self.assertRaises(UserError):
            line.action_open_effect()

    def test_append_only(self):
        order = self.order((self.chair, 5))
        order.order_line.product_uom_qty = 3
        line = self.ledger(order)
        for attempt in (
            lambda: line.write({"after": "4"}),
            lambda: line.sudo().write({"message": "x"}),
            line.unlink,
            line.sudo().unlink,
        ):
            with self.assertRaises(UserError):
                attempt()
        self.assertEqual(line.after, "3")

    def test_export(self):
        order = self.order((self.chair, 5))
        order.order_line.product_uom_qty = 3
        rows = self.ledger(order).export_data(["date", "cause_name", "effect_name", "after"])
        self.assertEqual(rows["datas"][0][3], "3")
