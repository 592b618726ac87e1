"""Finds the cameras of this box: those that are plugged in, and those that are configured."""

import os

from odoo.addons.iot_drivers.interface import Interface
from odoo.addons.iot_drivers.iot_handlers.lib.auto_id import configuration, video


class AutoIdCameraInterface(Interface):
    connection_type = "auto_id_camera"
    _loop_delay = 2

    def __init__(self):
        super().__init__()
        self._cameras = {}

    def get_devices(self):
        """{identifier: {"identifier", "name", "place"}}; a configured camera is listed once."""
        placed = configuration.placed("camera")
        taken = {os.path.realpath(place) for place in placed.values()}
        found = {
            camera.path: {"identifier": camera.path, "name": camera.name, "place": camera.path}
            for camera in self._plugged_in()
            if os.path.realpath(camera.path) not in taken
        }
        for identifier, place in placed.items():
            found[identifier] = {"identifier": identifier, "name": "", "place": place}
        return found

    def _plugged_in(self):
        """Each is opened once to see what it is: that may wake a sleeping camera."""
        known = self._cameras
        self._cameras = {}
        for entry in video.entries():
            key = (entry.name, os.path.realpath(entry))
            camera = known.get(key) or video.camera(entry)
            if camera:
                self._cameras[key] = camera
        return self._cameras.values()
