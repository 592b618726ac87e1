"""Settings of readers: edited in Odoo, they count at a running box, and nothing else does."""

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import signal
import socket
import threading

import pytest
import requests

from .processes import Box, wait


class SerialServer:
    """A serial server in the network, or a scanner with an Ethernet socket."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(40)
        self.place = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self._line = None

    def wait_for_box(self):
        self._line, _address = self._listener.accept()

    def send(self, data):
        self._line.sendall(data)

    def hang_up(self):
        self._line.close()

    def is_left(self):
        """Whether the box has closed its end."""
        self._line.settimeout(0.1)
        try:
            return self._line.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    def close(self):
        self._listener.close()
        if self._line:
            self._line.close()


@pytest.fixture
def network():
    with contextlib.closing(SerialServer()) as network:
        yield network


def reader(server, box, identifier):
    """The reader's id and what Odoo shows of it, once the box has told of it."""

    def find():
        domain = [("box_id.identifier", "=", box.identifier), ("identifier", "=", identifier)]
        fields = ["driver", "state", "last_error", "settings_state", "box_id"]
        found = server.call("auto_id.reader", "search_read", domain, fields)
        return found and found[0]["driver"] and found[0]

    return wait(find, 40, "the reader with its driver")


def change(server, box, identifier, **values):
    """As a person does in the form; on return the settings are at the box."""
    found = reader(server, box, identifier)
    server.call("auto_id.reader", "write", [found["id"]], values)
    wait_arrived(server, box, identifier)


def wait_arrived(server, box, identifier):
    wait(
        lambda: reader(server, box, identifier)["settings_state"] == "arrived",
        40,
        "the settings at the box",
    )


def add(server, box, **values):
    box_id = reader(server, box, "counter")["box_id"][0]
    values = {"box_id": box_id, "name": "Dock", "driver": "serial", **values}
    (new,) = server.call("auto_id.reader", "create", [values])
    return new


def test_a_change_in_odoo_counts_at_once_and_after_a_start(server, paired_box, scanner):
    change(server, paired_box, "counter", prefix="CARD-", repeat_after=3600)
    process = paired_box._process.pid
    scanner.scan("CARD-7", "CARD-7", "CARD-8")
    wait(lambda: server.codes(paired_box) == ["7", "8"], 20, "codes without prefix or repeats")
    change(server, paired_box, "counter", enabled=False)
    wait(lambda: reader(server, paired_box, "counter")["state"] == "waiting", 20, "it is off")
    change(server, paired_box, "counter", enabled=True)
    wait(lambda: reader(server, paired_box, "counter")["state"] == "working", 20, "it is on")
    scanner.scan("CARD-9")
    wait(lambda: "9" in server.codes(paired_box), 20, "the read")
    assert paired_box._process.pid == process
    server.end()
    paired_box.end(signal.SIGKILL)
    paired_box.start()
    paired_box.wait_listening()  # without the server: the settings are on its disk
    scanner.scan("CARD-10")
    server.start()
    wait(lambda: "10" in server.codes(paired_box), 90, "the read")


def test_the_speed_of_a_line_is_set_while_the_box_runs(server, paired_box, scanner):
    listened = paired_box.log.count("Listening to")
    scanner.end()
    wait(lambda: "Device counter is now disconnected" in paired_box.log, 10, "it is missed")
    scanner.start("--speed", "115200", "--chop")
    wait(lambda: paired_box.log.count("Listening to") > listened, 10, "it is back")
    scanner.scan("CARD-7")  # the box listens at 9600 and hears garbage
    wait(lambda: reader(server, paired_box, "counter")["last_error"], 40, "its complaint")
    assert "CARD-7" not in server.codes(paired_box)
    change(server, paired_box, "counter", baudrate="115200")
    wait(lambda: paired_box.log.count("Listening to") > listened + 1, 10, "the new speed")
    scanner.scan("CARD-8")
    wait(lambda: "CARD-8" in server.codes(paired_box), 20, "the read")


