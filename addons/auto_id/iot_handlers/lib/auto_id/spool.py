"""Keeps reads on the box's disk until the server has acknowledged them.

The sequence of a read is its identity at the server. It grows, and none is given twice: a
process begins behind the last one that is on the disk and behind the microseconds of the clock,
with a leap at random. So neither a power cut, nor a new disk, nor a wrong clock brings a number
back, and two boxes that were started from one disk image go apart.

While the disk cannot be written, reads wait in memory. What fits nowhere is refused, loudly: the
oldest reads are kept, as they are those that somebody already counts on.
"""

import itertools
import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .clock import steady
from .event import Event, new_event

_logger = logging.getLogger(__name__)

MOST_READS = 1_000_000
MOST_BYTES = 256 * 1024 * 1024
MOST_HELD = 10_000
MOST_HELD_BYTES = 16 * 1024 * 1024
MOST_DEAD = 1_000
REPEAT = 60.0
"""Seconds between two lines of the log about one trouble."""
TRY_DISK = 1.0
"""Seconds between two tries to write to a disk that failed."""
_LEAP = 1 << 25
_PAGE = 4096
_EPOCH = 1_735_689_600  # 2025-01-01

_SCHEMA = """
CREATE TABLE IF NOT EXISTS read (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    reader TEXT NOT NULL,
    code TEXT NOT NULL,
    time REAL NOT NULL,
    boot TEXT,
    steady REAL,
    details TEXT
);
CREATE TABLE IF NOT EXISTS dead_letter (
    sequence INTEGER PRIMARY KEY,
    reader TEXT NOT NULL,
    code TEXT NOT NULL,
    time REAL NOT NULL,
    reason TEXT NOT NULL
);
"""


class SpoolFullError(Exception):
    """There is no room for a read, neither on the disk nor in memory."""


