from odoo import models

from ..rules import rule_for


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        rule = rule_for(self.env, "quantity")
        productions = self.mo_id
        before = {production: production.product_qty for production in productions}
        with rule.watch(
            lambda: rule.feeding(productions.move_raw_ids), rule.cause(productions[:1])
        ):
            result = super().change_prod_qty()
        for production, quantity in before.items():
            rule.changed(production, quantity)
        return result
