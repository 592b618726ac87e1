"""Keep, warn, off: per company."""

from odoo.tests import tagged

from ..rules import REGISTRY
from .common import SyncCase


@tagged("post_install", "-at_install")
class TestPolicy(SyncCase):
    def test_default_is_keep(self):
        row = self.set_policy("keep")
        self.assertEqual(row.policy, "keep")
        self.assertIn("Quantity", row.title)
        self.assertTrue(row.description)

    def test_warn_tells_and_changes_nothing(self):
        self.set_policy("warn")
        order = self.order((self.chair, 5))
        production = self.productions(order)
        order.order_line.product_uom_qty = 3
        self.assertEqual(production.product_qty, 5)
        self.assertEqual(self.activities(production).user_id, self.planner)
        self.assertFalse(self.ledger(production))
        order.order_line.product_uom_qty = 2
        self.assertEqual(len(production.activity_ids), 1)
        self.assertIn("3", self.activities(production).note, "the whole difference")
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": 2}
        ).change_prod_qty()
        self.assertFalse(self.activities(production), "settled by itself")

    def test_warn_through_the_order(self):
        """The form's own path: one activity, of a person, instead of one of nobody."""
        self.set_policy("warn")
        order = self.order((self.chair, 5))
        order.write({"order_line": [(1, order.order_line.id, {"product_uom_qty": 3})]})
        self.assertEqual(self.productions(order).activity_ids.user_id, self.planner)
        self.assertEqual(len(self.productions(order).activity_ids), 1)

    def test_off_is_stock(self):
        """Measured on stock Odoo 19: nothing is lowered, one activity of nobody."""
        self.set_policy("off")
        order = self.order((self.chair, 5))
        production = self.productions(order)
        order.order_line.product_uom_qty = 3
        self.assertEqual(production.product_qty, 5)
        self.assertEqual(self.delivering(order, self.chair), 3)
        self.assertFalse(production.activity_ids)
        order.write({"order_line": [(1, order.order_line.id, {"product_uom_qty": 2})]})
        self.assertEqual(len(production.activity_ids), 1)
        self.assertFalse(production.activity_ids.user_id)
        self.assertFalse(self.ledger(production))
        order._action_cancel()
        self.assertEqual(production.state, "confirmed")

    def test_off_keeps_the_bug(self):
        """Off means Odoo as it is, the double count of a cancelled delivery included."""
        self.set_policy("off")
        order = self.order((self.chair, 5))
        order.picking_ids.action_cancel()
        order.order_line.product_uom_qty = 8
        self.assertGreaterEqual(self.planned(order, self.chair), 8)

    def test_who_is_asked(self):
        """Planner, product's responsible, salesperson, fallback, administrator."""
        order = self.order((self.chair, 5))
        production = self.productions(order)
        rule = self.rule()
        self.assertEqual(rule.responsible(production), self.planner)
        self.chair.responsible_id = False
        seller = self.user("seller", "sales_team.group_sale_manager,mrp.group_mrp_user")
        order.user_id = seller
        self.assertEqual(rule.responsible(production), seller)
        seller.active = False
        row = self.set_policy("keep")
        row.fallback_user_id = self.planner
        self.assertEqual(rule.responsible(production), self.planner)
        row.fallback_user_id = False
        self.assertTrue(rule.responsible(production).has_group("base.group_system"))

    def test_a_person_who_cannot_read_it_is_not_asked(self):
        order = self.order((self.chair, 5))
        self.chair.responsible_id = self.user("outsider", "base.group_user")
        asked = self.rule().responsible(self.productions(order))
        self.assertNotEqual(asked, self.chair.responsible_id)

    def test_new_company_gets_its_rows(self):
        company = self.env["res.company"].create({"name": "Second"})
        rows = self.env["crm_erp_sync.policy"].search([("company_id", "=", company.id)])
        self.assertEqual(sorted(rows.mapped("rule")), sorted(REGISTRY))

    def test_other_company_other_policy(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.set_policy("off", second)
        self.env.user.company_ids |= second
        env = self.env(context={"allowed_company_ids": [second.id]})
        rule = self.rule(env)
        self.assertFalse(rule.is_on(second))
        self.assertTrue(rule.keeps(self.env.company))
        here = self.order((self.chair, 5))
        here.order_line.product_uom_qty = 3
        self.assert_agrees(here, self.chair, 3)
        there = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": second.id,
                "order_line": [(0, 0, {"product_id": self.chair.id, "product_uom_qty": 5})],
            }
        )
        self.chair.bom_ids.company_id = False
        there.action_confirm()
        productions = self.productions(there)
        there.order_line.product_uom_qty = 3
        self.assertEqual(sum(productions.mapped("product_qty")), 5 * len(productions))

    def test_check_finds_the_drift(self):
        """What stock left behind is found by the rule."""
        self.set_policy("off")
        order = self.order((self.chair, 5))
        order.order_line.product_uom_qty = 3
        (found,) = self.rule().check(self.productions(order))
        self.assertEqual((found.expected, found.actual), (3, 5))
