"""Where a reader may be: the only words of its settings that a driver opens or connects to.

A server must not be able to make a box open its files or load code by a clever address, so
each driver has a few forms and everything else is refused.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

LONGEST = 512

_HOST = r"(?:[A-Za-z0-9](?:[\w.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])"
_PORT = r":\d{1,5}"
_LINK = r"[\w.:,@+-]{1,255}"

# Devices, networks, and what this box must list by itself.
_SERIAL_DEVICE = (
    rf"/dev/tty[A-Z][\w.-]{{0,60}}|/dev/rfcomm\d{{1,3}}|/dev/serial/by-(?:id|path)/{_LINK}"
)
_VIDEO_DEVICE = rf"/dev/video\d{{1,3}}|/dev/v4l/by-(?:id|path)/{_LINK}"
_STREAM = (
    rf"(?:rtsps?|https?)://(?:[^\s/@?#\\]{{1,128}}@)?{_HOST}(?:{_PORT})?(?:[/?][^\s\\]{{0,255}})?"
)

FORMS = {
    "serial": rf"{_SERIAL_DEVICE}|(?:socket|rfc2217)://{_HOST}{_PORT}",
    "llrp": rf"{_HOST}(?:{_PORT})?",
    "camera": rf"{_VIDEO_DEVICE}|{_STREAM}",
}
LISTED = {"serial": r"/dev/pts/\d{1,6}", "camera": r"/?[\w.@+-]+(?:/[\w.@+-]+)*/?"}
"""Beside `FORMS`: pseudo-terminals, and folders of pictures, by what the box itself allows."""

EXPECTED = {
    "serial": "must be like /dev/ttyUSB0, /dev/serial/by-id/..., socket://host:port or "
    "rfc2217://host:port",
    "llrp": "must be the reader's address, host or host:port",
    "camera": "must be like /dev/video0, rtsp://host/path, http://host/path, or a folder of "
    "pictures below the box's own",
}


def check(driver: str, place: object, listed: Callable[[str], bool]) -> str:
    """The place as it may be opened; empty for a reader that is found plugged in.

    :param listed: whether the box itself allows this place, of the forms of `LISTED`
    :raises ValueError: saying what it must be like, and repeating nothing of the place
    """
    if place == "":
        return ""
    if driver not in FORMS:
        raise ValueError("must be empty: such readers are found where they are plugged in")
    if not isinstance(place, str) or not _is_plain(place):
        raise ValueError(EXPECTED[driver])
    if re.fullmatch(FORMS[driver], place, re.ASCII) and _port_is_right(place):
        return place
    if re.fullmatch(LISTED.get(driver, ""), place, re.ASCII):
        if listed(place):
            return place
        raise ValueError("this box does not allow it; its odoo.conf can, with allowed_places")
    raise ValueError(EXPECTED[driver])


def shown(place: str) -> str:
    """The place for logs and names, without the password of a stream.

    >>> shown("rtsp://door:secret@10.0.0.9/live?key=7")
    'rtsp://10.0.0.9/live'
    """
    if "://" not in place:
        return place
    scheme, _separator, rest = place.partition("://")
    return f"{scheme}://{re.split('[?#]', rest, maxsplit=1)[0].rpartition('@')[2]}"


def _is_plain(place: str) -> bool:
    path = re.split(r"[/\\]", place)
    return 0 < len(place) <= LONGEST and place.isprintable() and ".." not in path


def _port_is_right(place: str) -> bool:
    if place.startswith("/"):
        return True
    try:
        port = urlsplit(place if "://" in place else f"//{place}").port
    except ValueError:
        return False
    return port is None or 0 < port < 65536
