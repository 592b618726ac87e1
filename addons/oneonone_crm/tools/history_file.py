"""Reads a purchase-history file: pure Python, streamed, every line accounted for.

A file is surveyed once before anything is written (`history_survey.survey`): whether it is
whole, how it is encoded, how many lines it has. Then `read_lines` yields one `Line` for each
physical line after the header: its values, or the reason why it was rejected.

One record is one physical line: a forgotten quotation mark costs one line, not the rest of the
file, and a line number always points at the line that an editor shows.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from .history_survey import HistoryFileError, Source, open_binary

REQUIRED = ("customer_id", "date", "order_id", "product", "quantity", "amount")
OPTIONAL = ("country", "customer_name", "product_name")
IGNORED = ("line", "reason", "message")
"""What our own file of rejected lines adds: a corrected one can be imported as it is."""

MAX_LINE = 16_384
MAX_TEXT = 256
MAX_NUMBER = 1e12
FIRST_YEAR = 1900

REASONS = (
    "no_customer",
    "no_order",
    "no_product",
    "columns",
    "quote",
    "too_long",
    "control",
    "date",
    "date_future",
    "quantity",
    "amount",
    "range",
)

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(
    r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})"
    r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class RowError(ValueError):
    """One line is rejected; `args[0]` is one of `REASONS`."""


class Values(NamedTuple):
    """One valid purchase line."""

    customer: str
    bought: str
    """`YYYY-MM-DD HH:MM:SS`, in the clock of the system that wrote the file."""
    order: str
    product: str
    quantity: float
    amount: float
    country: str
    customer_name: str
    product_name: str


class Line(NamedTuple):
    """One physical line: `values`, or `reason` with the cells as they came."""

    number: int
    values: Values | None
    reason: str
    cells: list[str]


def read_header(source: Source, encoding: str) -> list[str]:
    """The names of the columns as the file gives them.

    :raises HistoryFileError: the header is not ours.
    """
    with (
        open_binary(source) as stream,
        io.TextIOWrapper(stream, encoding=encoding, errors="strict") as text,
    ):
        line = text.readline(MAX_LINE)
        _header(line)
        return [name.strip() for name in _cells(line.rstrip("\n"))]


def read_lines(source: Source, encoding: str, today: date) -> Iterator[Line]:
    """Every line after the header, in the file's order, in constant memory.

    :raises HistoryFileError: the header is not ours.
    """
    with (
        open_binary(source) as stream,
        io.TextIOWrapper(stream, encoding=encoding, errors="strict") as text,
    ):
        places, width = _header(text.readline(MAX_LINE))
        parse = _parser(places, width, f"{today:%Y-%m-%d} 99")
        for number, line in enumerate(_physical_lines(text), start=2):
            if line is None:
                yield Line(number, None, "too_long", [])
            elif line.strip():
                yield parse(number, line)


def _physical_lines(text: io.TextIOWrapper) -> Iterator[str | None]:
    """Lines without their end; None for one that is longer than any honest line."""
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith("\n"):
            while (rest := text.readline(MAX_LINE)) and not rest.endswith("\n"):
                pass
            yield None
        else:
            yield line.rstrip("\n")


def _header(line: str) -> tuple[list[int], int]:
    """Where each of our columns stands, -1 for an optional one that is missing."""
    try:
        names = [name.strip().lower() for name in _cells(line.rstrip("\n"))]
    except RowError:
        names = [line.strip()]
    allowed = {*REQUIRED, *OPTIONAL, *IGNORED}
    complete = set(REQUIRED) <= set(names) <= allowed
    if not complete or len(set(names)) != len(names):
        raise HistoryFileError(
            "header",
            found=line.strip()[:200],
            missing=", ".join(name for name in REQUIRED if name not in names),
            unknown=", ".join(name for name in names if name not in allowed)[:200],
        )
    places = [names.index(name) if name in names else -1 for name in (*REQUIRED, *OPTIONAL)]
    return places, len(names)


def _parser(places: list[int], width: int, latest: str):
    """A function that turns one physical line into a `Line`."""

    def parse(number: int, line: str) -> Line:
        cells = []
        try:
            cells = _cells(line)
            if len(cells) != width:
                raise RowError("columns")
            if _CONTROL.search(line):
                raise RowError("control")
            picked = [cells[place].strip() if place >= 0 else "" for place in places]
            return Line(number, _values(picked, latest), "", cells)
        except RowError as error:
            return Line(number, None, error.args[0], cells or [line])

    return parse


def _cells(line: str) -> list[str]:
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        raise RowError("quote") from None


def _values(cells: list[str], latest: str) -> Values:
    customer, bought, order, product, quantity, amount, *texts = cells
    if not customer:
        raise RowError("no_customer")
    if not order:
        raise RowError("no_order")
    if not product:
        raise RowError("no_product")
    if max(map(len, (customer, order, product, *texts))) > MAX_TEXT:
        raise RowError("too_long")
    when = parse_date(bought)
    if when is None:
        raise RowError("date")
    if when > latest:
        raise RowError("date_future")
    return Values(
        customer,
        when,
        order,
        product,
        _number(quantity, "quantity"),
        _number(amount, "amount"),
        *texts,
    )


@lru_cache(maxsize=4096)
def parse_date(text: str) -> str | None:
    """A date that exists, with its time of day if given, as `YYYY-MM-DD HH:MM:SS`.

    >>> parse_date("2010-12-01 08:26"), parse_date("2024/2/29"), parse_date("2023-02-29")
    ('2010-12-01 08:26:00', '2024-02-29 00:00:00', None)
    """
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    hour, minute, second = (int(match[i] or 0) for i in (5, 6, 7))
    if year < FIRST_YEAR or hour > 23 or minute > 59 or second > 59:
        return None
    try:
        day = date(year, month, day)
    except ValueError:
        return None
    return f"{day} {hour:02}:{minute:02}:{second:02}"


def _number(text: str, name: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise RowError(name)
    value = float(text)
    if not -MAX_NUMBER < value < MAX_NUMBER:
        raise RowError("range")
    return value
