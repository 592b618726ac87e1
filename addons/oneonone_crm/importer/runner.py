"""Runs an import: its locks, its progress, its state, and the one transaction of the loader.

Every cursor here is opened for one purpose and commits by leaving its `with` block:

- the lock cursor stays open for the whole run and holds two advisory locks. They fall with the
  process, however it ends, so a run that was killed is recognised at once;
- the loader's cursor is one transaction with all that is imported and the result;
- short ones write the state "running", the progress, and a failure.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from odoo import SUPERUSER_ID, api, fields
from psycopg2.errors import DeadlockDetected, SerializationFailure

from ..tools.history_file import read_header
from ..tools.history_survey import Source, survey
from ..tools.rejected_file import RejectedWriter
from . import words
from .loader import HistoryLoader

_logger = logging.getLogger(__name__)

LOCK_RUN = 0x1A11  # with the import's id: this import is being run
LOCK_ALL = 0x1A10  # with 0: one import at a time a database, or both create the same customers
TRIES = 3
REPORT_EVERY = 0.4


class ImportBusyError(Exception):
    """This very import is running already."""


class ImportRunner:
    """Runs one `oneonone.history.import` on a file.

    :param progress: called with a phase and a percentage, for a terminal
    """

    def __init__(
        self, registry, import_id: int, progress: Callable[[str, float], None] | None = None
    ):
        self.registry = registry
        self.import_id = import_id
        self._progress = progress or (lambda phase, percent: None)
        self._phase, self._reported = "", 0.0

    def run(self, source: Source, rejected_path: Path) -> dict:
        """Import the file, the rejected lines into `rejected_path`; the counts.

        :raises HistoryFileError: the file is refused, nothing was imported
        :raises ImportBusyError: this import is running already
        """
        with self.registry.cursor() as lock_cr:
            lock_cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (LOCK_RUN, self.import_id))
            if not lock_cr.fetchone()[0]:
                raise ImportBusyError(self.import_id)
            self._set_running()
            try:
                return self._run_locked(lock_cr, source, rejected_path)
            except Exception as error:
                self._set_failed(error)
                failure = error
        raise failure  # after the lock's transaction has ended well, whatever happened inside

    def _run_locked(self, lock_cr, source, rejected_path):
        self._report("survey", 0)
        found = survey(source)
        header = read_header(source, found.encoding)
        self._report("wait", 4)
        lock_cr.execute("SELECT pg_advisory_xact_lock(%s, 0)", (LOCK_ALL,))
        for attempt in range(TRIES):
            try:
                return self._load(source, found, header, rejected_path)
            except (SerializationFailure, DeadlockDetected):
                if attempt == TRIES - 1:
                    raise
                _logger.info("History import %s met a concurrent change, again", self.import_id)
        raise AssertionError("unreachable")

    def _load(self, source, found, header, rejected_path):
        # The transaction begins after the locks: it sees all that earlier imports brought.
        with self._record() as record, open(rejected_path, "w", encoding="utf-8-sig") as stream:
            messages = words.reasons(record.env)
            writer = RejectedWriter(stream, header, messages.__getitem__)
            loader = HistoryLoader(record.env, record.company_id, record.id, self._report)
            counts = loader.load(source, found, writer.add)
            stream.flush()
            record._set_done(counts, rejected_path, found)
            self._report("done", 100)
        return counts

    @contextlib.contextmanager
    def _record(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            record = env["oneonone.history.import"].browse(self.import_id)
            lang = record.user_id.lang or "en_US"
            yield record.with_context(lang=lang).with_company(record.company_id)

    def _set_running(self):
        with self._record() as record:
            record.write(
                {"state": "running", "started_at": fields.Datetime.now(), "message": False}
            )

    def _set_failed(self, error):
        with self._record() as record:
            record._set_failed(error)

    def _report(self, phase: str, percent: float) -> None:
        now = time.monotonic()
        if phase == self._phase and now - self._reported < REPORT_EVERY:
            return
        self._phase, self._reported = phase, now
        self._progress(phase, percent)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["oneonone.history.progress"]._report(self.import_id, phase, percent)
