"""Debian packages that tests need beside the browser, installed where we may."""

import os
import shutil
from collections.abc import Sequence

from .console import run, step


def may_install() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get"))


def install(packages: Sequence[str]) -> None:
    """Install packages with what they need and no more.

    :raises UserError: with the end of what apt-get printed.
    """
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Acquire::Retries=3"]
    with step(f"From Debian: {', '.join(packages)}"):
        run([*apt, "update"], env=quiet)
        run([*apt, "install", "--no-install-recommends", "-y", *packages], env=quiet)
