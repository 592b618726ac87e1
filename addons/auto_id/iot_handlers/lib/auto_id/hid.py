"""Keyboards as Linux sees them (evdev): which there are, which are scanners, and their events.

It needs no library: what exists and what it is stands in /sys, and an event is a struct of
fixed form.
"""

import errno
import fcntl
import os
import re
import select
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from .keys import LED_CAPS_LOCK, Event

SYS = Path("/sys/class/input")
DEV = Path("/dev/input")

_EVENT = struct.Struct("llHHi")
_LONG_BITS = struct.calcsize("l") * 8
_EV_KEY = 1
# The digits of the main block, and Enter: buttons, remote controls and mice lack some.
_NEEDED = sum(1 << key for key in (*range(2, 12), 28))
_EVIOCGRAB, _EVIOCSCLOCKID, _EVIOCGLED = 0x40044590, 0x400445A0, 0x80084519
_AT_ONCE = 64

_SCANNER_NAME = re.compile(
    r"bar\s*code|scan(?!code)|\bQR|symbol|honeywell|metrologic|datalogic|zebra|opticon|newland|"
    r"\bHID\s?KBW\b|\bKBW\b|rfid|sycreader|reader",
    re.IGNORECASE,
)
_KEYBOARD_NAME = re.compile(r"keyboard.*reader|reader.*keyboard|finger|remote", re.IGNORECASE)
# Makers of scanners, and of nothing that people type on.
_SCANNER_MAKERS = {
    0x05E0: "Symbol, Zebra",
    0x05F9: "PSC, Datalogic",
    0x065A: "Opticon",
    0x0C2E: "Metrologic, Honeywell",
    0x0536: "Hand Held Products, Honeywell",
    0x11FA: "Code Corporation",
    0x1EAB: "Newland",
    0x23D8: "CipherLab",
}


class Keyboard(NamedTuple):
    """A device with the keys of a keyboard, real or played by a scanner."""

    path: str
    name: str
    vendor: int = 0
    product: int = 0
    place: str = ""
    """Its serial number if it has one, else the USB socket that it is in."""

    @property
    def identifier(self) -> str:
        """The same after it was plugged out and in again.

        >>> Keyboard("/dev/input/event3", "Scanner", 0x5E0, 0x1200, "usb-1.2/input0").identifier
        'hid_05e0:1200_usb-1.2/input0'
        """
        return f"hid_{self.vendor:04x}:{self.product:04x}_{self.place}"

    @property
    def is_scanner(self) -> bool:
        """Whether nobody types on it, as far as its name and its maker tell.

        >>> Keyboard("", "USB Adapter Barcode Reader").is_scanner
        True
        >>> Keyboard("", "Cherry Keyboard with Smart Card Reader").is_scanner
        False
        """
        if _KEYBOARD_NAME.search(self.name) and not re.search("bar ?code|rfid", self.name, re.I):
            return False
        return self.vendor in _SCANNER_MAKERS or bool(_SCANNER_NAME.search(self.name))


def keyboards(sys: Path = SYS, dev: Path = DEV) -> Iterator[Keyboard]:
    """What is plugged in now and has the keys of a keyboard.

    A container sees the machine's devices in /sys; it may use those that it has in /dev.
    """
    for entry in sorted(sys.glob("event*")):
        device = entry / "device"
        keys = _bits(_read(device / "capabilities/key"))
        if keys & _NEEDED == _NEEDED and (dev / entry.name).exists():
            yield Keyboard(
                str(dev / entry.name),
                _read(device / "name"),
                int(_read(device / "id/vendor") or "0", 16),
                int(_read(device / "id/product") or "0", 16),
                _place(_read(device / "uniq"), _read(device / "phys"), entry.name),
            )


def _place(serial: str, socket: str, fallback: str) -> str:
    """Two halves of one device share its serial number: the half belongs to the place."""
    half = re.search(r"input\d+$", socket)
    if not serial:
        return socket or fallback
    return f"{serial}/{half[0]}" if half else serial


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # just plugged out
        return ""


def _bits(words: str) -> int:
    """The number that /sys writes in words of a long each, the highest first."""
    number = 0
    for word in words.split():
        number = number << _LONG_BITS | int(word, 16)
    return number


class KeyEvents:
    """The events of one device, or of a recording: any file that gives such structs.

    :raises OSError: when it cannot be opened, is taken by another program, or is plugged out
    """

    def __init__(self, path: str, *, grab: bool = True):
        self.caps_lock = False
        try:
            # For writing, too: then a pipe stays open while nobody plays a recording into it.
            self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as error:
            raise PermissionError(
                f"{path} may not be read: add the box's user to the group input"
            ) from error
        try:
            self._prepare(grab)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._file)  # what was grabbed is free again

    def read(self, timeout: float) -> list[Event]:
        """The events that came by now; none when nothing comes in so many seconds."""
        ready, _, _ = select.select([self._file], [], [], timeout)
        if not ready:
            return []
        try:
            data = os.read(self._file, _EVENT.size * _AT_ONCE)
        except BlockingIOError:
            return []
        return list(events(data))

    def _prepare(self, grab: bool) -> None:
        try:
            # Times of a clock that nobody sets.
            fcntl.ioctl(self._file, _EVIOCSCLOCKID, struct.pack("i", 1))
            lights = fcntl.ioctl(self._file, _EVIOCGLED, bytes(8))
        except OSError as error:
            if error.errno in (errno.ENOTTY, errno.EINVAL):
                return  # a recording
            raise
        self.caps_lock = bool(lights[0] >> LED_CAPS_LOCK & 1)
        if grab:
            self._grab()

    def _grab(self) -> None:
        try:
            fcntl.ioctl(self._file, _EVIOCGRAB, 1)
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise OSError("another program has taken this scanner for itself") from error
            raise


def events(data: bytes) -> Iterator[Event]:
    """The events that these bytes hold; the rest of a torn struct at the end is left out."""
    whole = len(data) // _EVENT.size * _EVENT.size
    for seconds, micros, *rest in _EVENT.iter_unpack(data[:whole]):
        yield Event(seconds + micros / 1e6, *rest)


def packed(event: Event) -> bytes:
    """The struct of an event, as a device gives it."""
    seconds, fraction = divmod(event.time, 1)
    return _EVENT.pack(int(seconds), int(fraction * 1e6), event.type, event.code, event.value)
