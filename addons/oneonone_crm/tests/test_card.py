import json

from odoo.exceptions import AccessError, MissingError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import HEADER, LINES, ProfileCase


@tagged("post_install", "-at_install")
class TestCard(ProfileCase):
    def test_the_whole_card(self):
        self.order(quantity=3)
        card = self.profiles.card(self.customer.id)
        self.assertEqual(json.loads(json.dumps(card)), card)
        self.assertEqual(card["partner"]["name"], "Lin Hua")
        self.assertTrue(card["profiling"])
        self.assertEqual(card["profile"]["status"], "new")
        self.assertEqual(card["profile"]["frequency"], 1)
        self.assertEqual(card["profile"]["amount"], 60)
        self.assertEqual(card["profile"]["scores"], {"r": 3, "f": 3, "m": 3})
        [purchase] = card["purchases"]
        self.assertEqual(
            (purchase["product_id"], purchase["quantity"], purchase["amount"]),
            (self.product.id, 3, 60),
        )

    def test_a_customer_without_purchases_is_a_prospect(self):
        card = self.profiles.card(self.customer.id)
        self.assertEqual(card["profile"]["status"], "prospect")
        self.assertFalse(card["profile"]["last_purchase_date"])
        self.assertEqual(card["purchases"], [])

    def test_a_contact_shows_the_purchases_of_the_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Mei", "parent_id": self.customer.id, "city": "Suzhou"}
        )
        self.order(contact)
        card = self.profiles.card(contact.id)
        self.assertEqual(card["partner"]["id"], contact.id)
        self.assertEqual(card["profile"]["frequency"], 1)

    def test_the_last_ten_of_history_and_orders_newest_first(self):
        days = "".join(f"T-C1,2024-01-{d:02},O{d},T-CHAIR,1,{d}\n" for d in range(1, 16))
        self.history(HEADER + days)
        partner = self.env["res.partner"].search([("ref", "=", "T-C1")])
        self.order(partner)
        purchases = self.profiles.card(partner.id)["purchases"]
        self.assertEqual(len(purchases), 10)
        self.assertEqual(purchases[0]["product_id"], self.product.id)
        self.assertEqual([p["order"] for p in purchases[1:4]], ["O15", "O14", "O13"])

    def test_an_unconfirmed_change_of_this_transaction_is_in_it(self):
        order = self.order(quantity=1)
        order.order_line.product_uom_qty = 7
        self.assertEqual(self.profiles.card(self.customer.id)["profile"]["amount"], 140)

    def test_objection(self):
        self.history(HEADER + LINES)
        partner = self.env["res.partner"].search([("ref", "=", "T-C1")])
        partner.profiling_objection = True
        card = self.profiles.card(partner.id)
        self.assertEqual((card["profiling"], card["profile"], card["purchases"]), (False, None, []))
        self.assertEqual(card["partner"]["name"], "T-C1")
        self.assertFalse(self.profile(partner))
        partner.profiling_objection = False
        self.assertEqual(self.profile(partner).order_count, 1)

    def test_objection_counts_for_contacts(self):
        contact = self.env["res.partner"].create({"name": "Mei", "parent_id": self.customer.id})
        self.customer.profiling_objection = True
        self.assertTrue(contact.profiling_objection)
        self.assertFalse(self.profiles.card(contact.id)["profiling"])

    def test_rights(self):
        clerk = new_test_user(
            self.env,
            "card_clerk",
            "sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        stranger = new_test_user(self.env, "card_stranger", "base.group_user")
        self.assertTrue(self.profiles.with_user(clerk).card(self.customer.id)["profile"])
        with self.assertRaises(AccessError):
            self.profiles.with_user(stranger).card(self.customer.id)
        with self.assertRaises(MissingError):
            self.profiles.with_user(clerk).card(2**30)

    def test_as_many_queries_for_a_long_history_as_for_a_short_one(self):
        self.order()
        few = self._queries_of_the_card()
        for _number in range(12):
            self.order()
        self.assertEqual(self._queries_of_the_card(), few)

    def _queries_of_the_card(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.profiles.card(self.customer.id)
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestCardOverHttp(HttpCase):
    def test_card_by_the_external_interface(self):
        partner = self.env["res.partner"].create({"name": "Lin Hua"})
        user = new_test_user(self.env, "card_api", "sales_team.group_sale_salesman")
        self.authenticate("card_api", "card_api")
        card = self.make_jsonrpc_request(
            "/web/dataset/call_kw/oneonone.profile/card",
            {
                "model": "oneonone.profile",
                "method": "card",
                "args": [partner.id],
                "kwargs": {},
            },
        )
        self.assertEqual(card["partner"]["name"], "Lin Hua")
        self.assertEqual(card["currency"]["id"], user.company_id.currency_id.id)
