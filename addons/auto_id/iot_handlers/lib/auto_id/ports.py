"""Reads the readers that the box's own configuration names.

``counter=/dev/serial/by-id/usb-Zebra*@115200, /dev/ttyACM*, rfc2217://10.0.0.7:4001``:
a path, a pattern of paths or an address in the network, with a name for the reader in
front where the path is no good one, and the speed behind where it is not the usual 9600.
``@auto`` has the usual speeds tried.
"""

import re
from collections.abc import Callable, Iterable
from glob import glob
from pathlib import Path
from typing import NamedTuple

DEFAULT_BAUDRATE = 9600

_ENTRY = re.compile(
    r"(?:(?P<name>[\w.-]+)=)?(?P<place>(?:\w+://|/)[^,]*?)(?:@(?P<baudrate>\d+|auto))?$", re.ASCII
)
_PLACE = re.compile(r"(?:(?P<name>[\w.-]+)=)?(?P<place>[^=\s]\S*)", re.ASCII)


class PortError(ValueError):
    """An entry of the configuration that cannot be understood."""


class Port(NamedTuple):
    """Where a reader is connected, and the name it has at the server.

    `baudrate` 0: to be found by trying.
    """

    name: str
    place: str
    baudrate: int = DEFAULT_BAUDRATE

    @property
    def is_path(self) -> bool:
        return self.place.startswith("/")


def parse(text: str) -> list[Port]:
    """The configured ports, patterns not yet expanded.

    >>> parse("counter=/dev/ttyUSB0@115200")
    [Port(name='counter', place='/dev/ttyUSB0', baudrate=115200)]
    >>> parse("ttyUSB0")
    Traceback (most recent call last):
    ...
    auto_id.iot_handlers.lib.auto_id.ports.PortError: 'ttyUSB0' is no port: ...
    """
    return [_parse_entry(entry) for entry in _entries(text)]


def parse_places(text: str) -> list[Port]:
    """The configured readers of other kinds, which have no speed.

    >>> [(port.name, port.place) for port in parse_places("dock=10.0.0.5, /dev/video0")]
    [('dock', '10.0.0.5'), ('', '/dev/video0')]
    """
    found = []
    for entry in _entries(text):
        match = _PLACE.fullmatch(entry)
        if not match:
            raise PortError(f"{entry!r} is no place: write NAME=PLACE or PLACE, comma-separated.")
        found.append(Port(match["name"] or "", match["place"], 0))
    return found


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
        if not port.is_path:
            found.setdefault(port.name or port.place, port)
            continue
        places = sorted(find(port.place))
        for place in places:
            name = port.name or place
            if port.name and len(places) > 1:
                name = f"{port.name}:{Path(place).name}"
            found.setdefault(name, port._replace(name=name, place=place))
    return found


def stable_name(device: str, links: Path = Path("/dev/serial/by-id")) -> str:
    """What a USB device is called wherever it is plugged in; its path if udev has no name."""
    real = Path(device).resolve()
    found = [link for link in links.glob("*") if link.resolve() == real]
    return str(min(found)) if found else device


def _entries(text: str) -> list[str]:
    return [entry for part in text.split(",") if (entry := part.strip())]


def _parse_entry(entry: str) -> Port:
    match = _ENTRY.match(entry)
    if not match:
        raise PortError(
            f"{entry!r} is no port: write /dev/ttyUSB0, /dev/ttyACM*, socket://host:port or "
            "rfc2217://host:port, with NAME= in front and @BAUDRATE behind if needed."
        )
    speed = match["baudrate"] or DEFAULT_BAUDRATE
    return Port(match["name"] or "", match["place"], 0 if speed == "auto" else int(speed))
