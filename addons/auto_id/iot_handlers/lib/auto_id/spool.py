"""Keeps reads on the box's disk until the server has acknowledged them.

The sequence that SQLite gives a read is the read's identity at the server. It must
never be given twice: hence AUTOINCREMENT, which remembers the numbers of deleted rows, a
synchronous commit for each read, because a power cut must not bring a number back, and a
first number taken from the clock, because a box with a new disk keeps its name.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_logger = logging.getLogger(__name__)

MOST_READS = 100_000
MOST_BYTES = 256 * 1024 * 1024
MOST_DEAD = 1_000
_DROPPED_AT_ONCE = 1_000
_PAGE = 4096
_EPOCH = 1_735_689_600  # 2025-01-01: a spool's first sequence is the milliseconds since then

_SCHEMA = """
CREATE TABLE IF NOT EXISTS read (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    reader TEXT NOT NULL,
    code TEXT NOT NULL,
    time REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS dead_letter (
    sequence INTEGER PRIMARY KEY,
    reader TEXT NOT NULL,
    code TEXT NOT NULL,
    time REAL NOT NULL,
    reason TEXT NOT NULL
);
"""


class Event(NamedTuple):
    """One read as it travels; the keys of the wire format in its order."""

    sequence: int
    reader: str
    code: str
    time: float


class Spool:
    """A queue on disk that threads may share.

    :param most_reads: beyond this many unsent reads the oldest ones are dropped:
        at a counter the customer who stands there now comes first.
    """

    def __init__(self, path: Path | str, *, most_reads: int = MOST_READS):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._most_reads = most_reads
        self._changed = threading.Condition()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(f"PRAGMA max_page_count = {MOST_BYTES // _PAGE}")
        self._db.executescript(_SCHEMA)
        self._db.execute(
            "INSERT INTO sqlite_sequence SELECT 'read', ? "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'read')",
            (max(int((time.time() - _EPOCH) * 1000), 0),),
        )
        (self._count,) = self._db.execute("SELECT count(*) FROM read").fetchone()

    def put(self, reader: str, code: str, when: float | None = None) -> int:
        """Store a read; its sequence. On return it survives a power cut."""
        with self._changed:
            sequence = self._insert((reader, code, time.time() if when is None else when))
            self._count += 1
            if self._count > self._most_reads:
                self._drop_oldest(self._count - self._most_reads)
            self._changed.notify_all()
        return sequence

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is something to send."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count > 0, timeout)

    def batch(self, limit: int) -> list[Event]:
        """The oldest unsent reads."""
        query = "SELECT sequence, reader, code, time FROM read ORDER BY sequence LIMIT ?"
        with self._changed:
            return [Event(*row) for row in self._db.execute(query, (limit,))]

    def remove(self, events: Sequence[Event]) -> None:
        """Forget the reads of a batch: the server has them."""
        with self._changed:
            self._delete(events)

    def bury(self, events: Sequence[Event], reason: str) -> None:
        """Put a batch aside that the server will never take; a person may look at it."""
        with self._changed, self._db:
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?, ?)",
                [(*event, reason) for event in events],
            )
            self._db.execute(
                "DELETE FROM dead_letter WHERE sequence <= "
                "(SELECT sequence FROM dead_letter ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
                (MOST_DEAD,),
            )
            self._delete(events)

    def dead_letters(self) -> list[tuple[Event, str]]:
        with self._changed:
            rows = self._db.execute("SELECT * FROM dead_letter ORDER BY sequence").fetchall()
        return [(Event(*row[:4]), row[4]) for row in rows]

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        with self._changed:
            self._db.close()

    def _insert(self, values: tuple[str, str, float]) -> int:
        statement = "INSERT INTO read (reader, code, time) VALUES (?, ?, ?)"
        try:
            return self._db.execute(statement, values).lastrowid
        except sqlite3.OperationalError as error:
            # Full is what the file may grow to, or the disk.
            if "full" not in str(error) or not self._drop_oldest(_DROPPED_AT_ONCE):
                raise
            return self._db.execute(statement, values).lastrowid

    def _delete(self, events: Sequence[Event]) -> None:
        """Delete a batch; it has no gaps, as reads are only taken from the old end."""
        if events:
            self._count -= self._db.execute(
                "DELETE FROM read WHERE sequence BETWEEN ? AND ?",
                (events[0].sequence, events[-1].sequence),
            ).rowcount

    def _drop_oldest(self, number: int) -> int:
        dropped = self._db.execute(
            "DELETE FROM read WHERE sequence IN "
            "(SELECT sequence FROM read ORDER BY sequence LIMIT ?)",
            (number,),
        ).rowcount
        self._count -= dropped
        _logger.error("The spool is full: the %d oldest unsent reads were dropped.", dropped)
        return dropped