class Spool:
    """A queue on disk that threads may share.

    :param most_reads: beyond this many unsent reads new ones are refused
    :param trouble: what is wrong with this spool, for good
    """

    def __init__(self, path: Path | str, *, most_reads: int = MOST_READS, trouble: str = ""):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._most_reads = most_reads
        self._changed = threading.Condition()
        self._held: list[Event] = []
        self._dropped = 0
        self._trouble = ""
        self._lasting_trouble = trouble
        self._said_at = self._failed_at = float("-inf")
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(f"PRAGMA max_page_count = {MOST_BYTES // _PAGE}")
        self._db.executescript(_SCHEMA)
        _add_missing_columns(self._db)
        (self._on_disk,) = self._db.execute("SELECT count(*) FROM read").fetchone()
        last = self._db.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()[0] or 0
        clock = int((time.time() - _EPOCH) * 1_000_000)
        self._next = max(last + 1, clock) + secrets.randbelow(_LEAP)
        if trouble:
            _logger.error("%s; reads are kept in memory.", trouble)
        self._done = 0  # up to here the server has everything, also what could not be deleted yet

    # What drivers call.

    def put(self, reader: str, code: str, when: float | None = None, **details: Any) -> int:
        """Store a read; its sequence. On return it survives a power cut, if the disk is well.

        :param when: unix seconds by the clock of this box, if not now
        :param details: further keys of the wire: ``kind``, ``antenna``, ``rssi``, ...
        :raises SpoolFullError: when there is no room for it
        """
        return self.put_many([{"reader": reader, "code": code, "time": when, **details}])[0]

    def put_many(self, reads: Iterable[dict[str, Any]]) -> list[int]:
        """Store reads in one commit; their sequences.

        :param reads: ``{"reader", "code", "time" (optional), ...}``, keys as on the wire
        :raises SpoolFullError: when there is no room for all of them; the first ones are stored
        """
        with self._changed:
            events = [new_event(self._number(), read) for read in reads]
            fitting = events[: max(self._most_reads - len(self), 0)]
            refused = len(events) - len(fitting) + self._store(fitting)
            self._changed.notify_all()
            if refused:
                self._dropped += refused
                message = f"The spool is full: {self._dropped} reads were refused until now."
                self._complain(message)
                raise SpoolFullError(message)
            return [event.sequence for event in events]

    def health(self) -> dict[str, Any]:
        """What the server is told about this spool."""
        with self._changed:
            oldest = self._select(1)
            (dead,) = self._db.execute("SELECT count(*) FROM dead_letter").fetchone()
            return {
                "length": len(self),
                "oldest": oldest[0].time if oldest else None,
                "dropped": self._dropped,
                "dead": dead,
                "trouble": self._trouble or self._lasting_trouble,
            }

    # What the sender calls.

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is something to send."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self) > 0, timeout)

    def batch(self, limit: int) -> list[Event]:
        """The oldest unsent reads."""
        with self._changed:
            self._store([])
            return self._select(limit)

    def remove(self, events: Sequence[Event], collided: Iterable[int] = ()) -> None:
        """Forget the oldest reads, a batch that the server has now.

        :param collided: sequences of those that it knows with another content, because this disk
            is a copy of another box's: they get new sequences in the same commit
        """
        twice = set(collided)
        with self._changed:
            again = [event for event in events if event.sequence in twice]
            if again:
                self._next += secrets.randbelow(_LEAP)
                _logger.error(
                    "%d reads have the numbers of others: another box uses a copy of this disk.",
                    len(again),
                )
            try:
                with self._transaction():
                    self._insert([event._replace(sequence=self._number()) for event in again])
                    self._delete(events)
            except sqlite3.Error as error:
                if again:
                    raise
                self._fail(error)
            self._forget(events)
            self._on_disk += len(again)

    def bury(self, events: Sequence[Event], reason: str) -> None:
        """Put the oldest reads aside that the server will never take; a person may look at them."""
        with self._changed:
            with self._transaction():
                self._db.executemany(
                    "INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?, ?)",
                    [(*event[:4], reason) for event in events],
                )
                self._db.execute(
                    "DELETE FROM dead_letter WHERE sequence <= "
                    "(SELECT sequence FROM dead_letter ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
                    (MOST_DEAD,),
                )
                self._delete(events)
            self._forget(events)

    def dead_letters(self) -> list[tuple[Event, str]]:
        with self._changed:
            rows = self._db.execute("SELECT * FROM dead_letter ORDER BY sequence").fetchall()
        return [(Event(*row[:4]), row[4]) for row in rows]

    def __len__(self) -> int:
        return self._on_disk + len(self._held)

    def close(self) -> None:
        with self._changed:
            self._db.close()

    # Memory and disk; who calls these holds the lock.

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _store(self, events: Sequence[Event]) -> int:
        """Write what is held and these to disk, or hold them; how many fit nowhere."""
        pending = [*self._held, *events]
        if not pending:
            return 0
        if not self._held or steady() - self._failed_at >= TRY_DISK:
            try:
                with self._transaction():
                    self._insert(pending)
            except sqlite3.Error as error:
                self._fail(error)
            else:
                self._on_disk += len(pending)
                self._held = []
                self._trouble = ""
                return 0
        self._held = pending[: _fitting(pending)]
        return len(pending) - len(self._held)

    def _select(self, limit: int) -> list[Event]:
        query = "SELECT * FROM read WHERE sequence > ? ORDER BY sequence LIMIT ?"
        events = [Event(*row) for row in self._db.execute(query, (self._done, limit))]
        return events + self._held[: limit - len(events)]

    def _insert(self, events: Sequence[Event]) -> None:
        self._db.executemany("INSERT INTO read VALUES (?, ?, ?, ?, ?, ?, ?)", events)

    def _delete(self, events: Sequence[Event]) -> None:
        self._db.execute("DELETE FROM read WHERE sequence <= ?", (events[-1].sequence,))

    def _forget(self, events: Sequence[Event]) -> None:
        self._done = events[-1].sequence
        left = [event for event in self._held if event.sequence > self._done]
        self._on_disk -= len(events) - (len(self._held) - len(left))
        self._held = left

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite itself rolls back when the disk is full
                self._db.execute("ROLLBACK")
            raise

    def _fail(self, error: sqlite3.Error) -> None:
        self._failed_at = steady()
        self._complain(f"The spool cannot be written ({error}); reads are kept in memory.")

    def _complain(self, message: str) -> None:
        self._trouble = message
        if steady() - self._said_at >= REPEAT:
            self._said_at = steady()
            _logger.error(message)


def open_spool(path: Path) -> Spool:
    """The spool in this file, or one that does for the time being.

    A file that is damaged is put aside, not thrown away. Where the file cannot be used at all,
    as on a disk that is full, reads wait in memory: a box that reads is better than one that does
    not start.
    """
    try:
        return Spool(path)
    except sqlite3.OperationalError as error:
        return Spool(":memory:", trouble=f"{path.name} cannot be used ({error}) until a restart")
    except sqlite3.DatabaseError:
        aside = path.with_name(f"{path.name}.damaged-{time.time():.0f}")
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        _logger.exception("The spool was damaged; it is kept as %s, a new one begins.", aside)
        return Spool(path)


def _fitting(events: Sequence[Event]) -> int:
    """How many of these, from the first, may wait in memory."""
    sizes = itertools.accumulate(len(event.code) for event in events[:MOST_HELD])
    return sum(size <= MOST_HELD_BYTES for size in sizes)


def _add_missing_columns(db: sqlite3.Connection) -> None:
    """A spool of an earlier version may be full of reads."""
    present = {row[1] for row in db.execute("PRAGMA table_info(read)")}
    for column in ("boot TEXT", "steady REAL", "details TEXT"):
        if column.split()[0] not in present:
            db.execute(f"ALTER TABLE read ADD COLUMN {column}")
