"""The device by which Odoo speaks to the box as a whole, not to a reader."""

from odoo.addons.iot_drivers.driver import Driver
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.agent import Agent, news


class AutoIdAgent(Driver):
    connection_type = "auto_id_agent"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self.device_type = "agent"
        self.device_connection = "direct"
        self.device_name = "Settings and status"
        self._actions["refresh"] = self._refresh
        self.agent = Agent()

    @classmethod
    def supported(cls, device):
        return True

    def run(self):
        self.agent.run(self._stopped)

    def _refresh(self, _data):
        """Something changed on the server: ask what. Anyone may call this, so it only asks."""
        news.set()
