"""A simulated UHF RFID reader: a TCP server that speaks LLRP as real ones do.

It takes one client at a time, keeps what the client configured, and reports what its scene
shows, through the antennas that are on and strong enough. Faults can be commanded.
"""

import contextlib
import math
import queue
import select
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator

from . import llrp_wire as wire
from .llrp_models import MODELS, Model
from .llrp_protocol import Protocol
from .llrp_scenes import Sight

REPORTS_AT_ONCE = 200
_PLAIN = struct.Struct("!HHB12sBHBbBQBQBH")
_FIELDS = struct.Struct("!BHBbBQBQBH")
_PHASE = struct.Struct("!HHIIH")
_RSSI = struct.Struct("!HHIIh")


def tag_report(sight: Sight, microseconds: int, *, impinj: bool = False) -> bytes:
    """One TagReportData as a reader encodes it."""
    data = bytes.fromhex(sight.code)
    rssi = max(-128, min(127, round(sight.rssi)))
    fields = (0x81, sight.antenna, 0x86, rssi, 0x82, microseconds, 0x84, microseconds, 0x88, 1)
    extras = b""
    if impinj:
        turn = 0 if sight.phase is None else round(sight.phase / (2 * math.pi) * 4096) % 4096
        extras = _PHASE.pack(wire.CUSTOM, 14, wire.IMPINJ, 56, turn)
        extras += _RSSI.pack(wire.CUSTOM, 14, wire.IMPINJ, 57, round(sight.rssi * 100))
    if len(data) == 12:
        size = _PLAIN.size + len(extras)
        head = (wire.Par.TAG_REPORT, size, 0x8D, data)
        return _PLAIN.pack(*head, *fields) + extras
    code = wire.parameter(wire.Par.EPC_DATA, struct.pack("!H", len(data) * 8), data)
    fields = struct.pack(
        "!BHBbBQBQBH",
        0x81,
        sight.antenna,
        0x86,
        rssi,
        0x82,
        microseconds,
        0x84,
        microseconds,
        0x88,
        1,
    )
    return wire.parameter(wire.Par.TAG_REPORT, code, fields, extras)


