"""Keeps the raw reads of a reader for a bounded time, for audits and to play them again.

One file of compressed JSON lines a minute: {"time": unix seconds, "code", "antenna", "rssi",
"phase"}. Each piece that is written is complete in itself, so a box that is killed spoils
nothing, and files one behind the other are one such file. The simulators read the same form.
"""

import base64
import gzip
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .smoothing import Report

MOST_BYTES = 64 * 1024 * 1024
"""Of one reader on the box's disk: weeks of a quiet portal, hours of a crowded one."""
MOST_SENT = 16 * 1024 * 1024
"""The newest bytes that are sent when somebody asks."""
PART = 256 * 1024
"""Of a recording in one request: while it travels, reads wait."""
PERIOD = 60
_WRITE_EACH = 5.0
_WRITE_LINES = 5_000


class Read(NamedTuple):
    """One raw read in a recording; unix seconds, dBm, radians."""

    time: float
    code: str
    antenna: int = 0
    rssi: float | None = None
    phase: float | None = None

    def line(self) -> str:
        """As it is kept; what the reader did not tell is left out.

        >>> Read(1.5, "3034", 2, -60.0).line()
        '{"time": 1.5, "code": "3034", "antenna": 2, "rssi": -60.0}'
        """
        pairs = zip(self._fields, self, strict=True)
        return json.dumps({name: value for name, value in pairs if value is not None})


class RawLog:
    """The recording of one reader. One thread writes, others may read its files.

    :param folder: this reader's own
    :param now: unix seconds
    """

    def __init__(
        self, folder: Path, *, most_bytes: int = MOST_BYTES, now: Callable[[], float] = time.time
    ):
        self._folder = folder
        self._most_bytes = most_bytes
        self._now = now
        self._lines: list[str] = []
        self._written = now()
        self._path: Path | None = None

    def add(self, reports: Iterable[Report], offset: float, minutes: float) -> None:
        """Keep these reports; delete what is older than so many minutes, or too much.

        :param offset: what is added to a report's steady time to make unix seconds
        :raises OSError: when the disk does not take them
        """
        self._lines += [
            Read(round(r.time + offset, 4), r.code, r.antenna, r.rssi, r.phase).line()
            for r in reports
        ]
        now = self._now()
        if abs(now - self._written) < _WRITE_EACH and len(self._lines) < _WRITE_LINES:
            return
        self._written = now
        self.flush()
        path = self._minute(now)
        if path != self._path:
            self._path = path
            self.tidy(minutes)

    def flush(self) -> None:
        """Bring what is in memory to the disk."""
        lines, self._lines = self._lines, []
        if lines:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = "".join(f"{line}\n" for line in lines)
            with self._minute(self._now()).open("ab") as file:
                file.write(gzip.compress(text.encode(), compresslevel=1))

    def tidy(self, minutes: float) -> None:
        """Delete what may no longer be kept, the oldest first; with no minutes, all of it."""
        left = self._most_bytes
        limit = self._now() - minutes * 60
        for began, path in reversed(recorded(self._folder)):
            left -= path.stat().st_size
            if not minutes or left < 0 or began + PERIOD <= limit:
                path.unlink(missing_ok=True)

    def _minute(self, now: float) -> Path:
        return self._folder / f"{int(now // PERIOD * PERIOD)}.jsonl.gz"


def recorded(folder: Path) -> list[tuple[int, Path]]:
    """(unix seconds of its first minute, file) of a recording, in their order."""
    found = ((re.fullmatch(r"(\d+)\.jsonl\.gz", path.name), path) for path in folder.glob("*"))
    return sorted((int(match[1]), path) for match, path in found if match)


def parts(folder: Path, since: float, most_bytes: int = MOST_SENT) -> Iterator[dict[str, Any]]:
    """The newest files of a recording as the wire wants them; one empty part if there are none.

    :param since: unix seconds
    """
    data = b"".join(_newest(folder, since, most_bytes))
    pieces: Sequence[bytes] = [data[at : at + PART] for at in range(0, len(data), PART)] or [b""]
    for number, piece in enumerate(pieces, 1):
        encoded = base64.b64encode(piece).decode()
        yield {"part": number, "parts": len(pieces), "data": encoded}


def _newest(folder: Path, since: float, most_bytes: int) -> list[bytes]:
    found: list[bytes] = []
    for began, path in reversed(recorded(folder)):
        most_bytes -= path.stat().st_size
        if most_bytes < 0 or began + PERIOD <= since:
            break
        found.append(path.read_bytes())
    return found[::-1]


def folder_name(identifier: str) -> str:
    """A folder for this reader, whatever its identifier holds.

    >>> folder_name("dock/../x"), folder_name("10.0.0.5:5084")
    ('dock%2F%2E%2E%2Fx', '10%2E0%2E0%2E5%3A5084')
    """
    return "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):X}" for c in identifier)[:200]
