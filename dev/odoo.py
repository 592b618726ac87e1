"""Runs the project's Odoo: its library, add-ons path, PostgreSQL and database."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import settings
from .odoo_source import addons_folders, odoo_library


def config_file() -> Path:
    """The configuration that every Odoo of ours shares, written from the settings."""
    library = odoo_library()
    addons = ",".join(str(path) for path in [settings.ADDONS, *addons_folders(library)])
    options = {
        "addons_path": addons,
        "data_dir": settings.STATE / "odoo-data",
        "db_host": os.environ.get("PGHOST", "False"),
        "db_port": os.environ.get("PGPORT", "False"),
        "db_user": os.environ.get("PGUSER", "False"),
        "db_password": os.environ.get("PGPASSWORD", "False"),
        "db_name": settings.DATABASE,
        "http_interface": "127.0.0.1",
        "http_port": settings.HTTP_PORT,
        "limit_time_real": 600,
        "limit_time_cpu": 600,
        "gevent_port": settings.HTTP_PORT + 3,
    }
    lines = "".join(f"{name} = {value}\n" for name, value in options.items())
    path = settings.STATE / "odoo.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(f"[options]\n{lines}")
    part.chmod(0o600)
    part.replace(path)
    return path


def command(arguments: Sequence[str]) -> list[str]:
    """The command line of Odoo with our configuration put where its parser wants it.

    Odoo takes an optional sub-command first (`shell`, `db`, ...), then options.
    """
    head = [sys.executable, "-m", "odoo"]
    rest = list(arguments)
    if rest and not rest[0].startswith("-"):
        head.append(rest.pop(0))
    return [*head, "-c", str(config_file()), *rest]


def run_odoo(arguments: Sequence[str], **options) -> int:
    """Run Odoo in the foreground; its exit code."""
    return subprocess.run(command(arguments), check=False, **options).returncode
