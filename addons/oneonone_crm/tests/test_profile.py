from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import HEADER, ProfileCase


@tagged("post_install", "-at_install")
class TestProfile(ProfileCase):
    def day(self, days_ago):
        return fields.Datetime.now() - timedelta(days=days_ago)

    def test_an_order_is_followed_from_quotation_to_cancellation(self):
        order = self.order(confirm=False)
        self.profiles._refresh(self.customer.ids)
        self.assertEqual(self.profile().status, "prospect")
        order.action_confirm()
        self.assertEqual((self.profile().order_count, self.profile().amount_total), (1, 20))
        order.order_line.product_uom_qty = 4
        self.assertEqual(self.profile().amount_total, 80)
        order.order_line.discount = 50
        self.assertEqual(self.profile().amount_total, 40)
        order._action_cancel()
        self.assertFalse(self.profile())

    def test_status_by_days(self):
        for days_ago, status in ((10, "new"), (60, "active"), (200, "at_risk"), (400, "lost")):
            with self.subTest(status=status):
                partner = self.env["res.partner"].create({"name": status})
                self.order(partner, date_order=self.day(days_ago))
                self.assertEqual(self.profile(partner).status, status)
                self.assertEqual(self.profile(partner).recency_days, days_ago)

    def test_new_limits_count_at_once(self):
        self.order(date_order=self.day(60))
        self.assertEqual(self.profile().status, "active")
        self.company.oneonone_active_days = 50
        self.assertEqual(self.profile().status, "at_risk")

    def test_a_date_in_the_future_is_today(self):
        self.order(date_order=self.day(-40))
        self.assertEqual((self.profile().recency_days, self.profile().status), (0, "new"))

    def test_only_returns_and_nothing_paid(self):
        self.history(HEADER + "T-R,2024-03-05,O1,P,-2,-40\nT-Z,2024-03-05,O2,P,1,0\n")
        for ref, amount in (("T-R", -40), ("T-Z", 0)):
            profile = self.profile(self.env["res.partner"].search([("ref", "=", ref)]))
            self.assertEqual((profile.status, profile.amount_total), ("prospect", amount))
            self.assertEqual((profile.r_score, profile.tier), (0, False))

    def test_customers_who_are_all_alike(self):
        lines = "".join(f"T-A{n},2024-03-05,O{n},P,1,10\n" for n in range(7))
        self.history(HEADER + lines)
        self.profiles._refresh(company=self.company)
        found = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), 7)
        self.assertEqual(
            {(p.r_score, p.f_score, p.m_score, p.tier) for p in found}, {(3, 3, 3, "a")}
        )

    def test_sections_and_down_payments_are_no_purchases(self):
        order = self.order()
        order.write(
            {
                "order_line": [
                    (0, 0, {"display_type": "line_section", "name": "Chairs"}),
                    (
                        0,
                        0,
                        {
                            "product_id": self.product.id,
                            "is_downpayment": True,
                            "product_uom_qty": 0,
                            "price_unit": 50,
                            "tax_ids": False,
                        },
                    ),
                ]
            }
        )
        self.assertEqual(self.profile().amount_total, 20)
        self.assertEqual(
            self.env["oneonone.purchase"].search_count([("partner_id", "=", self.customer.id)]), 1
        )

    def test_another_currency_and_unit(self):
        other = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "x", "rate_ids": [(0, 0, {"rate": 4.0})]}
        )
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": other.id})
        order = self.order(confirm=False)
        order.pricelist_id = pricelist
        order.order_line.write(
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "price_unit": 400}
        )
        order.action_confirm()
        self.env.cr.flush()
        [purchase] = self.env["oneonone.purchase"].search([("partner_id", "=", self.customer.id)])
        rate = order.currency_rate
        self.assertEqual(purchase.quantity, 12)
        self.assertAlmostEqual(purchase.amount, 400 / rate, 2)

    def test_a_contact_that_changes_sides_takes_its_purchases_along(self):
        mei = self.env["res.partner"].create({"name": "Mei", "parent_id": self.customer.id})
        self.order(mei)
        self.assertEqual(self.profile().order_count, 1)
        mei.parent_id = False
        self.assertFalse(self.profile())
        self.assertEqual(self.profile(mei).order_count, 1)

    def test_merged_customers_have_one_profile(self):
        twin = self.env["res.partner"].create({"name": "Lin Hua", "is_company": True})
        self.order(quantity=1)
        self.order(twin, quantity=2)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer | twin).ids, self.customer)
        self.assertEqual((self.profile().order_count, self.profile().amount_total), (2, 60))
        self.assertEqual(self.profiles.search_count([("company_id", "=", self.company.id)]), 1)

    def test_tiers_hold_their_share(self):
        amounts = [600, 250, 80, 40, 20, 10]
        self.history(
            HEADER + "".join(f"T-T{n},2024-03-05,O{n},P,1,{a}\n" for n, a in enumerate(amounts))
        )
        self.profiles._refresh(company=self.company)
        found = self.profiles.search([("company_id", "=", self.company.id)])
        tiers = {p.amount_total: p.tier for p in found}
        self.assertEqual([tiers[a] for a in amounts], ["a", "a", "b", "b", "c", "c"])

    def test_the_night_job(self):
        self.order()
        self.env.cr.execute("UPDATE oneonone_profile SET status = 'lost', amount_total = 1")
        self.profiles.invalidate_model()
        self.profiles._refresh(company=self.company)
        self.assertEqual((self.profile().status, self.profile().amount_total), ("new", 20))

    def test_values_on_the_contact(self):
        self.order(quantity=2)
        partner = self.customer.with_company(self.company)
        self.assertEqual(partner.oneonone_profile_id, self.profile())
        self.assertEqual((partner.oneonone_status, partner.oneonone_amount_total), ("new", 40))
        action = partner.action_oneonone_profile()
        self.assertEqual(action["res_id"], self.profile().id)

    def test_purchases_are_grouped(self):
        self.order(quantity=2)
        rows = self.env["oneonone.purchase"].formatted_read_group(
            [("partner_id", "=", self.customer.id)], ["product_id"], ["amount:sum", "quantity:sum"]
        )
        self.assertEqual((rows[0]["amount:sum"], rows[0]["quantity:sum"]), (40, 2))
        rows = self.profiles.formatted_read_group(
            [("company_id", "=", self.company.id)], ["tier"], ["amount_total:sum"]
        )
        self.assertEqual(rows[0]["amount_total:sum"], 40)
