"""Finds the keyboards of this box: real ones, and scanners that play one."""

import os

from odoo.addons.iot_drivers.interface import Interface
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import configuration, hid


class AutoIdKeyboardInterface(Interface):
    connection_type = "auto_id_keyboard"
    _loop_delay = 1

    def get_devices(self):
        """What is plugged in, and what odoo.conf names."""
        placed = configuration.placed("keyboard")
        taken = {os.path.realpath(place) for place in placed.values()}
        found = {one.identifier: one for one in hid.keyboards() if one.path not in taken}
        for identifier, place in placed.items():
            found[identifier] = hid.Keyboard(place, identifier)
        return {name: {"identifier": name, "keyboard": found[name]} for name in found}
