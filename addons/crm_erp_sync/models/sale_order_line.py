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
        # The finished moves of manufacturing orders carry the sale line too. Stock counts them
        # as returns from the customer, and when one is the oldest move that is left, takes its
        # (missing) rule for the one that the delivery began with: both procure twice.
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        if not self._crm_erp_sync_miscounted():
            return outgoing, incoming
        if not strict:
            outgoing |= self._crm_erp_sync_deliveries()
        return (
            outgoing.filtered(lambda move: not move.production_id),
            incoming.filtered(lambda move: not move.production_id),
        )

    def _get_incoming_outgoing_moves_filter(self):
        # The same for the components of a kit.
        filters = super()._get_incoming_outgoing_moves_filter()
        if not self._crm_erp_sync_miscounted():
            return filters
        counted, deliveries = filters["incoming_moves"], self._crm_erp_sync_deliveries()
        return filters | {"incoming_moves": lambda move: counted(move) or move in deliveries}

    def _crm_erp_sync_miscounted(self):
        """Tell whether stock would count production among this line's deliveries."""
        rule = rule_for(self.env, "quantity")
        return bool(self.move_ids.production_id) and rule.keeps(self.company_id[:1])

    def _crm_erp_sync_deliveries(self):
        """Return the moves that the line's first rules asked for, production left out."""
        moves = self.move_ids.filtered(
            lambda m: (
                m.state != "cancel" and m.location_dest_usage != "inventory" and not m.production_id
            )
        )
        first = {}
        for move in moves.sorted("id"):
            first.setdefault((move.warehouse_id, move.bom_line_id), move.rule_id)
        rules = set(first.values())
        return moves.filtered(
            lambda m: (
                m.rule_id in rules
                and not m._is_dropshipped_returned()
                and (m.location_final_id or m.location_dest_id)._is_outgoing()
                and (not m.origin_returned_move_id or m.to_refund)
            )
        )
