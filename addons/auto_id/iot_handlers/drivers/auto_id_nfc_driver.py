"""Reads the cards and tags that are held to an NFC reader."""

from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import cards, pcsc
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver

PATIENCE = 0.5
"""Seconds after which new settings count, when no card comes."""
TRIES = 3


class AutoIdNfcReader(ReaderDriver):
    """One reader. A card is read when it comes, and again when it went and came back."""

    kind = "nfc"
    connection_type = "auto_id_nfc"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self.device_type = "nfc"
        self.device_connection = "direct"
        self.device_name = identifier
        self._seen = None

    @classmethod
    def supported(cls, device):
        return True

    def _serve(self):
        with pcsc.Service() as service:
            state = service.wait(self.device_identifier, pcsc.UNKNOWN, 0)
            self.working()
            while not self.interrupted:
                if not state.is_present:
                    self._seen = None
                elif state.sighting != self._seen:
                    self._seen = state.sighting
                    self._read(service, state.atr)
                state = service.wait(self.device_identifier, state, PATIENCE)

    def _read(self, service, atr):
        """Deliver what the card is; it may still be on its way into the field."""
        for left in reversed(range(TRIES)):
            try:
                with service.connect(self.device_identifier) as card:
                    code = self._code(card.transmit, atr)
                self.deliver(code)
                break
            except cards.CardError as error:
                self.failed(error)
                break
            except pcsc.PcscError as error:
                if not error.is_of_card:
                    raise
                if not left:
                    self.failed(f"{error}; hold it a little longer")
                self.pause(PATIENCE / TRIES)

    def _code(self, transmit, atr):
        """What is on the card where that is wanted and there, else its number."""
        if self.settings["ndef"]:
            try:
                if text := cards.ndef_text(transmit, atr):
                    return text
            except cards.CardError as error:
                self.failed(f"{error}; its number is taken")
        return cards.code_of(cards.uid(transmit), reversed_uid=self.settings["reversed_uid"])
