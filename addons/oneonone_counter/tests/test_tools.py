"""The decisions that need no Odoo: which read counts, and how long a visit lasts."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from ..tools import reads

NOW = datetime(2026, 5, 4, 12)
MOMENTS = st.datetimes(min_value=NOW - timedelta(days=3), max_value=NOW + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestReadsTool(BaseCase):
    def test_old_read_shows_nobody(self):
        old = SimpleNamespace(read_at=NOW - timedelta(minutes=3))
        self.assertIsNone(reads.latest_fresh([old], NOW))

    def test_no_reads(self):
        self.assertIsNone(reads.latest_fresh([], NOW))

    @given(st.lists(MOMENTS, max_size=20))
    def test_latest_is_the_last_fresh_one_as_they_came(self, moments):
        batch = [SimpleNamespace(read_at=moment) for moment in moments]
        chosen = reads.latest_fresh(batch, NOW)
        fresh = [read for read in batch if reads.is_fresh(read.read_at, NOW)]
        self.assertIs(chosen, fresh[-1] if fresh else None)

    @given(MOMENTS)
    def test_a_visit_ends_by_itself(self, started):
        self.assertEqual(reads.is_same_visit(started, NOW), NOW - started < reads.LONGEST_VISIT)
