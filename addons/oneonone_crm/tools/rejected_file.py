"""Writes the file of rejected lines, safe to open in a spreadsheet."""

import csv
import re
from collections.abc import Callable
from typing import TextIO

from .history_file import IGNORED, Line

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs as a formula; plain numbers stay as they are.

    >>> safe_cell("=1+1"), safe_cell("-5.2"), safe_cell("-2+3")
    ("'=1+1", '-5.2', "'-2+3")
    """
    if text.lstrip(" ").startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


class RejectedWriter:
    """Line number, reason, message, then the cells as they came.

    A corrected file can be imported as it is; then its own three columns are not repeated.
    """

    def __init__(self, stream: TextIO, header: list[str], message: Callable[[str], str]):
        self._writer = csv.writer(stream, lineterminator="\n")
        self._message = message
        self._ours = {i for i, name in enumerate(header) if name.lower() in IGNORED}
        self._writer.writerow([*IGNORED, *self._cells(header)])

    def add(self, line: Line) -> None:
        message = self._message(line.reason)
        self._writer.writerow([line.number, line.reason, message, *self._cells(line.cells)])

    def _cells(self, cells: list[str]) -> list[str]:
        return [
            safe_cell(cell.replace("\x00", "\ufffd"))
            for i, cell in enumerate(cells)
            if i not in self._ours
        ]
