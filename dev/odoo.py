"""Runs the project's Odoo: its library, add-ons path, PostgreSQL and database."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import settings
from .odoo_source import addons_folders, odoo_library

DATA = settings.STATE / "odoo-data"
LAUNCHER = settings.ROOT / "dev/launcher/server.py"


def environment() -> dict[str, str]:
    """The environment in which `odoo` finds our configuration, whatever its sub-command."""
    return {**os.environ, "ODOO_RC": str(_config_file())}


def command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, str(LAUNCHER), *arguments]


def run_odoo(arguments: Sequence[str]) -> int:
    """Run Odoo in the foreground; its exit code."""
    return subprocess.run(command(arguments), env=environment(), check=False).returncode


def _config_file() -> Path:
    """The configuration that every Odoo of ours shares, written from the settings."""
    addons = [settings.ADDONS, *addons_folders(odoo_library())]
    options = {
        "addons_path": ",".join(str(path) for path in addons),
        "data_dir": DATA,
        "db_name": settings.DATABASE,
        "http_interface": "127.0.0.1",
        "http_port": settings.HTTP_PORT,
        "gevent_port": settings.HTTP_PORT + 3,
        "limit_time_real": 600,
        "limit_time_cpu": 600,
    }
    for name in settings.PG_VARIABLES:
        if value := os.environ.get(name):
            options[name.lower().replace("pg", "db_", 1)] = value
    path = settings.instance_folder() / "odoo.conf"
    part = path.with_suffix(f".{os.getpid()}")
    part.touch(mode=0o600)
    part.write_text("[options]\n" + "".join(f"{k} = {v}\n" for k, v in options.items()))
    part.replace(path)
    return path
