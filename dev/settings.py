"""Every setting of the tooling, read once from the environment.

The README's table "Settings" documents the variables.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
LOCKS = ROOT / "requirements"


def _path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


CACHE = _path(
    "ONEONONE_CACHE",
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oneonone-odoo",
)
STATE = _path("ONEONONE_STATE", ROOT / ".state")

HTTP_PORT = _number("HTTP_PORT", 8069)
BOX_PORT = _number("BOX_PORT", 8169)
DATABASE = os.environ.get("DB_NAME") or "demo"

ODOO_HOME = os.environ.get("ODOO_HOME")
"""A user's own Odoo 19: a checkout, or the folder that holds the package `odoo`."""

PG_VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
OWN_POSTGRES = not (os.environ.get("PGHOST") or os.environ.get("PGPORT"))

IN_CI = bool(os.environ.get("CI"))


def instance_folder(database: str = DATABASE) -> Path:
    """Where the running system of a database keeps its files (several may run)."""
    folder = STATE / "instances" / database
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def addon_names() -> list[str]:
    """The project's add-ons, in alphabetical order."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
