from odoo import fields, models


class OneononeHistoryLine(models.Model):
    """A purchase line from before Odoo: written in sets by the import, never one by one."""

    _name = "oneonone.history.line"
    _description = "Purchase from Before Odoo"
    _order = "date desc, id desc"
    _rec_name = "order_ref"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, help="The company that sold."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The customer as the file named it; profiles count it for the commercial entity.",
    )
    date = fields.Date(required=True, readonly=True, help="The day of the purchase.")
    order_ref = fields.Char(
        string="Order Reference",
        required=True,
        readonly=True,
        help="The order's number in the system that the history comes from.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict", index=True
    )
    quantity = fields.Float(readonly=True, help="Negative when goods came back.")
    amount = fields.Monetary(readonly=True, help="In company currency; negative for a return.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    country = fields.Char(readonly=True, help="The country as the file gave it.")
    import_id = fields.Many2one(
        "oneonone.history.import",
        readonly=True,
        ondelete="restrict",
        help="The import that brought this line.",
    )
    line_key = fields.Char(
        required=True,
        readonly=True,
        help="The line's identity: a digest of what the file said, with a number behind it from "
        "the second identical line on. The same line is never stored twice.",
    )

    _line_key_uniq = models.UniqueIndex("(company_id, line_key)")
    # The partner leads: the card asks for one customer, a merge of contacts for all companies.
    _partner_company_date_idx = models.Index("(partner_id, company_id, date)")
    # An import's lines lie together: this index costs the import nothing.
    _import_idx = models.Index("USING brin (import_id)")
