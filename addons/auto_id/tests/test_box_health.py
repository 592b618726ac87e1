"""How a box fares, and who is asked to look after it."""

import datetime
import time
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, freeze_time, tagged

from .common import CARD, BoxSide, new_user

NOW = datetime.datetime(2026, 11, 25, 9, 30)  # a Wednesday


class BoxHealthCase(BoxSide, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responsible = new_user(cls.env, "aid_responsible", "auto_id.group_manager")

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(NOW))
        self.setup_boxes()
        self.box._setup({"identifier": "box-1", "token": self.token}, {})
        self.box.responsible_id = self.responsible
        self.watch()

    def pass_time(self, **units):
        self.clock.tick(datetime.timedelta(**units))

    def watch(self, since=None):
        """What the scheduled action does, run a minute ago for the last time."""
        last = fields.Datetime.now() - datetime.timedelta(minutes=1)
        self.env["auto_id.box"].with_context(lastcall=since or last)._cron_watch()

    def status(self, readers=None, **spool):
        found = {"length": 0, "oldest": None, "dropped": 0, "dead": 0, "trouble": "", **spool}
        return {
            "sent_at": NOW.replace(tzinfo=datetime.UTC).timestamp()
            + (fields.Datetime.now() - NOW).total_seconds(),
            "uptime": 3600 + (fields.Datetime.now() - NOW).total_seconds(),
            "spool": found,
            "readers": readers or {},
        }

    def fall_silent(self):
        self.pass_time(minutes=6)
        self.watch()

    def activities(self):
        return self.box.activity_ids


@tagged("post_install", "-at_install")
class TestBoxHealth(BoxHealthCase):
    def test_waiting_working_revoked(self):
        self.assertEqual(self.env["auto_id.box"].create({"name": "New"}).health, "waiting")
        self.assertEqual(self.box.health, "working")
        self.assertFalse(self.box.health_message)
        self.box.action_revoke()
        self.assertEqual(self.box.health, "revoked")

    def test_a_token_that_expired_is_said(self):
        box = self.env["auto_id.box"].create({"name": "New"})
        box._issue_token()
        self.assertFalse(box.health_message)
        self.pass_time(days=2)
        box.invalidate_recordset()
        self.assertIn("expired", box.health_message)
        expired = self.env.ref("auto_id.auto_id_box_view_search")
        self.assertIn("expired", expired.arch)
        box.unlink()

    def test_a_box_is_silent_after_its_minutes(self):
        self.pass_time(minutes=4)
        self.watch()
        self.assertEqual(self.box.health, "working")
        self.pass_time(minutes=2)
        self.watch()
        self.assertEqual(self.box.health, "silent")
        self.assertIn("2026-11-25", self.box.health_message)
        self.box._touch()
        self.assertEqual((self.box.health, self.box.silent_since), ("working", False))

    def test_health_is_searched_and_grouped(self):
        self.fall_silent()
        boxes = self.env["auto_id.box"]
        self.assertIn(self.box, boxes.search([("health", "=", "silent")]))
        groups = dict(boxes._read_group([("id", "=", self.box.id)], ["health"], ["__count"]))
        self.assertEqual(groups, {"silent": 1})

    def test_the_servers_own_absence_is_no_silence(self):
        self.pass_time(hours=2)
        long_ago = fields.Datetime.now() - datetime.timedelta(hours=2)
        self.watch(since=long_ago)
        self.assertEqual(self.box.health, "working", "the server was away, not the box")
        self.pass_time(minutes=4)
        self.watch()
        self.assertEqual(self.box.health, "working", "it gets its minutes to come back")
        self.pass_time(minutes=2)
        self.watch()
        self.assertEqual(self.box.health, "silent")

    def test_what_a_box_says_of_itself(self):
        readers = {"a": {"state": "failing", "errors": 3}, "b": {"state": "working", "errors": 4}}
        oldest = self.status()["sent_at"] - 300
        self.box._note_status(self.status(readers, length=12, oldest=oldest, dropped=2, dead=1))
        self.assertRecordValues(
            self.box,
            [
                {
                    "health": "trouble",
                    "spool_length": 12,
                    "spool_oldest": NOW - datetime.timedelta(minutes=5),
                    "spool_dropped": 2,
                    "dead_letters": 1,
                    "error_count": 7,
                    "failing_readers": 1,
                    "clock_offset": 0,
                    "running_since": NOW - datetime.timedelta(hours=1),
                }
            ],
        )
        self.assertEqual(len(self.box.health_message.splitlines()), 4)

    def test_a_wrong_clock_is_trouble(self):
        self.box._note_status({**self.status(), "sent_at": self.status()["sent_at"] + 95})
        self.assertEqual(self.box.health, "trouble")
        self.assertIn("95", self.box.health_message)

    def test_a_certificate_that_ends_is_trouble(self):
        self.box.certificate_end = NOW + datetime.timedelta(days=20)
        self.assertEqual(self.box.health, "working")
        self.pass_time(days=7)
        self.box._touch()
        self.watch()
        self.assertEqual(self.box.health, "trouble")
        self.assertIn("certificate", self.box.health_message)

    def test_lost_reads_are_trouble_until_somebody_knows(self):
        self.box._note_status(self.status(dropped=5, dead=2))
        self.assertEqual(self.box.health, "trouble")
        self.box.with_user(self.responsible).action_dismiss()
        self.assertEqual(self.box.health, "working")
        self.box._note_status(self.status(dropped=5, dead=3))
        self.assertEqual(self.box.health, "trouble", "one more")
        self.box._note_status(self.status())
        self.assertEqual((self.box.dropped_known, self.box.dead_known), (0, 0), "set up anew")

    def test_a_box_that_repeats_itself_writes_nothing(self):
        self.box._note_status(self.status({"a": {"state": "working", "errors": 3}}))
        self.env.flush_all()
        for _time in range(2):
            self.pass_time(seconds=14)
            with (
                patch.object(self.env.registry["auto_id.box"], "write") as write,
                patch.object(self.env.registry["bus.bus"], "_sendone") as send,
            ):
                status = self.status({"a": {"state": "working", "errors": 3}})
                self.box._note_status({**status, "sent_at": status["sent_at"] + 0.4})
            write.assert_not_called()
            send.assert_not_called()

    def test_a_status_that_is_none(self):
        odd = {
            "sent_at": "soon",
            "uptime": -1,
            "spool": [],
            "readers": {"a": 1, "b": {"errors": []}},
        }
        for status in ({}, odd, {"spool": {"length": 10**30, "trouble": 5}, "uptime": 1e300}):
            self.box._note_status(status)
        self.assertEqual(self.box.health, "working")

    def test_stations_hear_of_their_boxes_health(self):
        self.box._readers(["scanner-1"])["scanner-1"].station_id = self.station
        station = self.env.registry["auto_id.station"]
        with patch.object(station, "_on_health_changed", autospec=True) as told:
            self.fall_silent()
            self.watch()
            self.box._touch()
        self.assertEqual([call.args[0] for call in told.call_args_list], [self.station] * 2)

    def test_reads_a_minute(self):
        self.env["auto_id.read"]._ingest(
            self.box,
            [
                {"sequence": n, "reader": "scanner-1", "code": CARD, "time": time.time()}
                for n in range(1, 11)
            ],
        )
        self.box.invalidate_recordset()
        self.assertEqual(self.box.reads_per_minute, 2)


