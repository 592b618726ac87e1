"""The parser against conformance cases of others: GS1's own test suites, biip, epcpy, field data.

A case marked `dispute` is decided in docs/codes.md; `DECIDED` holds what was decided, and besides
those the few that ask for an option of another library.
"""

import json
from pathlib import Path

import pytest
from auto_id.tools.code import CodeError
from auto_id.tools.codes import digital_link, epc, epc_binary, gs1, gs1_rules, linters, parse
from auto_id.tools.codes.gtin import to_gtin14
from auto_id.tools.codes.result import ASSOCIATION_ERRORS
from auto_id.tools.codes.symbols import scan_of

VECTORS = Path(__file__).resolve().parents[3] / "shared/vectors"
pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the conformance cases are not beside the project (../shared)"
)
# Verdicts of ours where authorities differ, each with its reason in docs/codes.md.
DECIDED = {"gs1-1687": True, "gs1-1746": True, "epc-0467": False}
# These ask that unknown identifiers are let through: an option that ours does not have.
NOT_OURS = {"dl-0111"}


def _cases(name, *kinds):
    path = VECTORS / f"{name}.json"
    cases = json.loads(path.read_text())["cases"] if path.is_file() else []
    for case in cases:
        if (case.get("form") or case["kind"]) in kinds and case["id"] not in NOT_OURS:
            yield pytest.param(
                case | {"valid": DECIDED.get(case["id"], case["valid"])}, id=case["id"]
            )


def _read(read, *arguments, **options):
    """What `read` gives, or its error."""
    try:
        return read(*arguments, **options)
    except CodeError as error:
        return error


def _as_lists(elements):
    return [list(element) for element in elements]


@pytest.mark.parametrize("case", _cases("gs1", "component"))
def test_component(case):
    expected = (case["error_code"] or "").removeprefix("GS1_LINTER_").lower() or None
    assert linters.LINTERS[case["linter"]](case["input"]) == expected


def _associated(elements):
    gs1_rules.check(elements)
    return elements


@pytest.mark.parametrize("case", _cases("gs1", "bracketed", "raw_fnc1_caret", "element_string"))
def test_element_string(case):
    text = case["input"]
    if case["form"] == "bracketed":
        found = _read(gs1.parse_bracketed, text)
    elif case["form"] == "raw_fnc1_caret":
        found = _read(_caret, text)
    else:
        separator = (case.get("separators") or [gs1.GS])[0]
        found = _read(gs1.parse, text.replace(separator, gs1.GS))
    if case["level"] == "association" and not isinstance(found, CodeError):
        found = _read(_associated, found)
    assert isinstance(found, CodeError) is not case["valid"], found
    if case["valid"]:
        assert _as_lists(found) == case["expect_ais"]


def _caret(text):
    if not text.startswith("^"):
        raise CodeError("malformed", "no FNC1 in front")
    return gs1.parse(text[1:].replace("^", gs1.GS))


@pytest.mark.parametrize("case", _cases("gs1", "bracketed", "raw_fnc1_caret", "scan_data"))
def test_scan(case):
    """The same cases as a reader sends them, through the one entry."""
    code = parse(case.get("input_scan") or case["input"])
    if case["valid"]:
        # A case of content does not judge whether the identifiers belong together.
        assert code.error is None or code.error.code in ASSOCIATION_ERRORS
        assert _as_lists(code.ais) == case["expect_ais"]
    else:
        # Without a symbology identifier, FNC1 in front is not asked for.
        assert code.error or not code.ais or case["input"] == "991234"


@pytest.mark.parametrize("case", _cases("gs1", "data_to_scan"))
def test_scan_of_a_symbol(case):
    assert scan_of(case["symbology"], case["input"]) == case["expect_scan"]


@pytest.mark.parametrize("case", _cases("gs1", "gtin", "sscc", "gln"))
def test_key(case):
    text = case["input"]
    if case["form"] == "gtin":
        assert to_gtin14(text) == (case["expect_key"] or {}).get("gtin14")
        assert parse(text).gtin == (case["expect_key"] or {}).get("gtin14")
        return
    ai = {"sscc": "00", "gln": "414"}[case["form"]]
    found = _read(gs1.check, ai, text.strip())
    assert (found is None) is case["valid"]
    if case["form"] == "sscc":
        assert parse(text).sscc == (text if case["valid"] else None)


@pytest.mark.parametrize("case", _cases("gs1", "check_digit_payload"))
def test_check_digit(case):
    assert linters.check_digit(case["input"]) == str(case["expect_key"]["check_digit"])


