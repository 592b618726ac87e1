"""The project's Python environment, made from the lock files in `requirements/`."""

import hashlib
import shutil
import sys
from pathlib import Path

from . import settings
from .console import UserError, run, step
from .locks import exclusive
from .odoo_source import odoo_library

MINIMUM = (3, 11)


def _lock(name: str) -> Path:
    return settings.LOCKS / f"{name}.txt"


def python(*, tests: bool = False) -> Path:
    """The interpreter of an environment that holds Odoo (and the test tools).

    The environment's folder is named by what it was made from, so that another
    lock file or another Odoo gets another environment.

    :raises UserError: when the machine's Python is too old or lacks venv.
    """
    if sys.version_info < MINIMUM:
        raise UserError(
            f"Python {'.'.join(map(str, MINIMUM))} or newer is needed, this is "
            f"{sys.version.split()[0]}. Set PYTHON=/path/to/python3.11 (or newer)."
        )
    with exclusive("downloads", settings.CACHE):
        return _ensure(odoo_library(), tests)


def _ensure(library: Path, tests: bool) -> Path:
    key = hashlib.sha256(f"{sys.version}{library}".encode())
    key.update(_lock("odoo").read_bytes())
    folder = settings.CACHE / f"python-{key.hexdigest()[:12]}"
    interpreter = folder / "bin/python"
    if not (folder / ".odoo").exists():
        with step("Python environment"):
            _create(folder)
            _install(interpreter, "odoo")
            _see_odoo(interpreter, library)
            (folder / ".odoo").touch()
    if tests:
        digest = hashlib.sha256(_lock("test").read_bytes()).hexdigest()[:12]
        marker = folder / f".test-{digest}"
        if not marker.exists():
            with step("Test tools"):
                _install(interpreter, "test")
                marker.touch()
    return interpreter


def _create(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        run([sys.executable, "-m", "venv", folder])
    except UserError as error:
        raise UserError(f"{error}\nOn Debian the package python3-venv is needed.") from error


def _install(interpreter: Path, name: str) -> None:
    run([interpreter, "-m", "pip", "install", "--disable-pip-version-check", "-r", _lock(name)])


def _see_odoo(interpreter: Path, library: Path) -> None:
    """A path file: `import odoo` works, and pip counts Odoo as installed."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = interpreter.parents[1] / "lib" / version / "site-packages"
    (packages / "odoo-19.pth").write_text(f"{library}\n")
