"""The sender against a real HTTP server of a few lines that answers as it is told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from auto_id.iot_handlers.lib.auto_id import sender as sender_module
from auto_id.iot_handlers.lib.auto_id.sender import Sender, Settings, encode
from auto_id.iot_handlers.lib.auto_id.signing import signature, signing_key
from auto_id.iot_handlers.lib.auto_id.spool import Event, Spool

TOKEN = "the token"


class Server(ThreadingHTTPServer):
    """Keeps what it is sent; `answers` are used up first, then everything is accepted."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = []
        self.known = {}
        self.requests = []
        self.connections = set()
        self.poison = "\0"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.connections.add(self.client_address)
        self.server.requests.append((self.path, dict(self.headers), body))
        status, answer, headers = self._answer(json.loads(body)["events"])
        payload = json.dumps(answer).encode() if isinstance(answer, dict) else answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(payload)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)

    def _answer(self, events):
        if self.server.answers:
            return self.server.answers.pop(0)
        if any(self.server.poison in event["code"] for event in events):
            return 400, {"error": {"code": "malformed", "message": "bad read"}}, {}
        self.server.known.update({event["sequence"]: event["code"] for event in events})
        return 200, {"accepted": 1, "known": 0, "acknowledged": events[-1]["sequence"]}, {}

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = Server()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "spool.sqlite3")


@pytest.fixture
def start(server, spool, monkeypatch):
    monkeypatch.setattr(sender_module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(sender_module, "IDLE", 0.05)
    senders = []

    def start(**changes):
        settings = Settings(server.url, TOKEN, "box-1")._replace(**changes)
        senders.append(Sender(spool, lambda: settings))
        senders[0].start()
        return senders[0]

    yield start
    for sender in senders:
        sender.stop()
        sender.join()


def wait(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def test_a_read_is_sent_as_the_contract_says(server, spool, start):
    start(database="shop")
    sequence = spool.put("counter", "CARD-7 卡", 1700000000.5)
    wait(lambda: not len(spool))
    ((path, headers, body),) = server.requests
    assert path == "/auto_id/v1/reads"
    assert headers["X-Auto-Id-Box"] == "box-1"
    assert headers["X-Auto-Id-Signature"] == signature(signing_key(TOKEN), body)
    assert headers["X-Odoo-Database"] == "shop"
    content = json.loads(body)
    assert abs(content.pop("sent_at") - time.time()) < 5
    read = {"sequence": sequence, "reader": "counter", "code": "CARD-7 卡", "time": 1700000000.5}
    assert content == {"box": "box-1", "events": [read]}


def test_a_read_wakes_the_sender_which_keeps_its_connection(server, spool, start, monkeypatch):
    sender = start()
    monkeypatch.setattr(sender_module, "IDLE", 2)
    time.sleep(0.1)
    assert sender.is_alive()
    delays = []
    for number in range(20):
        began = time.monotonic()
        sequence = spool.put("counter", str(number))
        wait(lambda sequence=sequence: sequence in server.known)
        delays.append(time.monotonic() - began)
    assert sorted(delays)[10] < 0.5  # usually 0.02, but not on a busy machine
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (503, b"busy", {}),
        (429, {"error": {"code": "busy", "message": "slow down"}}, {}),
        (401, {"error": {"code": "signature", "message": "unknown box"}}, {}),
        (404, b"<h1>Not Found</h1>", {}),
        (200, b"<form>Please log in</form>", {}),
        (200, {"acknowledged": 0}, {}),
        (302, b"", {"Location": "/web/login"}),
        (500, b"", {}),
    ],
)
def test_doubt_is_resolved_by_sending_again(server, spool, start, answer):
    server.answers = [answer] * 3
    sequence = spool.put("counter", "CARD-7")
    start()
    wait(lambda: not len(spool))
    assert server.known == {sequence: "CARD-7"}
    assert len(server.requests) == 4
    assert spool.dead_letters() == []


def test_only_the_bad_read_of_a_refused_batch_is_put_aside(server, spool, start):
    server.poison = "poison"
    good = [spool.put("counter", f"good {n}") for n in range(60)]
    spool.put("counter", "poison")
    good += [spool.put("counter", f"good {n}") for n in range(60)]
    start()
    wait(lambda: not len(spool))
    assert sorted(server.known) == good
    ((event, reason),) = spool.dead_letters()
    assert event.code == "poison"
    assert "bad read" in reason


def test_a_server_that_was_away_gets_everything_once_in_order(server, spool, start):
    sender = start(server="http://127.0.0.1:9")
    sequences = [spool.put("counter", str(n)) for n in range(50)]
    time.sleep(0.1)
    assert len(spool) == 50
    sender._settings = lambda: Settings(server.url, TOKEN, "box-1")
    wait(lambda: not len(spool))
    assert list(server.known) == sequences


def test_the_server_may_ask_for_a_pause(server, spool, start):
    server.answers = [(429, b"", {"Retry-After": "1"})]
    spool.put("counter", "CARD-7")
    start()
    wait(lambda: server.requests)
    time.sleep(0.5)
    assert len(server.requests) == 1
    wait(lambda: not len(spool))


def test_an_unpaired_box_keeps_its_reads(server, spool, start):
    start(token=None)
    spool.put("counter", "CARD-7")
    time.sleep(0.1)
    assert len(spool) == 1
    assert not server.requests


def test_one_request_stays_below_a_mebibyte():
    events = [Event(n, "counter", "\x1d" * 65_536, 1.0) for n in range(10)]
    sent, body = encode("box-1", events)
    assert len(sent) == 2
    assert len(body) <= 1024 * 1024
    assert [event["sequence"] for event in json.loads(body)["events"]] == [0, 1]


def test_a_read_that_alone_is_too_large_is_still_sent_to_be_refused():
    sent, _body = encode("box-1", [Event(1, "counter", "x" * 2_000_000, 1.0)])
    assert len(sent) == 1
