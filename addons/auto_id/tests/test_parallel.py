"""Two transactions at once, for real: a box sends again because the answer was late."""

import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

from ..models.auto_id_box_run import ReplayedError

CODES = [f"parallel {number}" for number in range(50)]
EVENTS = [
    {"sequence": number, "reader": "r", "code": code, "time": 1.7e9}
    for number, code in enumerate(CODES)
]


@tagged("post_install", "-at_install")
class TestParallel(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The runner holds the lock of the registries while it runs tests; threads would wait.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        self.addCleanup(self.clean)
        with self.transaction() as env:
            box = env["auto_id.box"].create({"name": "Parallel"})
            self.token = box._issue_token()
            self.box_id = box.id
        self.pair("parallel")

    def transaction(self):
        """An environment on a cursor of its own, committed at the end."""
        return Transaction(self.registry)

    def pair(self, identifier):
        with self.transaction() as env:
            env["auto_id.box"]._setup({"identifier": identifier, "token": self.token}, {})

    def clean(self):
        with self.transaction() as env:
            for table in ("auto_id_read", "auto_id_reader"):
                env.cr.execute(f"DELETE FROM {table} WHERE box_id = %s", (self.box_id,))  # noqa: S608
            env.cr.execute("DELETE FROM auto_id_box WHERE id = %s", (self.box_id,))

    def at_once(self, work):
        """Run ``work(env)`` in two transactions that have both begun before either goes on."""
        barrier, results = threading.Barrier(2), []

        def run():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                started = []

                def once():
                    env["auto_id.box"].search_count([])  # takes the snapshot
                    if not started:
                        started.append(barrier.wait(10))
                    return work(env)

                results.append(retrying(partial(once), env))
                cr.commit()

        threads = [threading.Thread(target=run) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    def test_one_batch_at_once(self):
        with self.transaction() as env:
            env["auto_id.box"].browse(self.box_id)._readers(["r"])

        def ingest(env):
            return len(env["auto_id.read"]._ingest(env["auto_id.box"].browse(self.box_id), EVENTS))

        self.assertEqual(sorted(self.at_once(ingest)), [0, len(EVENTS)])
        with self.transaction() as env:
            reads = env["auto_id.read"].search([("box_id", "=", self.box_id)])
            self.assertEqual(sorted(reads.mapped("code")), sorted(CODES))

    def test_one_batch_at_once_of_a_new_reader(self):
        def ingest(env):
            return len(env["auto_id.read"]._ingest(env["auto_id.box"].browse(self.box_id), EVENTS))

        self.assertEqual(sorted(self.at_once(ingest)), [0, len(EVENTS)])

    def test_one_request_at_once(self):
        request = {"run": "r", "number": 7, "sent_at": 1.7e9}

        def admit(env):
            box = env["auto_id.box"].browse(self.box_id)
            try:
                return env["auto_id.box.run"]._admit(box, request, 1, 1.7e9 + 5)
            except ReplayedError:
                return "replayed"

        self.assertCountEqual(self.at_once(admit), [-5.0, "replayed"])

    def test_last_seen_at_once(self):
        with self.transaction() as env:
            env["auto_id.box"].browse(self.box_id).last_seen = False

        def touch(env):
            env["auto_id.box"].browse(self.box_id)._touch()
            return True

        self.assertEqual(self.at_once(touch), [True, True])


class Transaction:
    """``with`` an environment that is committed at the end."""

    def __init__(self, registry):
        self.cr = registry.cursor()

    def __enter__(self):
        return api.Environment(self.cr, SUPERUSER_ID, {})

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.cr.commit()
        self.cr.close()
