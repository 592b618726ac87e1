"""Forms of data that are their own sign: element strings, addresses, EPCs, numbers of chips."""

import re

from ..code import CodeError
from . import cards, digital_link, epc, epc_binary, gs1, gs1_rules, keys
from .epc import Epc
from .result import Code

_BRACKET = re.compile(r"\([0-9]{2,4}\)|\([0-9]+$")
_ENVELOPE = re.compile(r"\[\)>\x1e05\x1d(.*?)(?:\x1e\x04?)?", re.DOTALL)
_BINARY = re.compile(r"[01]{96,}")
_HEX = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{16,})")
_RAW = re.compile(r"urn:epc:raw:[0-9]{1,4}\.x([0-9A-F]+)")
_UNCHECKED = ("401/", "8004/", "8010/")
"""Keys without check digit: an EPC may look like one."""

_EPC_DIGITS = 24
"""Hexadecimal digits of the EPC that most tags have; only a "+" scheme may be shorter, to 20."""


def sgtin96(text: str) -> Code | None:
    """The code of an SGTIN-96 in 24 hexadecimal digits, by the short way; `None` if it is none."""
    try:
        value = int(text, 16)
        gtin, serial = epc_binary.sgtin96(value)
    except ValueError:
        return None
    prefix_end = 13 - (value >> 82 & 7)
    parts = (gtin[1:prefix_end], gtin[0] + gtin[prefix_end:13], serial)
    found = Epc("sgtin", parts, value >> 85 & 7, "sgtin-96")
    return Code(text, "epc", text, ais=[("01", gtin), ("21", serial)], epc=found)


def read_gs1(data: str, separators: str) -> Code:
    """The data of a symbol that says it holds GS1 data."""
    data = data.removeprefix(gs1.GS)
    return checked(gs1.parse(with_gs(data, separators)), data)


def checked(elements: gs1.Elements, data: str, kind: str = "gs1") -> Code:
    try:
        gs1_rules.check(elements)
    except CodeError as error:
        return Code("", kind, data, ais=elements, error=error)
    return Code("", kind, data, ais=elements)


def with_gs(data: str, separators: str) -> str:
    for char in separators:
        if char in data:
            data = data.replace(char, gs1.GS)
    return data


def explicit(data: str, separators: str) -> Code | None:
    """Forms that are their own sign."""
    if data[0] == "(" and data[1:2].isdigit():
        return checked(gs1.parse_bracketed(data), data)
    if digital_link.looks_like(data):
        return _link(data)
    if data[:7].lower() == "urn:epc":
        return _urn(data)
    envelope = _ENVELOPE.fullmatch(data)
    if envelope:
        return read_gs1(envelope[1], separators)
    if _BRACKET.search(data):
        raise CodeError("malformed_brackets", "expected an Application Identifier in brackets")
    return _chip(data)


def _link(uri: str) -> Code:
    found = _epc_in(uri)
    if found:
        return found
    try:
        return Code("", "digital_link", uri, ais=digital_link.parse(uri))
    except CodeError as error:
        kind = "url" if error.code == "no_primary_key" else "digital_link"
        return Code("", kind, uri, error=error)


def _epc_in(uri: str) -> Code | None:
    """An EPC in a web address (EPC binary string in a Digital Link), as NFC tags give it."""
    match = re.fullmatch(r"https?://[^?#]+/eh([0-9a-f]{16,})", uri, re.IGNORECASE)
    return _decoded(match[1], uri) if match else None


def _urn(uri: str) -> Code:
    raw = _RAW.fullmatch(uri)
    if raw:
        return _decoded(raw[1], uri)
    if uri[8:14] == "idpat:":
        return Code("", "epc", uri, ais=epc.pattern_elements(uri))
    found = epc.parse_uri(uri)
    return Code("", "epc", uri, ais=found.elements(), epc=found)


def _decoded(digits: str, data: str) -> Code:
    found = epc_binary.decode_hex(digits)
    return Code("", "epc", data, ais=found.elements(), epc=found)


def _chip(data: str) -> Code | None:
    """EPC, TID or UID in hexadecimal or binary digits."""
    if _BINARY.fullmatch(data):
        padding = "0" * (-len(data) % 4)
        return _decoded(f"{int(data + padding, 2):0{(len(data) + 3) // 4}X}", data)
    match = _HEX.fullmatch(data)
    if match is None:
        uid = cards.uid(data)
        return _card(uid) if uid else None
    key = identified(data)
    if key and not key.startswith(_UNCHECKED):
        return None
    digits = match[1].upper()
    if cards.is_tid(digits):
        return Code("", "tid", digits)
    if len(digits) >= 20 and int(digits[:2], 16) in epc_binary.HEADERS:
        found = _maybe_epc(digits)
        if found or (len(digits) >= _EPC_DIGITS and not key):
            return found
    if key or digits.isdigit():
        return None
    uid = cards.uid(digits)
    if uid:
        return _card(uid)
    return _unknown_epc(digits)


def _maybe_epc(digits: str) -> Code | None:
    try:
        return _decoded(digits, digits)
    except CodeError as error:
        if digits.isdigit() or len(digits) < _EPC_DIGITS:
            return None
        return Code("", "epc", digits, error=error)


def _unknown_epc(digits: str) -> Code | None:
    if len(digits) < _EPC_DIGITS or len(digits) % 4:
        return None
    error = CodeError("epc_header", f"no EPC scheme has the header {digits[:2]}")
    return Code("", "epc", digits, error=error)


def _card(uid: str) -> Code:
    others = tuple(("uid", other) for other in cards.other_readings(uid))
    return Code("", "uid", uid, alternatives=others)


def identified(data: str) -> str | None:
    """The key of ``data``, if it is an element string with an identification key."""
    try:
        return keys.of_elements(gs1.parse(data))
    except CodeError:
        return None
