from odoo import fields, models
from odoo.tools import SQL

from ..tools import channel, signing
from .auto_id_box_ask import ANSWER_WITHIN
from .auto_id_box_live import WATCH

MAX_NAMES = 4


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Exchange the secret of a box for the channel of that box, and of nothing else.

        The bus lets anyone listen to any text. So nothing of ours goes to a text: it goes to
        records, and only this method hands these out, to who may hear them.
        """
        names, others = channel.split(channels)
        # Others bring records, which compare with no text.
        kept = [c for c in others if not isinstance(c, str) or c != WATCH]
        watched = self._companies_to_watch() if len(kept) < len(others) else []
        asked = self._boxes_that_ask(names)._bus_channels() if names else []
        return super()._build_bus_channel_list([*kept, *asked, *watched])

    def _prepare_subscribe_data(self, channels, last):
        """A box that comes back gets no commands of long ago: whoever gave them was told so.

        The stock box remembers the last message only if its socket closed in an orderly way.
        """
        if channel.split(channels)[0]:
            last = max(last, self._last_given_up())
        return super()._prepare_subscribe_data(channels, last)

    def _boxes_that_ask(self, names):
        # A stock box has no user. Whoever is logged in is no box, whatever they know.
        if not self.env.user._is_public():
            return self.env["auto_id.box"]
        digests = [signing.digest(name) for name in names[:MAX_NAMES]]
        # sudo: knowing the secret is the box's right
        boxes = self.env["auto_id.box"].sudo()
        return boxes.search([("channel_hash", "in", digests), ("state", "=", "paired")])

    def _companies_to_watch(self):
        """The boxes of all companies of the user: a websocket knows no company switcher."""
        user = self.env.user
        if not user.has_group("auto_id.group_user"):
            return []
        return [(company, WATCH) for company in user.company_ids]

    def _last_given_up(self):
        """The last message that nobody awaits an answer to; SQL: one look back from the newest."""
        then = fields.Datetime.now() - ANSWER_WITHIN
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM bus_bus WHERE create_date < %s ORDER BY id DESC LIMIT 1",
                then,
            )
        )
        return rows[0][0] if rows else 0
