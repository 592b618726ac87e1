"""A simulated NFC reader: cards that the real service for card readers (pcscd) takes for real.

It speaks the protocol of vpcd, a driver of pcscd (Debian: vsmartcard-vpcd). `bin/scan` holds
a card to it for a moment: a number in hexadecimal is the card's number, all else its text.
"""

import argparse
import contextlib
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from .nfc_cards import Card, card
from .serial_scanner import Control, ScannerError

PORT = 35963
NOTICED_SECONDS = 1.0
"""The service asks a simulated reader twice a second what lies in its field."""
_GET_ATR = 4


class Reader:
    """The field of the reader at this port of vpcd; a connection is a card in the field."""

    def __init__(self, link: Path = Path("nfc"), port: int = PORT, host: str = "127.0.0.1"):
        self.link = link
        self._address = (host, port)
        self._connection: socket.socket | None = None

    def insert(self, new: Card) -> None:
        """Hold a card to it.

        :raises ScannerError: when no service listens there
        """
        try:
            connection = socket.create_connection(self._address, 2)
        except OSError as error:
            raise ScannerError(
                f"no vpcd listens at port {self._address[1]}: install vsmartcard-vpcd and pcscd"
            ) from error
        connection.settimeout(None)
        self._connection = connection
        threading.Thread(target=_serve, args=(connection, new), daemon=True).start()

    def remove(self) -> None:
        """Take the card away, and wait until that was noticed."""
        if self._connection:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
            self._connection.close()
            self._connection = None
            time.sleep(NOTICED_SECONDS)

    def scan(self, code: bytes) -> int:
        """Hold the card for this code to it for a moment."""
        self.insert(card(code.decode()))
        time.sleep(NOTICED_SECONDS)
        self.remove()
        return len(code)


def _serve(connection: socket.socket, inserted: Card) -> None:
    """Answer as the card does until it is taken away."""
    with contextlib.suppress(OSError, EOFError), connection:
        while True:
            command = _receive(connection, int.from_bytes(_receive(connection, 2), "big"))
            if len(command) > 1:
                answer = inserted.answer(command)
            elif command[0] == _GET_ATR:
                answer = inserted.atr
            else:  # power on, power off, reset
                continue
            connection.sendall(len(answer).to_bytes(2, "big") + answer)


def _receive(connection: socket.socket, number: int) -> bytes:
    data = b""
    while len(data) < number:
        piece = connection.recv(number - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("nfc_reader", description=__doc__)
    parser.add_argument("--link", type=Path, required=True, help="path by which bin/scan finds it")
    parser.add_argument("--port", type=int, default=PORT, help=f"port of vpcd ({PORT})")
    options = parser.parse_args(arguments)
    reader = Reader(options.link.absolute(), options.port)
    return Control(reader).run(f"NFC reader at {options.link}")


if __name__ == "__main__":
    sys.exit(main())
