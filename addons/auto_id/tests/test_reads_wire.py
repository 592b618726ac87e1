"""The signed batch, from the outside."""

import json
import math

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..tools import batch, signing
from .common import CARD, BoxSide


@tagged("post_install", "-at_install")
class TestReadsWire(BoxSide, HttpCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.pair(devices={"scanner-1": {"name": "Desk", "type": "scanner"}})

    def refused(self, answer, status, code):
        """The answer is a clear JSON error, and nothing was stored."""
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertEqual(answer.json()["error"]["code"], code)
        self.assertTrue(answer.json()["error"]["message"])
        self.assertFalse(self.reads())

    def test_a_card_is_found(self):
        answer = self.send(self.events(CARD))
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(
            answer.json(), {"accepted": 1, "known": 0, "acknowledged": 1, "collided": []}
        )
        read = self.reads()
        self.assertRecordValues(
            read,
            [
                {
                    "code": CARD,
                    "state": "found",
                    "tag_id": self.tag.id,
                    "sequence": 1,
                    "company_id": self.company.id,
                    "message": False,
                }
            ],
        )
        self.assertEqual(read.reader_id.identifier, "scanner-1")
        self.assertEqual(read.reader_id.last_read_at, read.read_at)
        self.assertFalse(answer.cookies, "a box gets no session")

    def test_a_batch_twice_changes_nothing(self):
        events = self.events(CARD, "other")
        self.send(events)
        answer = self.send(events)
        self.assertEqual((answer.json()["accepted"], answer.json()["known"]), (0, 2))
        self.assertEqual(answer.json()["acknowledged"], 2)
        self.assertEqual(len(self.reads()), 2)

    def test_a_batch_that_overlaps_and_repeats_itself(self):
        events = self.events("a", "b", "c")
        self.send(events[:2])
        again = [*events[1:], events[2]]
        self.assertEqual(self.send(again).json()["accepted"], 1)
        self.assertEqual(self.reads().mapped("code"), ["a", "b", "c"])

    def test_each_code_gets_a_read(self):
        codes = {
            "": ("invalid", "empty"),
            "\r\n": ("invalid", "empty"),
            "x" * 65536: ("invalid", "too_long"),
            "\x00\x01\x02\xff": ("invalid", "unprintable"),
            "\ud800": ("invalid", "unprintable"),
            "never bound": ("unknown", "no_tag"),
            f"]C1{CARD}\r": ("found", False),
        }
        answer = self.send(self.events(*codes))
        self.assertEqual(answer.json()["accepted"], len(codes))
        for read, (state, reason) in zip(self.reads(), codes.values(), strict=True):
            self.assertEqual((read.state, read.reason), (state, reason))
            self.assertLess(len(read.code or ""), 300)
            self.assertEqual(bool(read.message), state != "found")

    def test_a_code_that_is_no_text(self):
        for value in (None, 17, ["a"], {"a": 1}, True):
            with self.subTest(value=value):
                event = self.events(value, first=len(self.reads()) + 1)
                self.assertEqual(self.send(event).json()["accepted"], 1)
                self.assertEqual(self.reads()[-1].state, "invalid")

    def test_sql_and_html_are_codes_like_others(self):
        codes = ["'; DROP TABLE auto_id_read; --", "<script>alert(1)</script>", "%s %(x)s", "{0}"]
        self.send(self.events(*codes))
        self.assertEqual(self.reads().mapped("code"), codes)

    def test_times_that_cannot_be(self):
        for value in (None, "now", -5, 1e300, True, 0):
            event = self.events(CARD, first=len(self.reads()) + 1)
            event[0]["time"] = value
            self.assertEqual(self.send(event).json()["accepted"], 1)
        event = self.events(CARD, first=99)
        event[0]["time"] = math.nan
        self.assertEqual(self.send(event).json()["accepted"], 1)

    def test_a_sequence_beyond_32_bits(self):
        self.assertEqual(self.send(self.events(CARD, first=2**40)).json()["acknowledged"], 2**40)
        self.assertEqual(self.reads().sequence, 2**40)

    def test_an_empty_batch_is_a_sign_of_life(self):
        self.box.last_seen = False
        answer = self.send([])
        self.assertEqual(answer.json()["acknowledged"], 0)
        self.box.invalidate_recordset()
        self.assertTrue(self.box.last_seen)

    def test_a_reader_that_was_not_reported(self):
        self.send(self.events(CARD, reader="new-one"))
        self.assertEqual(self.reads().reader_id.box_id, self.box)

    def test_wrong_signature(self):
        self.refused(self.send(self.events(CARD), signature="0" * 64), 401, "unauthorized")
        self.refused(self.send(self.events(CARD), signature="é"), 401, "unauthorized")
        self.refused(self.send(self.events(CARD), token="another"), 401, "unauthorized")

    def test_unknown_box(self):
        self.refused(self.send(self.events(CARD), identifier="box-2"), 401, "unauthorized")

    def test_no_headers(self):
        answer = self.post("/auto_id/v1/reads", {"box": "box-1", "events": []})
        self.refused(answer, 401, "unauthorized")

    def test_a_box_without_a_key_cannot_be_impersonated(self):
        self.box.signing_key = False
        body = b'{"box": "box-1", "events": []}'
        for key in ("", "0" * 64):
            answer = self.send([], body=body, signature=signing.sign(key, body))
            self.refused(answer, 401, "unauthorized")

    def test_an_altered_body(self):
        body = json.dumps(self.envelope(events=self.events("a"))).encode()
        signature = signing.sign(signing.signing_key(self.token), body)
        altered = body.replace(b'"a"', b'"b"')
        self.refused(self.send([], body=altered, signature=signature), 401, "unauthorized")

    def test_a_revoked_box(self):
        self.box.action_revoke()
        self.refused(self.send(self.events(CARD)), 401, "unauthorized")

    def test_a_signed_body_of_another_box(self):
        body = json.dumps(self.envelope("box-2", events=[])).encode()
        self.refused(self.send([], body=body), 400, "wrong_box")

    def test_bodies_that_are_no_batch(self):
        for body, code in (
            (b"", "not_json"),
            (b"\xff\xfe\x00", "not_json"),
            (b"[" * 100_000, "not_json"),
            (b"[]", "malformed"),
        ):
            with self.subTest(body=body[:60]):
                self.refused(self.send([], body=body), 400, code)

    def test_a_box_of_an_earlier_version_keeps_its_reads(self):
        body = json.dumps({"box": "box-1", "sent_at": 1.0, "events": self.events(CARD)}).encode()
        self.refused(self.send([], body=body), 426, "outdated")

    def test_parts_of_a_batch_that_cannot_be(self):
        event = {"sequence": 1, "reader": "r", "code": "c"}
        for values in (
            {"run": None},
            {"run": "x" * 129},
            {"number": 0},
            {"number": "1"},
            {"number": True},
            {"number": 2**60},
            {"sent_at": None},
            {"sent_at": math.inf},
            {"events": None},
            {"events": [1]},
            {"events": [{**event, "sequence": "1"}]},
            {"events": [{**event, "sequence": -1}]},
            {"events": [{**event, "sequence": True}]},
            {"events": [{**event, "sequence": 1e400}]},
            {"events": [{**event, "reader": ""}]},
            {"events": [{**event, "kind": "stolen"}]},
            {"events": [{**event, "kind": ["read"]}]},
            {"events": [{**event, "antenna": 1.5}]},
            {"events": [{**event, "rssi": math.nan}]},
            {"events": [{**event, "count": -1}]},
            {"events": [{**event, "symbology": "x" * 9}]},
        ):
            with self.subTest(values=values):
                body = json.dumps(self.envelope(**{"events": [], **values})).encode()
                self.refused(self.send([], body=body), 400, "malformed")

    def test_an_event_without_a_code_is_an_invalid_read(self):
        event = {"sequence": 1, "reader": "r"}
        self.assertEqual(self.send([event]).json()["accepted"], 1)
        self.assertEqual(self.reads().state, "invalid")

    def test_too_large(self):
        self.refused(self.send([], body=b" " * (batch.MAX_BYTES + 1)), 413, "too_large")
        events = self.events(*["x"] * (batch.MAX_EVENTS + 1))
        self.refused(self.send(events), 400, "too_many")

    def test_a_full_batch(self):
        codes = [str(number) for number in range(batch.MAX_EVENTS)]
        self.assertEqual(self.send(self.events(*codes)).json()["accepted"], batch.MAX_EVENTS)

    @mute_logger("odoo.addons.auto_id.models.auto_id_station")
    def test_a_bridge_that_fails_loses_no_read(self):
        self.box.reader_ids.station_id = self.station

        def fails(station, reads):
            raise ValueError("a bridge has a fault")

        self.patch(self.registry["auto_id.station"], "_on_reads", fails)
        self.assertEqual(self.send(self.events(CARD)).json()["accepted"], 1)
        self.assertEqual(self.reads().station_id, self.station)

    def test_the_station_is_told_once_a_batch(self):
        self.box.reader_ids.station_id = self.station
        calls = []
        self.patch(
            self.registry["auto_id.station"],
            "_on_reads",
            lambda station, reads: calls.append((station.id, reads.mapped("code"))),
        )
        self.send(self.events(CARD, "b") + self.events("c", first=3, reader="elsewhere"))
        self.assertEqual(calls, [(self.station.id, [CARD, "b"])])
