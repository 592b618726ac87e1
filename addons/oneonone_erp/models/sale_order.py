from odoo import fields, models

from ..tools.progress import Line, progress


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("state", "commitment_date", "order_line", "partner_id")):
            self.env["oneonone.profile"]._oneonone_touch(self)
        return result

    def _oneonone_partners(self):
        """Return the customers whose card shows these orders."""
        return self.partner_id.commercial_partner_id

    def _oneonone_card_order(self):
        """Return this order as the card shows it."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        made = self._oneonone_productions()
        measured = [(line, line._oneonone_measure(made)) for line in lines]
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "state_label": states[self.state],
            "date_order": self._oneonone_iso(self.date_order),
            "commitment_date": self._oneonone_iso(self.commitment_date),
            "expected_date": self._oneonone_iso(self.expected_date),
            "amount": self.amount_total,
            "lines": [line._oneonone_card_line(measure) for line, measure in measured],
            "production": [production._oneonone_card_production() for production in made],
            "progress": progress(
                Line(*measure, line.price_subtotal)
                for line, measure in measured
                if line.product_id.type == "consu"
            ),
        }

    def _oneonone_productions(self):
        """Return what is made for these orders themselves, components left out."""
        # sudo: a clerk has no right to manufacturing, but is shown how far an order is
        productions = self.sudo().stock_reference_ids.production_ids
        return productions.filtered(
            lambda p: p.state != "cancel" and not p.production_group_id.parent_ids
        ).sorted("id")

    def _oneonone_iso(self, moment):
        return fields.Datetime.to_string(moment) or False
