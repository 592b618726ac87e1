"""What the tests share: a company's box with its token, and its side of the wire."""

import itertools
import json
import time

from odoo.addons.mail.tests.common import mail_new_test_user

from ..tools import signing

_numbers = itertools.count(1)

CARD = "2100000000019"


class BoxSide:
    """Mixin: what a box does, as the box does it."""

    def setup_boxes(self):
        """A box that is waiting for its first contact, a station, a customer with a card."""
        self.company = self.env.company
        self.box = self.env["auto_id.box"].create({"name": "Counter box"})
        self.token = self.box._issue_token()
        self.station = self.env["auto_id.station"].create({"name": "Counter"})
        self.customer = self.env["res.partner"].create({"name": "Ada Card"})
        self.tag = self.env["auto_id.tag"].bind(CARD, self.customer)

    def pair(self, identifier="box-1", devices=None, token=None):
        """Present the box as the stock software does; its answer."""
        info = {
            "identifier": identifier,
            "mac": "b8:27:eb:00:00:01",
            "ip": "10-0-0-7.example",
            "token": self.token if token is None else token,
            "version": "L26.01-19.0",
        }
        return self.post("/iot/setup", {"params": {"iot_box": info, "devices": devices or {}}})

    def post(self, path, body, **headers):
        """POST JSON without a ``jsonrpc`` key, as the box does."""
        return self.url_open(
            path,
            method="POST",
            data=body if isinstance(body, str | bytes) else json.dumps(body),
            headers={"Content-Type": "application/json", **headers},
        )

    def events(self, *codes, first=1, reader="scanner-1"):
        """Events of one reader, in order."""
        return [
            {"sequence": first + n, "reader": reader, "code": code, "time": time.time()}
            for n, code in enumerate(codes)
        ]

    def envelope(self, identifier="box-1", **values):
        """What every signed request holds."""
        return {
            "box": identifier,
            "run": "run-1",
            "number": next(_numbers),
            "sent_at": time.time(),
            **values,
        }

    def send(self, events, identifier="box-1", token=None, body=None, signature=None, **values):
        """Post a signed batch; each part can be falsified."""
        if body is None:
            body = json.dumps(self.envelope(identifier, events=events, **values)).encode()
        key = signing.signing_key(token or self.token)
        return self.post(
            "/auto_id/v1/reads",
            body,
            **{
                "X-Auto-Id-Box": identifier,
                "X-Auto-Id-Signature": signature or signing.sign(key, body),
            },
        )

    def reads(self):
        """The reads of the box, oldest first."""
        return self.env["auto_id.read"].search([("box_id", "=", self.box.id)], order="id")


def new_user(env, login, groups, company=None):
    """A user with exactly these groups, at home in one company."""
    company = company or env.company
    return mail_new_test_user(
        env, login=login, groups=groups, company_id=company.id, company_ids=[(6, 0, company.ids)]
    )
