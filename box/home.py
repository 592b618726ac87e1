"""The home folder of a box: its identity, its configuration, its copy of iot_drivers.

The stock software wants this shape: it takes the folder above its launcher for the
box's root, keeps `odoo.conf` there, and overwrites handlers below `odoo/addons`. So
every box has a launcher and an `iot_drivers` of its own, first on Python's path.

    HOME/identity                 who this box is, for ever
    HOME/odoo.conf                what it is paired with; stock code writes here too
    HOME/odoo/start_box.py        the launcher, and beside it the package virtual_box
    HOME/odoo/odoo/addons/iot_drivers
    HOME/odoo/addons -> odoo/addons
    HOME/auto_id/spool.sqlite3    reads that the server does not know yet
"""

import configparser
import fcntl
import os
import secrets
import shutil
from pathlib import Path

from .errors import BoxError
from .odoo_library import Library

HERE = Path(__file__).parent
LAUNCHER = "start_box.py"
_SECTION = "iot.box"
_STAMP = ".copied-from"


class Home:
    """A home folder, created when it is not there."""

    def __init__(self, path: Path):
        self.path = path
        self.conf_path = path / "odoo.conf"
        self.launcher = path / "odoo" / LAUNCHER
        try:
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o700)
        except OSError as error:
            raise BoxError(f"The box's home {path} cannot be used: {error}.") from error

    def lock(self) -> int:
        """Keep a second box out of this home until this process ends.

        The descriptor stays open when the process becomes the launcher.
        """
        descriptor = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BoxError(
                f"A box is running in {self.path} already. Another box needs another --home."
            ) from None
        os.set_inheritable(descriptor, True)
        return descriptor

    def identity(self) -> str:
        """Who this box is, made up once."""
        path = self.path / "identity"
        if not path.exists():
            write(path, f"virtual-{secrets.token_hex(8)}\n")
        return path.read_text().strip()

    def install(self, library: Library) -> None:
        """The launcher, and a copy of this Odoo's iot_drivers if it is not there yet."""
        addons = self.path / "odoo/odoo/addons"
        addons.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "launcher.py", self.launcher)
        package = self.path / "odoo/virtual_box"
        package.mkdir(exist_ok=True)
        for name in ("__init__.py", "healing.py", "pairing.py"):
            shutil.copyfile(HERE / name, package / name)
        link = self.path / "odoo/addons"
        if not link.is_symlink():
            link.symlink_to("odoo/addons")
        release = (library.iot_drivers / "../../release.py").resolve()
        stamp = f"{library.iot_drivers} {_mark(library.iot_drivers / 'main.py')} {_mark(release)}"
        if not (addons / _STAMP).exists() or (addons / _STAMP).read_text() != stamp:
            shutil.rmtree(addons / "iot_drivers", ignore_errors=True)
            shutil.copytree(library.iot_drivers, addons / "iot_drivers")
            _make_writable(addons / "iot_drivers")
            # Without it the server would say that the handlers have not changed.
            self.configure({}, {"iot_handlers_etag": None})
            write(addons / _STAMP, stamp)

    def configure(self, options: dict, box: dict, auto_id: dict | None = None) -> None:
        """Put settings into odoo.conf; None removes one, what is not named stays."""
        conf = self.read_conf()
        for section, values in (("options", options), (_SECTION, box), ("auto_id", auto_id or {})):
            if not conf.has_section(section):
                conf.add_section(section)
            for key, value in values.items():
                if value is None:
                    conf.remove_option(section, key)
                else:
                    conf.set(section, key, str(value))
        part = self.conf_path.with_suffix(".part")
        with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            conf.write(file)
        part.replace(self.conf_path)

    def read_conf(self) -> configparser.RawConfigParser:
        conf = configparser.RawConfigParser()
        try:
            conf.read(self.conf_path)
        except configparser.Error as error:
            raise BoxError(f"{self.conf_path} cannot be read: {error}") from error
        return conf

    def setting(self, key: str, section: str = _SECTION) -> str | None:
        """What the box is paired with: `remote_server`, `token`, `db_name`..."""
        return self.read_conf().get(section, key, fallback=None)


def write(path: Path, text: str) -> None:
    """Write a file that is there wholly or not at all, for its owner only."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text)
    part.chmod(0o600)
    part.replace(path)


def _mark(path: Path) -> str:
    if not path.exists():
        return ""
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def _make_writable(folder: Path) -> None:
    """A package's files may be read-only; the box replaces its handlers."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
