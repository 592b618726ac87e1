"""Finds the serial ports that the box's configuration names for scanners.

Stock `SerialInterface` sees real ports only; this one also serves pseudo-terminals,
stable links such as /dev/serial/by-id/..., and serial servers in the network.
"""

import logging

from odoo.addons.iot_drivers.interface import Interface
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import ports
from odoo.addons.iot_drivers.tools import helpers

_logger = logging.getLogger(__name__)


class AutoIdSerialInterface(Interface):
    connection_type = "auto_id_serial"
    _loop_delay = 1

    def __init__(self):
        super().__init__()
        self._said = ""

    def get_devices(self):
        """The ports that exist now; the configuration may change while the box runs."""
        configured = helpers.get_conf("serial_ports", section="auto_id") or ""
        try:
            found = ports.present(ports.parse(configured))
        except ports.PortError as error:
            self._say_once(f"serial_ports in the section auto_id of odoo.conf: {error}")
            return {}
        return {name: {"identifier": name, "port": port} for name, port in found.items()}

    def _say_once(self, message):
        if message != self._said:
            self._said = message
            _logger.error("%s", message)
