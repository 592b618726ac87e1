"""What the loader mends in the stock box software, each mend by itself."""

import configparser
import socket
import types

import pytest
import requests

from box import healing, pairing


class Helpers(types.SimpleNamespace):
    """What the mends use of stock `helpers`."""

    def __init__(self, root):
        super().__init__(server="http://127.0.0.1:1", gateway=None)
        self._root = root

    def path_file(self, *parts):
        return self._root.joinpath(*parts)

    def get_conf(self):
        conf = configparser.RawConfigParser()
        conf.read(self.path_file("odoo.conf"))
        return conf

    def get_odoo_server_url(self):
        return self.server

    def get_gateway(self):
        return self.gateway


def answer(status, body):
    response = requests.Response()
    response.status_code = status
    response.reason = "Reason"
    response._content = body
    return response


def test_handlers_of_other_machines_are_left_out(tmp_path):
    for name in ("a", "ours_L", "windows_W", "printer_driver_L", "l10n_eg_drivers"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "__pycache__").mkdir()
    assert healing.handlers_to_load(tmp_path) == ["a.py", "ours_L.py"]


def test_an_address_without_internet_and_gateway(tmp_path, monkeypatch):
    helpers = Helpers(tmp_path)
    helpers.gateway = "256.1.1.1"  # no such address
    assert healing.get_ip(helpers) == "127.0.0.1"
    helpers.server = None
    assert healing.get_ip(helpers) is None


def test_the_way_to_the_server_is_measured_and_no_other(tmp_path):
    helpers = Helpers(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        helpers.server = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert healing.check_network(helpers) in ("fast", "normal", "slow")
    assert healing.check_network(helpers) == "unreachable"
    assert healing.check_network(helpers, "www.example.com") is None


def test_settings_are_written_wholly_and_for_the_owner_only(tmp_path):
    helpers = Helpers(tmp_path)
    healing.update_conf(helpers, healing.threading.RLock(), {"token": "x", "number": 7})
    healing.update_conf(helpers, healing.threading.RLock(), {"token": "", "other": "y"})
    assert dict(helpers.get_conf()["iot.box"]) == {"number": "7", "other": "y"}
    assert (tmp_path / "odoo.conf").stat().st_mode & 0o077 == 0


def test_the_channel_of_a_good_answer():
    assert pairing._channel(answer(200, b'{"result": "channel"}')) == "channel"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, b'{"error": {"code": "x", "message": "the token is unknown"}}', "token is unknown"),
        (200, b'{"error": {"message": "Odoo Server Error", "data": {"message": "no"}}}', "no"),
        (200, b"<html>Welcome</html>", "is the token right"),
        (200, b'{"result": ""}', "is the token right"),
        (200, b"[]", "is the token right"),
        (403, b"", "is the token right"),
        (404, b"<html>", "knows no IoT boxes"),
    ],
)
def test_a_refusal_says_why(status, body, message):
    with pytest.raises(pairing.RefusedError, match=message):
        pairing._channel(answer(status, body))


@pytest.mark.parametrize("status", [422, 429, 500, 502, 503])
def test_a_server_with_trouble_is_not_a_refusal(status):
    with pytest.raises(requests.HTTPError, match=str(status)):
        pairing._channel(answer(status, b""))


def test_errors_are_told_plainly():
    layers = "Pool(host='h'): Max retries (Caused by E('x: [Errno 111] Connection refused'))"
    assert pairing.plainly(requests.ConnectionError(layers)) == "Connection refused"
    assert pairing.plainly(requests.Timeout()) == "no answer in time"
    assert pairing.plainly(requests.ConnectionError("odd")) == "odd"
