"""Replays, rates, copies and clocks, from the outside; what breaks for real is in tests/box."""

import contextlib
import datetime
import json
import logging
import time

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models import auto_id_box_run
from ..tools import batch, signing
from .common import CARD, BoxSide


@tagged("post_install", "-at_install")
class TestReadsOnce(BoxSide, HttpCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.pair(devices={"scanner-1": {"name": "Desk", "type": "scanner"}})

    @contextlib.contextmanager
    def log(self):
        """Everything that is logged meanwhile."""
        lines, root, ours = [], logging.getLogger(), logging.getLogger("odoo.addons.auto_id")
        handler, level = logging.Handler(), ours.level
        handler.emit = lambda record: lines.append(record.getMessage())
        root.addHandler(handler)
        ours.setLevel(logging.DEBUG)  # whatever the runner of the tests has set
        try:
            yield lines
        finally:
            ours.setLevel(level)
            root.removeHandler(handler)

    def body(self, *codes, **values):
        return json.dumps(self.envelope(events=self.events(*codes), **values)).encode()

    def test_a_request_cannot_be_played_again(self):
        body = self.body("a")
        self.assertEqual(self.send([], body=body).status_code, 200)
        for _time in range(2):
            answer = self.send([], body=body)
            self.assertEqual(
                (answer.status_code, answer.json()["error"]["code"]), (409, "replayed")
            )
        # Not even when its read was deleted meanwhile, as old reads may be.
        self.env.cr.execute("DELETE FROM auto_id_read")
        self.assertEqual(self.send([], body=body).status_code, 409)
        self.assertFalse(self.reads())

    def test_an_older_request_comes_too_late(self):
        self.assertEqual(self.send(self.events("b"), number=2**40).status_code, 200)
        late = self.send(self.events("a", first=2), number=2**40 - 1)
        self.assertEqual(late.status_code, 409)
        other_run = self.send(self.events("a", first=2), run="run-2", number=1)
        self.assertEqual(other_run.status_code, 200)

    def test_a_request_of_the_time_before_a_new_token(self):
        body = self.body("a")
        self.send([], body=body)
        old, self.token = self.token, self.box._issue_token()
        self.pair()
        self.assertEqual(self.send([], body=body, token=old).status_code, 401)
        self.assertFalse(self.box.run_ids)
        self.assertEqual(self.send([], body=body).status_code, 200, "another signature")

    def test_the_signature_of_another_box(self):
        other = self.env["auto_id.box"].create({"name": "Other"})
        token = other._issue_token()
        self.pair(identifier="box-2", token=token)
        self.assertEqual(self.send(self.events("a"), token=token).status_code, 401)
        key = signing.signing_key(token)
        body = self.body("a")
        answer = self.send([], body=body, signature=signing.sign(key, body))
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self.reads())

    def test_every_answer_to_a_signed_request_is_signed_for_it(self):
        key = signing.signing_key(self.token)
        good = self.body("a")
        for body in (good, good, b"{}", self.body("b", number=0)):
            signature = signing.sign(key, body)
            answer = self.send([], body=body)
            self.assertEqual(
                answer.headers["X-Auto-Id-Signature"],
                signing.sign(key, signature.encode() + b"\n" + answer.content),
            )
        self.assertNotIn("X-Auto-Id-Signature", self.send([], signature="0" * 64).headers)

    def test_more_than_a_box_may_send_in_a_minute(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param(auto_id_box_run.RATE_PARAMETER, "100")
        # The first batch of a minute is taken in any case: it could never be sent otherwise.
        codes = [str(number) for number in range(150)]
        self.assertEqual(self.send(self.events(*codes)).status_code, 200)
        answer = self.send(self.events("late", first=200))
        self.assertEqual((answer.status_code, answer.json()["error"]["code"]), (429, "too_fast"))
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)
        self.assertEqual(self.send([], run="another run").status_code, 429)
        self.env.cr.execute("UPDATE auto_id_box_run SET minute = minute - 1")
        self.assertEqual(self.send(self.events("late", first=200)).status_code, 200)
        self.assertEqual(len(self.reads()), 151)

    def test_a_sequence_that_another_read_has(self):
        first, second, third = self.events("a", "b", "c")
        self.send([first, second])
        mine = [{**first, "code": "mine"}, second, third, {**first, "sequence": 9}]
        answer = self.send(mine).json()
        self.assertEqual(answer["collided"], [1])
        self.assertEqual((answer["accepted"], answer["known"]), (2, 1))
        self.assertEqual(answer["acknowledged"], 9)
        self.assertEqual(self.reads().mapped("code"), ["a", "b", "c", "a"])
        for other in (
            {**first, "reader": "elsewhere"},
            {**first, "time": first["time"] + 0.001},
            {**first, "code": "\x00" * 5},
        ):
            with self.subTest(other=other):
                self.assertEqual(self.send([other]).json()["collided"], [1])
        self.assertEqual(self.send([{**first, "age": 77}]).json()["collided"], [], "the same read")

    def test_a_read_from_before_the_time_of_the_box_was_kept(self):
        events = self.events("a")
        self.send(events)
        self.env.cr.execute("UPDATE auto_id_read SET box_time = NULL")
        self.assertEqual(self.send(events).json()["known"], 1)

    @mute_logger("odoo.addons.auto_id.models.auto_id_box_run")
    def test_two_machines_with_one_identity(self):
        for number, run in enumerate(["one", "two", "one", "two"]):
            self.send(self.events(f"{run}-{number}", first=number), run=run)
            self.assertFalse(self.box.clone_seen_at, "a box may die while it sends")
        messages = self.box.message_ids
        for number, run in enumerate(["one", "two", "one", "two"], start=10):
            self.send(self.events(f"{run}-{number}", first=number), run=run)
        self.box.invalidate_recordset()
        self.assertTrue(self.box.clone_seen_at)
        self.assertEqual(len(self.box.message_ids - messages), 1, "told once")
        self.assertEqual(len(self.reads()), 8)

    def test_a_box_that_restarts_is_no_copy(self):
        for number, run in enumerate(["one", "one", "two", "one", "two", "two", "three", "three"]):
            self.send(self.events("x", first=number), run=run)
        self.assertFalse(self.box.clone_seen_at)

    def test_a_wrong_clock(self):
        wrong, now = time.time() - 3600, time.time()
        events = self.events("fresh", "old", "rebooted")
        events[0].update(time=wrong, age=0)
        events[1].update(time=5.0, age=600)
        events[2].update(time=wrong - 60)
        self.send(events, sent_at=wrong)
        fresh, old, rebooted = self.reads()
        for read, seconds in ((fresh, 0), (old, 600), (rebooted, 60)):
            expected = datetime.datetime.fromtimestamp(now - seconds, datetime.UTC)
            delay = read.read_at - expected.replace(tzinfo=None)
            self.assertLess(abs(delay.total_seconds()), 30)
        self.assertAlmostEqual(
            fresh.box_time.replace(tzinfo=datetime.UTC).timestamp(), wrong, places=5
        )
        self.assertEqual(old.box_time, datetime.datetime(1970, 1, 1, 0, 0, 5))
        self.assertAlmostEqual(self.box.run_ids.clock_offset, -3600, delta=30)

    def test_a_slow_network_is_no_wrong_clock(self):
        for delay in (0, 1.5):
            self.send([], sent_at=time.time() - delay)
        self.assertGreater(self.box.run_ids.clock_offset, -1)
        self.send([], sent_at=time.time() + 500)
        self.box.run_ids.invalidate_recordset()
        self.assertAlmostEqual(self.box.run_ids.clock_offset, 500, delta=30)

    def test_kinds_of_reads_and_their_hooks(self):
        self.box.reader_ids.station_id = self.station
        calls = []
        for hook in ("_on_reads", "_on_departed"):
            self.patch(
                self.registry["auto_id.station"],
                hook,
                lambda station, reads, hook=hook: calls.append((hook, reads.mapped("kind"))),
            )
        events = self.events(*[CARD] * len(batch.KINDS))
        for event, kind in zip(events, batch.KINDS, strict=True):
            event.update(kind=kind, antenna=2, rssi=-61.5, count=9, symbology="]C1")
        self.send(events)
        came = ["read", "arrived", "moved", "in", "out"]
        self.assertEqual(calls, [("_on_reads", came), ("_on_departed", ["departed"])])
        self.assertEqual(self.reads().mapped("kind"), list(batch.KINDS))
        details = self.reads()[0].read(["antenna", "rssi", "count", "symbology"])[0]
        details.pop("id")
        self.assertEqual(details, {"antenna": 2, "rssi": -61.5, "count": 9, "symbology": "]C1"})

    def test_a_large_batch_takes_no_more_queries_than_a_small_one(self):
        self.box.reader_ids.station_id = self.station
        reads = self.env["auto_id.read"]

        def queries(*codes, first):
            events = self.events(*codes, first=first)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            reads._ingest_batch(self.box, events, time.time(), 0.0)
            return self.env.cr.sql_log_count - before

        queries(CARD, first=1)
        few = queries(CARD, "other", first=10)
        many = queries(CARD, *(str(number) for number in range(999)), first=100)
        self.assertEqual(many, few)
        self.assertLess(many, 20)

    @mute_logger("odoo.addons.auto_id.models.auto_id_box_pairing")
    def test_no_line_of_the_log_tells_a_secret(self):
        key = signing.signing_key(self.token)
        with self.log() as lines:
            body = self.body("a")
            self.send([], body=body)
            self.send([], body=body)
            self.send([], body=b"{}")
            self.send([], signature="0" * 64)
            self.pair(token="wrong")
            self.pair()
        self.assertTrue(lines)
        for secret in (self.token, key, signing.digest(self.token)):
            self.assertFalse([line for line in lines if secret in line])

    def test_runs_are_for_the_system_alone(self):
        self.send([])
        run = self.box.run_ids
        self.assertEqual(run.box_id, self.box)
        self.assertLessEqual(run.first_seen, run.last_seen)
        for group in ("auto_id.group_user", "auto_id.group_manager"):
            user = self.env["res.users"].create(
                {"name": group, "login": group, "group_ids": [(6, 0, self.env.ref(group).ids)]}
            )
            self.assertFalse(run.with_user(user).has_access("read"))
            self.assertFalse(
                self.box.with_user(user)._has_field_access(self.box._fields["run_ids"], "read")
            )
