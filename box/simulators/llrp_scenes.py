"""What a simulated RFID reader sees: tags in its field, a walk through a door, a recording.

A scene yields `Sight`s in the order of their time, in seconds since it began; a reader
reports them at their time, or as fast as it can.
"""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class Sight(NamedTuple):
    """One raw read: seconds since the scene began, hexadecimal EPC, dBm, radians."""

    time: float
    code: str
    antenna: int = 1
    rssi: float = -55.0
    phase: float | None = None


def epc(number: int) -> str:
    """The EPC (SGTIN-96 of a company that GS1 uses in examples) of the tag of this number.

    >>> epc(7)
    '3034257bf400b78000000007'
    """
    return f"3034257bf400b780{number:08x}"


def field(
    codes: Sequence[str],
    *,
    rate: float = 100.0,
    antennas: Sequence[int] = (1,),
    seconds: float | None = None,
    rssi: float = -55.0,
    seed: int = 1,
) -> Iterator[Sight]:
    """Tags that lie there, read in turn by each antenna, `rate` times a second altogether."""
    chance = random.Random(seed)
    number = 0
    while codes and (seconds is None or number < seconds * rate):
        code = codes[number % len(codes)]
        antenna = antennas[number // len(codes) % len(antennas)]
        yield Sight(number / rate, code, antenna, rssi + chance.gauss(0, 1.5))
        number += 1


def walk(
    code: str, path: Sequence[int] = (1, 2), *, seconds: float = 2.0, rate: float = 40.0
) -> Iterator[Sight]:
    """A tag carried past these antennas: each sees it best when it is in front of it."""
    chance = random.Random(code)
    for number in range(int(seconds * rate)):
        time = number / rate
        place = time / seconds * len(path) - 0.5  # antenna n of the path stands at n
        nearest = (int(place + 1), int(place))[number % 2]
        index = min(max(nearest, 0), len(path) - 1)
        rssi = -45.0 - 18 * abs(place - index) + chance.gauss(0, 1)
        if rssi > -70:
            yield Sight(time, code, path[index], rssi)


def recorded(path: Path) -> Iterator[Sight]:
    """The reads of a recording: what a box keeps for audits (JSON lines, maybe compressed).

    :raises ValueError: with the number of a line that is no read
    """
    open_ = gzip.open if path.suffix == ".gz" else open
    began = None
    with open_(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                values = json.loads(line)
                time, code = float(values["time"]), bytes.fromhex(values["code"]).hex()
                began = time if began is None else began
                antenna, rssi = int(values.get("antenna", 1)), float(values.get("rssi", -55))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"line {number} of {path.name} is no read: {error}") from error
            yield Sight(max(time - began, 0.0), code, antenna, rssi, values.get("phase"))
