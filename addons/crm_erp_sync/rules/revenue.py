"""Revenue: an opportunity with confirmed orders is worth these orders."""

from odoo import fields
from odoo.tools import LazyTranslate

from ..tools.revenue import OrderValue
from .base import Discrepancy, Rule

_lt = LazyTranslate(__name__)

CONFIRMED = "sale"


class Revenue(Rule):
    """The expected revenue of an opportunity is the untaxed total of its confirmed orders.

    Kept by the compute of ``crm.lead.expected_revenue``, so that it is true whichever way an
    order changed: lines, discounts, currency, cancelled, linked later, credited.
    """

    code = "revenue"
    title = _lt("Revenue: an opportunity is worth its confirmed orders")
    help = _lt(
        "Once an opportunity has a confirmed order, its expected revenue is the untaxed total of "
        "its confirmed orders, less credit notes. Keep: the revenue follows. Warn: it is left "
        "alone, the salesperson gets an activity. Off: Odoo's own behaviour."
    )

    def check(self, records):
        """Return the opportunities among ``records`` that are worth something else."""
        return [
            Discrepancy(lead, expected, lead.expected_revenue)
            for lead in records.sudo()
            if (expected := self.expected(lead)) is not None
            and lead.company_currency.compare_amounts(expected, lead.expected_revenue)
        ]

    def expected(self, lead):
        """What the opportunity is worth; None without a confirmed order: it is an estimate."""
        orders = lead.order_ids.filtered(lambda order: order.state == CONFIRMED)
        if not orders:
            return None
        currency = lead.company_id.currency_id or lead.company_currency
        return sum(self._in_currency(order, currency) for order in orders)

    def _in_currency(self, order, currency):
        date = fields.Date.to_date(order.date_order) or fields.Date.today()
        return order.currency_id._convert(
            self._value(order, date).net, currency, order.company_id, date
        )

    def _value(self, order, date):
        amounts = {"out_invoice": 0.0, "out_refund": 0.0}
        for line in order.order_line.invoice_lines:
            if line.parent_state == "posted" and line.move_id.move_type in amounts:
                amounts[line.move_id.move_type] += line.currency_id._convert(
                    line.price_subtotal, order.currency_id, order.company_id, date
                )
        return OrderValue(order.amount_untaxed, amounts["out_invoice"], amounts["out_refund"])

    def company(self, lead):
        """The company whose policy counts: a shared opportunity belongs to that of its order."""
        return lead.company_id or lead.order_ids.company_id[:1] or self.env.company

    def value(self, lead):
        """What ``expected_revenue`` shall be now; writes the ledger, or asks, where it differs."""
        before, company = lead.expected_revenue, self.company(lead)
        # A form that is being edited is no document yet: it has no id.
        expected = self.expected(lead) if lead.id and self.is_on(company) else None
        if expected is None:
            return before
        if not lead.company_currency.compare_amounts(before, expected):
            self.settle(lead, self.env._("The amounts agree again."))
            return before
        if not self.keeps(company):
            self._ask(lead, before, expected)
            return before
        self._write_down(lead, before, expected)
        self.settle(lead, self.env._("The amounts agree again."))
        return expected

    def _write_down(self, lead, before, after):
        message = self.env._(
            "%(lead)s: the expected revenue %(before).2f became %(after).2f, the confirmed orders",
            lead=lead.display_name,
            before=before,
            after=after,
        )
        orders = lead.order_ids.filtered(lambda order: order.state == CONFIRMED)
        self.record(lead, "expected_revenue", before, after, message, orders[-1:])

    def _ask(self, lead, before, expected):
        note = self.env._(
            "%(lead)s expects %(before).2f, its confirmed orders make %(expected).2f. Nothing was "
            "changed. Decide: set the expected revenue, or correct the orders.",
            lead=lead.display_name,
            before=before,
            expected=expected,
        )
        self.tell(lead, self.env._("Revenue differs from the orders"), note)

    def credited(self, refund):
        """A credit note was posted: who sold it has to know, the goods may come back, too."""
        for order in refund.sudo().line_ids.sale_line_ids.order_id:
            if self.is_on(order.company_id):
                note = self.env._(
                    "%(refund)s credits %(amount).2f %(currency)s of %(order)s. Decide: is less "
                    "delivered or made, or does the order stay as it is?",
                    refund=refund.name,
                    amount=refund.amount_untaxed,
                    currency=refund.currency_id.name,
                    order=order.name,
                )
                self.tell(order, self.env._("Credit note on a confirmed order"), note)

    def _candidates(self, record):
        """Who sold it: by the document, by its opportunity or orders; then the head of the team."""
        other = record.order_ids if record._name == "crm.lead" else record.opportunity_id
        return record.user_id + other.user_id[:1] + record.team_id.user_id
