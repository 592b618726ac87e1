from odoo import fields, models

from ..rules import rule_for


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_erp_sync_change_count = fields.Integer(
        string="Changes",
        compute="_compute_crm_erp_sync_change_count",
        groups="crm_erp_sync.group_user",
        help="Lines of the sync ledger about this order and its manufacturing orders.",
    )

    def _compute_crm_erp_sync_change_count(self):
        ledger = self.env["crm_erp_sync.ledger"]
        for order in self:
            order.crm_erp_sync_change_count = ledger.search_count(order._crm_erp_sync_domain())

    def _crm_erp_sync_domain(self):
        """Return the ledger lines about this order and what is made for it."""
        productions = self.sudo().stock_reference_ids.production_ids
        return self.env["crm_erp_sync.ledger"]._about(self, productions)

    def action_crm_erp_sync_changes(self):
        """Show why the quantities of this order and its production are what they are."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_erp_sync.crm_erp_sync_ledger_action"
        )
        return action | {"domain": list(self._crm_erp_sync_domain()), "context": {}}

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