class Reader:
    """A reader that runs in threads of this process.

    :param pace: 1: scenes take the time they take; 0: as fast as the line carries them
    """

    def __init__(self, model: str | Model = "impinj", port: int = 0, *, pace: float = 1.0):
        self.model = MODELS[model] if isinstance(model, str) else model
        self.pace = pace
        self.port = port
        self.reported = 0
        self.clients = 0
        self.protocol = Protocol(self.model)
        self._scenes: queue.SimpleQueue[Iterable[Sight]] = queue.SimpleQueue()
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None
        self._writing = threading.Lock()
        self._running = threading.Event()
        self._thawed = threading.Event()
        self._thawed.set()
        self._clear = threading.Event()

    def start(self) -> "Reader":
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        self._running.set()
        for work in (self._accept, self._report):
            threading.Thread(target=work, name=f"llrp-{work.__name__}", daemon=True).start()
        return self

    def stop(self) -> None:
        """Switch it off; `start` switches it on again, and it has forgotten everything."""
        self._running.clear()
        if self._server:
            with contextlib.suppress(OSError):
                self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
        self.cut()

    # What is in front of it.

    def show(self, scene: Iterable[Sight]) -> None:
        """Let it see this, after what it sees now."""
        self._scenes.put(scene)

    def clear(self) -> None:
        """Nothing is in front of it any more."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._scenes.get_nowait()
        self._clear.set()

    def input(self, port: int, state: bool) -> None:
        """Something is connected to a GPI port and switches it."""
        data = wire.parameter(wire.Par.GPI_EVENT, struct.pack("!HB", port, state << 7))
        if self.protocol.wants_inputs:
            self._send_event(data)

    def antenna(self, number: int, connected: bool) -> None:
        """An antenna is plugged in, or falls off."""
        data = wire.parameter(wire.Par.ANTENNA_EVENT, struct.pack("!BH", connected, number))
        self._send_event(data)

    # Faults.

    def cut(self) -> None:
        """Cut the line: no goodbye."""
        client = self._client
        if client:
            with contextlib.suppress(OSError):
                linger = struct.pack("ii", 1, 0)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                client.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """Answer nothing, report nothing, keep the line: firmware that hangs."""
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()

    def send_raw(self, data: bytes) -> None:
        """Put any bytes on the line."""
        client = self._client
        if client:
            with self._writing:
                client.sendall(data)

    def garbage(self) -> None:
        """A message of a known type whose inside is noise."""
        self.send_raw(wire.message(wire.Kind.RO_ACCESS_REPORT, 1, b"\x0b\x30\x55"))

    def wrong_length(self, length: int = 0xFFFFFF00) -> None:
        """A header that promises more bytes than any message has."""
        self.send_raw(
            struct.pack("!HII", wire.VERSION << 10 | wire.Kind.RO_ACCESS_REPORT, length, 1)
        )

    # How it works.

    def _accept(self) -> None:
        while self._running.is_set():
            try:
                client, _address = self._server.accept()
            except OSError:
                return
            self.clients += 1
            if self._client is None:
                self._client = client
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()
            else:
                self._refuse(client)

    def _refuse(self, client: socket.socket) -> None:
        """Real readers tell a second client why, and hang up."""
        with client, contextlib.suppress(OSError):
            client.sendall(self._event(wire.parameter(wire.Par.CONNECTION_ATTEMPT, b"\x00\x02")))

    def _serve(self, client: socket.socket) -> None:
        self.protocol.connected()
        with client, contextlib.suppress(OSError, wire.WireError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._send_event(wire.parameter(wire.Par.CONNECTION_ATTEMPT, b"\x00\x00"))
            self._talk(client, wire.Splitter())
        self._client = None
        self.protocol.disconnected()

    def _talk(self, client: socket.socket, splitter: wire.Splitter) -> None:
        kept_alive = time.monotonic()
        while self._running.is_set() and not self.protocol.closing:
            readable, _, _ = select.select([client], [], [], 0.05)
            self._thawed.wait()
            every = self.protocol.keepalive / 1000
            if every and time.monotonic() - kept_alive >= every:
                kept_alive = time.monotonic()
                self.send_raw(wire.message(wire.Kind.KEEPALIVE, 0))
            if not readable:
                continue
            chunk = client.recv(65536)
            if not chunk:
                return
            for message in splitter.feed(chunk):
                if answer := self.protocol.answer(message):
                    self.send_raw(answer)

    def _report(self) -> None:
        """Report scene after scene; what nobody listens to is lost."""
        while self._running.is_set():
            try:
                scene = self._scenes.get(timeout=0.1)
            except queue.Empty:
                continue
            self._clear.clear()
            for batch in self._timed(scene):
                self._thawed.wait()
                self._send_reports(batch)

    def _timed(self, scene: Iterable[Sight]) -> Iterator[list[Sight]]:
        """The scene in pieces, each when its time has come."""
        began = time.monotonic()
        batch: list[Sight] = []
        for sight in scene:
            if self._clear.is_set() or not self._running.is_set():
                return
            wait = began + sight.time * self.pace - time.monotonic()
            if batch and (wait > 0 or len(batch) >= REPORTS_AT_ONCE):
                yield batch
                batch = []
            if wait > 0:
                self._clear.wait(wait)
            batch.append(sight)
        if batch:
            yield batch

    def _send_reports(self, sights: list[Sight]) -> None:
        protocol = self.protocol
        seen = [sight for sight in sights if protocol.sees(sight)]
        if not seen:
            return
        now, impinj = time.time_ns() // 1000, protocol.reports_phase
        reports = [tag_report(sight, now, impinj=impinj) for sight in seen]
        size = protocol.reports_in_message or REPORTS_AT_ONCE
        messages = (
            wire.message(wire.Kind.RO_ACCESS_REPORT, 0, *reports[start : start + size])
            for start in range(0, len(reports), size)
        )
        with contextlib.suppress(OSError):
            self.send_raw(b"".join(messages))
            self.reported += len(reports)

    def _send_event(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.send_raw(self._event(data))

    def _event(self, data: bytes) -> bytes:
        now = time.time_ns() // 1000
        return wire.message(wire.Kind.READER_EVENT_NOTIFICATION, 0, wire.event(now, data))
