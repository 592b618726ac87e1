"""The lines on which serial scanners speak: a port of this machine, or one across the network."""

import re
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import serial

CHUNK = 4096
CONNECT_TIMEOUT = 5.0
KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
BORDER = re.compile(rb"[\x00\x02\x03\n\r]")
A_FEW_CHARACTERS = 0.004
"""Seconds that a few characters take at the slowest usual speed, 9600 baud."""

PARITIES = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


def open_line(place: str, speed: int, options: dict[str, Any]) -> "SerialLine | TcpLine":
    """Open the line at this place.

    :param options: `bytesize`, `parity`, `stopbits` and `silence` of `settings`
    :raises OSError: when it cannot be opened
    """
    kind = TcpLine if place.startswith("socket://") else SerialLine
    return kind(place, speed, options)


class SerialLine:
    """A serial port; also one that a server lends by RFC 2217."""

    def __init__(self, place: str, speed: int, options: dict[str, Any]):
        alone = {} if "://" in place else {"exclusive": True}
        self._port = serial.serial_for_url(
            place,
            speed,
            bytesize=int(options["bytesize"]),
            parity=PARITIES[options["parity"]],
            stopbits=int(options["stopbits"]),
            timeout=options["silence"],
            **alone,
        )
        connection = getattr(self._port, "_socket", None)
        if connection is not None:
            notice_a_lost_peer(connection)
        self._is_midway = bool(alone) and self._speaks()

    def receive(self) -> bytes:
        """What has come; empty after silence.

        :raises OSError: when the line has failed
        """
        chunk = self._port.read(1)
        if chunk:
            chunk += self._port.read(min(self._port.in_waiting, CHUNK))
        return self._from_a_border(chunk) if self._is_midway else chunk

    def _speaks(self) -> bool:
        """Whether the scanner is in the middle of a code, whose beginning is lost.

        The tail of a code must not pass for a code.
        """
        time.sleep(A_FEW_CHARACTERS)
        return bool(self._port.in_waiting)

    def _from_a_border(self, chunk: bytes) -> bytes:
        found = BORDER.search(chunk)
        self._is_midway = bool(chunk) and not found
        return chunk[found.end() :] if found else b""

    def change_speed(self, speed: int) -> None:
        self._port.baudrate = speed
        self._port.reset_input_buffer()

    def close(self) -> None:
        self._port.close()


class TcpLine:
    """A connection on which the bare bytes of a scanner come.

    Pyserial has one, too, which throws away what comes at once: the codes that a serial server
    has kept for whoever connects.
    """

    def __init__(self, place: str, speed: int, options: dict[str, Any]):
        address = urlsplit(place)
        self._socket = socket.create_connection((address.hostname, address.port), CONNECT_TIMEOUT)
        self._socket.settimeout(options["silence"])
        notice_a_lost_peer(self._socket)

    def receive(self) -> bytes:
        try:
            chunk = self._socket.recv(CHUNK)
        except TimeoutError:
            return b""
        if not chunk:
            raise ConnectionError("the other end has closed the connection")
        return chunk

    def close(self) -> None:
        self._socket.close()


def notice_a_lost_peer(connection: socket.socket) -> None:
    """A serial server that loses its power says nothing: have the kernel ask for it."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
