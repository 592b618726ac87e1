from odoo import fields, models

from ..rules import rule_for
from ..rules.procurement import exact_components


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "crm_erp_sync.changes"]

    crm_erp_sync_surplus = fields.Float(
        string="Made Beyond the Order",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="Quantity, in the product's unit, that is no longer ordered but was not taken "
        "away: it is on the bench. A later raise of the order uses it first.",
    )

    def _action_cancel(self):
        rule = rule_for(self.env, "quantity")
        before = {p: p.product_qty for p in self if p.state != "cancel"}
        children = rule.feeding(self.move_raw_ids)
        with rule.watch(lambda: children, rule.cause(self[:1])):
            result = super()._action_cancel()
        for production, quantity in before.items():
            rule.cancelled(production, quantity)
        return result

    def _update_raw_moves(self, factor):
        # A component that goes in whole pieces is rounded up; rounding up what was rounded up
        # before asks for 9 instead of 3. Ask the bill of materials anew instead.
        rule = rule_for(self.env, "quantity")
        exact = exact_components(self, factor) if rule.keeps(self.company_id) else {}
        return super(MrpProduction, self.with_context(crm_erp_sync_demand=exact))._update_raw_moves(
            factor
        )

    def _log_manufacture_exception(self, documents, cancel=False):
        rule = rule_for(self.env, "quantity")
        return super()._log_manufacture_exception(rule.unhandled(documents), cancel=cancel)
