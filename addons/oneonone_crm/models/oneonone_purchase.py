from odoo import fields, models
from odoo.tools import SQL


class OneononePurchase(models.Model):
    """What customers bought, wherever it was sold: one row a purchase line.

    Contacts count for their commercial entity, amounts are in company currency, dates are the
    days in the company's time zone. Customers who object to profiling are not in it: whatever is
    built on purchases leaves them out without knowing.
    """

    _name = "oneonone.purchase"
    _description = "Purchase"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_ref"
    _depends = {
        "oneonone.history.line": ["company_id", "partner_id", "date", "order_ref", "product_id"],
        "sale.order": ["company_id", "partner_id", "date_order", "state", "currency_rate", "name"],
        "sale.order.line": [
            "order_id",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "price_subtotal",
            "display_type",
            "is_downpayment",
        ],
        "res.partner": ["commercial_partner_id", "profiling_objection", "tz"],
    }

    source = fields.Selection(
        [("history", "Before Odoo"), ("sale", "Sales Order")],
        readonly=True,
        help="Where the purchase is recorded.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="The commercial entity."
    )
    date = fields.Date(readonly=True, help="The day of the purchase.")
    order_ref = fields.Char(string="Order Reference", readonly=True, aggregator="count_distinct")
    order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float(readonly=True, help="In the product's own unit.")
    amount = fields.Monetary(readonly=True, help="Without taxes, in company currency.")
    currency_id = fields.Many2one("res.currency", readonly=True)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._sources())

    def _sources(self):
        """One SELECT for each place where purchases are recorded; bridges add theirs.

        The id is that of the place's own line times eight plus the place's number.
        """
        return [self._source_history(), self._source_sale()]

    def _source_history(self):
        return SQL("""
            SELECT h.id::bigint * 8 AS id, 'history' AS source, h.company_id,
                   c.id AS partner_id, h.date, h.order_ref, NULL::integer AS order_id,
                   h.product_id, h.quantity, h.amount, company.currency_id
              FROM oneonone_history_line h
              JOIN res_partner p ON p.id = h.partner_id
              JOIN res_partner c ON c.id = p.commercial_partner_id
              JOIN res_company company ON company.id = h.company_id
             WHERE c.profiling_objection IS NOT TRUE""")

    def _source_sale(self):
        return SQL("""
            SELECT l.id::bigint * 8 + 1, 'sale', o.company_id, c.id,
                   (o.date_order AT TIME ZONE 'UTC'
                                 AT TIME ZONE COALESCE(home.tz, 'UTC'))::date,
                   o.name, o.id, l.product_id,
                   l.product_uom_qty * unit.factor / own_unit.factor,
                   ROUND((l.price_subtotal / COALESCE(NULLIF(o.currency_rate, 0), 1))::numeric,
                         currency.decimal_places),
                   company.currency_id
              FROM sale_order_line l
              JOIN sale_order o ON o.id = l.order_id
              JOIN res_partner p ON p.id = o.partner_id
              JOIN res_partner c ON c.id = p.commercial_partner_id
              JOIN res_company company ON company.id = o.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              JOIN res_partner home ON home.id = company.partner_id
              JOIN product_product product ON product.id = l.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = l.product_uom_id
              JOIN uom_uom own_unit ON own_unit.id = template.uom_id
             WHERE o.state = 'sale'
               AND l.display_type IS NULL
               AND l.is_downpayment IS NOT TRUE
               AND c.profiling_objection IS NOT TRUE""")
