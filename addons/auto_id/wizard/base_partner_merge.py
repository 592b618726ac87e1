from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """The cards of merged customers go to the one that stays."""
        res = super()._update_reference_fields(src_partners, dst_partner)
        # sudo: all cards move, in each company, whoever merges.
        tags = self.env["auto_id.tag"].sudo()
        for tag in tags.search(
            [("res_model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        ):
            tag._bind(dst_partner)
        return res
