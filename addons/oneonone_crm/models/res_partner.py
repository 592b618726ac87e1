from odoo import api, fields, models

from .oneonone_profile import STATUSES, TIERS

GROUP = "oneonone_crm.group_user"
COMPUTED = {"compute_sudo": True, "groups": GROUP}
MOVES_PROFILE = {"parent_id", "is_company", "profiling_objection"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = "res.partner"

    profiling_objection = fields.Boolean(
        string="Objects to Profiling",
        tracking=True,
        help="This customer does not want purchases to be analysed: there is no profile, and the "
        "counter serves by name only. Counts for the company and all its contacts.",
    )
    oneonone_profile_id = fields.Many2one(
        "oneonone.profile",
        string="Customer Profile",
        compute="_compute_oneonone_profile",
        compute_sudo=True,
        groups=GROUP,
        help="What is known of this customer in the current company.",
    )
    oneonone_status = fields.Selection(
        STATUSES, string="Customer Status", compute="_compute_oneonone_profile", **COMPUTED
    )
    oneonone_tier = fields.Selection(
        TIERS, string="Customer Tier", compute="_compute_oneonone_profile", **COMPUTED
    )
    oneonone_recency_days = fields.Integer(
        string="Days Since Purchase", compute="_compute_oneonone_profile", **COMPUTED
    )
    oneonone_order_count = fields.Integer(
        string="Orders Ever", compute="_compute_oneonone_profile", **COMPUTED
    )
    oneonone_amount_total = fields.Monetary(
        string="Total Spend", compute="_compute_oneonone_profile", **COMPUTED
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_oneonone_profile(self):
        profiles = self.env["oneonone.profile"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        )
        by_partner = {profile.partner_id: profile for profile in profiles}
        for partner in self:
            profile = by_partner.get(partner.commercial_partner_id, profiles.browse())
            partner.oneonone_profile_id = profile
            partner.oneonone_status = profile.status
            partner.oneonone_tier = profile.tier
            partner.oneonone_recency_days = profile.recency_days
            partner.oneonone_order_count = profile.order_count
            partner.oneonone_amount_total = profile.amount_total

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "profiling_objection"]

    def write(self, vals):
        """A contact that changes sides takes its purchases along; an objection ends a profile."""
        moves = bool(vals.keys() & MOVES_PROFILE)
        touched = set(self.commercial_partner_id.ids) if moves else set()
        result = super().write(vals)
        if moves:
            touched.update(self.ids, self.commercial_partner_id.ids)
            self.env["oneonone.profile"]._touch(touched)
        return result

    def action_oneonone_profile(self):
        """Open the profile in the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "oneonone.profile",
            "res_id": self.oneonone_profile_id.id,
            "view_mode": "form",
            "name": self.env._("Profile"),
        }
