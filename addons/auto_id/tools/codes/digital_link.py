"""GS1 Digital Link URIs: read, and built.

What the standard deprecated is decided here: a GTIN of 8, 12 or 13 digits is read (URIs printed
before version 1.2 have them), names such as `/gtin/` are not, unless asked for. A compressed URI
is refused by name; the EPC that newer tags put into one (`/eh...`) is not this module's business.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

from ..code import CodeError
from . import gs1_rules
from .ais import IDENTIFIERS
from .errors import value_error
from .gs1 import Elements

CANONICAL = "https://id.gs1.org"
ALIASES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "cpv": "22", "lot": "10", "ser": "21",
    "gmn": "8013", "gln": "414", "glnx": "254", "party": "417", "sscc": "00", "gdti": "253",
    "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004", "gsrnp": "8017", "gsrn": "8018",
    "srin": "8019", "gcn": "255", "refno": "8020", "payto": "415", "upui": "235", "cpsn": "8011",
}  # fmt: skip

_URI = re.compile(
    r"https?://((?:[A-Za-z0-9.\-_~%!$&'()*+,;=@:]|\[[0-9A-Fa-f:.]+\])+)(/[^?#]*)?(?:\?([^#]*))?(?:#.*)?",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_COMPRESSED = re.compile(r"[A-Za-z0-9_-]{10,}")


def looks_like(text: str) -> bool:
    """Whether ``text`` is a web address."""
    return text[:7].lower() == "http://" or text[:8].lower() == "https://"


def parse(uri: str, *, short_gtin: bool = True, aliases: bool = False) -> Elements:
    """Identifiers and values of a Digital Link, the key first; raises :class:`CodeError`.

    `short_gtin` reads a GTIN of 8, 12 or 13 digits; `aliases` the names that version 1.2 dropped.

    >>> parse("https://example.com/x/01/09506000134352/21/A%2F1?17=261231&s=web")
    [('01', '09506000134352'), ('21', 'A/1'), ('17', '261231')]
    """
    match = _URI.fullmatch(uri) if _LEGAL.fullmatch(uri) else None
    if match is None:
        raise CodeError("malformed_uri", "this is no web address, or it holds illegal characters")
    path = _path(match[2] or "", aliases)
    elements = path + _query(match[3] or "")
    if short_gtin:
        elements = [(ai, _full_length(ai, value)) for ai, value in elements]
    _check(elements, path)
    return elements


def _path(path: str, aliases: bool) -> Elements:
    """The key with its qualifiers: the rightmost key that pairs of the path's end lead back to."""
    parts = path.split("/")
    pairs: Elements = []
    for position in range(len(parts) - 2, 0, -2):
        name = parts[position]
        ai = ALIASES.get(name, name) if aliases else name
        identifier = IDENTIFIERS.get(ai)
        if identifier is None:
            break
        pairs.insert(0, (ai, unescape(parts[position + 1])))
        if identifier.qualifiers is not None:
            return pairs
    if _COMPRESSED.fullmatch(parts[-1]) and re.search(r"[A-Za-z]", parts[-1]) and _dense(parts[-1]):
        raise CodeError("compressed_digital_link", "compressed Digital Links are not read")
    raise CodeError("no_primary_key", "the address holds no GS1 key")


def _dense(segment: str) -> bool:
    """Whether letters of both cases and digits are mixed, as in base 64 of binary data."""
    return all(re.search(pattern, segment) for pattern in ("[a-z]", "[A-Z]", "[0-9]"))


def _query(query: str) -> Elements:
    elements: Elements = []
    for part in re.split("[&;]", query):
        name, equals, value = part.partition("=")
        if not equals or not (name.isascii() and name.isdigit()):
            continue
        if name not in IDENTIFIERS or not IDENTIFIERS[name].is_attribute:
            raise CodeError("unknown_ai", f"AI ({name}) may not be a query parameter")
        elements.append((name, unescape(value, query=True)))
    return elements


def _full_length(ai: str, value: str) -> str:
    return value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value


def _check(elements: Elements, path: Elements) -> None:
    seen = set()
    for ai, value in elements:
        if not value:
            raise CodeError("too_short", f"AI ({ai}) has no value")
        error = IDENTIFIERS[ai].error(value)
        if error:
            raise value_error(ai, error)
        if ai in seen:
            raise CodeError("repeated_ai", f"AI ({ai}) comes twice")
        seen.add(ai)
    if not _are_in_order(path[0][0], [ai for ai, _value in path[1:]]):
        raise CodeError("invalid_qualifiers", "the qualifiers are not those of the key, in order")
    gs1_rules.check(elements)


def _are_in_order(key: str, qualifiers: list[str]) -> bool:
    for sequence in IDENTIFIERS[key].qualifiers or ():
        rest = iter(sequence)
        if all(ai in rest for ai in qualifiers):
            return True
    return not qualifiers


def build(elements: Iterable[tuple[str, str]], stem: str = CANONICAL, *, sort: bool = False) -> str:
    """The Digital Link of these elements; raises :class:`CodeError` where there is none.

    Attributes of predefined length come first; `sort` puts all in the order of their identifiers,
    as the canonical form has them.

    >>> build([("01", "09506000134352"), ("17", "261231"), ("21", "A/1")])
    'https://id.gs1.org/01/09506000134352/21/A%2F1?17=261231'
    """
    rest = list(dict.fromkeys(elements))
    key = next((ai for ai, _value in rest if IDENTIFIERS[ai].qualifiers is not None), None)
    if key is None:
        raise CodeError("no_primary_key", "there is no GS1 key to begin a Digital Link")
    values = dict(rest)
    path = [key, *_best_qualifiers(key, values)]
    attributes = [(ai, value) for ai, value in rest if ai not in path]
    for ai, _value in attributes:
        if not IDENTIFIERS[ai].is_attribute:
            raise CodeError("not_an_attribute", f"AI ({ai}) has no place in this Digital Link")
    attributes.sort(key=None if sort else lambda element: not IDENTIFIERS[element[0]].length)
    query = "&".join(f"{ai}={escape(value)}" for ai, value in attributes)
    uri = stem.rstrip("/") + "".join(f"/{ai}/{escape(values[ai])}" for ai in path)
    return f"{uri}?{query}" if query else uri


def _best_qualifiers(key: str, values: dict[str, str]) -> list[str]:
    sequences = [
        [ai for ai in sequence if ai in values] for sequence in IDENTIFIERS[key].qualifiers or ()
    ]
    return max(sequences, key=len, default=[])


def escape(text: str, *, query: bool = False) -> str:
    """Percent-encode all but unreserved characters; a blank is ``+`` in a query."""
    escaped = quote(text, safe="")
    return escaped.replace("%20", "+") if query else escaped


def unescape(text: str, *, query: bool = False) -> str:
    """Undo percent-encoding byte by byte; what is no valid escape stays as it is."""
    if query:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    return re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text)
