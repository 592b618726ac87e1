"""Finds the NFC and chip card readers of this box, through PC/SC."""

import logging

from odoo.addons.iot_drivers.interface import Interface
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import pcsc, usb_classes

_logger = logging.getLogger(__name__)


class AutoIdNfcInterface(Interface):
    connection_type = "auto_id_nfc"
    _loop_delay = 2

    def __init__(self):
        super().__init__()
        self._said = ""

    def get_devices(self):
        """The readers that the service for card readers knows.

        Without the service: those that are plugged in, so that somebody is told what is missing.
        """
        try:
            with pcsc.Service() as service:
                names = service.readers()
        except OSError as error:
            self._say_once(str(error))
            names = usb_classes.card_readers()
        # The slot for a security module inside a reader takes no cards.
        return {name: {"identifier": name} for name in names if " SAM" not in name}

    def _say_once(self, message):
        if message != self._said:
            self._said = message
            _logger.info("No NFC readers: %s", message)
