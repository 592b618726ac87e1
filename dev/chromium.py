"""The browser that tests drive: Debian's Chromium."""

import os
import shutil

from . import debian, settings
from .console import UserError

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
    if not found and debian.may_install():
        debian.install(PACKAGES)
        found = find()
    if not found and settings.IN_CI:
        raise UserError(f"Chromium is missing, and CI skips no browser test. {HELP}")
    return found
