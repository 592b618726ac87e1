"""Reads the codes that a camera sees, or that are in the pictures of a folder."""

import itertools
import logging
import time

from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import cameras, decoding
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.frames import FrameError
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.places import shown
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id.reader_driver import ReaderDriver

_logger = logging.getLogger(__name__)

MOST_BROKEN = 20
"""Pictures in a row that cannot be read, after which a camera is opened again."""
LONGEST_WAIT = 10.0
"""Seconds without a picture, after which it is, too."""
LEFT_ALONE = "It is not used until its settings say that it is to serve as a reader."


class AutoIdCamera(ReaderDriver):
    """One camera. A code that stays in view is read once; see `repeat_after`."""

    kind = "camera"
    connection_type = "auto_id_camera"

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        self._found_at = device["place"]
        self.device_type = "camera"
        self.device_connection = "network" if "://" in self._found_at else "direct"
        self.device_name = device["name"] or f"Camera {shown(self._found_at)}"

    @classmethod
    def supported(cls, device):
        return True

    def _serve(self):
        options = self.settings
        if not options["claimed"] and not options["place"]:
            self._set_state("waiting", LEFT_ALONE)
            self._changed.wait()
            return
        decode = decoding.decoder(options["formats"])
        width, height = map(int, options["resolution"].split("x"))
        place = options["place"] or self._found_at
        with cameras.source(place, (width, height), options["fps"]) as source:
            _logger.info("Watching %s at %s.", self.device_name, shown(place))
            self._watch(source, decode)

    def _watch(self, source, decode):
        broken, last = 0, time.monotonic()
        for turn in itertools.count():
            if self.interrupted:
                return
            try:
                picture = source.read(1 / self.settings["fps"])
            except FrameError as error:
                broken += 1
                self.failed(error)
                if broken >= MOST_BROKEN:
                    raise OSError(f"nothing but broken pictures: {error}") from error
                continue
            if picture:
                broken, last = 0, time.monotonic()
                self.working()
                # A hand holds a code for longer than three pictures take.
                view = decoding.VIEWS[turn % len(decoding.VIEWS)]
                self._look(
                    picture, decode, decoding.VIEWS if source.takes_every_picture else [view]
                )
            elif source.takes_every_picture:
                self.working()
            elif time.monotonic() - last > LONGEST_WAIT:
                raise OSError(f"no picture came for {LONGEST_WAIT:g} seconds")

    def _look(self, picture, decode, views):
        part = decoding.region(picture, self.settings["region"])
        found = decoding.distinct([one for view in views for one in decode(view(part))])
        if not self.settings["several"]:
            found = found[:1]
        self.deliver_many(
            (one.text, None, {"symbology": one.symbology} if one.symbology else {}) for one in found
        )
