"""Makes stock `iot_drivers` a box on any Linux, and mends what stops it from pairing.

Nothing of the stock code is changed on disk; a few of its functions are replaced in
memory, each for the reason that its replacement's docstring gives. This file is copied
beside the launcher and must import nothing of `box`.
"""

import functools
import importlib.util
import logging
import logging.handlers
import os
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import netifaces
import requests
from serial.tools import list_ports

_logger = logging.getLogger("virtual_box")

# Handlers that would drive a Raspberry Pi's own screen, printers and keyboards.
RASPBERRY_PI_ONLY = {
    "display_driver_L",
    "display_interface_L",
    "keyboard_usb_driver_L",
    "printer_driver_L",
    "printer_interface_L",
    "usb_interface_L",
}
NEEDS = {"l10n_eg_drivers": "PyKCS11"}
NOT_PAIRED = "This box is not paired: give it --server and --token, or paste them on its page."
NO_AUTO_ID = (
    "it knows no IoT boxes. Is the add-on auto_id installed there? Where the server has "
    "several databases, name one with --db-name."
)
BAD_TOKEN = "is the token right and still valid? Issue a new one in Odoo."
ANNOUNCE_TIMEOUT = 5
REFUSED_PAUSE = 30
RECONNECT_PAUSE = 5
LOG_SIZE = 2 * 1024 * 1024


def heal(helpers, root: Path) -> None:
    """Called once, when `iot_drivers.tools.helpers` is loaded and nothing uses it yet."""
    from odoo import http

    # As stock does on a real box: without it the box would serve any database it finds.
    http.db_list = lambda force=False, host=None: []
    identifier = (root / "identity").read_text().strip()
    helpers.get_identifier = lambda: identifier
    helpers.get_handlers_files_to_load = handlers_to_load
    helpers.get_ip = functools.partial(get_ip, helpers)
    helpers.get_mac_address = get_mac_address
    helpers.update_conf = functools.partial(update_conf, helpers, threading.RLock())
    # Does nothing on Linux, and is the first thing that the starting box calls.
    helpers.start_nginx_server = functools.partial(heal_manager, helpers)
    list_ports.comports = functools.partial(comports, list_ports.comports)
    logging.getLogger(helpers.__name__).addFilter(without_traceback)
    _log_to_file(root / "odoo.log")


def handlers_to_load(folder) -> list[str]:
    """Stock loads no handler file at all on a Linux that is no Raspberry Pi."""
    stems = {path.stem for path in Path(folder).glob("*.py") if not path.stem.endswith("W")}
    lacking = {stem for stem, need in NEEDS.items() if not importlib.util.find_spec(need)}
    return [f"{stem}.py" for stem in sorted(stems - RASPBERRY_PI_ONLY - lacking)]


def get_ip(helpers) -> str | None:
    """Stock knows no address without a way into the internet, and then does nothing.

    A box in a closed network, or on its server's own machine, needs none.
    """
    server = urlsplit(helpers.get_odoo_server_url() or "")
    for host in (helpers.get_gateway() or "8.8.8.8", server.hostname):
        if host:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                try:
                    probe.connect((host, 9))
                    return probe.getsockname()[0]
                except OSError:
                    continue
    return None


def get_mac_address() -> str | None:
    """Stock fails on an interface with an address and no MAC, such as a tunnel."""
    for interface in netifaces.interfaces():
        addresses = netifaces.ifaddresses(interface)
        links = addresses.get(netifaces.AF_LINK) or [{}]
        mac = links[0].get("addr")
        if addresses.get(netifaces.AF_INET) and mac and mac != "00:00:00:00:00:00":
            return mac
    return None


def comports(stock, include_links=False) -> list:
    """Stock writes a scale's commands to every port it sees, every three seconds.

    A PC's own port may be the machine's console: it is served if it is configured only.
    """
    return [port for port in stock(include_links) if not port.device.startswith("/dev/ttyS")]


def update_conf(helpers, lock, values, section="iot.box") -> None:
    """Stock truncates the file before it writes: a box killed then forgets its pairing."""
    with lock:
        conf = helpers.get_conf()
        if not conf.has_section(section):
            conf.add_section(section)
        for key, value in values.items():
            if value:
                conf.set(section, key, str(value))
            else:
                conf.remove_option(section, key)
        path = helpers.path_file("odoo.conf")
        part = path.with_suffix(".part")
        with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            conf.write(file)
        part.replace(path)


def heal_manager(helpers) -> None:
    """Runs in the manager's thread, before it first speaks to the server."""
    from odoo.addons.iot_drivers import main

    announcer = Announcer(helpers)
    main.Manager._send_all_devices = announcer.send_all_devices
    main.WebsocketClient = functools.partial(PatientWebsocket, main, main.WebsocketClient)


class RefusedError(Exception):
    """The server answered, and does not want this box."""


