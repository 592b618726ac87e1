from odoo import models

from ..rules import rule_for


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        # Every way to a changed quantity (form, RPC, import, a new line) comes through here.
        if self.env.context.get("skip_procurement"):
            return super()._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )
        rule = rule_for(self.env, "quantity")
        order = self.order_id[:1]
        lines = self.with_context(crm_erp_sync_cause=(order._name, order.id))
        with rule.watch(
            lambda: rule.productions_of_lines(self), order, previous_product_uom_qty or {}
        ):
            return super(SaleOrderLine, lines)._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )

    def _get_outgoing_incoming_moves(self, strict=True):
        # The finished move of a manufacturing order carries the sale line too; counted as a
        # return from the customer it would be procured a second time.
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        if rule_for(self.env, "quantity").keeps(self.company_id[:1]):
            incoming = incoming.filtered(lambda move: not move.production_id)
        return outgoing, incoming
