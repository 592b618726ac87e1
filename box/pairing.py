"""Tells the server of this box, and listens to it, until it works: stock gives up early."""

import logging
import re
import threading
import time

import requests

_logger = logging.getLogger("virtual_box")

NOT_PAIRED = "This box is not paired: give it --server LINK, or paste the link on its page."
NO_AUTO_ID = (
    "it knows no IoT boxes. Is the add-on auto_id installed there? Where the server has "
    "several databases, name one with --db-name."
)
BAD_TOKEN = "is the token right and still valid? Issue a new one in Odoo."
ANNOUNCE_TIMEOUT = 5
REFUSED_PAUSE = 30
RECONNECT_PAUSE = 5


class RefusedError(Exception):
    """The server answered, and does not want this box."""


class Announcer:
    """Tells the server of the box and its devices until the server has understood.

    Stock tries for some seconds, then never again until the devices change: a box that
    starts before its server has no channel, no handlers and no devices at the server.
    """

    def __init__(self, helpers):
        self._helpers = helpers
        self._said = ""
        self._not_before = 0.0
        self._failed = False

    def send_all_devices(self, manager=None, server_url=None) -> None:
        """Replaces `Manager._send_all_devices`; the manager's loop calls it again."""
        from odoo.addons.iot_drivers import main

        manager = main.manager
        server = self._helpers.get_odoo_server_url()
        if not server:
            self._say(
                logging.WARNING,
                NOT_PAIRED,
            )
            return
        if time.monotonic() < self._not_before:
            manager.domain = None
            return
        try:
            manager.ws_channel = self._announce(manager, server)
        except (RefusedError, requests.RequestException) as error:
            self._not_understood(manager, server, error)
        else:
            failed, self._failed = self._failed, False
            self._say(logging.INFO, f"Paired with {server} as {manager.identifier}.")
            if failed:
                self._catch_up()

    def _announce(self, manager, server: str) -> str:
        """One POST as stock sends it; the channel on which the server speaks to the box."""
        box = {
            "identifier": manager.identifier,
            "mac": self._helpers.get_mac_address() or "",
            "ip": manager.domain or manager._get_domain(),
            "token": self._helpers.get_token(),
            "version": manager.version,
        }
        devices = {
            device.device_identifier: {
                "name": device.device_name,
                "type": device.device_type,
                "manufacturer": device.device_manufacturer,
                "connection": device.device_connection,
                "subtype": device.device_subtype if device.device_type == "printer" else "",
            }
            for device in manager.previous_iot_devices.values()
        }
        devices.update(manager.previous_unsupported_devices)
        response = requests.post(
            f"{server}/iot/setup",
            json={"params": {"iot_box": box, "devices": devices}},
            timeout=ANNOUNCE_TIMEOUT,
        )
        return _channel(response)

    def _not_understood(self, manager, server: str, error: Exception) -> None:
        self._failed = True
        if isinstance(error, RefusedError):
            self._say(logging.ERROR, f"{server} refuses this box: {error}.")
            self._not_before = time.monotonic() + REFUSED_PAUSE
        else:
            self._say(
                logging.WARNING,
                f"The server {server} does not serve this box yet: {plainly(error)}.",
            )
        manager.domain = None  # the loop sees another address and calls again in 3 s

    def _catch_up(self) -> None:
        """Get what the start could not: new handlers are loaded by a restart."""
        before = self._helpers.get_conf("iot_handlers_etag")
        self._helpers.download_iot_handlers()
        if self._helpers.get_conf("iot_handlers_etag") != before:
            _logger.info("Handlers have arrived; the box starts again to load them.")
            self._helpers.odoo_restart()

    def _say(self, level: int, message: str) -> None:
        """Once for each state, not every three seconds."""
        if message != self._said:
            self._said = message
            again = " The box keeps trying." if self._failed else ""
            _logger.log(level, "%s%s", message, again)


class PatientWebsocket(threading.Thread):
    """Opens stock's websocket once there is a channel, and again when it fails.

    Stock subscribes to the empty channel when the first announcement failed, opens no
    websocket without an address at the start, and ends its thread when the request for
    a session fails.
    """

    def __init__(self, main, stock_client, channel):
        super().__init__(name="virtual_box.websocket", daemon=True)
        self._main = main
        self._stock_client = stock_client

    def run(self) -> None:
        while True:
            channel = self._main.manager.ws_channel
            client = channel and self._stock_client(channel)
            if client:
                try:
                    client.run()
                except Exception as error:
                    _logger.warning("The websocket could not be opened: %s.", error)
            time.sleep(RECONNECT_PAUSE)


def _channel(response: requests.Response) -> str:
    """The channel in the server's answer.

    :raises RefusedError: in the server's own words, if it has some
    :raises requests.HTTPError: when the server has trouble of its own
    """
    try:
        answer = response.json()
    except ValueError:
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    if response.ok and answer.get("result"):
        return answer["result"]
    if response.status_code == 404:
        raise RefusedError(NO_AUTO_ID)
    error = answer.get("error")
    if isinstance(error, dict):
        raise RefusedError((error.get("data") or error).get("message") or error)
    if response.ok or response.status_code in (401, 403):
        raise RefusedError(BAD_TOKEN)
    raise requests.HTTPError(f"it answers {response.status_code} {response.reason}")


def plainly(error: requests.RequestException) -> str:
    """What went wrong, without the layers of libraries around it.

    >>> plainly(requests.ConnectionError("Pool(Error('x: [Errno 111] Connection refused'))"))
    'Connection refused'
    """
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    found = re.findall(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return found[-1] if found else str(error)
