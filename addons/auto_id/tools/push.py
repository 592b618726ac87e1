"""Give a box on the local network its pairing link, as its own page would.

The address comes from a user, so this must not become a way to reach what only the server reaches:
it connects to the very address that was checked, follows no redirect, and passes nothing of an
answer on.
"""

import contextlib
import http.client
import json
import socket
import threading

from . import address

PATH = "/iot_drivers/connect_to_server"
TIMEOUT = 6
"""Seconds, for each step and for all of them together: an answer in drops ends as well."""

MAX_ANSWER = 64 * 1024


class PushError(Exception):
    """``code``: unknown_host | forbidden | unreachable | no_box | refused"""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def resolve(host: str, port: int, allowed: list) -> str:
    """The IP address to connect to, looked up once; every address of the name must be allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PushError("unknown_host") from None
    addresses = [entry[4][0] for entry in found]
    if not addresses or not all(address.is_allowed(one, allowed) for one in addresses):
        raise PushError("forbidden")
    return addresses[0]


def push(host: str, port: int, link: str, allowed: list) -> None:
    """Hand the link to the box at this address; returns when the box has taken it.

    :raises PushError: it did not
    """
    ip = resolve(host, port, allowed)
    body = json.dumps({"jsonrpc": "2.0", "params": {"token": link}})
    name = f"[{host}]" if ":" in host else host
    headers = {"Content-Type": "application/json", "Host": f"{name}:{port}"}
    connection = http.client.HTTPConnection(ip, port, timeout=TIMEOUT)
    try:
        connection.connect()
        with _ends_after(TIMEOUT, connection.sock):
            connection.request("POST", PATH, body, headers)
            response = connection.getresponse()
            status, answer = response.status, response.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException):
        raise PushError("unreachable") from None
    finally:
        connection.close()
    _check(status, answer)


@contextlib.contextmanager
def _ends_after(seconds: float, link: socket.socket):
    def end():
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _check(status: int, answer: bytes) -> None:
    try:
        result = json.loads(answer)["result"]["status"] if status == 200 else None
    except (ValueError, KeyError, TypeError):
        result = None
    if result is None:
        raise PushError("no_box")
    if result != "success":
        raise PushError("refused")
