from odoo import api, models

from ..rules import rule_for
from ..rules.procurement import link_raised, orders_to_raise


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _make_mo_get_domain(self, procurement, bom):
        # Two lines of one product keep an order each, so that each can follow its own line.
        domain = super()._make_mo_get_domain(procurement, bom)
        if rule_for(self.env, "quantity").keeps(procurement.company_id):
            domain += (("sale_line_id", "=", procurement.values.get("sale_line_id", False)),)
        return domain

    @api.model
    def _run_manufacture(self, procurements):
        # Stock raises an order that it finds without telling the new delivery to wait for it.
        rule = rule_for(self.env, "quantity")
        raised = orders_to_raise(rule, procurements)
        result = super()._run_manufacture(procurements)
        link_raised(raised)
        return result
