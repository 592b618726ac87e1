"""The browser that tests drive: Debian's Chromium."""

import os
import shutil

from . import settings
from .console import UserError, run, step

# The second: Chinese glyphs for the screens in Chinese.
PACKAGES = ("chromium", "fonts-noto-cjk")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = (
    "Install it with `apt-get install chromium` (as root), or ask whoever runs this machine; "
    "a browser at another place can be named: CHROMIUM=/path/to/chromium make test"
)


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> str | None:
    """The browser's path, installed if this process may; None when there is none.

    :raises UserError: in CI, where browser tests must not be skipped.
    """
    found = find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with step("Chromium from Debian"):
            apt = ["apt-get", "-qq", "-o", "Acquire::Retries=3"]
            run([*apt, "update"], env=quiet)
            run([*apt, "install", "--no-install-recommends", "-y", *PACKAGES], env=quiet)
        found = find()
    if not found and settings.IN_CI:
        raise UserError(f"Chromium is missing, and CI skips no browser test. {HELP}")
    return found
