"""Makes stock `iot_drivers` a box on any Linux, and mends what stops it from pairing.

Nothing of the stock code is changed on disk; a few of its functions are replaced in
memory, each for the reason that its replacement's docstring gives. This file and `pairing`
are copied beside the launcher as the package `virtual_box`, and import nothing else of ours.
"""

import functools
import importlib.util
import logging
import logging.handlers
import os
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import netifaces
import requests
from serial.tools import list_ports

from .pairing import Announcer, PatientWebsocket, plainly

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
NETWORK_SECONDS = {"fast": 0.005, "normal": 0.02}
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
    helpers.get_version = get_version
    helpers.check_network = functools.partial(check_network, helpers)
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


def get_version(detailed_version=False) -> str:
    """Stock calls every Linux that is no Raspberry Pi a test."""
    from odoo import release

    return f"virtual-{release.version}" if detailed_version else "virtual"


def check_network(helpers, host=None) -> str | None:
    """Stock asks `sudo mtr`, and gives no answer at all where there is no sudo.

    A virtual box measures the way to its server, in stock's words, and none to the vendor's host.
    """
    if host:
        return None
    server = urlsplit(helpers.get_odoo_server_url())
    port = server.port or {"http": 80, "https": 443}[server.scheme]
    began = time.monotonic()
    try:
        socket.create_connection((server.hostname, port), timeout=2).close()
    except OSError:
        return "unreachable"
    took = time.monotonic() - began
    return next((name for name, limit in NETWORK_SECONDS.items() if took < limit), "slow")


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
