"""A box's side of the wire in a few lines, written from docs/architecture.md and nothing else."""

import hashlib
import hmac
import itertools
import json
import secrets
import time

import requests

_numbers = itertools.count(1)


def sign(key, body):
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


class PlainBox:
    """An identity that the server knows."""

    def __init__(self, server):
        self.server = server
        self.identifier = f"plain-{secrets.token_hex(4)}"
        self.token = server.token()
        self.key = sign(self.token, b"auto_id reads v1")
        self._run = secrets.token_hex(8)
        self._http = requests.Session()
        box = {"identifier": self.identifier, "token": self.token, "version": "1"}
        body = {"params": {"iot_box": {**box, "ip": "", "mac": ""}, "devices": {}}}
        self._http.post(f"{server.url}/iot/setup", json=body, timeout=30).raise_for_status()

    def post(self, path, **payload):
        """The answer to a signed request."""
        head = {"box": self.identifier, "run": self._run, "number": next(_numbers)}
        body = json.dumps({**head, "sent_at": time.time(), **payload}).encode()
        return self.post_body(path, body)

    def post_body(self, path, body):
        signature = sign(self.key, body)
        headers = {"X-Auto-Id-Box": self.identifier, "X-Auto-Id-Signature": signature}
        answer = self._http.post(f"{self.server.url}{path}", body, headers=headers, timeout=60)
        answer.raise_for_status()
        expected = sign(self.key, signature.encode() + b"\n" + answer.content)
        assert answer.headers["X-Auto-Id-Signature"] == expected
        return answer.json()
