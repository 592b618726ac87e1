import json
import secrets
import time

from odoo.tests import HttpCase, tagged

from ..tools import signing
from .common import BoxSide


@tagged("post_install", "-at_install")
class TestStatus(BoxSide, HttpCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.pair()
        self.run_name = secrets.token_hex(8)
        self.number = 0

    def report(self, readers=None, settings="", number=None, key=None, **more):
        """Send a status as a box does; the response."""
        self.number = number or self.number + 1
        status = {
            "box": "box-1",
            "run": self.run_name,
            "number": self.number,
            "sent_at": time.time(),
            "settings": settings,
            "version": "L26.01-19.0",
            "uptime": 7,
            "spool": {"length": 0, "oldest": None, "dropped": 0, "dead": 0, "trouble": ""},
            "readers": {} if readers is None else readers,
            **more,
        }
        body = json.dumps(status).encode()
        key = key or signing.signing_key(self.token)
        headers = {"X-Auto-Id-Box": "box-1", "X-Auto-Id-Signature": signing.sign(key, body)}
        return self.post("/auto_id/v1/status", body, **headers)

    def scanner(self, **values):
        return {"counter": {"driver": "serial", "state": "working", "error": "", **values}}

    @property
    def reader(self):
        self.env.invalidate_all()
        return self.box.reader_ids

    def test_settings_come_once_and_the_answer_is_signed(self):
        response = self.report(self.scanner())
        answer = response.json()
        self.assertEqual(answer["settings"]["readers"]["counter"]["baudrate"], "auto")
        self.assertAlmostEqual(answer["time"], time.time(), delta=60)
        proof = signing.sign_answer(
            signing.signing_key(self.token),
            response.request.headers["X-Auto-Id-Signature"],
            response.content,
        )
        self.assertEqual(response.headers["X-Auto-Id-Signature"], proof)
        again = self.report(self.scanner(), settings=answer["settings"]["version"])
        self.assertIsNone(again.json()["settings"])
        self.assertEqual(self.reader.settings_state, "arrived")
        self.reader.prefix = "]C1"
        news = self.report(self.scanner(), settings=answer["settings"]["version"])
        self.assertEqual(news.json()["settings"]["readers"]["counter"]["prefix"], "]C1")

    def test_readers_show_how_they_fare(self):
        self.report(self.scanner(state="failing", error="no such line", errors=3))
        self.assertEqual((self.reader.state, self.reader.error_count), ("failing", 3))
        self.assertEqual(self.reader.last_error, "no such line")
        self.assertEqual(self.reader.driver, "serial")
        self.report({})
        self.assertFalse(self.reader.state)

    def test_a_box_that_repeats_itself_writes_no_reader(self):
        self.report(self.scanner(errors=3))
        before = self.reader.write_date
        self.report(self.scanner(errors=3))
        self.assertEqual(self.reader.write_date, before)

    def test_a_foreign_or_replayed_report_changes_nothing(self):
        self.assertEqual(self.report(self.scanner(), key="0" * 64).status_code, 401)
        self.assertFalse(self.reader)
        self.assertEqual(self.report(self.scanner(), number=5).status_code, 200)
        self.assertEqual(self.report(self.scanner(state="failing"), number=5).status_code, 409)
        self.assertEqual(self.reader.state, "working")

    def test_a_strange_report_does_no_harm(self):
        for readers in (
            [],
            7,
            {"": {}},
            {"a\n": {"driver": "serial"}},
            {"x": 7},
            {"counter": {"driver": ["serial"], "state": {}, "error": 7, "errors": "many"}},
            {"counter": {"driver": "os.system", "errors": 10**30}},
        ):
            with self.subTest(readers=readers):
                self.assertEqual(self.report(readers, settings=["?"]).status_code, 200)
        self.assertEqual(self.reader.mapped("identifier"), ["counter"])
        self.assertFalse(self.reader.driver)
