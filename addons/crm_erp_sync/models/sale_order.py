from odoo import models

from ..rules import rule_for


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm_erp_sync.changes"]

    def _crm_erp_sync_domain(self):
        """Return the ledger lines about this order and what is made for it."""
        productions = self.sudo().stock_reference_ids.production_ids
        return self.env["crm_erp_sync.ledger"]._about(self, productions)

    def write(self, vals):
        result = super().write(vals)
        if not {"state", "opportunity_id"}.isdisjoint(vals):
            rule_for(self.env, "outcome").keep(self.opportunity_id)
        return result

    def _action_cancel(self):
        rule = rule_for(self.env, "quantity")
        productions = rule.productions_of_lines(self.order_line)
        ordered = {line.id: line.product_uom_qty for line in self.order_line}
        with rule.watch(lambda: productions, self[:1], ordered):
            return super()._action_cancel()

    def _log_decrease_ordered_quantity(self, documents, cancel=False):
        # Stock would ask nobody to do what the rule does, or what it asks of a person.
        rule = rule_for(self.env, "quantity")
        return super()._log_decrease_ordered_quantity(rule.unhandled(documents), cancel=cancel)
