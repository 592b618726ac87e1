"""From any form of a code to all its forms: what a label printer or an RFID writer needs."""

import json
from typing import Any

from ..code import CodeError, printable
from . import digital_link, epc_binary, epc_gs1, gs1, gs1_rules, symbols
from .epc import Epc
from .gs1 import Elements
from .result import ASSOCIATION_ERRORS
from .scan import parse
from .text import clean

FIELDS = (
    "element_string",
    "bracketed",
    "scan",
    "epc_uri",
    "tag_uri",
    "hex",
    "digital_link",
)
_TYPES = {
    "code": str,
    "ais": list,
    "prefix_length": int,
    "scheme": str,
    "filter": int,
    "symbology": str,
    "stem": str,
    "message": str,
}


def encode(line: bytes) -> dict[str, Any]:
    """All forms of the code in one line of text or JSON; never raises.

    >>> encode(b'{"ais": [["01", "80614141123458"], ["21", "6789"]], "prefix_length": 7}')["hex"]
    '3014257BF7194E4000001A85'
    """
    shown = printable(line.decode(errors="replace"))
    answer: dict[str, Any] = {"input": shown, **dict.fromkeys(FIELDS), "error": None}
    try:
        answer |= _forms(_request(clean(line)))
    except CodeError as error:
        answer["error"] = {"code": error.code, "message": error.message}
    return answer


def _request(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {"code": text}
    try:
        request = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CodeError("not_json", "the line begins as JSON, but is none") from error
    for name, value in request.items():
        if name not in _TYPES:
            raise CodeError("unknown_field", f"unknown: {printable(name, 40)}")
        if type(value) is not _TYPES[name]:
            raise CodeError("malformed", f"{name!r} must be of type {_TYPES[name].__name__}")
    return request


def _forms(request: dict[str, Any]) -> dict[str, Any]:
    if "message" in request:
        return {"scan": symbols.scan_of(request.get("symbology", "QR"), request["message"])}
    elements, epc = _meaning(request)
    forms: dict[str, Any] = {}
    if elements:
        text = gs1.build(elements)
        forms = {"element_string": text, "bracketed": gs1.bracketed(elements)}
        forms["scan"] = request.get("symbology", "]C1") + text
        forms["digital_link"] = _link(elements, request.get("stem", digital_link.CANONICAL))
    epc = epc or _epc_of(elements, request)
    if epc is not None:
        forms["epc_uri"] = epc.uri()
        forms |= _tag(epc, request)
    return forms


def _meaning(request: dict[str, Any]) -> tuple[Elements, Epc | None]:
    if "ais" in request:
        return _elements(request["ais"]), None
    if "code" not in request:
        raise CodeError("malformed", "give 'code' as text or 'ais' as a list")
    code = parse(request["code"])
    if code.error and code.error.code not in ASSOCIATION_ERRORS:
        raise code.error
    if code.gtin and code.kind == "gtin":
        return [("01", code.gtin), *code.ais], None
    if not code.ais and code.epc is None:
        raise CodeError("not_gs1", "only GS1 data and EPCs have other forms")
    return code.ais, code.epc if code.epc and code.epc.gs1 is None else None


def _elements(pairs: list) -> Elements:
    if not pairs:
        raise CodeError("malformed", "'ais' must be a list of pairs of text")
    elements: Elements = []
    for pair in pairs:
        if not (isinstance(pair, list) and [type(part) for part in pair] == [str, str]):
            raise CodeError("malformed", "'ais' must be a list of pairs of text")
        gs1.check(*pair)
        elements.append((pair[0], pair[1]))
    gs1_rules.check(elements)
    return elements


def _link(elements: Elements, stem: str) -> str | None:
    try:
        return digital_link.build([e for e in elements if e != ("254", "0")], stem)
    except CodeError:
        return None


def _epc_of(elements: Elements, request: dict[str, Any]) -> Epc | None:
    """The EPC of these elements; what was asked for in so many words must be possible."""
    length = request.get("prefix_length")
    try:
        return epc_gs1.from_elements(elements, length)
    except CodeError:
        if length or "scheme" in request:
            raise
        return None


def _tag(epc: Epc, request: dict[str, Any]) -> dict[str, Any]:
    try:
        digits, tagged = epc_binary.encode(epc, request.get("scheme"), request.get("filter"))
    except CodeError as error:
        if error.code == "epc_not_encodable" and "scheme" not in request:
            return {}
        raise
    return {"tag_uri": tagged.tag_uri(), "hex": digits}
