from odoo import models

WATCH = "auto_id.boxes"
"""What a browser asks for to hear of boxes; the channels themselves are the user's companies."""


class AutoIdBox(models.Model):
    """What travels over the bus: commands to the box, and news of it to the screens."""

    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    def _bus_channels(self):
        """One channel a box. With another token it is another one, so an old socket goes deaf."""
        # sudo: the digest is secret also from those who may send to the box
        return [(box, box.sudo().channel_hash) for box in self]

    def _send(self, message_type, payload):
        """Send a message to boxes over their websockets; who is not connected is left out.

        A stock box knows ``iot_action``, ``test_connection``, ``restart_odoo``, ``server_clear``,
        ``server_update`` and some that are of no use here.
        """
        connected = self.filtered(lambda box: box.state == "paired")
        for box, channel in zip(connected, connected._bus_channels(), strict=True):
            self.env["bus.bus"]._sendone(
                channel, message_type, {**payload, "iot_identifiers": [box.identifier]}
            )

    def _tell_screens(self):
        """Who looks at boxes of these companies reads them anew: only ids travel, no content."""
        for company, boxes in self.grouped("company_id").items():
            self.env["bus.bus"]._sendone((company, WATCH), "auto_id.boxes", {"ids": boxes.ids})
