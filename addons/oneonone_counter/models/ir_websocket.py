import re

from odoo import models

STATION_CHANNEL = re.compile(r"oneonone_counter\.station_(\d{1,9})")


class IrWebsocket(models.AbstractModel):
    _name = "ir.websocket"
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Exchange the names of counters for the counters themselves, where the user may see them.

        The name that the browser sends can be guessed; the channel that the notifications go to
        is the record, and only this method hands it out.
        """
        wanted = {c: STATION_CHANNEL.fullmatch(c) for c in channels if isinstance(c, str)}
        names = {name: int(match[1]) for name, match in wanted.items() if match}
        kept = [channel for channel in channels if channel not in names]
        return super()._build_bus_channel_list(kept + self._counters_to_hear(names.values()))

    def _counters_to_hear(self, station_ids):
        if not self.env.user.has_group("oneonone_counter.group_clerk"):
            return []
        # all of the user's companies: a websocket knows nothing of the company switcher
        stations = self.env["auto_id.station"].with_context(
            allowed_company_ids=self.env.user.company_ids.ids
        )
        return list(stations.search([("id", "in", list(station_ids)), ("purpose", "=", "counter")]))
