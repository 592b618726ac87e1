"""The Electronic Product Code: its schemes, its URIs, and the GS1 elements it stands for."""

import re
from dataclasses import dataclass

from ..code import CodeError
from .gs1 import Elements
from .linters import SET_82, check_digit

_ESCAPED = frozenset('"%&/<>?#')
_TEXT = r"(?:[A-Za-z0-9!'()*+,\-.:;=_]|%2[25-6F]|%3[CEF])"
_PART = r"(?:[0-9A-Z\-]|%2F|%23)"
_NUMBER = r"(?:0|[1-9][0-9]*)"
_ADI = r"(?:[0-9A-Z\-]|%2F)"
_CAGE = r"[0-9A-HJ-NP-Z]{5,6}"
_KEYED = r"([0-9]{6,12})\.([0-9]*)"


def _pattern(text: str):
    return re.compile(text).fullmatch


# Scheme: the grammar of its parts, and how many digits its prefix and reference have together.
_GRAMMAR = {
    "sgtin": (_pattern(rf"{_KEYED}\.({_TEXT}{{1,20}})"), 13),
    "sscc": (_pattern(_KEYED), 17),
    "sgln": (_pattern(rf"{_KEYED}\.({_TEXT}{{1,20}})"), 12),
    "grai": (_pattern(rf"{_KEYED}\.({_TEXT}{{1,16}})"), 12),
    "giai": (_pattern(rf"([0-9]{{6,12}})\.({_TEXT}{{1,24}})"), 0),
    "gsrn": (_pattern(_KEYED), 17),
    "gsrnp": (_pattern(_KEYED), 17),
    "gdti": (_pattern(rf"{_KEYED}\.({_TEXT}{{1,17}})"), 12),
    "sgcn": (_pattern(rf"{_KEYED}\.([0-9]{{1,12}})"), 12),
    "cpi": (_pattern(rf"([0-9]{{6,12}})\.({_PART}{{1,24}})\.({_NUMBER})"), 0),
    "itip": (_pattern(rf"{_KEYED}\.([0-9]{{2}})\.([0-9]{{2}})\.({_TEXT}{{1,20}})"), 13),
    "upui": (_pattern(rf"{_KEYED}\.({_TEXT}{{1,28}})"), 13),
    "pgln": (_pattern(_KEYED), 12),
    "ginc": (_pattern(rf"([0-9]{{6,12}})\.({_TEXT}{{1,24}})"), 0),
    "gsin": (_pattern(_KEYED), 16),
    "lgtin": (_pattern(rf"{_KEYED}\.({_TEXT}{{1,20}})"), 13),
    "gid": (_pattern(rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"), 0),
    "usdod": (_pattern(rf"({_CAGE})\.({_NUMBER})"), 0),
    "adi": (_pattern(rf"({_CAGE})\.({_ADI}{{0,32}})\.((?:%23)?{_ADI}+)"), 0),
    "bic": (_pattern(r"([A-HJ-NP-Z]{3}[JUZ][0-9]{7})"), 0),
    "imovn": (_pattern(r"([0-9]{7})"), 0),
}
_LIMITS = {"gid": (1 << 28, 1 << 24, 1 << 36), "usdod": (None, 1 << 36)}
_SUM_OF_LENGTHS = {"giai": 30, "ginc": 30, "cpi": 30}
_LONGEST = {"cpi": (2, 12), "adi": (2, 30)}

# Schemes whose key goes without serial number, and where that ends in the value of the key.
_PATTERNS = {"sgtin": 14, "sgln": 13, "grai": 14, "gdti": 13, "cpi": 30}


def escape(text: str) -> str:
    """Text as it stands in an EPC URI."""
    if _ESCAPED.isdisjoint(text):
        return text
    return "".join(f"%{ord(char):02X}" if char in _ESCAPED else char for char in text)


def unescape(text: str) -> str:
    return re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text)


@dataclass(frozen=True, slots=True)
class Epc:
    """One EPC. `parts` are those of its URI, without escapes; `tag` names the encoding it came in.

    A scheme of Tag Data Standard 2 (`sgtin+`) has its GS1 elements instead of parts.
    """

    scheme: str
    parts: tuple[str, ...] = ()
    filter: int | None = None
    tag: str | None = None
    gs1: tuple[tuple[str, str], ...] | None = None

    @classmethod
    def checked(cls, scheme: str, parts: tuple[str, ...], filter_value: int | None, tag: str):
        """What a tag said, if its URI would be valid; raises :class:`CodeError` else."""
        epc = cls(scheme, parts, filter_value, tag)
        _match(scheme, epc.body())
        return epc

    def body(self) -> str:
        return ".".join(map(escape, self.parts))

    def uri(self) -> str | None:
        """The pure identity URI; there is none for schemes that do not know the prefix."""
        if self.gs1 is not None:
            return None
        space = "class" if self.scheme == "lgtin" else "id"
        return f"urn:epc:{space}:{self.scheme}:{self.body()}"

    def tag_uri(self) -> str | None:
        """The tag URI, if the EPC came from a tag or was encoded for one."""
        if self.tag is None or self.gs1 is not None:
            return None
        found_filter = "" if self.filter is None else f"{self.filter}."
        return f"urn:epc:tag:{self.tag}:{found_filter}{self.body()}"

    def elements(self) -> Elements:
        """The GS1 elements that mean the same; empty for schemes outside GS1."""
        if self.gs1 is not None:
            return list(self.gs1)
        build = _ELEMENTS.get(self.scheme)
        return build(*self.parts) if build else []


def parse_uri(uri: str) -> Epc:
    """A pure identity, class or tag URI; raises :class:`CodeError`.

    >>> parse_uri("urn:epc:tag:sgtin-96:3.0614141.812345.6789").elements()
    [('01', '80614141123458'), ('21', '6789')]
    """
    fields = uri.split(":", 4)
    if len(fields) != 5 or [field.lower() for field in fields[:2]] != ["urn", "epc"]:
        raise CodeError("malformed_epc_uri", "an EPC URI has five fields between colons")
    _urn, _epc, space, scheme, body = fields
    if space == "tag":
        return _parse_tag(scheme, body)
    if space != ("class" if scheme == "lgtin" else "id"):
        raise CodeError("unknown_epc_scheme", f"there is no EPC URI urn:epc:{space}:{scheme}")
    return Epc(scheme, _match(scheme, body))


def pattern_elements(uri: str) -> Elements:
    """The GS1 elements that all EPCs of a pattern share: a key without its serial number.

    Raises :class:`CodeError` for a pattern that names more than one key.

    >>> pattern_elements("urn:epc:idpat:sgtin:0614141.812345.*")
    [('01', '80614141123458')]
    """
    head, _colon, body = uri.replace(":idpat:", ":id:", 1).rpartition(":")
    scheme = head.rpartition(":")[2]
    if not body.endswith(".*"):
        return parse_uri(f"{head}:{body}").elements()
    if scheme not in _PATTERNS:
        raise CodeError("epc_pattern", f"a pattern of {scheme!r} names more than one key")
    key, serial = parse_uri(f"{head}:{body[:-1]}0").elements()[0], _PATTERNS[scheme]
    return [(key[0], key[1][:serial])]


def _parse_tag(tag: str, body: str) -> Epc:
    from . import epc_binary  # which itself makes EPCs

    scheme = epc_binary.BY_TAG.get(tag)
    if scheme is None:
        raise CodeError("unknown_epc_scheme", f"there is no tag encoding {tag!r}")
    found_filter = None
    if scheme.filter_bits:
        head, _dot, body = body.partition(".")
        if not re.fullmatch(_NUMBER, head) or int(head) >> scheme.filter_bits:
            raise CodeError("epc_filter", f"{head!r} is no filter value")
        found_filter = int(head)
    epc = Epc(scheme.identity, _match(scheme.identity, body), found_filter, tag)
    epc_binary.encode(epc)
    return epc


def _match(scheme: str, body: str) -> tuple[str, ...]:
    grammar = _GRAMMAR.get(scheme)
    if grammar is None:
        raise CodeError("unknown_epc_scheme", f"there is no EPC scheme {scheme!r}")
    match = grammar[0](body)
    if match is None:
        raise CodeError("malformed_epc_uri", f"this is no {scheme.upper()}")
    parts = tuple(map(unescape, match.groups()))
    if grammar[1] and len(parts[0]) + len(parts[1]) != grammar[1]:
        raise CodeError("epc_length", f"prefix and reference must have {grammar[1]} digits")
    _check_limits(scheme, parts)
    return parts


def _check_limits(scheme: str, parts: tuple[str, ...]) -> None:
    most = _SUM_OF_LENGTHS.get(scheme)
    if most and len(parts[0]) + len(parts[1]) > most:
        raise CodeError("epc_length", f"prefix and reference have more than {most} characters")
    place, longest = _LONGEST.get(scheme, (0, 0))
    if longest and len(parts[place]) > longest:
        raise CodeError("epc_length", f"the serial number is longer than {longest} characters")
    for part, limit in zip(parts, _LIMITS.get(scheme, ()), strict=False):
        if limit and int(part) >= limit:
            raise CodeError("epc_value", f"{part} is too large for a {scheme.upper()}")
    if any(char not in SET_82 and char != "#" for part in parts for char in part):
        raise CodeError("epc_value", "the EPC holds a character that GS1 does not allow")


def _with_check(digits: str) -> str:
    return digits + check_digit(digits)


def _gtin(prefix: str, item: str) -> str:
    return _with_check(item[:1] + prefix + item[1:])


_ELEMENTS = {
    "sgtin": lambda p, i, s: [("01", _gtin(p, i)), ("21", s)],
    "lgtin": lambda p, i, lot: [("01", _gtin(p, i)), ("10", lot)],
    "upui": lambda p, i, s: [("01", _gtin(p, i)), ("235", s)],
    "itip": lambda p, i, n, t, s: [("8006", _gtin(p, i) + n + t), ("21", s)],
    "sscc": lambda p, r: [("00", _gtin(p, r))],
    "sgln": lambda p, r, e: [("414", _with_check(p + r)), ("254", e)],
    "pgln": lambda p, r: [("417", _with_check(p + r))],
    "grai": lambda p, r, s: [("8003", "0" + _with_check(p + r) + s)],
    "giai": lambda p, r: [("8004", p + r)],
    "gsrn": lambda p, r: [("8018", _with_check(p + r))],
    "gsrnp": lambda p, r: [("8017", _with_check(p + r))],
    "gdti": lambda p, r, s: [("253", _with_check(p + r) + s)],
    "sgcn": lambda p, r, s: [("255", _with_check(p + r) + s)],
    "cpi": lambda p, r, s: [("8010", p + r), ("8011", s)],
    "ginc": lambda p, r: [("401", p + r)],
    "gsin": lambda p, r: [("402", _with_check(p + r))],
}
