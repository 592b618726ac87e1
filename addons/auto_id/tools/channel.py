"""The name of a box's channel on the bus: it follows from the token, so nobody else can say it."""

import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "auto_id.box:"
PURPOSE = b"auto_id channel v1"


def name(token: str) -> str:
    """What the box with this token subscribes to; the server keeps only its digest."""
    key = token.encode("utf-8", "surrogatepass")
    return PREFIX + hmac.new(key, PURPOSE, hashlib.sha256).hexdigest()


def split(channels: Iterable) -> tuple[list[str], list]:
    """Names that ask for a box's channel, and all others.

    >>> split(["a", "auto_id.box:x", 1])
    (['auto_id.box:x'], ['a', 1])
    """
    names, others = [], []
    for given in channels:
        is_name = isinstance(given, str) and given.startswith(PREFIX)
        (names if is_name else others).append(given)
    return names, others
