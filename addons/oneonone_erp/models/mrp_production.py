from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("state", "product_qty", "qty_producing")):
            self.env["oneonone.profile"]._oneonone_touch(self)
        return result

    def _compute_state(self):
        # A computed state is stored without ``write``.
        result = super()._compute_state()
        self.env["oneonone.profile"]._oneonone_touch(self)
        return result

    def _oneonone_partners(self):
        """Return the customers for whose orders this is made."""
        orders = self.sale_line_id.order_id | self.reference_ids.sale_ids
        return orders._oneonone_partners()

    def _oneonone_produced_in(self, unit):
        """Return what is finished, in this unit."""
        return self.product_uom_id._compute_quantity(self.qty_produced, unit)

    def _oneonone_card_production(self):
        """Return this manufacturing order as the card shows it."""
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "product": self.product_id.display_name,
            "quantity": self.product_qty,
            "state": self.state,
            "state_label": states[self.state],
        }
