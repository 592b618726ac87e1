"""What a box shall know about its readers, and the version by which both sides name it.

The options themselves are in `iot_handlers/lib/auto_id/settings.py`, which travels to the box.
"""

import hashlib
import json
from collections.abc import Mapping

from ..iot_handlers.lib.auto_id.settings import (
    ANTENNA,
    DRIVERS,
    PLACED,
    SPEEDS,
    Rows,
    Settings,
    SettingsError,
    Text,
    check,
)

__all__ = [
    "ANTENNA",
    "DRIVERS",
    "PLACED",
    "SPEEDS",
    "Rows",
    "Settings",
    "SettingsError",
    "Text",
    "check",
    "defaults",
    "version",
]


def defaults(driver: str) -> Settings:
    """The default of each option that such a reader has, lists left out."""
    options = DRIVERS.get(driver, {})
    return {name: opt.default for name, opt in options.items() if not isinstance(opt, Rows)}


def version(readers: Mapping[str, Settings]) -> str:
    """The same for the same settings, however often and in whatever order they are made.

    >>> version({"a": {"x": 1, "y": 2}, "b": {}}) == version({"b": {}, "a": {"y": 2, "x": 1}})
    True
    """
    text = json.dumps(readers, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
