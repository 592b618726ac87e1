"""The box's side of reads without the box around it: the real spool, wire and sender.

    python tests/box/reading.py FOLDER '{"server": ..., "codes": ["A", 1000], ...}'

It puts its codes into the spool in FOLDER/disk, notes each in FOLDER/put when the spool has taken
it, and sends. It ends when everything is sent, unless it is killed. Needs nothing of Odoo.
"""

import contextlib
import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).resolve().parents[2] / "addons/auto_id/iot_handlers/lib"


class Plan(NamedTuple):
    """What the process does; the keys of its JSON."""

    server: str
    token: str
    identifier: str
    database: str
    codes: tuple[str, int] = ("", 0)
    """Prefix and how many: PREFIX-0, PREFIX-1..."""
    at_once: int = 1
    pause: float = 0.0
    """Seconds after each of the commits of `at_once` reads."""
    reader: str = "reader"
    first: int = 0
    """Sequence to begin with, as a copy of a running machine would."""
    clock: tuple[float, ...] = ()
    """Seconds by which the clock is off, a new value for each commit."""
    ballast: int = 0
    """Bytes that fill the disk until FOLDER/room appears."""


def main(folder, text):
    sys.path.insert(0, str(LIBRARY))
    from auto_id import sender as sender_module
    from auto_id.spool import Spool, SpoolFullError
    from auto_id.wire import Settings

    folder, plan = Path(folder), Plan(**json.loads(text))
    sender_module.LONGEST_PAUSE = 0.5  # patience is not what is tested
    disk = folder / "disk"
    (disk / "ballast").write_bytes(b"x" * plan.ballast)
    spool = Spool(disk / "spool.sqlite3")
    if plan.first:
        spool._next = plan.first
    settings = Settings(plan.server, plan.token, plan.identifier, plan.database)
    sender_module.Sender(spool, lambda: settings).start()
    threading.Thread(target=report, args=(folder, spool), daemon=True).start()
    set_clock = clock(plan.clock)
    prefix, number = plan.codes
    notes = os.open(folder / "put", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for codes in batches([f"{prefix}-{n}" for n in range(number)], plan.at_once):
        set_clock()
        with contextlib.suppress(SpoolFullError):
            spool.put_many([{"reader": plan.reader, "code": code} for code in codes])
            os.write(notes, "".join(f"{code}\n" for code in codes).encode())
        time.sleep(plan.pause)
    while len(spool):
        time.sleep(0.05)


def report(folder, spool):
    """Keep FOLDER/health up to date, and make room when it is asked for."""
    while True:
        if (folder / "room").exists():
            (folder / "disk/ballast").write_bytes(b"")
        with contextlib.suppress(OSError):
            (folder / "health.new").write_text(json.dumps(spool.health()))
            (folder / "health.new").replace(folder / "health")
        time.sleep(0.05)


def clock(offsets):
    """A function that sets the clock wrong, another way at each call."""
    right, offset = time.time, [0.0]
    if offsets:
        time.time = lambda: right() + offset[0]
    rest = itertools.cycle(offsets or [0.0])

    def set_next():
        offset[0] = next(rest)

    return set_next


def batches(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


if __name__ == "__main__":
    main(*sys.argv[1:])
