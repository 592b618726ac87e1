from odoo import fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = "sale.order"

    visit_id = fields.Many2one(
        "oneonone.visit",
        string="Counter Visit",
        copy=False,
        index="btree_not_null",
        readonly=True,
        help="The visit at a counter during which this order was made.",
    )
    visit_request = fields.Char(
        string="Counter Request",
        copy=False,
        readonly=True,
        help="Identity that the counter screen gave to its request, so that a request sent "
        "again after a broken connection does not make a second quotation.",
    )

    _visit_request_uniq = models.UniqueIndex(
        "(visit_id, visit_request) WHERE visit_request IS NOT NULL",
        "This quotation has been made already.",
    )

    def _counter_order(self):
        """The order as the counter screen shows it, as JSON."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        to_iso = fields.Datetime.to_string
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "state_label": states[self.state],
            "locked": self.locked,
            "commitment_date": to_iso(self.commitment_date) or None,
            "expected_date": to_iso(self.expected_date) or None,
            "amount_untaxed": self.amount_untaxed,
            "amount_tax": self.amount_tax,
            "amount_total": self.amount_total,
            "currency": self._counter_currency(),
            "lines": [
                line._counter_line()
                for line in self.order_line
                if not line.display_type and not line.is_downpayment
            ],
            "production": [
                production._oneonone_card_production()
                for production in self._oneonone_productions()
            ],
        }

    def _counter_currency(self):
        currency = self.currency_id
        return {
            "id": currency.id,
            "name": currency.name,
            "symbol": currency.symbol,
            "position": currency.position,
            "decimal_places": currency.decimal_places,
        }
