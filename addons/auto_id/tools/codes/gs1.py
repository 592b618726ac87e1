"""GS1 element strings, as symbols carry them and as people read them."""

import re
from collections.abc import Iterable

from ..code import CodeError
from .ais import IDENTIFIERS, LENGTHS, Identifier
from .errors import value_error

GS = "\x1d"
"""What a reader sends for FNC1."""

SUBSTITUTES = "\u241d|^"
"""What stands for FNC1 as well: none of these can be data of a GS1 code."""

Elements = list[tuple[str, str]]

_BRACKETED = re.compile(r"\(([0-9]{2,4})\)((?:\\.|[^(\\])*)")
_UNLIKE = re.compile(r"\(([^()]*)\)")


def parse(text: str) -> Elements:
    """Identifiers and values of an element string whose separators are GS.

    Raises :class:`CodeError`; the elements read so far are its `elements`.

    >>> parse("0109506000134352" "10AB-1\\x1d" "17261231")
    [('01', '09506000134352'), ('10', 'AB-1'), ('17', '261231')]
    """
    elements: Elements = []
    position, end = 0, len(text)
    try:
        while True:
            while position < end and text[position] == GS:
                position += 1
            if position == end:
                break
            position = _element(text, position, elements)
    except CodeError as error:
        error.elements = elements  # type: ignore[attr-defined]
        raise
    if not elements:
        raise CodeError("empty", "the GS1 data is empty")
    return elements


def _element(text: str, position: int, elements: Elements) -> int:
    """Read the element at ``position``; gives the place behind it."""
    identifier = identifier_at(text, position)
    start = position + len(identifier.ai)
    end = text.find(GS, start)
    if end < 0:
        end = len(text)
    if identifier.length:
        end = min(end, start + identifier.length)
    value = text[start:end]
    error = identifier.error(value)
    if error:
        raise value_error(identifier.ai, error)
    elements.append((identifier.ai, value))
    return end


def identifier_at(text: str, position: int) -> Identifier:
    """The identifier that begins at ``position``; raises :class:`CodeError`."""
    length = LENGTHS.get(text[position : position + 2], 0)
    identifier = IDENTIFIERS.get(text[position : position + length])
    if identifier is None:
        start = text[position : position + 4]
        raise CodeError("unknown_ai", f"no GS1 Application Identifier begins with {start!r}")
    return identifier


def parse_bracketed(text: str) -> Elements:
    """Identifiers and values of text for people; ``\\\\(`` is a bracket that is data.

    >>> parse_bracketed("(01)09506000134352(10)AB\\\\(1")
    [('01', '09506000134352'), ('10', 'AB(1')]
    """
    elements: Elements = []
    position = 0
    while position < len(text):
        match = _BRACKETED.match(text, position)
        if match is None:
            raise _bracket_error(text, position)
        ai, value = match[1], re.sub(r"\\(.)", r"\1", match[2])
        elements.append((ai, value))
        check(ai, value)
        position = match.end()
    return elements


def _bracket_error(text: str, position: int) -> CodeError:
    odd = _UNLIKE.match(text, position)
    if odd:
        return CodeError("unknown_ai", f"{odd[1]!r} is no GS1 Application Identifier")
    return CodeError("malformed_brackets", "expected an Application Identifier in brackets")


def check(ai: str, value: str) -> None:
    """Raise :class:`CodeError` unless ``value`` may stand behind ``ai``."""
    identifier = IDENTIFIERS.get(ai)
    if identifier is None:
        raise CodeError("unknown_ai", f"{ai!r} is no GS1 Application Identifier")
    error = identifier.error(value)
    if error:
        raise value_error(ai, error)


def build(elements: Iterable[tuple[str, str]]) -> str:
    """The element string, with GS behind values that need one and are not the last.

    >>> build([("10", "AB"), ("17", "261231")])
    '10AB\\x1d17261231'
    """
    text = ""
    for ai, value in elements:
        text += ai + value + ("" if IDENTIFIERS[ai].length else GS)
    return text.removesuffix(GS)


def bracketed(elements: Iterable[tuple[str, str]]) -> str:
    """The text for people.

    >>> bracketed([("01", "09506000134352"), ("10", "AB(1")])
    '(01)09506000134352(10)AB\\\\(1'
    """
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in elements)
