from odoo import models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = "sale.order.line"

    def _counter_line(self):
        """The line as the counter screen shows it, as JSON."""
        product = self.product_id.with_context(display_default_code=False)
        return {
            "id": self.id,
            "product_id": product.id,
            "product": product.display_name or self.name,
            "quantity": self.product_uom_qty,
            "uom": self.product_uom_id.name or "",
            "price": self.price_unit,
            "discount": self.discount,
            "subtotal": self.price_subtotal,
            "delivered": self.qty_delivered,
        }
