from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        # The exact demand that mrp.production._update_raw_moves worked out for this component.
        exact = self.env.context.get("crm_erp_sync_demand") or {}
        if "product_uom_qty" in vals and len(self) == 1 and self.id in exact:
            vals = dict(vals, product_uom_qty=exact[self.id])
        return super().write(vals)
