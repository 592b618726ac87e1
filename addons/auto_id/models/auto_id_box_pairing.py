import datetime
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import batch, signing

_logger = logging.getLogger(__name__)

TOKEN_LIVES = datetime.timedelta(hours=24)
REPORT_EVERY = datetime.timedelta(minutes=10)


class PairingRefusedError(Exception):
    """A box that may not speak to us; ``code`` is for machines, the text for its log."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class AutoIdBox(models.Model):
    """Pairing: a token is shown once; the first box that presents it is bound to it for good.

    The stock box sends its token each time it starts, so a token that was used keeps working for
    the box it is bound to, and for no other. A new token replaces the old one when the box presents
    it.
    """

    _inherit = "auto_id.box"

    token_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    signing_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Follows from the token; batches of reads are signed with it.",
    )
    channel = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The bus lets anyone listen to a channel whose name they know: this one is random.",
    )
    pending_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    pending_key = fields.Char(readonly=True, copy=False, groups="base.group_system")
    pending_until = fields.Datetime(
        "Token Valid Until", readonly=True, copy=False, help="When the unused token expires."
    )
    refused_at = fields.Datetime(readonly=True, copy=False, groups="base.group_system")

    _pending_hash_uniq = models.UniqueIndex("(pending_hash)", "Try again.")

    def _issue_token(self, **values):
        """A new token, in clear text this once: for this box, or for a new one made of ``values``.

        Used by the wizard, by `make run` (through the shell) and by nobody else.
        """
        box = self or self.create({"name": self.env._("New Box"), **values})
        box.ensure_one()
        token = signing.new_secret()
        box.sudo().write(
            {
                "pending_hash": signing.digest(token),
                "pending_key": signing.signing_key(token),
                "pending_until": fields.Datetime.now() + TOKEN_LIVES,
                "state": "new" if box.state == "revoked" else box.state,
            }
        )
        return token

    @api.model
    def _pairing_line(self, url, token):
        """The token as the page of the box takes it: url|token|db_uuid|enterprise_code."""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
        return "|".join([url.rstrip("/"), token, uuid, ""])

    def action_rotate(self):
        """A new token for this box; the old one is good until the box shows the new one."""
        self.ensure_one()
        self.check_access("write")
        return self.env["auto_id.connect"]._show(self, self._issue_token())

    def action_revoke(self):
        """From now on nothing that the box sends is accepted."""
        self.check_access("write")
        self._send("server_clear", {})
        self.sudo().write(
            {
                "state": "revoked",
                "token_hash": False,
                "signing_key": False,
                "channel": False,
                "pending_hash": False,
                "pending_key": False,
                "pending_until": False,
                "asked_session": False,
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.filtered("identifier"):
            raise UserError(
                self.env._("A box that was connected is kept for its reads. Revoke and archive it.")
            )

    # The server's side of /iot/setup. Runs as superuser: the token is the only right a box has.

    @api.model
    def _setup(self, info, devices):
        """Bind or recognise the box that presents itself; the channel it shall listen to."""
        identifier, token = info.get("identifier"), info.get("token")
        if not batch.is_identifier(identifier):
            raise PairingRefusedError("malformed", "the box has no usable identifier")
        if not token or not isinstance(token, str):
            raise PairingRefusedError("no_token", "the box presents no token; connect it again")
        box = self._admit(identifier, signing.digest(token))
        box._write_changed(
            {name: str(info.get(name) or "")[:128] or False for name in ("ip", "mac", "version")}
        )
        box._touch()
        box._update_devices(devices)
        return box.channel

    @api.model
    def _admit(self, identifier, digest):
        everything = self.with_context(active_test=False)
        box = everything.search([("identifier", "=", identifier)])
        if box and box.token_hash and box.token_hash == digest:
            return box
        offered = everything.search([("pending_hash", "=", digest)])
        if box and offered != box:
            box._report_refusal()
            raise PairingRefusedError(
                "other_token", "this box is known with another token; issue a new one for it"
            )
        if not offered or offered.identifier not in (False, identifier):
            _logger.warning("A box %r with an unknown token was refused", identifier)
            raise PairingRefusedError(
                "unknown_token", "the token is unknown; connect the box again"
            )
        if offered.pending_until < fields.Datetime.now():
            raise PairingRefusedError("expired_token", "the token has expired; issue a new one")
        offered._bind(identifier)
        return offered

    def _bind(self, identifier):
        """The pending token is used: from now on it is this box's, and no other token is."""
        self.write(
            {
                "identifier": identifier,
                "state": "paired",
                "active": True,
                "token_hash": self.pending_hash,
                "signing_key": self.pending_key,
                "channel": f"auto_id.box:{signing.new_secret()}",
                "pending_hash": False,
                "pending_key": False,
                "pending_until": False,
            }
        )
        _logger.info("Box %r is now bound to %s", identifier, self)

    def _report_refusal(self):
        """Tell the log and the chatter that someone came with this name and a wrong token.

        A stock box tries five times in a row, so the chatter gets one message in ten minutes.
        """
        _logger.warning("Box %r presented a wrong token and was refused", self.identifier)
        now = fields.Datetime.now()
        if self.refused_at and now - self.refused_at < REPORT_EVERY:
            return
        self.refused_at = now
        lang = self.company_id.partner_id.lang
        self.message_post(
            body=self.with_context(lang=lang).env._(
                "A box with this identifier presented a wrong token and was refused. "
                "If it was set up anew, use “New Token” here; if not, somebody else is trying."
            )
        )

    def _write_changed(self, values):
        """Write only what differs: a box that repeats itself locks nothing."""
        for box in self:
            changed = {name: value for name, value in values.items() if box[name] != value}
            if changed:
                box.write(changed)