@pytest.mark.parametrize("case", _cases("digital_link", "parse"))
def test_digital_link(case):
    options = case["options"]
    found = _read(
        digital_link.parse,
        case["uri"],
        short_gtin=bool(options.get("permit_zero_suppressed_gtin")),
        aliases=bool(options.get("convenience_alphas")),
    )
    assert isinstance(found, CodeError) is not case["valid"], found
    if case["valid"]:
        assert _as_lists(found) == case["expect_ais"]


@pytest.mark.parametrize("case", _cases("digital_link", "generate"))
def test_build_digital_link(case):
    elements = gs1.parse_bracketed(case["element_string_bracketed"])
    found = _read(digital_link.build, elements, case["stem"] or digital_link.CANONICAL)
    assert found == case["expect_uri"] if case["valid"] else isinstance(found, CodeError)


@pytest.mark.parametrize("case", _cases("digital_link", "canonical"))
def test_canonical_digital_link(case):
    assert parse(case["uri"]).digital_link == case["expect_uri"]


@pytest.mark.parametrize("case", _cases("digital_link", "percent_decode"))
def test_unescape(case):
    assert digital_link.unescape(case["uri"]) == case["expect_path"]
    assert digital_link.unescape(case["uri"], query=True) == case["expect_query"]


@pytest.mark.parametrize("case", _cases("digital_link", "percent_encode"))
def test_escape(case):
    assert digital_link.escape(case["text"]) == case["expect_path"]
    assert digital_link.escape(case["text"], query=True) == case["expect_query"]


@pytest.mark.parametrize("case", _cases("epc", "init", "gs1"))
def test_pure_identity(case):
    found = _read(epc.parse_uri, case["pure_identity_uri"])
    gtin_type = case.get("options", {}).get("gtin_type", 14)
    if not case["valid"] and "gtin_type" in case.get("options", {}):
        # The EPC is good; its GTIN has no form that short.
        assert not found.elements()[0][1].startswith("0" * (14 - gtin_type))
        return
    assert isinstance(found, CodeError) is not case["valid"], found
    if not case["valid"]:
        return
    assert found.uri() == case["pure_identity_uri"]
    if case.get("gs1_element_string"):
        text = gs1.bracketed(found.elements()).replace("\\(", "(")
        assert text == case["gs1_element_string"]
    if case.get("gs1_key") and found.scheme == "sgtin":
        assert found.elements()[0][1].endswith(case["gs1_key"])


@pytest.mark.parametrize("case", _cases("epc", "tag"))
def test_tag(case):
    if not case["valid"]:
        scheme = case["options"]["binary_coding_scheme"].lower().replace("_", "-")
        found = _read(lambda: epc_binary.encode(epc.parse_uri(case["pure_identity_uri"]), scheme))
        assert isinstance(found, CodeError)
        return
    tagged = epc.parse_uri(case["tag_uri"])
    digits, _epc = epc_binary.encode(tagged)
    assert (tagged.uri(), tagged.tag_uri()) == (case["pure_identity_uri"], case["tag_uri"])
    for form in ("tag_uri", "hex", "binary"):
        if form in case:
            code = parse(case[form])
            assert (code.tag_uri, code.epc_uri) == (case["tag_uri"], case["pure_identity_uri"])
            assert code.error is None
    if "hex" in case:
        # Some write no padding to whole words.
        assert digits.startswith(case["hex"].rstrip("0")) and set(digits[len(case["hex"]) :]) <= {
            "0"
        }
    for name in ("gtin", "serial"):
        if name in case:
            assert getattr(parse(case["tag_uri"]), name) == case[name]


@pytest.mark.parametrize("case", _cases("epc", "decode"))
def test_decode(case):
    code = parse(case["hex"])
    assert (code.error is None and code.kind == "epc") is case["valid"]
    if "serial" in case:
        assert code.serial == case["serial"]
    if "company_prefix_plus_item_reference" in case:
        prefix, item, _serial = code.epc.parts
        assert prefix + item[1:] == case["company_prefix_plus_item_reference"]


@pytest.mark.parametrize("case", _cases("epc", "idpat"))
def test_pattern(case):
    code = parse(case["idpat_uri"])
    assert (code.error is None) is case["valid"]
    if case["valid"]:
        (key,) = [value for ai, value in code.ais if ai not in ("21", "254")][:1]
        assert key.endswith(case["gs1_key"].rstrip("*"))
