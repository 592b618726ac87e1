from odoo import models

# What decides whether, when, for whom and for how much an order counts.
COUNTS = {"state", "partner_id", "company_id", "date_order", "currency_id", "pricelist_id"}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = "sale.order"

    def write(self, vals):
        if not vals.keys() & COUNTS:
            return super().write(vals)
        before = set(self.partner_id.ids)
        result = super().write(vals)
        self.env["oneonone.profile"]._touch(before | set(self.partner_id.ids))
        return result

    def _touch_profiles(self):
        """Have the customers of the confirmed ones among these orders profiled anew."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        if confirmed:
            self.env["oneonone.profile"]._touch(confirmed.partner_id.ids)
