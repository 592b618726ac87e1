from odoo import models


class AutoIdReader(models.Model):
    """What a reader can be told to do at once."""

    _inherit = "auto_id.reader"  # pylint: disable=consider-merging-classes-inherited

    def _act(self, action, **details):
        """Let the driver of these readers do something: its action of that name.

        It goes over the websocket once the transaction is committed; a box that is away misses it.
        `auto_id_signal` with `kind` "accept" or "refuse" switches on the output of an RFID reader
        that is set for it.
        """
        for reader in self:
            device = {"device_identifiers": [reader.identifier], "session_id": "0"}
            reader.box_id._send("iot_action", {**device, "action": action, **details})
