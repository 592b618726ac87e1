from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import address


class AutoIdMove(models.TransientModel):
    """This server gets another address: tell boxes while they still listen to the old one."""

    _name = "auto_id.move"
    _description = "Move Boxes to Another Address"

    box_ids = fields.Many2many(
        "auto_id.box",
        string="Boxes",
        required=True,
        domain="[('state', '=', 'paired')]",
        default=lambda self: self._default_boxes(),
    )
    url = fields.Char(
        "New Address",
        required=True,
        help="How the boxes reach this server from now on, such as https://erp.example.com.",
    )

    def _default_boxes(self):
        found = self.env.context.get("active_model") == "auto_id.box"
        ids = self.env.context.get("active_ids", []) if found else []
        return self.env["auto_id.box"].browse(ids).filtered(lambda box: box.state == "paired")

    def action_move(self):
        self.ensure_one()
        try:
            url = address.server_origin(self.url)
        except address.AddressError as error:
            raise UserError(
                self.env._(
                    "“%(url)s” is no address that a box can reach. Write it like "
                    "https://erp.example.com.",
                    url=self.url,
                )
            ) from error
        return self.box_ids._move_to(url)
