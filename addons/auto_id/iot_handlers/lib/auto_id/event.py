"""One read on its way from a reader to the server."""

import json
import time
from typing import Any, NamedTuple

from .clock import BOOT, steady


class Event(NamedTuple):
    """One read as the spool stores it: ``boot`` and ``steady`` tell later how old it is."""

    sequence: int
    reader: str
    code: str
    time: float
    boot: str | None = None
    steady: float | None = None
    details: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The read as it travels at this moment; its age only if no reboot lies between."""
        wire = {name: getattr(self, name) for name in ("sequence", "reader", "code", "time")}
        if self.boot == BOOT and self.steady is not None:
            wire["age"] = round(max(steady() - self.steady, 0.0), 6)
        return wire | (json.loads(self.details) if self.details else {})


def new_event(sequence: int, read: dict[str, Any]) -> Event:
    """The read of a driver, ``{"reader", "code", "time" (optional), details...}``, to be stored."""
    details = dict(read)
    reader, code, when = details.pop("reader"), details.pop("code"), details.pop("time", None)
    now = time.time()
    when = now if when is None else float(when)
    return Event(
        sequence,
        storable(reader),
        storable(code),
        when,
        BOOT,
        steady() - max(now - when, 0.0),
        json.dumps(details) if details else None,
    )


def storable(text: str) -> str:
    r"""The text as it can be stored and sent.

    >>> storable("A\udcff")
    'A\\udcff'
    """
    return text.encode("utf-8", "backslashreplace").decode()
