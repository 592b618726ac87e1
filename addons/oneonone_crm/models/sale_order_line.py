from odoo import api, models

# A change of one of these changes an amount, a quantity or what was bought.
COUNTS = {
    "discount",
    "order_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
}


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._touch_profiles()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & COUNTS:
            self.order_id._touch_profiles()
        return result

    def unlink(self):
        self.order_id._touch_profiles()
        return super().unlink()
