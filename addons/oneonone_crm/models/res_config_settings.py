from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = "res.config.settings"

    oneonone_new_days = fields.Integer(related="company_id.oneonone_new_days", readonly=False)
    oneonone_active_days = fields.Integer(related="company_id.oneonone_active_days", readonly=False)
    oneonone_lost_days = fields.Integer(related="company_id.oneonone_lost_days", readonly=False)
