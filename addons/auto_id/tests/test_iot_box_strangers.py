"""What comes without a proof of its origin: the log of a box, and whatever a stranger tries."""

import json
import logging
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import iot_box
from ..tools import channel
from .common import CARD
from .test_iot_box import DEVICES, PAIRING, IotBoxCase


@tagged("post_install", "-at_install")
class TestIotBoxStrangers(IotBoxCase):
    def log(self, *lines, identifier="box-1"):
        body = f"identifier {identifier}<log/>\n" + "".join(f"{line}<log/>\n" for line in lines)
        with patch.object(iot_box._box_logger, "log") as logged:
            answer = self.url_open("/iot/log", data=body, method="POST")
        self.assertEqual(answer.status_code, 200)
        return [call.args for call in logged.call_args_list]

    def test_calls_without_proof_count_only_from_where_the_box_is(self):
        self.pair(devices=DEVICES)
        self.box.write({"accept_unsigned": True, "peer": "192.0.2.1", "last_seen": False})
        self.env.flush_all()
        end = {"identifier": "box-1", "ssl_certificate_end_date": "2027-01-02 03:04:05"}
        self.post("/iot/box/update_certificate_status", {"params": end})
        self.event(value=CARD)
        self.assertFalse(self.log("40,flood"))
        layouts = json.dumps([{"name": "German", "layout": "de"}])
        self.url_open("/iot/keyboard_layouts", data={"available_layouts": layouts})
        self.assertEqual(self.get_handlers().content, b"")
        self.box.invalidate_recordset()
        self.assertFalse(self.box.certificate_end or self.box.last_seen or self.reads())
        self.assertFalse(self.box.keyboard_layouts)
        self.pair()
        self.assertEqual(self.box.peer, "127.0.0.1")
        self.assertTrue(self.get_handlers().content, "it has proved itself")

    def test_a_stranger_learns_nothing(self):
        """What exists gets the same answer as what does not, and no answer holds anything."""
        self.pair()
        self.box.peer = "192.0.2.1"
        for path, body in (
            ("/iot/box/send_websocket", {"iot_box_identifier": "%s", "value": CARD}),
            ("/iot/box/webrtc_answer", {"iot_box_identifier": "%s", "answer": {}}),
            ("/iot/box/update_certificate_status", {"identifier": "%s"}),
        ):
            answers = [
                self.post(path, json.dumps({"params": body}).replace("%s", name))
                for name in ("box-1", "box-2")
            ]
            self.assertEqual(answers[0].content, answers[1].content, path)
            self.assertEqual([answer.status_code for answer in answers], [200, 200], path)
            self.assertEqual(answers[0].json()["result"], True)
        for get in (
            lambda name: self.get_handlers(identifier=name),
            lambda name: self.url_open(f"/iot/box/{name}/display_url"),
            lambda name: self.url_open("/iot/log", data=f"identifier {name}<log/>\n"),
        ):
            known, unknown = get("box-1"), get("box-2")
            self.assertEqual(
                (known.status_code, known.content), (unknown.status_code, unknown.content)
            )
            self.assertLess(len(known.content), 60)

    def test_layouts_go_to_the_boxes_of_the_place(self):
        self.pair()
        layouts = [{"name": "German", "layout": "de", "variant": "nodeadkeys"}]
        for odd in ("", "{", "[" * 5000, '{"a": 1}', '[{"layout": "de"}]', "[1]"):
            answer = self.url_open("/iot/keyboard_layouts", data={"available_layouts": odd})
            self.assertEqual(answer.status_code, 200, odd)
        self.assertFalse(self.box.keyboard_layouts)
        self.url_open("/iot/keyboard_layouts", data={"available_layouts": json.dumps(layouts)})
        self.box.invalidate_recordset()
        self.assertEqual(self.box.keyboard_layouts, layouts)

    def test_the_log_comes_in_chunks(self):
        self.pair()

        def lines():
            yield b"identifier box-1<log/>\n"
            yield b"40,it failed\nwith a trace<log/>\n"
            yield b"no level<log/>\n"

        with patch.object(iot_box._box_logger, "log") as logged:
            answer = self.opener.post(self.base_url() + "/iot/log", data=lines(), timeout=10)
        self.assertEqual(answer.status_code, 200)
        logged.assert_called_once_with(
            logging.INFO, "Box %s: %s", "Counter box", "it failed␊with a trace"
        )

    def test_the_log_holds_no_tokens(self):
        self.pair()
        link = self.box._pairing_link("http://erp.example", self.token)
        name = channel.name(self.token)
        found = self.log(f"30,Wrong server token: {link}", f"20,subscribed to {name}")
        self.assertEqual(len(found), 2)
        self.assertNotIn(self.token, str(found))
        self.assertNotIn(name.removeprefix(channel.PREFIX), str(found))

    def test_the_log_is_bounded(self):
        self.pair()
        rate = iot_box.rate.Rate(100, 60, clock=lambda: 0)
        with patch.object(iot_box, "_log_rate", rate):
            self.assertEqual(len(self.log(*["20,again"] * 90)), 60, "in one call")
            self.assertEqual(len(self.log(*["20,again"] * 60)), 0, "in a minute")

    def test_nobody_tries_tokens_without_end(self):
        rate = iot_box.rate.Rate(2, 60, clock=lambda: 0)
        with patch.object(iot_box, "_setup_rate", rate), mute_logger(PAIRING):
            answers = [self.pair(token="x"), self.pair(), self.pair()]
        self.assertEqual([answer.status_code for answer in answers], [401, 200, 429])
        self.assertEqual(answers[2].headers["Retry-After"], "10")
