"""A simulated scanner that plays a keyboard: one of the kernel's, or a pipe.

With /dev/uinput (and python-evdev) it is a keyboard that the whole machine sees, called a
barcode scanner. Elsewhere the same events go through a pipe beside its link, which the box's
odoo.conf names: `keyboards = till=/path/of/the/link.events`. `bin/scan` hands it the codes.
"""

import argparse
import contextlib
import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .keystrokes import ENTER, LAYOUTS, Stroke, input_events, keystrokes, transitions
from .serial_scanner import Control, ScannerError

NAME = "Simulated Barcode Scanner"
WAIT_SECONDS = 5
_KEY_EVENT = 1
_KEYS = range(1, 128)


class Board(Protocol):
    """Where the keys go."""

    def type(self, strokes: list[Stroke]) -> None: ...

    def close(self) -> None: ...


class KernelBoard:
    """A keyboard of the kernel, by python-evdev."""

    def __init__(self) -> None:
        import evdev

        self._device = evdev.UInput({_KEY_EVENT: list(_KEYS)}, name=NAME)

    def type(self, strokes: list[Stroke]) -> None:
        for key, value in transitions(strokes):
            self._device.write(_KEY_EVENT, key, value)
            self._device.syn()

    def close(self) -> None:
        self._device.close()


class PipeBoard:
    """A pipe with the events of a keyboard."""

    def __init__(self, path: Path):
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkfifo(path, 0o600)

    def type(self, strokes: list[Stroke]) -> None:
        """:raises ScannerError: when no box listens"""
        with os.fdopen(self._open(), "wb") as file:
            file.write(input_events(strokes))

    def close(self) -> None:
        self._path.unlink(missing_ok=True)

    def _open(self) -> int:
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                if time.monotonic() > end:
                    raise ScannerError(f"no box reads {self._path}") from None
                time.sleep(0.05)


class Scanner:
    """Types each code it reads, with Enter behind."""

    def __init__(self, link: Path, board: Board, layout: str):
        self.link = link
        self._board = board
        self._layout = layout

    def scan(self, code: bytes) -> int:
        self._board.type([*keystrokes(code.decode(), self._layout), ENTER])
        return len(code)


def board(link: Path) -> Board:
    """A keyboard of the kernel if there may be one."""
    if os.access("/dev/uinput", os.W_OK) and importlib.util.find_spec("evdev"):
        return KernelBoard()
    return PipeBoard(link.with_name(f"{link.name}.events"))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("keyboard", description=__doc__)
    parser.add_argument("--link", type=Path, required=True, help="path by which bin/scan finds it")
    parser.add_argument("--layout", choices=LAYOUTS, default="us", help="what it types for (us)")
    options = parser.parse_args(arguments)
    link = options.link.absolute()
    keys = board(link)
    where = NAME if isinstance(keys, KernelBoard) else f"{link}.events"
    try:
        return Control(Scanner(link, keys, options.layout)).run(f"Keyboard scanner: {where}")
    finally:
        keys.close()


if __name__ == "__main__":
    sys.exit(main())
