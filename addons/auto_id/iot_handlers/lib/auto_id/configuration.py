"""What this box knows about its readers: what Odoo says, and what its own odoo.conf says.

Odoo's settings are kept on disk, so that a box which starts without its server works as
before. The section `auto_id` of odoo.conf comes first where both name a place: who edits
that file stands at the box.

    serial_ports = counter=/dev/serial/by-id/usb-Zebra*@115200, rfc2217://10.0.0.7:4001
    llrp_readers = dock=10.0.0.5
    cameras = door=/dev/video0, rtsp://10.0.0.9/live
    keyboards = till=/dev/input/by-id/usb-Maker_Scanner-event-kbd        is a scanner
    allowed_places = /dev/pts/*, /srv/pictures        what settings from Odoo may name, too
"""

import fnmatch
import json
import logging
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from odoo.addons.iot_drivers.tools import helpers

from . import ports, settings
from .outbox import folder

_logger = logging.getLogger(__name__)

LOCAL = {
    "serial": "serial_ports",
    "llrp": "llrp_readers",
    "camera": "cameras",
    "keyboard": "keyboards",
}
FILE = "settings.json"
FOUND = "found.json"
NOTHING: dict[str, Any] = {"server": "", "version": "", "readers": {}}


class Configuration:
    """Settings of readers, from Odoo and from odoo.conf; threads may share it.

    :param home: the box's own folder
    :param conf: gives the value of a key of odoo.conf's section auto_id, or None
    :param server: gives the server that this box is paired with; what another one said is void
    """

    def __init__(
        self, home: Path, conf: Callable[[str], str | None], server: Callable[[], str | None]
    ):
        self._home = home
        self._conf = conf
        self._server = server
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._said = ""
        self._stored = NOTHING | self._load(FILE)
        self._found = self._load(FOUND)
        self.refused: dict[str, str] = {}
        self._accepted = self._accept(self._stored["readers"], {})

    @property
    def version(self) -> str:
        """Of the settings that this box has from its server; empty when it has none."""
        return self._stored["version"] if self._is_ours() else ""

    def reader(self, identifier: str, driver: str) -> settings.Settings:
        """Complete settings of one reader; the defaults where nobody has said anything."""
        found = self._from_odoo().get(identifier, {})
        if found.get("driver") != driver:
            found = settings.check(driver, {})
        local = self.local(driver).get(identifier)
        if local:
            found = {**found, "place": local.place}
            if found.get("baudrate") == "auto" and local.baudrate:
                found["baudrate"] = str(local.baudrate)
        return found

    def placed(self, driver: str) -> dict[str, str]:
        """{identifier: place} of the readers that are configured, not found plugged in."""
        found = {
            identifier: values["place"]
            for identifier, values in self._from_odoo().items()
            if values["driver"] == driver and values["place"]
        }
        return found | {name: port.place for name, port in self.local(driver).items()}

    def local(self, driver: str) -> dict[str, ports.Port]:
        """The readers that odoo.conf names, as it is now."""
        if driver not in LOCAL:
            return {}
        key = LOCAL[driver]
        text = self._conf(key) or ""
        try:
            parse = ports.parse if driver == "serial" else ports.parse_places
            return ports.present(parse(text))
        except ports.PortError as error:
            if str(error) != self._said:
                self._said = str(error)
                _logger.error("%s in the section auto_id of odoo.conf: %s", key, error)
            return {}

    def store(self, version: str, readers: dict[str, Any]) -> None:
        """Take over what the server says; a reader's bad settings change nothing."""
        with self._lock:
            self._accepted = self._accept(readers, self._from_odoo())
            self._stored = {
                "server": self._server() or "",
                "version": version,
                "readers": self._accepted,
            }
            # What was refused is asked for again at the next start.
            self._write(FILE, {**self._stored, "version": "" if self.refused else version})
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have this called after each change of settings; the function that ends it."""
        with self._lock:
            self._callbacks.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks.remove(callback)

        return unsubscribe

    def remembered(self, identifier: str) -> Any:
        """What was found out about this reader, such as its speed; None if nothing was."""
        return self._found.get(identifier)

    def remember(self, identifier: str, fact: Any) -> None:
        """Keep what was found out about a reader, also for the next start."""
        with self._lock:
            if self._found.get(identifier) == fact:
                return
            self._found[identifier] = fact
            self._write(FOUND, self._found)

    def _accept(self, readers: Any, before: dict[str, Any]) -> dict[str, Any]:
        """The readers whose settings pass; where they do not, those it had before."""
        self.refused = {}
        accepted = {}
        for identifier, values in readers.items() if isinstance(readers, dict) else ():
            try:
                accepted[identifier] = self._check(values)
            except settings.SettingsError as error:
                self.refused[identifier] = str(error)
                _logger.error("Settings of %s are refused: %s.", identifier, error)
                if identifier in before:
                    accepted[identifier] = before[identifier]
        return accepted

    def _check(self, values: Any) -> settings.Settings:
        if not isinstance(values, dict):
            raise settings.SettingsError("settings", "must be an object")
        found = settings.check(values.get("driver"), values, self._lists)
        if found["driver"] == "camera" and found["place"] and "://" not in found["place"]:
            found["place"] = str(self._home / found["place"])
        return found

    def _lists(self, place: str) -> bool:
        """Whether this box allows a place that is not allowed everywhere."""
        patterns = (self._conf("allowed_places") or "").split(",")
        if any(fnmatch.fnmatchcase(place, pattern.strip()) for pattern in patterns):
            return True
        home = self._home.resolve()
        return (home / place).resolve().is_relative_to(home)

    def _from_odoo(self) -> dict[str, settings.Settings]:
        return self._accepted if self._is_ours() else {}

    def _is_ours(self) -> bool:
        """Unpaired, a box works on; paired with another server, it forgets what the first said."""
        server = self._server()
        return not server or self._stored["server"] == server

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """With a full disk the box works on; when it starts anew, it will ask anew."""
        try:
            write(self._home / name, json.dumps(content))
        except OSError as error:
            _logger.error("%s cannot be written: %s.", name, error)

    def _load(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self._home / name).read_text())
            return found if isinstance(found, dict) else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _logger.error("%s cannot be read: %s. It is made anew.", name, error)
            return {}


def write(path: Path, text: str) -> None:
    """Write a file that is there wholly or not at all, for its owner only."""
    part = path.with_name(f"{path.name}.part")
    with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _server() -> str:
    """Server and database in one word."""
    server, database = helpers.get_odoo_server_url(), helpers.get_conf("db_name")
    return re.sub(r"/*$", f"/{database or ''}", server, count=1) if server else ""


_this_box = Configuration(folder(), lambda key: helpers.get_conf(key, section="auto_id"), _server)
reader = _this_box.reader
local = _this_box.local
remember = _this_box.remember
remembered = _this_box.remembered
placed = _this_box.placed
store = _this_box.store
subscribe = _this_box.subscribe


def version() -> str:
    """Of the settings that this box has from its server; empty when it has none."""
    return _this_box.version


def refused() -> dict[str, str]:
    """{identifier: why} of the readers whose new settings were not taken over."""
    return _this_box.refused
