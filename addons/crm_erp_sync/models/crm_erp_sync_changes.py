from odoo import fields, models


class CrmErpSyncChanges(models.AbstractModel):
    """A document that can tell why it says what it says."""

    _name = "crm_erp_sync.changes"
    _description = "Changes by the Sync"

    crm_erp_sync_change_count = fields.Integer(
        string="Changes",
        compute="_compute_crm_erp_sync_change_count",
        groups="crm_erp_sync.group_user",
        help="Lines of the sync ledger about this document and what was made or bought for it.",
    )

    def _compute_crm_erp_sync_change_count(self):
        ledger = self.env["crm_erp_sync.ledger"]
        for record in self:
            record.crm_erp_sync_change_count = ledger.search_count(record._crm_erp_sync_domain())

    def _crm_erp_sync_domain(self):
        """Return the domain of the ledger lines that explain this document."""
        return self.env["crm_erp_sync.ledger"]._about(self)

    def action_crm_erp_sync_changes(self):
        """Show why this document says what it says."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_erp_sync.crm_erp_sync_ledger_action"
        )
        return action | {"domain": list(self._crm_erp_sync_domain()), "context": {}}
