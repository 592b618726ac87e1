from odoo import models

from ..rules import rule_for


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        rule = rule_for(self.env, "revenue")
        for refund in posted.filtered(lambda move: move.move_type == "out_refund"):
            rule.credited(refund)
        return posted
