"""Every box has one agent, which is always there."""

from odoo.addons.iot_drivers.interface import Interface


class AutoIdAgentInterface(Interface):
    connection_type = "auto_id_agent"
    _loop_delay = 0

    def get_devices(self):
        return {"auto_id_agent": {"identifier": "auto_id_agent"}}
