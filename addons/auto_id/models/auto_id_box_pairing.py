import datetime
import logging
from urllib.parse import urlencode, urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import db_list

from ..tools import batch, channel, signing
from ..tools import peer as peer_tool
from .auto_id_box_watch import REFUSED

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

    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    token_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    signing_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Follows from the token; batches of reads are signed with it.",
    )
    channel_hash = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Digest of the name of the bus channel that this box may listen to.",
    )
    peer = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="From where it last proved itself. Calls without any proof count only from there.",
    )
    pending_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    pending_until = fields.Datetime(
        "Token Valid Until", readonly=True, copy=False, help="When the unused token expires."
    )
    refused_at = fields.Datetime(readonly=True, copy=False, groups="base.group_system")

    _channel_hash_uniq = models.UniqueIndex("(channel_hash)", "Try again.")
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
                "pending_until": fields.Datetime.now() + TOKEN_LIVES,
                "state": "new" if box.state == "revoked" else box.state,
            }
        )
        return token

    @api.model
    def _pairing_link(self, url, token):
        """What the page of the box takes: the server, and the token for it, in one text."""
        # Without the database's identity: a box that has it asks the vendor for a certificate
        # before it calls here, and where nothing goes out it waits minutes for no answer.
        query = {"token": token, "db_uuid": "", "enterprise_code": ""}
        # With a name the box asks for a session at each start, so it gets one only if it must.
        if len(db_list(force=True, host=urlsplit(url).netloc)) > 1:
            query["db_name"] = self.env.cr.dbname
        return f"{url}?{urlencode(query)}"

    def action_rotate(self):
        """A new token for this box; the old one is good until the box shows the new one."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_connect_action")
        return {**action, "context": {"default_box_id": self.id, "default_address": self.ip}}

    def action_cancel_token(self):
        """The token that no box has shown yet is good for nothing any more."""
        self.check_access("write")
        self.sudo().write({"pending_hash": False, "pending_until": False})

    def action_revoke(self):
        """From now on nothing that the box sends is accepted."""
        self.check_access("write")
        self._send("server_clear", {})
        self.sudo().write(
            {
                "state": "revoked",
                "token_hash": False,
                "signing_key": False,
                "channel_hash": False,
                "peer": False,
                "pending_hash": False,
                "pending_until": False,
                "asked": False,
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
    def _setup(self, info, devices, peer=None):
        """Bind or recognise the box that presents itself; the channel it shall listen to.

        :param peer: the network address that it came from
        """
        identifier, token = info.get("identifier"), info.get("token")
        if not batch.is_identifier(identifier):
            raise PairingRefusedError("malformed", "the box has no usable identifier")
        if not token or not isinstance(token, str):
            raise PairingRefusedError("no_token", "the box presents no token; connect it again")
        box = self._admit(identifier, token)
        box._write_changed(
            {name: str(info.get(name) or "")[:128] or False for name in ("ip", "mac", "version")}
        )
        box._note_peer(peer)
        # Derived anew each time: a box asks again and again, and the name itself is not kept.
        name = channel.name(token)
        box._write_changed({"channel_hash": signing.digest(name)})
        box._touch()
        box._update_devices(devices)
        return name

    @api.model
    def _unproven(self, identifier, peer):
        """The box that calls itself so, if it calls from where it last proved who it is."""
        box = self._by_identifier(identifier)
        return box if not box.peer or box.peer == peer_tool.site(peer) else self.browse()

    @api.model
    def _at(self, peer):
        """The boxes that last proved themselves from there."""
        return self.search([("peer", "=", peer_tool.site(peer)), ("state", "=", "paired")])

    def _note_peer(self, peer):
        """The box has just proved itself from this network address."""
        if peer:
            self._write_changed({"peer": peer_tool.site(peer)})

    @api.model
    def _admit(self, identifier, token):
        digest = signing.digest(token)
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
        offered._bind(identifier, token)
        return offered

    def _bind(self, identifier, token):
        """The pending token is used: from now on it is this box's, and no other token is."""
        self.write(
            {
                "identifier": identifier,
                "state": "paired",
                "active": True,
                "token_hash": self.pending_hash,
                "signing_key": signing.signing_key(token),
                "pending_hash": False,
                "pending_until": False,
            }
        )
        self._relieve(REFUSED, self.env._("The box has shown its new token."))
        _logger.info("Box %r is now bound to %s", identifier, self)

    def _report_refusal(self):
        """Tell the log, the chatter and who is responsible that someone came with a wrong token.

        A stock box tries five times in a row, so people are told once in ten minutes.
        """
        _logger.warning("Box %r presented a wrong token and was refused", self.identifier)
        now = fields.Datetime.now()
        if self.refused_at and now - self.refused_at < REPORT_EVERY:
            return
        self.refused_at = now
        responsible = self._responsible()
        this = self.with_context(lang=responsible.lang)
        text = this.env._(
            "A box with this identifier presented a wrong token and was refused. "
            "If it was set up anew, use “New Token” here; if not, somebody else is trying."
        )
        this.message_post(body=text)
        this._remind(REFUSED, responsible, this.env._("A box was refused"), text)

    def _write_changed(self, values):
        """Write only what differs: a box that repeats itself locks nothing."""
        for box in self:
            changed = {name: value for name, value in values.items() if box[name] != value}
            if changed:
                box.write(changed)
