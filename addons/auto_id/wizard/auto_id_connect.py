from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoIdConnect(models.TransientModel):
    """Connect a box: make it known, and show its token this once."""

    _name = "auto_id.connect"
    _description = "Connect a Box"

    name = fields.Char("Place", help="Where the box stands.")
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, help="Whose reads it delivers."
    )
    url = fields.Char(
        "Server Address",
        default=lambda self: self._default_url(),
        help="How the box reaches this server. “localhost” would be the box itself.",
    )
    # Not stored: of the token itself the database keeps only its SHA-256.
    pairing_line = fields.Char(
        store=False, readonly=True, help="Paste this line on the page of the box."
    )
    valid_until = fields.Datetime(store=False, readonly=True)

    def _default_url(self):
        return self.env["ir.config_parameter"].sudo().get_param("web.base.url")

    @api.model
    def default_get(self, fields_list):
        found = super().default_get(fields_list)
        for name in ("pairing_line", "valid_until"):
            if value := self.env.context.get(f"auto_id_{name}"):
                found[name] = value
        return found

    def action_connect(self):
        self.ensure_one()
        if not self.name:
            raise UserError(self.env._("Say where the box stands, so that you know it again."))
        box = self.env["auto_id.box"].create({"name": self.name, "company_id": self.company_id.id})
        return self._show(box, box._issue_token(), url=self.url)

    @api.model
    def _show(self, box, token, url=None):
        """The dialog with the line to paste; it is in no record and cannot be shown again."""
        line = box._pairing_line(url or self._default_url() or "", token)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect %(box)s", box=box.name),
            "res_model": self._name,
            "views": [(self.env.ref("auto_id.auto_id_connect_view_form_token").id, "form")],
            "target": "new",
            "context": {
                "auto_id_pairing_line": line,
                "auto_id_valid_until": fields.Datetime.to_string(box.pending_until),
            },
        }
