"""Finds the RFID readers that are configured by their address, in Odoo or in odoo.conf.

A reader that is away stays: its driver says that it fails, and tries again.
"""

from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import PlacedInterface


class AutoIdLlrpInterface(PlacedInterface):
    connection_type = "auto_id_llrp"
    kind = "llrp"
