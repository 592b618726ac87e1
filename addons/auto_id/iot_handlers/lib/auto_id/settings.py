r"""The options of each kind of reader: their types, bounds and defaults, in this one place.

The server imports this file to check what a person enters; the box checks again what
arrives, for it does not believe everything that a server says. A new option is one line in
`DRIVERS`, and a field of the same name in `auto_id.reader`.

>>> check("nfc", {"repeat_after": 2})["reversed_uid"]
False
>>> check("serial", {"place": "spy:///dev/ttyUSB0?file=x"})
Traceback (most recent call last):
...
auto_id.iot_handlers.lib.auto_id.settings.SettingsError: place: ...
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import layouts, places, symbologies

Settings = dict[str, Any]


class SettingsError(ValueError):
    """A value that no reader may get.

    :param option: the name of the option at fault
    :param expected: what would be right
    """

    def __init__(self, option: str, expected: str):
        super().__init__(f"{option}: {expected}")
        self.option = option
        self.expected = expected


class Flag(NamedTuple):
    default: bool

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value


class Number(NamedTuple):
    """A number within bounds, both included."""

    default: float
    low: float
    high: float

    def check(self, value: Any) -> float:
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if not numeric or not math.isfinite(value) or not self.low <= value <= self.high:
            raise ValueError(f"must be a number from {self.low:g} to {self.high:g}")
        return value


class Whole(NamedTuple):
    """A whole number within bounds, both included."""

    default: int
    low: int
    high: int

    def check(self, value: Any) -> int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:
            raise ValueError(f"must be a whole number from {self.low} to {self.high}")
        return value


class Choice(NamedTuple):
    """One of these words; the first one is the default."""

    values: tuple[str, ...]

    @property
    def default(self) -> str:
        return self.values[0]

    def check(self, value: Any) -> str:
        if value not in self.values:
            raise ValueError(f"must be one of {', '.join(self.values)}")
        return value


class Text(NamedTuple):
    """Printable text, wholly matched by the pattern."""

    default: str = ""
    pattern: str = ".{0,64}"

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError("must be printable text")
        if not re.fullmatch(self.pattern, value):
            raise ValueError(f"{value[:80]!r} has not the form {self.pattern}")
        return value


class Rows(NamedTuple):
    """A list of objects with options of their own; the first option of a row is its key."""

    options: Mapping[str, Any]
    most: int

    @property
    def default(self) -> list:
        return []

    def check(self, value: Any) -> list[Settings]:
        if not isinstance(value, list) or len(value) > self.most:
            raise ValueError(f"must be a list of at most {self.most}")
        rows = [_values(self.options, row) for row in value]
        key = next(iter(self.options))
        if len({row[key] for row in rows}) < len(rows):
            raise ValueError(f"has the same {key} twice")
        return rows


COMMON = {
    "enabled": Flag(True),
    "repeat_after": Number(0, 0, 3600),  # seconds in which the same code counts once
    "prefix": Text(),  # taken off the code, where it has it
    "suffix": Text(),
}

ANTENNA = {
    "number": Whole(1, 1, 64),
    "power": Number(0, 0, 36),  # dBm; 0: as the reader has it
    "zone": Text(),
    "role": Choice(("zone", "in", "out")),  # in, out: the two sides of a portal
}

SPEEDS = ("9600", "115200", "19200", "38400", "57600", "4800", "2400", "1200")
"""The usual speeds of scanners, the likeliest first."""

DRIVERS: dict[str, dict[str, Any]] = {
    "serial": COMMON
    | {
        "baudrate": Choice(("auto", *SPEEDS)),
        "bytesize": Choice(("8", "7")),
        "parity": Choice(("none", "even", "odd")),
        "stopbits": Choice(("1", "2")),
        "framing": Choice(("auto", "line", "stx_etx", "fixed", "silence")),
        "code_length": Whole(10, 1, 4096),  # bytes of a code, with framing `fixed`
        "silence": Number(0.25, 0.02, 10),  # seconds that end a code without an end mark
        "checksum": Choice(("none", "lrc", "xor_hex")),
    },
    "llrp": COMMON
    | {
        "antennas": Rows(ANTENNA, 64),  # none: all that the reader has
        "session": Choice(("1", "0", "2", "3")),
        "tag_population": Whole(32, 1, 65535),
        "mode_index": Whole(0, 0, 65535),  # 0: the reader's own choice
        "window": Number(3, 0.2, 3600),  # seconds without a report until a tag has departed
        "arrived_after": Whole(1, 1, 1000),  # reports until a tag has arrived
        "rssi_min": Number(-100, -100, 0),  # dBm; weaker reports are left out
        "present_every": Number(0, 0, 86400),  # seconds; 0: never
        "move_margin": Number(6, 0, 40),  # dB by which another zone must be stronger
        "portal": Flag(False),
        "keep_raw_minutes": Whole(0, 0, 10080),
        "keepalive": Whole(5, 1, 120),  # seconds
        "gpo_accept": Whole(0, 0, 4),  # output to switch on for a moment; 0: none
        "gpo_refuse": Whole(0, 0, 4),
    },
    "camera": COMMON
    | {
        "repeat_after": Number(3, 0, 3600),
        "fps": Number(10, 0.2, 30),
        "claimed": Flag(False),  # one that is plugged in films nobody unasked
        "resolution": Choice(("1280x720", "640x480", "1920x1080")),
        "formats": Text(pattern=symbologies.PATTERN),  # names, comma-separated; none: all
        "region": Text(pattern=r"(\d\d?,\d\d?(,[1-9]\d{0,2}){2})?"),  # in %
        "several": Flag(True),
    },
    "keyboard": COMMON
    | {
        "claimed": Flag(False),  # true: a scanner, though nothing tells it from a keyboard
        "layout": Choice(tuple(layouts.LAYOUTS)),
        "end_keys": Choice(("enter", "tab", "enter_tab")),
        "silence": Number(0.25, 0.02, 10),  # seconds that end a code without an end key
        "grab": Flag(True),
    },
    "nfc": COMMON
    | {
        "repeat_after": Number(1, 0, 3600),
        "reversed_uid": Flag(False),
        "ndef": Flag(True),
    },
}

PLACED = frozenset(places.FORMS)
"""Drivers whose readers can be configured by a place; all others find theirs plugged in."""


def check(driver: str, values: Any, listed: Callable[[str], bool] = lambda place: True) -> Settings:
    """Complete settings of one reader: defaults where a value is missing, unknown ones left out.

    :param listed: whether this box itself allows a place that is not allowed everywhere; the
        server, which cannot know, leaves that to the box
    :raises SettingsError: naming the option and what it must be
    """
    if not isinstance(driver, str) or driver not in DRIVERS:
        raise SettingsError("driver", f"must be one of {', '.join(DRIVERS)}")
    found = _values(DRIVERS[driver], values)
    try:
        place = places.check(driver, values.get("place", ""), listed)
    except ValueError as error:
        raise SettingsError("place", str(error)) from error
    return {"driver": driver, "place": place, **found}


def _values(options: Mapping[str, Any], values: Any) -> Settings:
    if not isinstance(values, dict):
        raise SettingsError("settings", "must be an object")
    found = {}
    for name, option in options.items():
        try:
            found[name] = option.check(values.get(name, option.default))
        except SettingsError as error:
            raise SettingsError(f"{name}.{error.option}", error.expected) from error
        except ValueError as error:
            raise SettingsError(name, str(error)) from error
    return found
