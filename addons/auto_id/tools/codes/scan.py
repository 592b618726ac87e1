"""From what a reader sends to what it means."""

import re

from ..code import MAX_LENGTH, CodeError
from . import cards, forms, gs1, keys, symbology
from .ais import IDENTIFIERS
from .errors import text_of
from .gtin import LENGTHS as GTIN_LENGTHS
from .gtin import from_upc_e, to_gtin14
from .linters import has_check_digit, is_digits, yymmd0
from .result import Code
from .text import clean

# A link of the second kind of composite component behind an EAN: what engines print between them.
_COMPOSITE = re.compile(r"\|?\]e0")
_STRONG_LENGTH = 16
"""From this length on, a text that begins as GS1 data does is held to be GS1 data."""


def parse(scan: str | bytes, *, separators: str = gs1.SUBSTITUTES) -> Code:
    """What a scan means. Never raises: what cannot be understood is in the `error` of the result.

    `separators` are characters that stand for FNC1 in GS1 data, besides GS.

    >>> parse("]C10109506000134352" "10AB").ais
    [('01', '09506000134352'), ('10', 'AB')]
    """
    try:
        text = clean(scan)
    except CodeError as error:
        shown = scan if isinstance(scan, str) else scan.decode(errors="replace")
        return Code(shown[:MAX_LENGTH], "invalid", error=error)
    if len(text) == 24 and text[:2] == "30" and not text.isdigit():
        code = forms.sgtin96(text)
        if code:
            return code
    identifier, data = symbology.split(text)
    family = symbology.family(identifier)
    try:
        code = _READ[family](data, separators, identifier)
    except CodeError as error:
        code = Code("", _KINDS.get(family, "invalid"), data, error=error)
    code.input = scan if isinstance(scan, str) else scan.decode()
    code.symbology = identifier
    return code


def key(scan: str | bytes) -> str | None:
    """The normal form of a scan: the same for every way in which a reader may deliver it.

    >>> key("3034257BF7194E4000001A85") == key("https://id.gs1.org/01/80614141123458/21/6789")
    True
    """
    return parse(scan).key


def _read_ean(data: str, separators: str, identifier: str) -> Code:
    """EAN and UPC, with add-on or composite component."""
    digits, *component = _COMPOSITE.split(data, maxsplit=1)
    ais = gs1.parse(forms.with_gs(component[0], separators)) if component else []
    if not is_digits(digits):
        raise CodeError("non_digit_character", "an EAN or UPC holds digits only")
    if len(digits) not in symbology.ean_lengths(identifier):
        raise CodeError("incorrect_length", f"{len(digits)} digits do not fit {identifier}")
    if len(digits) in (2, 5):
        return Code("", "internal", digits)
    main = digits[:13]
    gtin = from_upc_e(main) if identifier == "]E0" else None
    gtin = gtin or to_gtin14(main)
    if gtin is None:
        raise CodeError("incorrect_check_digit", text_of("incorrect_check_digit"))
    return Code("", "gtin", digits, ais=ais, gtin=gtin)


def _read_itf(data: str, separators: str, identifier: str) -> Code:
    """Interleaved 2 of 5: an ITF-14 if its check digit says so, else any number."""
    if len(data) == 14 and (gtin := to_gtin14(data)):
        return Code("", "gtin", data, gtin=gtin)
    if not is_digits(data):
        raise CodeError("non_digit_character", "an ITF symbol holds digits only")
    return _read_plain(data, separators, identifier)


def _read_plain(data: str, separators: str, _identifier: str) -> Code:
    """A symbol that does not say what it holds, and cannot hold GS1 element strings."""
    if not data:
        return Code("", "empty")
    code = forms.explicit(data, separators)
    if code:
        return code
    code = _number(data, sure=False) or _internal(data)
    misprint = forms.identified(data)
    if misprint:  # GS1 data printed without its FNC1
        code.alternatives = (*code.alternatives, ("gs1", misprint))
    return code


