"""Outcome: an opportunity is won when an order is confirmed, and what is lost is not ordered."""

from odoo.tools import LazyTranslate

from .base import Rule

_lt = LazyTranslate(__name__)

QUOTATION = ("draft", "sent")


class Outcome(Rule):
    """Won and lost say what the orders say."""

    code = "outcome"
    title = _lt("Outcome: won and lost agree with the orders")
    help = _lt(
        "A confirmed order makes its opportunity won; an opportunity that is lost cancels its "
        "open quotations. Where an order is cancelled, or an opportunity with a confirmed order is "
        "lost, the salesperson is asked. Keep: as said. Warn: nothing is changed, the salesperson "
        "is asked each time. Off: Odoo's own behaviour."
    )

    def keep(self, leads):
        """Bring these opportunities and their orders in step, or ask."""
        for lead in leads.sudo():
            company = lead.company_id or lead.order_ids.company_id[:1] or self.env.company
            if lead.order_ids and self.is_on(company):
                self._keep_one(lead, self.keeps(company))

    def _keep_one(self, lead, may_change):
        confirmed = lead.order_ids.filtered(lambda order: order.state == "sale")
        quotations = lead.order_ids.filtered(lambda order: order.state in QUOTATION)
        is_lost = lead.won_status == "lost"
        if is_lost and confirmed:
            self._ask_lost(lead, confirmed)
        elif is_lost and quotations:
            self._close(lead, quotations, may_change)
        elif confirmed and lead.won_status != "won":
            self._win(lead, confirmed, may_change)
        elif lead.won_status == "won" and not confirmed:
            self._ask_won(lead, quotations)
        else:
            self.settle(lead, self.env._("The opportunity and its orders agree again."))

    def _win(self, lead, confirmed, may_change):
        if not may_change:
            self._ask(
                lead,
                self.env._(
                    "%(orders)s is confirmed: is the opportunity won?",
                    orders=self._named(confirmed),
                ),
            )
            return
        before = lead.stage_id.display_name
        # The message of victory is for the person who wins it by hand.
        lead.action_set_won()
        message = self.env._("%(lead)s is won by %(order)s", **self._names(lead, confirmed[-1:]))
        self.record(lead, "stage_id", before, lead.stage_id.display_name, message, confirmed[-1:])
        self.settle(lead, self.env._("The opportunity and its orders agree again."))

    def _close(self, lead, quotations, may_change):
        if not may_change:
            self._ask(
                lead,
                self.env._(
                    "The opportunity is lost: cancel %(orders)s?", orders=self._named(quotations)
                ),
            )
            return
        for quotation in quotations:
            before = quotation.state
            quotation._action_cancel()
            message = self.env._(
                "%(order)s is cancelled: %(lead)s is lost", **self._names(lead, quotation)
            )
            self.record(quotation, "state", before, "cancel", message, lead)

    def _ask_lost(self, lead, confirmed):
        question = self.env._(
            "The opportunity is lost, but %(orders)s is confirmed. Cancel the order, or win it?",
            orders=self._named(confirmed),
        )
        self._ask(lead, question)

    def _ask_won(self, lead, quotations):
        if not quotations:
            question = self.env._(
                "The opportunity is won, but %(orders)s is cancelled. Is it lost?",
                orders=self._named(lead.order_ids),
            )
            self._ask(lead, question)

    def _ask(self, lead, question):
        self.tell(lead, self.env._("Opportunity and orders disagree"), question)

    def _named(self, orders):
        return ", ".join(orders.mapped("name"))

    def _names(self, lead, order):
        return {"lead": lead.display_name, "order": order.display_name}

    def _candidates(self, record):
        """The salesperson of the opportunity, then of its orders, then the head of the team."""
        return record.user_id + record.order_ids.user_id[:1] + record.team_id.user_id
