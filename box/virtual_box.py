"""The command line of the virtual IoT box.

It prepares the home folder, then becomes the stock box process: the same process id,
so that a service manager or a terminal holds the box itself.
"""

import argparse
import errno
import hashlib
import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .errors import BoxError
from .home import Home
from .odoo_library import Library, find_library

DEFAULT_PORT = 8169
DESCRIPTION = """\
Runs a virtual IoT box: Odoo's own box software on any Linux. The first start needs a
server and a pairing token, which the box then remembers. Odoo gives both under
Identification > Configuration > Connect a Box.
"""
EPILOG = """\
Every option may come from the environment instead: BOX_HOME, BOX_SERVER, BOX_TOKEN,
BOX_TOKEN_FILE, BOX_DB_NAME, BOX_SERIAL, BOX_PORT, BOX_INTERFACE. ODOO_HOME
names the Odoo to run, if it is not the one that this Python imports.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        options = parse(arguments)
        library = find_library()
        home = Home(options.home)
        home.lock()
        check_port(options.interface, options.port)
        prepare(home, library, options)
        page = f"http://{_shown(options)}"
        print(
            f"Box {home.identity()} in {home.path}: {page}, its readers: {page}/auto_id", flush=True
        )
        become_box(home, library)
    except BoxError as error:
        print(f"Error: {error}", file=sys.stderr)
    return 1


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "box",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def add(name: str, help_text: str, default: str | None = None) -> None:
        variable = f"BOX_{name.upper().replace('-', '_')}"
        parser.add_argument(
            f"--{name}", help=help_text, default=os.environ.get(variable) or default
        )

    add("home", "folder of this box: identity, configuration, unsent reads", _default_home())
    add("server", "address of the Odoo server, or the whole link that Odoo shows for pairing")
    add("token", "pairing token; better given by BOX_TOKEN or --token-file: others see arguments")
    add("token-file", "file that holds the pairing token")
    add("db-name", "database, where the server has several")
    add("serial", "scanners' ports: [NAME=]PATH[@BAUDRATE], comma-separated, patterns allowed")
    add("port", f"port of the box's own page ({DEFAULT_PORT})", str(DEFAULT_PORT))
    add("interface", "address the page listens on (127.0.0.1; 0.0.0.0: all)", "127.0.0.1")
    options = parser.parse_args(arguments)
    options.home = Path(options.home).expanduser().absolute()
    options.port = _number(options.port)
    options.serial = absolute_ports(options.serial)
    if options.token_file:
        options.token = _read_token(Path(options.token_file))
    if options.server:
        _take_apart(options)
    return options


def prepare(home: Home, library: Library, options: argparse.Namespace) -> None:
    """Everything in the home folder that the box process will look for."""
    home.identity()
    home.install(library)
    server = {
        "server_wide_modules": "iot_drivers,web",
        "addons_path": ",".join(map(str, library.addons)),
        "data_dir": home.path / "data",
        "http_interface": options.interface,
        "http_port": options.port,
        "list_db": False,
        "workers": 0,
        "max_cron_threads": 0,
    }
    # What is not given now stays as it was, also what stock code has written.
    auto_id = {"serial_ports": options.serial} if options.serial is not None else {}
    home.configure(server, {}, auto_id)
    pair(home, options)


def pair(home: Home, options: argparse.Namespace) -> None:
    """Take over the pairing that is given, once.

    The box may have been paired anew on its page since: what a service's settings say at
    each start must not undo that.
    """
    given = {
        "remote_server": options.server,
        "token": options.token,
        "db_name": options.db_name,
    }
    given = {name: value for name, value in given.items() if value}
    seal = hashlib.sha256(repr(sorted(given.items())).encode()).hexdigest()
    if given and seal != home.setting("given", section="auto_id"):
        if given.get("remote_server", "") != home.setting("remote_server"):
            given["iot_handlers_etag"] = None  # another server, other handlers
        home.configure({}, given, {"given": seal})


def become_box(home: Home, library: Library) -> None:
    """Replace this process by the stock box; does not return."""
    environment = {
        name: value
        for name, value in os.environ.items()
        # The box has no database, and the token is in its configuration by now.
        if not name.startswith(("PG", "BOX_")) and name != "ODOO_RC"
    }
    # To restart itself stock code calls the plain name of this Python.
    paths = [os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)]
    environment["PATH"] = os.pathsep.join(paths)
    if library.path:
        paths = [str(library.path), os.environ.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.chdir(home.launcher.parent)
    command = [sys.executable, str(home.launcher), "-c", str(home.conf_path)]
    os.execve(sys.executable, command, environment)


def check_port(interface: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((interface, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise BoxError(
                    f"Port {port} is in use by another program, perhaps another box. "
                    "Choose a free one with --port."
                ) from error
            raise BoxError(f"The box cannot listen on {interface}:{port}: {error}.") from error


def absolute_ports(text: str | None) -> str | None:
    """Paths as seen from here: the box itself works in another folder.

    >>> absolute_ports("counter=/dev/ttyUSB0@9600,socket://h:1")
    'counter=/dev/ttyUSB0@9600,socket://h:1'
    """
    if text is None:
        return None
    entries = []
    for entry in text.split(","):
        name, place = re.match(r"\s*((?:[\w.-]+=)?)(.*)", entry).groups()
        if place and "://" not in place:
            place = os.path.abspath(place)
        entries.append(name + place)
    return ",".join(entries)


def _take_apart(options: argparse.Namespace) -> None:
    """The link that Odoo shows for pairing carries the token with it."""
    link = urlsplit(options.server.strip())
    if link.scheme not in ("http", "https") or not link.hostname:
        raise BoxError(
            f"--server {options.server!r} is no address. Write it like http://192.168.1.10:8069"
        )
    options.server = f"{link.scheme}://{link.netloc}"
    query = parse_qs(link.query)
    options.token = options.token or query.get("token", [None])[0]
    options.db_name = options.db_name or query.get("db_name", [None])[0]


def _read_token(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BoxError(f"The token file cannot be read: {error}.") from error


def _number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise BoxError(f"--port {text} is no port: give a number from 1 to 65535.")
    return int(text)


def _shown(options: argparse.Namespace) -> str:
    host = socket.gethostname() if options.interface == "0.0.0.0" else options.interface
    return f"{host}:{options.port}"


def _default_home() -> str:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return f"{state}/oneonone-box"