@tagged("post_install", "-at_install")
class TestBoxWatch(BoxHealthCase):
    def test_the_responsible_is_asked_once(self):
        self.fall_silent()
        self.assertRecordValues(
            self.activities(),
            [{"user_id": self.responsible.id, "summary": "Counter box: Silent"}],
        )
        self.assertIn("Not heard of", self.activities().note)
        stamp = self.activities().write_date
        for _minute in range(3):
            self.pass_time(minutes=1)
            self.watch()
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(self.activities().write_date, stamp, "nothing new, nothing written")

    def test_it_closes_by_itself(self):
        self.fall_silent()
        self.box._touch()
        self.watch()
        self.assertFalse(self.activities())
        self.assertIn("works again", self.box.message_ids[0].body)
        self.fall_silent()
        self.assertEqual(len(self.activities()), 1, "the next silence is another one")

    def test_who_has_closed_it_is_not_asked_again(self):
        self.fall_silent()
        self.activities().action_feedback()
        self.pass_time(minutes=1)
        self.watch()
        self.assertFalse(self.activities())

    def test_silence_turns_into_trouble(self):
        self.fall_silent()
        self.box._note_status(self.status(dead=3))
        self.watch()
        self.assertEqual(self.activities().summary, "Counter box: Trouble")
        self.box._note_status(self.status(dead=4))
        self.watch()
        self.assertIn("kept aside on the box: 4", self.activities().note)

    def test_nobody_is_asked_about_a_box_that_need_not_be_up(self):
        self.box.expected_up = False
        self.fall_silent()
        self.assertEqual(self.box.health, "silent")
        self.assertFalse(self.activities())

    def test_nobody_is_asked_outside_of_working_hours(self):
        self.box.calendar_id = self.env["resource.calendar"].create({"name": "Shop", "tz": "UTC"})
        self.clock.move_to(NOW.replace(hour=23))
        self.watch()
        self.fall_silent()
        self.assertEqual(self.box.health, "silent")
        self.assertFalse(self.activities())
        self.clock.move_to(datetime.datetime(2026, 11, 26, 8, 2))
        self.watch()
        self.assertFalse(self.activities(), "the shop has just opened")
        self.pass_time(minutes=4)
        self.watch()
        self.assertEqual(len(self.activities()), 1)

    def test_somebody_is_always_found(self):
        for absent in (self.env["res.users"], self.responsible):
            self.box.responsible_id = absent
            self.responsible.active = False
            found = self.box._responsible()
            self.assertTrue(found.active)
            self.assertTrue(found.has_group("auto_id.group_manager"))

    def test_who_may_not_open_the_box_is_not_asked(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        for number, (groups, company) in enumerate(
            (("base.group_user", None), ("auto_id.group_manager", elsewhere))
        ):
            self.box.responsible_id = new_user(self.env, f"aid_no_{number}", groups, company)
            self.assertNotEqual(self.box._responsible(), self.box.responsible_id)

    def test_a_stranger_with_the_name_of_a_box_is_reported(self):
        for _try in range(5):
            with (
                self.assertLogs("odoo.addons.auto_id.models.auto_id_box_pairing", "WARNING"),
                self.assertRaisesRegex(Exception, "another token"),
            ):
                self.box._setup({"identifier": "box-1", "token": "stolen"}, {})
        self.assertRecordValues(
            self.activities(),
            [{"summary": "A box was refused", "user_id": self.responsible.id}],
        )
        self.watch()
        self.assertEqual(len(self.activities()), 1, "its health has nothing to do with it")
        self.box._setup({"identifier": "box-1", "token": self.box._issue_token()}, {})
        self.assertFalse(self.activities(), "it was the box itself, set up anew")

    def test_many_boxes_cost_few_queries(self):
        self.env["auto_id.box"].search([]).action_archive()
        boxes = self.env["auto_id.box"].create([{"name": f"Box {n}"} for n in range(20)])
        for number, box in enumerate(boxes):
            box._setup({"identifier": f"many-{number}", "token": box._issue_token()}, {})
        self.watch()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.watch()
