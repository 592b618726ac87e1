from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    crm_erp_sync_rule = fields.Char(
        string="Sync Rule",
        index="btree_not_null",
        readonly=True,
        help="Code of the rule that asked for this decision; it closes the activity again.",
    )
