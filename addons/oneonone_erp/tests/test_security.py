"""The card shows orders by the rights of who looks."""

from odoo.tests import tagged

from .common import OrdersCase


@tagged("post_install", "-at_install")
class TestSecurity(OrdersCase):
    def test_seller_without_manufacturing_rights(self):
        seller = self.user("seller", "sales_team.group_sale_salesman")
        self.order((self.chair, 4), user_id=seller.id)
        (shown,) = self.card(user=seller)["orders"]
        self.assertEqual(shown["production"][0]["state"], "confirmed")

    def test_another_sellers_orders(self):
        """Who sees only their own documents sees only their own orders here as well."""
        seller = self.user("seller", "sales_team.group_sale_salesman")
        manager = self.user("manager", "sales_team.group_sale_salesman_all_leads")
        order = self.order((self.chair, 4), user_id=manager.id)
        self.assertEqual(self.card(user=seller)["orders"], [])
        self.assertEqual([o["id"] for o in self.card(user=manager)["orders"]], order.ids)

    def test_reader_of_profiles_without_sales_rights(self):
        reader = self.user("reader", "oneonone_crm.group_user,base.group_partner_manager")
        self.order((self.chair, 4))
        self.assertEqual(self.card(user=reader)["orders"], [])

    def test_companies(self):
        """The orders of the company at hand, no other's."""
        self.order((self.chair, 4))
        second = self.env["res.company"].create({"name": "Second"})
        boss = self.user(
            "boss2",
            "sales_team.group_sale_manager",
            company_ids=[(6, 0, (self.env.company | second).ids)],
        )
        profiles = self.env["oneonone.profile"].with_user(boss)
        self.assertEqual(len(profiles.card(self.customer.id)["orders"]), 1)
        there = profiles.with_company(second)
        self.assertEqual(there.card(self.customer.id)["orders"], [])
