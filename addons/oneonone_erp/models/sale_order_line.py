from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("product_uom_qty", "product_id", "qty_delivered")):
            self.env["oneonone.profile"]._oneonone_touch(self.order_id)
        return result

    def _oneonone_measure(self, productions):
        """Return (ordered, produced or None, delivered) in the line's unit."""
        self.ensure_one()
        mine = productions.filtered(lambda p: p.sale_line_id.id == self.id) or (
            # a merged order has forgotten its lines
            productions.filtered(lambda p: not p.sale_line_id and p.product_id == self.product_id)
        )
        return self.product_uom_qty, self._oneonone_produced(mine), self.qty_delivered

    def _oneonone_produced(self, productions):
        """Return what is finished of this line; for a kit, the finished part of its orders."""
        if not productions:
            return None
        quantity = self.product_uom_qty
        own = productions.filtered(lambda p: p.product_id == self.product_id)
        if own:
            return min(sum(p._oneonone_produced_in(self.product_uom_id) for p in own), quantity)
        parts = [p.qty_produced / p.product_qty for p in productions if p.product_qty]
        return quantity * min(sum(parts) / len(parts), 1.0) if parts else 0.0

    def _oneonone_card_line(self, measure):
        """Return this line as the card shows it."""
        quantity, produced, delivered = measure
        return {
            "product": self.product_id.display_name or self.name,
            "quantity": quantity,
            "produced": produced or 0.0,
            "delivered": delivered,
        }
