"""What a reader will send for a symbol that is about to be printed: the other way round of a scan.

The message is written as label software writes it: `^` is FNC1, `\\^` a plain `^`, and `|` parts an
EAN, UPC or linear symbol from its two-dimensional composite component.
"""

import re

from ..code import CodeError
from . import gs1
from .ais import IDENTIFIERS
from .gtin import to_gtin14
from .linters import check_digit, is_digits

# Symbology: identifiers of plain and of GS1 data.
_MATRIX = {"QR": ("]Q1", "]Q3"), "DM": ("]d1", "]d2"), "DotCode": ("]J0", "]J1")}
_LINEAR = {"GS1_128": "]C1", "GS1_128_CCA": "]C1", "GS1_128_CCC": "]C1", "DataBarExpanded": "]e0"}
_GTIN_ONLY = ("DataBarOmni", "DataBarTruncated", "DataBarStacked", "DataBarLimited")
# Identifier, digits of its own, digits that are sent.
_RETAIL = {
    "EAN13": ("]E0", 13, 13),
    "UPCA": ("]E0", 12, 13),
    "UPCE": ("]E0", 12, 13),
    "EAN8": ("]E4", 8, 8),
}


def scan_of(symbology: str, message: str) -> str:
    """What a reader sends for ``message`` in this symbology; raises :class:`CodeError`.

    >>> scan_of("DM", "^0109506000134352" + "10AB^17261231")
    ']d2010950600013435210AB\\x1d17261231'
    >>> scan_of("EAN13", "400638133393")
    ']E04006381333931'
    """
    if symbology in _MATRIX:
        plain, with_fnc1 = _MATRIX[symbology]
        return with_fnc1 + _with_gs(message) if message[:1] == "^" else plain + _unescaped(message)
    linear, _bar, component = message.partition("|")
    if symbology in _RETAIL:
        identifier, own_length, sent_length = _RETAIL[symbology]
        digits = identifier + _gtin(linear, own_length, sent_length)
        return f"{digits}|]e0{_with_gs(component)}" if component else digits
    if symbology in _GTIN_ONLY:
        return "]e001" + _gtin(linear, 14, 14) + (_with_gs(component) if component else "")
    if symbology not in _LINEAR:
        raise CodeError("unknown_symbology", f"{symbology!r} is no symbology known here")
    data = _with_gs(linear)
    if not component:
        return _LINEAR[symbology] + data
    last = gs1.parse(data)[-1][0]
    return "]e0" + data + ("" if IDENTIFIERS[last].length else gs1.GS) + _with_gs(component)


def _with_gs(message: str) -> str:
    if message[:1] != "^":
        raise CodeError("malformed", "GS1 data begins with FNC1, written ^")
    data = message[1:].replace("^", gs1.GS)
    gs1.parse(data)
    return data


def _unescaped(message: str) -> str:
    return re.sub(r"^(\\*)\\\^", r"\1^", message)


def _gtin(text: str, own_length: int, sent_length: int) -> str:
    """The digits a reader sends; a check digit that is left out is added."""
    digits = text.removeprefix("^01")
    if is_digits(digits) and len(digits) == own_length - 1:
        digits += check_digit(digits)
    gtin = to_gtin14(digits)
    if gtin is None or gtin[:-sent_length].strip("0"):
        raise CodeError("incorrect_check_digit", f"{text!r} is no GTIN for this symbology")
    return gtin[-sent_length:]