def test_a_reader_in_the_network_is_added_moved_and_removed(server, paired_box, network):
    new = add(server, paired_box, place=network.place)
    network.wait_for_box()
    network.send(b"DOCK-1\r\n")
    wait(lambda: server.codes(paired_box) == ["DOCK-1"], 20, "the read")
    network.hang_up()
    network.wait_for_box()  # the box comes again by itself
    network.send(b"DOCK-2\r\n")
    wait(lambda: server.codes(paired_box) == ["DOCK-1", "DOCK-2"], 20, "the read")
    with contextlib.closing(SerialServer()) as elsewhere:
        server.call("auto_id.reader", "write", [new], {"place": elsewhere.place})
        elsewhere.wait_for_box()
        wait(network.is_left, 20, "the first connection is given up")
        elsewhere.send(b"DOCK-3\r\n")
        wait(lambda: len(server.codes(paired_box)) == 3, 20, "the read")
        server.call("auto_id.reader", "action_archive", [new])
        wait(elsewhere.is_left, 20, "the connection is given up")


def test_a_failing_reader_is_shown_with_its_error(server, paired_box, network):
    new = add(server, paired_box, place=network.place)
    network.close()
    identifier = server.call("auto_id.reader", "read", [new], ["identifier"])[0]["identifier"]
    failing = wait(
        lambda: (found := reader(server, paired_box, identifier))["state"] == "failing" and found,
        40,
        "its state",
    )
    assert "refused" in failing["last_error"]


class Impostor(http.server.BaseHTTPRequestHandler):
    """Stands between a box and its server and puts settings of its own into the answers."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        real = requests.post(self.server.target + self.path, data=body, headers=headers, timeout=30)
        content, signed = real.content, real.headers.get("X-Auto-Id-Signature", "")
        if self.path == "/auto_id/v1/status" and real.status_code == 200:
            self.server.asked = json.loads(body)
            content = json.dumps({"time": 0, "settings": self.server.settings}).encode()
            signed = self._sign(content) if self.server.knows_the_token else signed
        self.send_response(real.status_code)
        for name in ("Content-Type", "ETag"):
            if name in real.headers:
                self.send_header(name, real.headers[name])
        self.send_header("X-Auto-Id-Signature", signed)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass

    def _sign(self, content):
        token = self.server.token.encode()
        key = hmac.new(token, b"auto_id reads v1", hashlib.sha256).hexdigest()
        message = self.headers["X-Auto-Id-Signature"].encode() + b"\n" + content
        return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


@pytest.fixture
def impostor(server):
    between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Impostor)
    between.target, between.database = server.url, server.database
    between.url = f"http://127.0.0.1:{between.server_port}"
    between.token = server.token()
    between.knows_the_token = False
    between.asked = between.settings = None
    threading.Thread(target=between.serve_forever, daemon=True).start()
    yield between
    between.shutdown()
    between.server_close()


def test_no_answer_makes_a_box_open_what_it_must_not(tmp_path, impostor, scanner):
    """The worst case: whoever answers knows the token."""
    secret = tmp_path / "secret"
    os.mkfifo(secret)  # who opened it would be noticed: the writing end could be opened then
    impostor.settings = {
        "version": "evil",
        "readers": {
            "counter": {"driver": "serial", "place": str(secret)},
            "a": {"driver": "serial", "place": f"spy://{scanner.link}?file={tmp_path}/spied"},
            "b": {"driver": "serial", "place": f"/dev/../{secret}"},
            "c": {"driver": "camera", "place": str(tmp_path)},
            "d": {"driver": "os", "place": "reboot"},
            "e": {"driver": "serial", "place": "socket://127.0.0.1:1", "baudrate": "__import__"},
            "f": "serial",
        },
    }
    box = Box(tmp_path, impostor, scanner)
    try:
        box.start(impostor.token)
        box.wait_listening()
        wait(lambda: impostor.asked and not impostor.asked["settings"], 30, "the first report")
        assert "New settings" not in box.log  # the answer was not signed
        impostor.knows_the_token = True
        wait(lambda: impostor.asked["settings"] == "evil", 40, "the settings at the box")
        told = impostor.asked["readers"]  # beside others that this machine may have
        errors = {name: told[name]["error"] for name in impostor.settings["readers"]}
        assert all("refuses these settings" in error for error in errors.values()), errors
        assert not (tmp_path / "spied").exists()
        with pytest.raises(OSError, match="No such device"):
            os.open(secret, os.O_WRONLY | os.O_NONBLOCK)
        assert impostor.asked["readers"]["counter"]["state"] == "working"
    finally:
        box.end()
