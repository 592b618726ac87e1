"""The connection to one LLRP reader. `sllurp` en- and decodes the messages, no more.

`sllurp` is under the GPL and never comes with us: where it is not installed, importing this
module fails with ImportError. Its own client is not used: that one needs a thread of its own
for each reader and does not notice one that froze.
"""

import contextlib
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sllurp.llrp import LLRPMessage

from . import llrp
from .llrp import LlrpError

logging.getLogger("sllurp").setLevel(logging.CRITICAL)  # what goes wrong is told by us

CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 8.0
SILENT_KEEPALIVES = 3
LONGEST = 4 * 1024 * 1024
MOST_UNREADABLE = 5
_HEADER = struct.Struct("!HII")
_CHUNK = 256 * 1024

Message = tuple[str, dict[str, Any]]


class Link:
    """A reader that reads for us, from `__enter__` to `__exit__`.

    :param settings: checked settings of the reader
    :param on_event: called with the decoded data of a reader's event, such as of an input
    :param steady: the clock of the reports' times
    """

    def __init__(
        self,
        place: str,
        settings: Mapping[str, Any],
        on_event: Callable[[dict[str, Any]], None] = lambda data: None,
        steady: Callable[[], float] = time.monotonic,
    ):
        self._address = llrp.address(place)
        self._settings = settings
        self._on_event = on_event
        self._steady = steady
        self._clock = llrp.ReaderClock()
        self._data = bytearray()
        self._number = 0
        self._unreadable = 0
        self._reports: list[llrp.Report] = []
        self._messages: list[Message] = []
        self._line: socket.socket | None = None
        self._sending = threading.Lock()
        self.able: llrp.Capabilities | None = None

    def __enter__(self) -> "Link":
        try:
            self._line = socket.create_connection(self._address, CONNECT_TIMEOUT)
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._heard = self._steady()
            self._greet()
            self._configure()
        except TimeoutError:
            self.__exit__()
            raise LlrpError("The reader does not answer at this address") from None
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the reader clean: no ROSpec of ours keeps it reading for nobody."""
        line = self._line
        if line is None:
            return
        with contextlib.suppress(OSError):
            if self.able is not None:
                self._ask("DELETE_ROSPEC", timeout=1.0, ROSpecID=llrp.ROSPEC)
            self._ask("CLOSE_CONNECTION", timeout=1.0)
        self._line = None
        line.close()

    def receive(self, timeout: float) -> list[llrp.Report]:
        """The next reports; none if none come within so many seconds.

        :raises LlrpError: when the reader is silent for too long or sends what is no LLRP
        :raises OSError: when the line is cut
        """
        self._wait(timeout)
        messages, self._messages = self._messages, []
        for name, message in messages:
            if name == "READER_EVENT_NOTIFICATION":
                self._note_event(message)
        limit = SILENT_KEEPALIVES * self._settings["keepalive"]
        if self._steady() - self._heard > limit:
            raise LlrpError(f"The reader has been silent for {limit} seconds")
        reports, self._reports = self._reports, []
        return reports

    def set_output(self, port: int, on: bool) -> None:
        """Switch an output (GPO) of the reader; may be called from another thread."""
        if self.able is None or self._line is None:
            raise LlrpError("The reader is not connected")
        if not 1 <= port <= self.able.outputs:
            raise LlrpError(f"There is no output {port}: this reader has {self.able.outputs}")
        # SET_READER_CONFIG with GPOWriteData, which sllurp cannot encode.
        body = struct.pack("!BHHHB", 0, 219, 7, port, on << 7)
        head = _HEADER.pack(1 << 10 | 3, _HEADER.size + len(body), self._next_number())
        with self._sending:
            self._line.sendall(head + body)

    def _greet(self) -> None:
        data = self._expect("READER_EVENT_NOTIFICATION", ANSWER_TIMEOUT)
        status = data.get("ReaderEventNotificationData", {}).get("ConnectionAttemptEvent", {})
        said = status.get("Status", "Success")
        if "connection already exists" in said:
            raise LlrpError(
                "Another program holds this reader; a reader serves one at a time. Disconnect "
                "the other program, or restart the reader if none is known"
            )
        if said != "Success":
            raise LlrpError(f"The reader refuses the connection: {said}")

    def _configure(self) -> None:
        answer = self._ask("GET_READER_CAPABILITIES", RequestedData=0)
        able = self.able = llrp.capabilities(answer)
        if able.is_impinj:
            self._ask("IMPINJ_ENABLE_EXTENSIONS")
        self._ask("DELETE_ACCESSSPEC", AccessSpecID=0)
        self._ask("DELETE_ROSPEC", ROSpecID=0)
        rospec = llrp.rospec(self._settings, able)
        self._ask("SET_READER_CONFIG", **llrp.reader_config(self._settings, able))
        self._ask("ADD_ROSPEC", ROSpecID=llrp.ROSPEC, ROSpec=rospec)
        self._ask("ENABLE_ROSPEC", ROSpecID=llrp.ROSPEC)
        self._send("ENABLE_EVENTS_AND_REPORTS")

    def _ask(self, name: str, timeout: float = ANSWER_TIMEOUT, **values: Any) -> dict[str, Any]:
        """Send a request and wait for its answer; reports that come in between are kept."""
        self._send(name, **values)
        answer = self._expect(f"{name}_RESPONSE", timeout)
        status = answer.get("LLRPStatus", {})
        if status.get("StatusCode") != "Success":
            text = status.get("ErrorDescription", b"").decode("utf-8", "replace").strip()
            code = status.get("StatusCode", "an unknown error")
            raise LlrpError(f"The reader refuses {name}: {text or code}")
        return answer

    def _expect(self, name: str, timeout: float) -> dict[str, Any]:
        end = self._steady() + timeout
        while (left := end - self._steady()) > 0:
            self._wait(left)
            while self._messages:
                found, message = self._messages.pop(0)
                if found in (name, "ERROR_MESSAGE"):
                    return message
        raise LlrpError(f"The reader does not answer as it should: no {name}")

    def _note_event(self, message: dict[str, Any]) -> None:
        data = message.get("ReaderEventNotificationData", {})
        if "ConnectionCloseEvent" in data:
            raise LlrpError("The reader has closed the connection")
        self._on_event(data)

    def _wait(self, timeout: float) -> None:
        """Take in what is on the line; wait for it at most so long."""
        self._line.settimeout(max(timeout, 0.001))
        try:
            chunk = self._line.recv(_CHUNK)
        except TimeoutError:
            return
        if not chunk:
            raise LlrpError("The reader has cut the connection")
        self._heard = self._steady()
        self._data += chunk
        start = 0
        while len(self._data) - start >= _HEADER.size:
            _kind, length, _number = _HEADER.unpack_from(self._data, start)
            if not _HEADER.size <= length <= LONGEST:
                raise LlrpError(f"No LLRP reader: it sends a message of {length} bytes")
            if len(self._data) - start < length:
                break
            self._take(bytes(self._data[start : start + length]))
            start += length
        del self._data[:start]

    def _take(self, data: bytes) -> None:
        try:
            message = LLRPMessage(msgbytes=data)
            name, values = message.getName(), message.msgdict[message.getName()]
        except Exception as error:  # sllurp lets any error of its decoders out
            self._unreadable += 1
            if self._unreadable > MOST_UNREADABLE:
                raise LlrpError("The reader sends messages that cannot be read") from error
            return
        if name == "RO_ACCESS_REPORT":
            self._reports += llrp.reports(values["TagReportData"], self._clock, self._heard)
        elif name == "KEEPALIVE":
            self._send("KEEPALIVE_ACK")
        else:
            self._messages.append((name, values))

    def _send(self, name: str, **values: Any) -> None:
        message = LLRPMessage(msgdict={name: {**values, "ID": self._next_number()}})
        with self._sending:
            self._line.sendall(message.msgbytes)

    def _next_number(self) -> int:
        self._number = self._number % 0xFFFFFFFF + 1
        return self._number
