"""A clock that nobody sets: how long ago something happened, whatever the date is said to be.

It counts while the machine sleeps and starts anew with each boot, hence the boot's name beside it.
"""

import secrets
import time
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)

# Where the system names no boot, an age is known as long as this process lives.
BOOT = _BOOT_ID.read_text().strip() if _CLOCK and _BOOT_ID.exists() else secrets.token_hex(8)


def steady() -> float:
    """Seconds since some moment of this boot; comparable while :data:`BOOT` is the same."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