def _read_unknown(data: str, separators: str, _identifier: str) -> Code:
    """No symbology identifier: the data has to speak for itself."""
    if data[0] == gs1.GS or re.match(r"\^[0-9]{2}", data):
        return forms.read_gs1(data[1:], separators)
    if data[0] == "]":
        raise CodeError("unknown_symbology", "this is no symbology identifier")
    return (
        forms.explicit(data, separators)
        or _number(data, sure=True)
        or _maybe_gs1(data, separators)
        or _internal(data)
    )


def _number(data: str, *, sure: bool) -> Code | None:
    """A GTIN or SSCC in digits. `sure` takes a wrong check digit for what it is."""
    if not is_digits(data):
        return None
    gtin = to_gtin14(data) if len(data) in GTIN_LENGTHS else None
    if gtin:
        return _gtin(data, gtin, sure=sure)
    if len(data) == 18 and has_check_digit(data):
        return Code("", "sscc", data, ais=[("00", data)])
    upc_e = from_upc_e(data)
    if upc_e:
        return Code("", "gtin", data, gtin=upc_e, alternatives=(("internal", data),))
    if sure and len(data) in (12, 13, 14, 18) and not _is_measured(data):
        error = CodeError("incorrect_check_digit", text_of("incorrect_check_digit"))
        return Code("", "sscc" if len(data) == 18 else "gtin", data, error=error)
    return None


def _gtin(data: str, gtin: str, *, sure: bool) -> Code:
    """A number with the right check digit, and what else it may be."""
    others: list[tuple[str, str]] = []
    if len(data) == 8:
        if sure and _is_measured(data):
            others = [("gtin", f"01/{gtin}"), ("internal", data)]
            return Code("", "gs1", data, ais=gs1.parse(data), alternatives=tuple(others))
        upc_e = from_upc_e(data)
        others = [("gtin", f"01/{upc_e}")] if upc_e else []
    if len(data) == 8 or not sure:
        others.append(("internal", data))
    return Code("", "gtin", data, gtin=gtin, alternatives=tuple(others))


def _is_measured(digits: str) -> bool:
    """Whether digits are GS1 data whose first value proves itself, as a date does."""
    try:
        elements = gs1.parse(digits)
    except CodeError:
        return False
    first = IDENTIFIERS[elements[0][0]]
    return bool(first.checks) and first.components[0].kind == "N"


def _maybe_gs1(data: str, separators: str) -> Code | None:
    """GS1 data, if the text reads as such; an error only where nothing else is likely."""
    if not is_digits(data[:2]):
        return None
    text = forms.with_gs(data, separators)
    try:
        code = forms.checked(gs1.parse(text), data)
    except CodeError as error:
        if gs1.GS in data or _begins_as_gs1(text, getattr(error, "elements", [])):
            return Code("", "gs1", data, error=error)
        return None
    if keys.of_elements(code.ais):
        return code
    if code.error:
        return None
    code.alternatives = (("internal", data),)
    return code


def _begins_as_gs1(text: str, elements: gs1.Elements) -> bool:
    """Whether a text that GS1 refuses was meant as GS1 data all the same.

    So it is if a key with a right check digit was read before, if it begins with an identifier of
    four digits or a value of just the predefined length, or if it is too long for a number made up
    in-house.
    """
    if keys.of_elements(elements):
        return True
    if elements:
        return False
    try:
        identifier = gs1.identifier_at(text, 0)
    except CodeError:
        return False
    value = text[len(identifier.ai) :]
    if identifier.length == 6 and len(identifier.ai) == 2:
        return len(value) == 6 and yymmd0(value) not in ("illegal_month", "non_digit_character")
    is_exact = len(value) == identifier.length
    return len(identifier.ai) == 4 or is_exact or len(text) >= _STRONG_LENGTH


def _internal(data: str) -> Code:
    others = tuple(("uid", uid) for uid in cards.from_decimal(data))
    return Code("", "internal", data, alternatives=others)


_READ = {
    symbology.GS1: lambda data, separators, _identifier: forms.read_gs1(data, separators),
    symbology.EAN: _read_ean,
    symbology.ITF: _read_itf,
    symbology.PLAIN: _read_plain,
    symbology.UNKNOWN: _read_unknown,
}
_KINDS = {symbology.GS1: "gs1", symbology.EAN: "gtin", symbology.ITF: "gtin"}
