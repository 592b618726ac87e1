"""Reads the list of scanners' ports from the box's configuration.

``counter=/dev/serial/by-id/usb-Zebra*@115200, /dev/ttyACM*, rfc2217://10.0.0.7:4001``:
a path, a pattern of paths or an address in the network, with a name for the reader in
front where the path is no good one, and the speed behind where it is not the usual 9600.
"""

import re
from collections.abc import Callable, Iterable
from glob import glob
from pathlib import Path
from typing import NamedTuple

DEFAULT_BAUDRATE = 9600

_ENTRY = re.compile(
    r"(?:(?P<name>[\w.-]+)=)?(?P<place>(?:\w+://|/)[^,]*?)(?:@(?P<baudrate>\d+))?$", re.ASCII
)


class PortError(ValueError):
    """An entry of the configuration that cannot be understood."""


class Port(NamedTuple):
    """Where a scanner is connected, and the name it has at the server."""

    name: str
    place: str
    baudrate: int = DEFAULT_BAUDRATE

    @property
    def is_network(self) -> bool:
        return "://" in self.place


def parse(text: str) -> list[Port]:
    """The configured ports, patterns not yet expanded.

    >>> parse("counter=/dev/ttyUSB0@115200")
    [Port(name='counter', place='/dev/ttyUSB0', baudrate=115200)]
    >>> parse("ttyUSB0")
    Traceback (most recent call last):
    ...
    auto_id.iot_handlers.lib.auto_id.ports.PortError: 'ttyUSB0' is no port: ...
    """
    return [_parse_entry(entry) for part in text.split(",") if (entry := part.strip())]


def existing(pattern: str) -> list[str]:
    """The paths that match; a link whose device is unplugged does not count."""
    return [place for place in glob(pattern) if Path(place).exists()]


def present(
    ports: Iterable[Port], find: Callable[[str], Iterable[str]] = existing
) -> dict[str, Port]:
    """The ports that exist now, by the reader's name.

    A named pattern that finds several gives each its own name: ``dock:ttyUSB1``.
    """
    found: dict[str, Port] = {}
    for port in ports:
        if port.is_network:
            found.setdefault(port.name or port.place, port)
            continue
        places = sorted(find(port.place))
        for place in places:
            name = port.name or place
            if port.name and len(places) > 1:
                name = f"{port.name}:{Path(place).name}"
            found.setdefault(name, port._replace(name=name, place=place))
    return found


def _parse_entry(entry: str) -> Port:
    match = _ENTRY.match(entry)
    if not match:
        raise PortError(
            f"{entry!r} is no port: write /dev/ttyUSB0, /dev/ttyACM*, socket://host:port or "
            "rfc2217://host:port, with NAME= in front and @BAUDRATE behind if needed."
        )
    baudrate = int(match["baudrate"] or DEFAULT_BAUDRATE)
    return Port(match["name"] or "", match["place"], baudrate)
