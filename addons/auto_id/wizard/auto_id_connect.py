import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import address, push

NETWORKS_PARAMETER = "auto_id.push_networks"
PRIVATE_NETWORKS = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
QR_PIXELS = 440


class AutoIdConnect(models.TransientModel):
    """Connect a box: make it known, and show its token this once or hand it over."""

    _name = "auto_id.connect"
    _description = "Connect a Box"

    box_id = fields.Many2one("auto_id.box", help="Empty: a new one.")
    name = fields.Char("Place", help="Where the box stands.")
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, help="Whose reads it delivers."
    )
    url = fields.Char(
        "Server Address",
        default=lambda self: self._default_url(),
        help="How the box reaches this server. “localhost” would be the box itself.",
    )
    way = fields.Selection(
        [
            ("show", "Show a link and a QR code for the page of the box"),
            ("push", "Send it to the box over the network"),
        ],
        "How",
        required=True,
        default="show",
        help="Sending works if this server reaches the box: both in one local network.",
    )
    address = fields.Char(
        "Address of the Box", help="As on its screen or its page, such as 192.168.1.20."
    )

    def _default_url(self):
        return self.env["ir.config_parameter"].sudo().get_param("web.base.url")

    def action_connect(self):
        """Issue a token, and show it, or give it to the box."""
        self.ensure_one()
        self.check_access("write")
        url = self._checked_url()
        box = self._box()
        link = box._pairing_link(url, box._issue_token())
        if self.way == "push":
            # A failure undoes all: then there is no box, and no token that nobody knows.
            self._push(link)
        return self._show(box, link)

    def _checked_url(self):
        try:
            return address.server_origin(self.url)
        except address.AddressError as error:
            raise UserError(
                self.env._(
                    "%(url)s is “localhost”: for a box that would be the box itself. Give the "
                    "address or name of this server in your network, such as "
                    "http://192.168.1.10:8069.",
                    url=self.url,
                )
                if error.code == "localhost"
                else self.env._(
                    "“%(url)s” is no address of a server. Write it like http://192.168.1.10:8069.",
                    url=self.url or "",
                )
            ) from error

    def _box(self):
        """The box that gets a token, as far as the user may change it."""
        if self.box_id:
            self.box_id.check_access("write")
            return self.box_id
        if not self.name:
            raise UserError(self.env._("Say where the box stands, so that you know it again."))
        return self.env["auto_id.box"].create({"name": self.name, "company_id": self.company_id.id})

    def _push(self, link):
        parameters = self.env["ir.config_parameter"].sudo()
        allowed = parameters.get_param(NETWORKS_PARAMETER) or PRIVATE_NETWORKS
        try:
            host, port = address.box_host(self.address)
            push.push(host, port, link, address.networks(allowed))
        except (address.AddressError, push.PushError) as error:
            raise UserError(self._why(error.code)) from error

    def _why(self, code):
        place = self.address or ""
        return {
            "malformed": self.env._(
                "“%(place)s” is no address of a box. Write it like 192.168.1.20.", place=place
            ),
            "unknown_host": self.env._(
                "The name “%(place)s” is unknown here. Try the number, like 192.168.1.20.",
                place=place,
            ),
            "forbidden": self.env._(
                "“%(place)s” is outside of the networks that this server may send tokens to. "
                "Show the QR code instead, or ask your administrator for the system parameter "
                "%(parameter)s.",
                place=place,
                parameter=NETWORKS_PARAMETER,
            ),
            "unreachable": self.env._(
                "Nothing answers at “%(place)s”. Is the box switched on and in this network?",
                place=place,
            ),
            "no_box": self.env._(
                "What answers at “%(place)s” is no IoT box of Odoo 19.", place=place
            ),
            "refused": self.env._(
                "The box at “%(place)s” did not take the server's address.", place=place
            ),
        }[code]

    def _show(self, box, link):
        """The dialog that shows the link; it is in no record and cannot be shown again."""
        pushed = self.way == "push"
        return {
            "type": "ir.actions.client",
            "tag": "auto_id.pairing",
            "target": "new",
            "name": self.env._("Connect %(box)s", box=box.name),
            "params": {
                "box_id": box.id,
                "pushed": pushed,
                "link": "" if pushed else link,
                "qr": "" if pushed else self._qr(link),
                "valid_until": fields.Datetime.to_string(box.pending_until),
            },
        }

    def _qr(self, link):
        """The picture in the answer itself: an address of it would carry the token to logs."""
        picture = self.env["ir.actions.report"].barcode(
            "QR", link, width=QR_PIXELS, height=QR_PIXELS, barLevel="M"
        )
        return f"data:image/png;base64,{base64.b64encode(picture).decode()}"
