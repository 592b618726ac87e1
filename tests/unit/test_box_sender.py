"""The sender against a real HTTP server of a few lines that answers as it is told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from auto_id.iot_handlers.lib.auto_id import sender as sender_module
from auto_id.iot_handlers.lib.auto_id.sender import Sender
from auto_id.iot_handlers.lib.auto_id.signing import signature, signing_key
from auto_id.iot_handlers.lib.auto_id.spool import Spool
from auto_id.iot_handlers.lib.auto_id.wire import Settings

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
        self.signs = True
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
        key, asked = signing_key(TOKEN), self.headers["X-Auto-Id-Signature"].encode()
        proof = {"X-Auto-Id-Signature": signature(key, asked + b"\n" + payload)}
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(payload)),
            **(proof if self.server.signs and isinstance(answer, dict) else {}),
            **headers,
        }.items():
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
    sequence = spool.put("counter", "CARD-7 卡", 1700000000.5, kind="in", rssi=-51.5)
    wait(lambda: not len(spool))
    ((path, headers, body),) = server.requests
    assert path == "/auto_id/v1/reads"
    assert headers["X-Auto-Id-Box"] == "box-1"
    assert headers["X-Auto-Id-Signature"] == signature(signing_key(TOKEN), body)
    assert headers["X-Odoo-Database"] == "shop"
    content = json.loads(body)
    assert abs(content.pop("sent_at") - time.time()) < 5
    assert content.pop("number") >= 1
    assert len(content.pop("run")) == 32
    age = content["events"][0].pop("age")
    assert abs(time.time() - 1700000000.5 - age) < 5
    read = {"sequence": sequence, "reader": "counter", "code": "CARD-7 卡", "time": 1700000000.5}
    assert content == {"box": "box-1", "events": [{**read, "kind": "in", "rssi": -51.5}]}


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


def test_numbers_grow_in_one_run(server, spool, start):
    start()
    for number in range(3):
        spool.put("counter", str(number))
        wait(lambda: not len(spool))
    sent = [json.loads(body) for _path, _headers, body in server.requests]
    assert len({content["run"] for content in sent}) == 1
    assert sorted({content["number"] for content in sent}) == [
        content["number"] for content in sent
    ]


def test_a_number_that_was_used_begins_a_new_run(server, spool, start):
    replayed = (409, {"error": {"code": "replayed", "message": "used"}}, {})
    server.answers = [replayed]
    spool.put("counter", "CARD-7")
    start()
    wait(lambda: not len(spool))
    runs = [json.loads(body)["run"] for _path, _headers, body in server.requests]
    assert len(runs) == len(set(runs)) == 2


def test_an_answer_that_is_not_signed_changes_nothing(server, spool, start):
    server.signs = False
    server.poison = "poison"
    spool.put_many([{"reader": "counter", "code": code} for code in ("poison", "good")])
    start()
    wait(lambda: len(server.requests) > 3)
    assert len(spool) == 2
    assert spool.dead_letters() == []
    server.signs = True
    wait(lambda: not len(spool))
    assert [event.code for event, _reason in spool.dead_letters()] == ["poison"]


def test_an_answer_to_another_request_is_not_believed(server, spool, start):
    spool.put("counter", "CARD-7")
    body = json.dumps({"acknowledged": 2**62, "collided": []}).encode()
    old = signature(signing_key(TOKEN), b"0" * 64 + b"\n" + body)
    server.answers = [(200, body, {"X-Auto-Id-Signature": old})] * 2
    start()
    wait(lambda: not len(spool))
    assert len(server.requests) == 3


def test_a_read_whose_number_another_one_has_is_sent_under_a_new_one(server, spool, start):
    spool.put("counter", "free")
    taken = spool.put("counter", "taken", 1700000000.5, antenna=2)
    server.answers = [(200, {"acknowledged": taken, "collided": [taken]}, {})]
    start()
    wait(lambda: not len(spool))
    ((sequence, code),) = server.known.items()
    assert code == "taken"
    assert sequence > taken
    (event,) = json.loads(server.requests[1][2])["events"]
    assert (event["time"], event["antenna"]) == (1700000000.5, 2)


def test_no_request_is_larger_than_a_mebibyte(server, spool, start):
    spool.put_many([{"reader": "counter", "code": "\x1d" * 65_536} for _ in range(10)])
    start()
    wait(lambda: not len(spool))
    assert len(server.known) == 10
    assert max(len(body) for _path, _headers, body in server.requests) <= 1024 * 1024


def test_a_read_that_no_request_can_carry_is_put_aside(server, spool, start):
    spool.put("counter", "x" * 2_000_000)
    spool.put("counter", "good")
    start()
    wait(lambda: not len(spool))
    assert list(server.known.values()) == ["good"]
    assert len(spool.dead_letters()) == 1


def test_a_proxy_with_a_smaller_limit_gets_smaller_batches(server, spool, start):
    server.answers = [(413, b"<h1>Too Large</h1>", {})] * 3
    sequences = spool.put_many([{"reader": "counter", "code": str(n)} for n in range(8)])
    start()
    wait(lambda: not len(spool))
    assert list(server.known) == sequences
    assert [len(json.loads(body)["events"]) for *_head, body in server.requests] == [
        *(8, 4, 2, 1),
        *(2, 4, 1),
    ]
