from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import REGISTRY


class CrmErpSyncLedger(models.Model):
    """What was changed because of what: append only, and it outlives the documents."""

    _name = "crm_erp_sync.ledger"
    _description = "Sync Ledger"
    _order = "date desc, id desc"
    _rec_name = "message"

    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When the change was made.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The company of the document that was changed.",
    )
    rule = fields.Selection(
        selection=lambda self: self._selection_rule(),
        required=True,
        readonly=True,
        help="The rule that made the change.",
    )
    cause_model = fields.Char(readonly=True, help="The kind of document that was the cause.")
    cause_id = fields.Many2oneReference(
        string="Cause Record",
        model_field="cause_model",
        readonly=True,
        aggregator=None,
        help="The document that was the cause.",
    )
    cause_name = fields.Char(
        string="Cause", readonly=True, help="Name of the causing document, as it was then."
    )
    effect_model = fields.Char(
        string="Changed Model", readonly=True, help="The kind of document that was changed."
    )
    effect_id = fields.Many2oneReference(
        string="Changed Record",
        model_field="effect_model",
        readonly=True,
        aggregator=None,
        help="The document that was changed.",
    )
    effect_name = fields.Char(
        string="Changed Document",
        readonly=True,
        help="Name of the changed document, as it was then.",
    )
    field_name = fields.Char(
        string="Field", readonly=True, help="Technical name of the field that was changed."
    )
    before = fields.Char(readonly=True, help="The value before the change.")
    after = fields.Char(readonly=True, help="The value after the change.")
    difference = fields.Float(
        readonly=True,
        digits="Product Unit",
        aggregator="sum",
        help="After less before, for numbers.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        readonly=True,
        ondelete="set null",
        help="Who caused the change.",
    )
    user_name = fields.Char(
        string="Person's Name", readonly=True, help="Name of that person, as it was then."
    )
    message = fields.Char(readonly=True, help="The change in one sentence.")

    _effect_idx = models.Index("(effect_model, effect_id)")
    _cause_idx = models.Index("(cause_model, cause_id)")
    _company_date_idx = models.Index("(company_id, date DESC)")

    @api.model
    def _selection_rule(self):
        return [(code, self.env._(rule.title)) for code, rule in REGISTRY.items()]

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: what happened does not change."""
        raise UserError(self._refusal())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: what happened does not go away, not even for the administrator."""
        raise UserError(self._refusal())

    def _refusal(self):
        return self.env._(
            "The ledger is append only: its lines can be neither changed nor deleted. Make the "
            "correction on the document itself; the ledger will record it."
        )

    @api.model
    def _record(self, rule, cause, effect, field_name, before, after, message):
        """Append one line about a change of a document."""
        numbers = all(isinstance(value, int | float) for value in (before, after))
        return self.sudo().create(
            {
                "rule": rule,
                "company_id": (effect.company_id or self.env.company).id,
                "cause_model": cause._name,
                "cause_id": cause.id,
                "cause_name": cause.display_name,
                "effect_model": effect._name,
                "effect_id": effect.id,
                "effect_name": effect.display_name,
                "field_name": field_name,
                "before": self._as_text(before),
                "after": self._as_text(after),
                "difference": after - before if numbers else 0.0,
                "user_id": self.env.user.id,
                "user_name": self.env.user.name,
                "message": message,
            }
        )

    @api.model
    def _as_text(self, value):
        """Show 3.0 as 3: the ledger is read by people."""
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    @api.model
    def _about(self, *records_list):
        """Return the domain of the lines whose cause or effect is one of these records."""
        domain = fields.Domain.FALSE
        for records in records_list:
            for side in ("cause", "effect"):
                domain |= fields.Domain(f"{side}_model", "=", records._name) & fields.Domain(
                    f"{side}_id", "in", records.ids
                )
        return domain

    def action_open_effect(self):
        """Open the document that was changed."""
        return self._action_open(self.effect_model, self.effect_id)

    def action_open_cause(self):
        """Open the document that was the cause."""
        return self._action_open(self.cause_model, self.cause_id)

    def _action_open(self, model, res_id):
        self.ensure_one()
        record = self.env[model].browse(res_id) if model in self.env else None
        if record is None or not record.exists():
            raise UserError(self.env._("This document has been deleted; only its name is left."))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "view_mode": "form",
        }