class Announcer:
    """Tells the server of the box and its devices until the server has understood.

    Stock tries for some seconds, then never again until the devices change: a box that
    starts before its server has no channel, no handlers and no devices at the server.
    """

    def __init__(self, helpers):
        self._helpers = helpers
        self._said = ""
        self._not_before = 0.0
        self._failed = False

    def send_all_devices(self, manager=None, server_url=None) -> None:
        """Replaces `Manager._send_all_devices`; the manager's loop calls it again."""
        from odoo.addons.iot_drivers import main

        manager = main.manager
        server = self._helpers.get_odoo_server_url()
        if not server:
            self._say(
                logging.WARNING,
                NOT_PAIRED,
            )
            return
        if time.monotonic() < self._not_before:
            manager.domain = None
            return
        try:
            manager.ws_channel = self._announce(manager, server)
        except (RefusedError, requests.RequestException) as error:
            self._not_understood(manager, server, error)
        else:
            failed, self._failed = self._failed, False
            self._say(logging.INFO, f"Paired with {server} as {manager.identifier}.")
            if failed:
                self._catch_up()

    def _announce(self, manager, server: str) -> str:
        """One POST as stock sends it; the channel on which the server speaks to the box."""
        box = {
            "identifier": manager.identifier,
            "mac": self._helpers.get_mac_address() or "",
            "ip": manager.domain or manager._get_domain(),
            "token": self._helpers.get_token(),
            "version": manager.version,
        }
        devices = {
            device.device_identifier: {
                "name": device.device_name,
                "type": device.device_type,
                "manufacturer": device.device_manufacturer,
                "connection": device.device_connection,
                "subtype": device.device_subtype if device.device_type == "printer" else "",
            }
            for device in manager.previous_iot_devices.values()
        }
        devices.update(manager.previous_unsupported_devices)
        response = requests.post(
            f"{server}/iot/setup",
            json={"params": {"iot_box": box, "devices": devices}},
            timeout=ANNOUNCE_TIMEOUT,
        )
        return _channel(response)

    def _not_understood(self, manager, server: str, error: Exception) -> None:
        self._failed = True
        if isinstance(error, RefusedError):
            self._say(logging.ERROR, f"{server} refuses this box: {error}.")
            self._not_before = time.monotonic() + REFUSED_PAUSE
        else:
            self._say(
                logging.WARNING,
                f"The server {server} does not serve this box yet: {plainly(error)}.",
            )
        manager.domain = None  # the loop sees another address and calls again in 3 s

    def _catch_up(self) -> None:
        """Get what the start could not: new handlers are loaded by a restart."""
        before = self._helpers.get_conf("iot_handlers_etag")
        self._helpers.download_iot_handlers()
        if self._helpers.get_conf("iot_handlers_etag") != before:
            _logger.info("Handlers have arrived; the box starts again to load them.")
            self._helpers.odoo_restart()

    def _say(self, level: int, message: str) -> None:
        """Once for each state, not every three seconds."""
        if message != self._said:
            self._said = message
            again = " The box keeps trying." if self._failed else ""
            _logger.log(level, "%s%s", message, again)


class PatientWebsocket(threading.Thread):
    """Opens stock's websocket once there is a channel, and again when it fails.

    Stock subscribes to the empty channel when the first announcement failed, opens no
    websocket without an address at the start, and ends its thread when the request for
    a session fails.
    """

    def __init__(self, main, stock_client, channel):
        super().__init__(name="virtual_box.websocket", daemon=True)
        self._main = main
        self._stock_client = stock_client

    def run(self) -> None:
        while True:
            channel = self._main.manager.ws_channel
            client = channel and self._stock_client(channel)
            if client:
                try:
                    client.run()
                except Exception as error:
                    _logger.warning("The websocket could not be opened: %s.", error)
            time.sleep(RECONNECT_PAUSE)


def _channel(response: requests.Response) -> str:
    """The channel in the server's answer.

    :raises RefusedError: in the server's own words, if it has some
    :raises requests.HTTPError: when the server has trouble of its own
    """
    try:
        answer = response.json()
    except ValueError:
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    if response.ok and answer.get("result"):
        return answer["result"]
    if response.status_code == 404:
        raise RefusedError(NO_AUTO_ID)
    error = answer.get("error")
    if isinstance(error, dict):
        raise RefusedError((error.get("data") or error).get("message") or error)
    if response.ok or response.status_code in (401, 403):
        raise RefusedError(BAD_TOKEN)
    raise requests.HTTPError(f"it answers {response.status_code} {response.reason}")


def plainly(error: requests.RequestException) -> str:
    """What went wrong, without the layers of libraries around it.

    >>> plainly(requests.ConnectionError("Pool(Error('x: [Errno 111] Connection refused'))"))
    'Connection refused'
    """
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    found = re.findall(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return found[-1] if found else str(error)


def without_traceback(record: logging.LogRecord) -> bool:
    """A server that is away needs one line in the log, not a page."""
    if record.exc_info and isinstance(record.exc_info[1], requests.RequestException):
        record.msg = f"{record.getMessage()} ({plainly(record.exc_info[1])})"
        record.args = None
        record.exc_info = None
    return True


def _log_to_file(path: Path) -> None:
    """Stock's page of logs reads this file; the log also goes where Odoo sends it."""
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_SIZE, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
