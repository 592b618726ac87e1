from odoo import api, fields, models

from ..rules import rule_for

OUTCOME = {"active", "probability", "stage_id"}


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm_erp_sync.changes"]

    expected_revenue = fields.Monetary(
        compute="_compute_expected_revenue", store=True, readonly=False, copy=True
    )
    crm_erp_sync_revenue_kept = fields.Boolean(
        string="Follows Confirmed Orders",
        compute="_compute_crm_erp_sync_revenue_kept",
        help="The expected revenue follows the confirmed orders: change the orders instead.",
    )

    @api.depends(
        "company_id",
        "order_ids.state",
        "order_ids.amount_untaxed",
        "order_ids.currency_id",
        "order_ids.order_line.invoice_lines.parent_state",
        "order_ids.order_line.invoice_lines.price_subtotal",
    )
    def _compute_expected_revenue(self):
        rule = rule_for(self.env, "revenue")
        for lead in self:
            lead.expected_revenue = rule.value(lead)

    @api.depends("order_ids.state")
    def _compute_crm_erp_sync_revenue_kept(self):
        rule = rule_for(self.env, "revenue")
        for lead in self:
            lead.crm_erp_sync_revenue_kept = (
                rule.keeps(rule.company(lead)) and rule.expected(lead.sudo()) is not None
            )

    def _crm_erp_sync_domain(self):
        return self.env["crm_erp_sync.ledger"]._about(self, self.order_ids)

    def _update_revenues_from_so(self, order):
        # Stock raises the revenue to the largest single order in the company's own currency.
        rule = rule_for(self.env, "revenue")
        others = self.filtered(lambda lead: not rule.is_on(rule.company(lead)))
        return super(CrmLead, others)._update_revenues_from_so(order)

    def write(self, vals):
        result = super().write(vals)
        if "expected_revenue" in vals:
            self.env.add_to_compute(self._fields["expected_revenue"], self)
        if not OUTCOME.isdisjoint(vals):
            rule_for(self.env, "outcome").keep(self)
        return result
