"""Who may read, who may set, and what nobody may do."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SyncCase


@tagged("post_install", "-at_install")
class TestSecurity(SyncCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.changed = cls.order((cls.chair, 5))
        cls.changed.order_line.product_uom_qty = 3
        ledger = cls.env["crm_erp_sync.ledger"]
        cls.line = ledger.search(ledger._about(cls.changed))

    def test_salesperson_without_manufacturing_rights(self):
        """Sales lower an order whose manufacturing they may not work on."""
        seller = self.user("seller", "sales_team.group_sale_salesman")
        order = self.order((self.chair, 5), user_id=seller.id)
        self.assertFalse(self.env["mrp.workorder"].with_user(seller).has_access("write"))
        order.order_line.with_user(seller).product_uom_qty = 3
        self.assert_agrees(order, self.chair, 3)
        line = self.ledger(self.productions(order))
        self.assertEqual(line.user_id, seller)
        order = order.with_user(seller)
        order.invalidate_recordset()
        self.assertEqual(order.crm_erp_sync_change_count, 1)
        self.assertEqual(line.with_user(seller).after, "3")

    def test_who_reads(self):
        for groups, allowed in (
            ("sales_team.group_sale_salesman", True),
            ("mrp.group_mrp_user", True),
            ("base.group_user", False),
            ("base.group_portal", False),
        ):
            with self.subTest(groups=groups):
                user = self.user(groups.replace(".", "_"), groups)
                self.assertEqual(self.line.with_user(user).has_access("read"), allowed)

    def test_nobody_writes(self):
        admin = self.user("boss", "base.group_system,crm_erp_sync.group_manager")
        for user in (self.planner, admin):
            line = self.line.with_user(user)
            for attempt in (
                lambda line=line: line.write({"after": "9"}),
                line.unlink,
                lambda line=line: line.create({"rule": "quantity"}),
                line.copy,
            ):
                with self.assertRaises(UserError):  # AccessError is one
                    attempt()

    def test_policy_is_the_managers(self):
        row = self.set_policy("keep")
        seller = self.user("seller", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            row.with_user(seller).policy = "off"
        manager = self.user("manager", "crm_erp_sync.group_manager")
        row.with_user(manager).policy = "off"
        self.assertFalse(self.rule().is_on(self.env.company))
        with self.assertRaises(AccessError):
            row.with_user(manager).unlink()

    def test_companies(self):
        """Another company's ledger and policies are out of sight."""
        second = self.env["res.company"].create({"name": "Second"})
        stranger = self.user(
            "stranger",
            "crm_erp_sync.group_manager,mrp.group_mrp_user",
            company_id=second.id,
            company_ids=[(6, 0, second.ids)],
        )
        self.assertFalse(self.line.with_user(stranger).has_access("read"))
        self.assertFalse(
            self.env["crm_erp_sync.ledger"]
            .with_user(stranger)
            .search([])
            .filtered(lambda line: line.company_id != second)
        )
        row = self.set_policy("keep")
        with self.assertRaises(AccessError):
            row.with_user(stranger).policy = "off"

    def test_planner_of_another_company_is_not_asked(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.chair.responsible_id = False
        stranger = self.user(
            "stranger",
            "mrp.group_mrp_user",
            company_id=second.id,
            company_ids=[(6, 0, second.ids)],
        )
        self.set_policy("keep").fallback_user_id = stranger
        self.assertNotEqual(self.rule().responsible(self.productions(self.changed)), stranger)
