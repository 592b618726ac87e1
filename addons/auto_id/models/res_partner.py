from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    auto_id_tag_count = fields.Integer(
        "Cards", compute="_compute_auto_id_tag_count", groups="auto_id.group_user"
    )

    def _compute_auto_id_tag_count(self):
        counts = dict(
            self.env["auto_id.tag"]._read_group(
                [("res_model", "=", "res.partner"), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.auto_id_tag_count = counts.get(partner.id, 0)

    def action_open_auto_id_tags(self):
        """The cards of this customer; one that is made there stands for them."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_tag_action")
        return {
            **action,
            "domain": [("res_model", "=", "res.partner"), ("res_id", "=", self.id)],
            "context": {"default_reference": f"res.partner,{self.id}"},
        }
