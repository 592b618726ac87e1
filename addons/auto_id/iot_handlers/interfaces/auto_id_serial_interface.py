"""Finds the scanners on serial ports that the configuration names.

Stock `SerialInterface` sees real ports only; this one also serves pseudo-terminals,
stable links such as /dev/serial/by-id/..., and serial servers in the network.
"""

from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import PlacedInterface


class AutoIdSerialInterface(PlacedInterface):
    connection_type = "auto_id_serial"
    kind = "serial"
