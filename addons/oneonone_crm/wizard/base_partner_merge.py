from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _name = "base.partner.merge.automatic.wizard"
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """The merged customer's purchases are those of all: count them together."""
        partners = src_partners | dst_partner
        touched = {*partners.ids, *partners.commercial_partner_id.ids}
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["oneonone.profile"]._touch(touched)
        return result
