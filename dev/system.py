"""The whole system of one instance: Odoo, a simulated scanner and the virtual IoT box."""

import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from . import database, odoo, postgres, settings
from .console import UserError, run, say, step
from .locks import exclusive
from .processes import Service, check_port_free, wait_until

SERVER = f"http://127.0.0.1:{settings.HTTP_PORT}"
READER = "counter-scanner"
_ISSUE_TOKEN = """
name = "Front counter box (virtual)"
earlier = env["auto_id.box"].search([("name", "=", name)])  # of a run that was interrupted
earlier.action_revoke()
earlier.action_archive()
print("TOKEN", env["auto_id.box"]._issue_token(name=name))
env.cr.commit()
"""
_SERVE_COUNTER = f"""
reader = env["auto_id.reader"].search([("identifier", "=", "{READER}")])
reader.name = "Simulated scanner"
reader.station_id = env.ref("oneonone_counter.station_front")
env.cr.commit()
"""


def start() -> int:
    """`make run`: whatever is missing is made, whatever is stopped is started."""
    with exclusive(f"run-{settings.DATABASE}"):
        postgres.start()
        _prepare_database()
        _start_odoo()
        _start_scanner()
        _start_box()
    _tell()
    return 0


def stop(names: Sequence[str] = ()) -> int:
    """`make stop`: the named instances; without names all, and the embedded PostgreSQL."""
    running = sorted(path.name for path in (settings.STATE / "instances").glob("*"))
    for name in names or running:
        for service in ("box", "scanner", "odoo"):
            Service(service, name).stop()
        say(f"Stopped the system of the database {name}.")
    if not names:
        postgres.stop()
    return 0


def clean() -> int:
    """`make clean`: stop, and remove every database and file of the embedded system."""
    stop()
    shutil.rmtree(settings.STATE, ignore_errors=True)
    say(f"Removed {settings.STATE}. Downloads stay in {settings.CACHE}.")
    return 0


def distclean() -> int:
    """`make distclean`: the downloads, too (this Python among them)."""
    shutil.rmtree(settings.CACHE, ignore_errors=True)
    say(f"Removed {settings.CACHE}.")
    return 0


def _prepare_database() -> None:
    name = settings.DATABASE
    stamp = settings.instance_folder() / "addons"
    digest = database.addons_digest()
    if not database.exists(name):
        template = database.addons_template(demo=True)
        with step(f"Database {name}"):
            database.fresh(name, template)
        stamp.write_text(digest)
    elif not stamp.exists() or stamp.read_text() != digest:
        Service("odoo").stop()
        with step(f"Upgrade of the add-ons in {name}"):
            database.modules(name, "-u", settings.addon_names())
        stamp.write_text(digest)


def _start_odoo() -> None:
    service = Service("odoo")
    if not service.process():
        check_port_free(settings.HTTP_PORT, "HTTP_PORT", "Odoo")
        with step("Odoo"):
            service.start(odoo.command(["--log-handler", ":INFO"]), odoo.environment())
            wait_until(lambda: _fetch(f"{SERVER}/web/health"), service, 120, "Odoo")


def _start_scanner() -> None:
    service = Service("scanner")
    link = scanner_path()
    if service.start([sys.executable, "-m", "box.simulators.serial_scanner", "--link", link]):
        wait_until(link.exists, service, 10, "The simulated scanner")


def _start_box() -> None:
    service = Service("box")
    if service.process():
        return
    check_port_free(settings.BOX_PORT, "BOX_PORT", "the IoT box")
    home = settings.instance_folder() / "box"
    uuid = postgres.query(
        "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'",
        database=settings.DATABASE,
    )[0][0]
    paired = home / "paired-with"
    first = not paired.exists() or paired.read_text() != uuid
    arguments = ["--home", home, "--server", SERVER, "--port", settings.BOX_PORT]
    arguments += ["--serial", f"{READER}={scanner_path()}"]
    with step("Virtual IoT box"):
        if first:
            shutil.rmtree(home, ignore_errors=True)
            arguments += ["--token", _shell(_ISSUE_TOKEN).split("TOKEN ")[1].split()[0]]
        service.start([sys.executable, "-m", "box", *arguments])
        wait_until(_reader_works, service, 90, "The virtual IoT box")
        if first:
            _shell(_SERVE_COUNTER)
            paired.write_text(uuid)


def scanner_path() -> Path:
    """The simulated scanner's serial line, as a box sees it."""
    return settings.instance_folder() / "devices" / READER


def _reader_works() -> bool:
    """Whether the box serves its scanner, and the server knows both."""
    devices = _fetch(f"http://127.0.0.1:{settings.BOX_PORT}/iot_drivers/data")
    if READER.encode() not in devices:
        return False
    known = postgres.query(
        "SELECT id FROM auto_id_reader WHERE identifier = %s", READER, database=settings.DATABASE
    )
    return bool(known)


def _shell(script: str) -> str:
    """Run a script in Odoo's shell; what it printed."""
    output = settings.instance_folder() / "shell.log"
    source = settings.instance_folder() / "shell.py"
    source.write_text(script)
    with source.open() as stdin:
        run(
            odoo.command(["shell", "-d", settings.DATABASE, "--no-http", "--log-level=error"]),
            log=output,
            env=odoo.environment(),
            stdin=stdin,
        )
    text = output.read_text()
    output.unlink()  # it may hold a token
    if "Traceback" in text:
        raise UserError(f"A step inside Odoo failed:\n{text[-2000:]}")
    return text


def _fetch(url: str) -> bytes:
    """The answer's body; empty while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.read()
    except (urllib.error.URLError, OSError):
        return b""


def _tell() -> None:
    say(f"""
One-to-One for Odoo is running.

  Odoo        {SERVER}   clerk / clerk, administrator: admin / admin
  Counter     {SERVER}/odoo/counter
  IoT box     http://127.0.0.1:{settings.BOX_PORT}   (virtual, with a simulated serial scanner)
  Logs        {settings.instance_folder()}

Try it:
  1. Open the counter and log in as clerk.
  2. In another terminal scan the demo card:   bin/scan CARD-1001
  3. Scan a card nobody knows and bind it:     bin/scan NEW-CARD-1
  4. Import a purchase history:
     bin/odoo oneonone_import FILE.csv.gz -d {settings.DATABASE}
  5. RFID: bin/rfid is a simulated reader; docs/rfid.md tells how to add it.

make stop stops it, make run starts it again in seconds, make clean removes all of it.""")
