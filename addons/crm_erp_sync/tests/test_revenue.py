"""An opportunity is worth its confirmed orders; won and lost say what the orders say."""

from odoo.tests import Form, new_test_user, tagged

from ..rules import rule_for
from .common import SyncCase


class OpportunityCase(SyncCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "seller", "sales_team.group_sale_salesman")
        cls.lead = cls.opportunity()

    @classmethod
    def opportunity(cls, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Chairs for Ada",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "expected_revenue": 1000.0,
                "user_id": cls.seller.id,
                **values,
            }
        )

    def sell(self, quantity=5, lead=None, **values):
        return self.order(
            (self.chair, quantity),
            opportunity_id=(lead or self.lead).id,
            user_id=self.seller.id,
            **values,
        )

    def invoice(self, order):
        self.chair.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def credit(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "Broken"})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.action_post()
        return refund


@tagged("post_install", "-at_install")
class TestRevenue(OpportunityCase):
    def test_an_estimate_is_left_alone(self):
        self.sell(confirm=False)
        self.lead.expected_revenue = 700
        self.assertEqual(self.lead.expected_revenue, 700)

    def test_confirmed_below_and_above_the_estimate(self):
        order = self.sell()
        self.assertEqual(self.lead.expected_revenue, order.amount_untaxed)
        self.assertEqual(order.amount_untaxed, 500)
        self.sell(20)
        self.assertEqual(self.lead.expected_revenue, 2500, "several orders")

    def test_discount_quantity_and_cancel_follow(self):
        order = self.sell()
        order.order_line.discount = 20
        self.assertEqual(self.lead.expected_revenue, 400)
        order.order_line.product_uom_qty = 10
        self.assertEqual(self.lead.expected_revenue, 800)
        other = self.sell(1)
        order._action_cancel()
        self.assertEqual(self.lead.expected_revenue, other.amount_untaxed)

    def test_linked_later_and_moved_away(self):
        order = self.order((self.chair, 5))
        order.opportunity_id = self.lead
        self.assertEqual(self.lead.expected_revenue, 500)
        self.sell(1)
        order.opportunity_id = False
        self.assertEqual(self.lead.expected_revenue, 100)

    def test_without_a_company(self):
        shared = self.opportunity(company_id=False)
        self.sell(lead=shared)
        self.assertEqual(shared.expected_revenue, 500)

    def test_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5}
        )
        prices = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        order = self.sell(pricelist_id=prices.id)
        self.assertEqual(order.currency_id, euro)
        self.assertAlmostEqual(self.lead.expected_revenue, order.amount_untaxed * 2)

    def test_merged_opportunities_have_the_sum(self):
        other = self.opportunity()
        orders = self.sell() + self.sell(3, lead=other)
        head = (self.lead + other).merge_opportunity(auto_unlink=False)
        self.assertEqual(head.order_ids, orders)
        self.assertEqual(head.expected_revenue, 800)

    def test_a_credit_note_is_taken_away_and_the_seller_told(self):
        order = self.sell()
        refund = self.credit(self.invoice(order))
        self.assertEqual(self.lead.expected_revenue, 0)
        told = self.activities(order)
        self.assertEqual(told.user_id, self.seller)
        self.assertIn(refund.name, told.note)

    def test_a_corrected_invoice_changes_nothing(self):
        order = self.sell()
        self.credit(self.invoice(order))
        self.invoice(order)
        self.assertEqual(self.lead.expected_revenue, 500)

    def test_by_hand_it_goes_back_and_the_form_says_so(self):
        self.sell()
        self.lead.expected_revenue = 9
        self.assertEqual(self.lead.expected_revenue, 500)
        self.assertTrue(self.lead.crm_erp_sync_revenue_kept)

    def test_ledger_says_why(self):
        order = self.sell()
        self.env.flush_all()
        line = self.ledger(self.lead).filtered(lambda line: line.field_name == "expected_revenue")
        self.assertEqual((line.before, line.after), ("1000", "500"))
        self.assertEqual((line.cause_model, line.cause_id), ("sale.order", order.id))

    def test_the_form_writes_no_ledger(self):
        self.sell()
        self.env.flush_all()
        before = self.ledger(self.lead)
        with Form(self.lead) as form:
            form.name = "Other chairs"
        self.assertEqual(self.ledger(self.lead), before)

    def test_warn_asks_the_seller_once_and_closes_by_itself(self):
        self.set_policy("warn", rule="revenue")
        order = self.sell()
        self.env.flush_all()
        self.assertEqual(self.lead.expected_revenue, 1000)
        told = self.lead.activity_ids.filtered(lambda a: a.crm_erp_sync_rule == "revenue")
        self.assertEqual(told.user_id, self.seller)
        order.order_line.discount = 10
        self.env.flush_all()
        self.assertIn("450", told.note)
        self.lead.expected_revenue = 450
        self.env.flush_all()
        self.assertFalse(told.exists().active)

    def test_off_is_stock(self):
        self.set_policy("off", rule="revenue")
        self.sell()
        self.assertEqual(self.lead.expected_revenue, 1000)
        self.sell(20)
        self.assertEqual(self.lead.expected_revenue, 2000, "the largest order, as stock says")

    def test_check_finds_drift_from_before(self):
        self.sell()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET expected_revenue = 7 WHERE id = %s", [self.lead.id]
        )
        self.env.invalidate_all()
        (found,) = rule_for(self.env, "revenue").check(self.lead)
        self.assertEqual((found.record, found.expected, found.actual), (self.lead, 500, 7))


