"""Finds the Odoo whose `iot_drivers` the box runs."""

import importlib.util
import os
from pathlib import Path
from typing import NamedTuple

from .errors import BoxError

HELP = (
    "Install the package odoo 19.0, or set ODOO_HOME to a checkout of the branch 19.0 "
    "or to the folder that holds the Python package `odoo`."
)


class Library(NamedTuple):
    """An Odoo: the folder to import it from (None: Python finds it), and its parts."""

    path: Path | None
    iot_drivers: Path
    addons: tuple[Path, ...]


def find_library() -> Library:
    """The Odoo of ODOO_HOME, else the one that this Python can import.

    :raises BoxError: when there is none, or it is not 19.0.
    """
    home = os.environ.get("ODOO_HOME")
    if home:
        root = Path(home).expanduser().resolve()
        packaged = root / "usr/lib/python3/dist-packages"
        path = packaged if packaged.is_dir() else root
        packages = [path / "odoo"]
    else:
        path = None
        spec = importlib.util.find_spec("odoo")
        packages = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    package = next((p for p in packages if (p / "release.py").exists()), None)
    if package is None:
        raise BoxError(f"No Odoo found{f' in ODOO_HOME={home}' if home else ''}. {HELP}")
    if "version_info = (19, 0" not in (package / "release.py").read_text():
        raise BoxError(f"The Odoo in {package.parent} is not 19.0. {HELP}")
    return _library(path, package)


def _library(path: Path | None, package: Path) -> Library:
    """A checkout keeps its add-ons beside the package, an installed Odoo inside."""
    addons = tuple(p for p in (package / "addons", package.parent / "addons") if p.is_dir())
    drivers = next((p / "iot_drivers" for p in addons if (p / "iot_drivers").is_dir()), None)
    if drivers is None:
        raise BoxError(f"The Odoo in {package.parent} has no add-on iot_drivers. {HELP}")
    return Library(path, drivers, addons)
