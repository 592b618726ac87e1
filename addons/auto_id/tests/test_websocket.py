"""A box's channel over a real websocket: the box hears it, and nobody else does."""

import datetime
import json

from odoo import fields
from odoo.addons.bus.tests.common import WebsocketCase
from odoo.tests import tagged

from ..models.auto_id_box_live import WATCH
from ..tools import channel
from .common import BoxSide, new_user


@tagged("post_install", "-at_install")
class TestWebsocket(BoxSide, WebsocketCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.box._setup({"identifier": "box-1", "token": self.token}, {})
        self.secret = channel.name(self.token)
        self.env["bus.bus"].sudo().search([]).unlink()

    def listen(self, *channels, login=None, last=None):
        """A websocket that has asked for these channels."""
        self.env.flush_all()
        options = {}
        if login:
            options["cookie"] = f"session_id={self.authenticate(login, login).sid}"
        socket = self.websocket_connect(**options)
        self.subscribe(socket, list(channels), last if last is not None else self.last_id())
        return socket

    def last_id(self):
        return self.env["bus.bus"].sudo()._bus_last_id()

    def hear(self, socket):
        """(type, payload) of what has come so far; a question to the socket itself ends it."""
        socket.ping()
        heard = []
        while True:
            _code, frame = socket.recv_data_frame(control_frame=True)
            if frame.opcode == frame.OPCODE_PONG:
                return heard
            messages = json.loads(frame.data)
            heard += [(m["message"]["type"], m["message"]["payload"]) for m in messages]

    def command(self, box=None):
        """Send a command to a box, as a committed transaction does."""
        box = box or self.box
        box._send("restart_odoo", {"session_id": "s"})
        self.trigger_notification_dispatching(box._bus_channels())

    def assert_hears(self, socket):
        self.command()
        payload = {"session_id": "s", "iot_identifiers": ["box-1"]}
        self.assertEqual(self.hear(socket), [("restart_odoo", payload)])

    def assert_deaf(self, socket):
        self.command()
        self.assertEqual(self.hear(socket), [])

    def test_the_box_hears_what_is_sent_to_it(self):
        self.assert_hears(self.listen(self.secret))

    def test_another_box_hears_nothing_of_it(self):
        other = self.env["auto_id.box"].create({"name": "Other"})
        token = other._issue_token()
        other._setup({"identifier": "box-2", "token": token}, {})
        socket = self.listen(channel.name(token))
        self.assert_deaf(socket)
        self.command(other)
        self.assertEqual([kind for kind, _payload in self.hear(socket)], ["restart_odoo"])

    def test_names_that_can_be_guessed_open_nothing(self):
        database, box = self.env.cr.dbname, self.box
        guesses = [
            *("auto_id.box", f"auto_id.box_{box.id}", f"auto_id.box:{box.id}", "auto_id.box:"),
            *("box-1", "auto_id.box:box-1", box.channel_hash, f"auto_id.box:{box.channel_hash}"),
            json.dumps([database, "auto_id.box", box.id, box.channel_hash]),
            f"auto_id.box,{box.id}",
            self.token,
            self.secret.upper(),
            f"{self.secret} ",
        ]
        self.assert_deaf(self.listen(*guesses))

    def test_a_browser_is_no_box(self):
        """Not even an administrator's, and not with the secret itself."""
        new_user(self.env, "aid_manager", "auto_id.group_manager,base.group_system")
        self.assert_deaf(self.listen(self.secret, login="aid_manager"))

    def test_revoking_cuts_at_once(self):
        socket = self.listen(self.secret)
        self.assert_hears(socket)
        self.box.action_revoke()
        self.env.cr.precommit.run()
        self.box.state = "paired"  # even so: what was sent to the old channel reaches nobody
        self.assertNotIn("restart_odoo", [kind for kind, _payload in self.hear(socket)])
        self.assert_deaf(socket)
        self.assert_deaf(self.listen(self.secret))

    def test_rotating_cuts_the_old_token_at_once(self):
        old = self.listen(self.secret)
        token = self.box._issue_token()
        self.assert_hears(old)
        self.box._setup({"identifier": "box-1", "token": token}, {})
        self.assert_deaf(old)
        self.assert_deaf(self.listen(self.secret))
        self.assert_hears(self.listen(channel.name(token)))

    def test_commands_of_long_ago_are_not_repeated(self):
        self.command()
        old = self.env["bus.bus"].sudo().search([], order="id desc", limit=1)
        before = fields.Datetime.now() - datetime.timedelta(minutes=10)
        self.env.cr.execute("UPDATE bus_bus SET create_date = %s", [before])
        old.invalidate_recordset()
        self.assertEqual(self.hear(self.listen(self.secret, last=old.id - 1)), [])
        self.command()
        found = self.hear(self.listen(self.secret, last=old.id - 1))
        self.assertEqual(len(found), 1, "what is fresh is caught up on")

    # News for screens

    def news(self, socket, box=None):
        (box or self.box)._tell_screens()
        self.trigger_notification_dispatching([((box or self.box).company_id, WATCH)])
        return [payload for kind, payload in self.hear(socket) if kind == "auto_id.boxes"]

    def test_screens_hear_of_their_companies_boxes(self):
        new_user(self.env, "aid_user", "auto_id.group_user")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        box = self.env["auto_id.box"].create({"name": "There", "company_id": elsewhere.id})
        self.env.cr.precommit.run()
        socket = self.listen(WATCH, login="aid_user")
        self.assertEqual(self.news(socket), [{"ids": self.box.ids}])
        self.assertEqual(self.news(socket, box), [])

    def test_who_may_see_no_boxes_hears_of_none(self):
        new_user(self.env, "aid_outsider", "base.group_user")
        for login in ("aid_outsider", None):
            self.assertEqual(self.news(self.listen(WATCH, login=login)), [])