@tagged("post_install", "-at_install")
class TestOutcome(OpportunityCase):
    def told(self, lead=None):
        return (lead or self.lead).activity_ids.filtered(lambda a: a.crm_erp_sync_rule == "outcome")

    def test_a_confirmed_order_wins(self):
        order = self.sell(confirm=False)
        self.assertNotEqual(self.lead.won_status, "won")
        order.action_confirm()
        self.assertEqual(self.lead.won_status, "won")
        line = self.ledger(self.lead).filtered(lambda line: line.rule == "outcome")
        self.assertEqual(line.cause_id, order.id)

    def test_an_order_linked_later_wins(self):
        self.order((self.chair, 1)).opportunity_id = self.lead
        self.assertEqual(self.lead.won_status, "won")

    def test_lost_cancels_its_quotations(self):
        quotation = self.sell(confirm=False)
        self.lead.action_set_lost()
        self.assertEqual(quotation.state, "cancel")
        self.assertTrue(self.ledger(quotation))

    def test_lost_with_an_order_asks(self):
        """Odoo itself refuses to lose what is won: this one was not."""
        self.set_policy("warn", rule="outcome")
        order = self.sell()
        self.lead.action_set_lost()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.told().user_id, self.seller)
        order._action_cancel()
        self.assertFalse(self.told(), "settled by itself")

    def test_a_cancelled_order_asks_and_a_new_one_settles(self):
        order = self.sell()
        order._action_cancel()
        self.assertEqual(self.lead.won_status, "won", "a person decides")
        self.assertEqual(self.told().user_id, self.seller)
        self.sell(1)
        self.assertFalse(self.told())

    def test_warn_changes_nothing(self):
        self.set_policy("warn", rule="outcome")
        self.sell()
        self.assertNotEqual(self.lead.won_status, "won")
        self.assertTrue(self.told())

    def test_off_is_stock(self):
        self.set_policy("off", rule="outcome")
        self.sell()
        quotation = self.sell(1, confirm=False)
        self.lead.action_set_lost()
        self.assertEqual(quotation.state, "draft")
        self.assertFalse(self.told())

    def test_other_documents_are_nobodys_business(self):
        lead = self.opportunity(user_id=False)
        lead.action_set_lost()
        self.assertFalse(lead.order_ids)
        self.assertFalse(self.told(lead))
