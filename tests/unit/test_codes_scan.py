"""What readers really send, through the one entry."""

import pytest
from auto_id.tools.codes import key, parse

GTIN = "09506000134352"
ONE_ITEM = (
    "]C10180614141123458216789",
    "]d2018061414112345821" + "6789\x1d" + "17261231",
    "0180614141123458216789",
    "(01)80614141123458(21)6789",
    "(01) 80614141123458".replace(" ", "") + "(10)LOT(21)6789",
    "^0180614141123458216789",
    "\x1d0180614141123458216789\x1d",
    "01806141411234582" + "16789\u241d10LOT",
    "https://id.gs1.org/01/80614141123458/21/6789",
    "HTTPS://EXAMPLE.COM/shop/01/80614141123458/10/LOT/21/6789?17=261231",
    "]Q1https://example.com/01/80614141123458/21/6789",
    "3034257BF7194E4000001A85",
    "3074257bf7194e4000001a85",
    "30003034257BF7194E4000001A85",
    "0x3034257BF7194E4000001A85",
    f"{0x3034257BF7194E4000001A85:096b}",
    "urn:epc:id:sgtin:0614141.812345.6789",
    "urn:epc:tag:sgtin-96:1.0614141.812345.6789",
    "urn:epc:raw:96.x3034257BF7194E4000001A85",
    "https://example.com/eh3034257bf7194e4000001a85",
    "[)>\x1e05\x1d0180614141123458216789\x1e\x04",
    "\x020180614141123458216789\x03\r\n",
)


@pytest.mark.parametrize("scan", ONE_ITEM)
def test_one_item_has_one_key(scan):
    code = parse(scan)
    assert code.error is None
    assert (code.gtin, code.serial) == ("80614141123458", "6789")
    assert code.key == key(scan) == "01/80614141123458/21/6789"


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        ("4006381333931", "01/04006381333931"),
        ("]E04006381333931", "01/04006381333931"),
        ("]E3400638133393112", "01/04006381333931"),
        ("]E004252614", "01/00042100005264"),
        ("]E496385074", "01/00000096385074"),
        ("]E0042100005264", "01/00042100005264"),
        ("]I114006381333938", "01/14006381333938"),
        ("04006381333931", "01/04006381333931"),
        ("]C10104006381333931", "01/04006381333931"),
        ("012345678905", "01/00012345678905"),
        ("04252614", "01/00042100005264"),
        ("96385074", "01/00000096385074"),
        ("357081300469846950", "00/357081300469846950"),
        ("]C100357081300469846950", "00/357081300469846950"),
        ("urn:epc:id:sgln:0614141.12345.0", "414/0614141123452"),
        ("(414)0614141123452", "414/0614141123452"),
        ("(414)0614141123452(254)7", "414/0614141123452/254/7"),
        ("(01)09506000134352(10)A", "01/09506000134352/10/A"),
        ("(00)357081300469846950(01)09506000134352", "00/357081300469846950"),
        ("(8018)012345678901012342", "8018/012345678901012342"),
        ("urn:epc:id:gid:1.2.3", "urn:epc:id:gid:1.2.3"),
        ("04:a2:2b:1c:5e:61:80", "04A22B1C5E6180"),
        ("04-A2-2B-1C-5E-61-80", "04A22B1C5E6180"),
        ("04a22b1c5e6180", "04A22B1C5E6180"),
        ("e2801160600002054cc2096f", "E2801160600002054CC2096F"),
        ("CARD-1001", "CARD-1001"),
        ("]C0CARD-1001", "CARD-1001"),
    ],
)
def test_key(scan, expected):
    assert parse(scan).error is None
    assert key(scan) == expected


@pytest.mark.parametrize(
    ("scan", "kind", "code"),
    [
        ("", "invalid", "empty"),
        (" \r\n", "invalid", "empty"),
        ("]C1", "gs1", "empty"),
        ("4006381333932", "gtin", "incorrect_check_digit"),
        ("]E04006381333932", "gtin", "incorrect_check_digit"),
        ("]E040063813339", "gtin", "incorrect_length"),
        ("]E44006381333931", "gtin", "incorrect_length"),
        ("]E34006381333931", "gtin", "incorrect_length"),
        ("357081300469846951", "sscc", "incorrect_check_digit"),
        ("0109506000134353", "gs1", "incorrect_check_digit"),
        ("]C1010950600013435", "gs1", "too_short"),
        ("]C10109506000134352" + "17261331", "gs1", "illegal_month"),
        ("]C10109506000134352" + "10", "gs1", "too_short"),
        ("]C1" + "10" + "A" * 21, "gs1", "too_long"),
        ("]C110A B", "gs1", "invalid_cset82_character"),
        ("]C1891234", "gs1", "unknown_ai"),
        ("(01)09506000134352(02)09506000134352(37)2", "gs1", "excluded_ai"),
        ("(01)09506000134352(400)A(400)B", "gs1", "repeated_ai"),
        ("(21)7", "gs1", "required_ai"),
        ("(01", "invalid", "malformed_brackets"),
        ("x(01)09506000134352", "invalid", "malformed_brackets"),
        ("https://example.com/", "url", "no_primary_key"),
        ("https://example.com/01/09506000134353", "digital_link", "incorrect_check_digit"),
        ("https://id.gs1.org/AQ7oUWkqNFU5F4AABCDe", "digital_link", "compressed_digital_link"),
        ("urn:epc:id:sgtin:1.2.3", "invalid", "malformed_epc_uri"),
        ("urn:epc:id:nope:1.2.3", "invalid", "unknown_epc_scheme"),
        ("303C257BF7194E4000001A85", "epc", "epc_partition"),
        ("3034257BF7194E4000001A8501", "epc", "epc_too_long"),
        ("3134257BF4499602D2000001", "epc", "epc_reserved"),
        ("ABCDEF0123456789ABCDEF01", "epc", "epc_header"),
        ("]z", "invalid", "unknown_symbology"),
        ("０１０９５０６０００１３４３５２", "invalid", "lookalike"),
        ("CАRD-1001", "invalid", "lookalike"),
        ("4006381333931\x00", "invalid", "unprintable"),
        ("A" * 5000, "invalid", "too_long"),
    ],
)
def test_error(scan, kind, code):
    found = parse(scan)
    assert (found.kind, found.error.code) == (kind, code)
    assert found.error.message


def test_bytes_that_are_no_text():
    assert parse(b"\xff\xfe01").error.code == "not_utf8"


@pytest.mark.parametrize("scan", ["10D9T", "21-0045", "WH/OUT/00012", "客户-001", "12345"])
def test_plain_symbol_holds_no_identifiers(scan):
    code = parse("]C0" + scan)
    assert (code.kind, code.ais, code.error) == ("internal", [], None)
    assert code.value == scan


def test_ambiguity_is_shown():
    code = parse("10D9T")
    assert code.ais == [("10", "D9T")]
    assert ("internal", "10D9T") in code.alternatives
    assert parse("]C110D9T").alternatives == ()
    assert code.to_dict()["alternatives"] == [{"kind": "internal", "key": "10D9T"}]


def test_gs1_data_without_its_sign_is_an_alternative():
    code = parse("]d1" + "0109506000134352" + "21A-7")
    assert (code.kind, code.ais) == ("internal", [])
    assert code.all_keys == ["0109506000134352" + "21A-7", "01/09506000134352/21/A-7"]


@pytest.mark.parametrize(
    ("scan", "others"),
    [
        ("DEADBEEF", ["EFBEADDE"]),
        ("80615E1C2BA204", ["04A22B1C5E6180"]),
        ("04A22B1C5E6180", []),
        ("0045678123", ["02B8FE2B", "2BFEB802"]),
        ("3735928559", ["DEADBEEF", "EFBEADDE"]),
    ],
)
def test_other_readings_of_a_card(scan, others):
    assert parse(scan).all_keys == [scan, *others]


def test_lot_of_a_logistic_label_keeps_its_data():
    """The second symbol of a label names nothing, and is complete for us."""
    code = parse("]C11726123110LOT-7")
    assert (code.error, code.lot) == (None, "LOT-7")


def test_missing_partner_is_told_and_the_rest_is_there():
    code = parse("]C10209506000134352" + "3712")
    assert code.error.code == "required_ai"
    assert code.ais == [("02", "09506000134352"), ("37", "12")]
    assert code.gtin is None


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE auto_id_tag; --", "<script>alert(1)</script>", "%s%n{0}${x}"]
)
def test_hostile_text_is_only_text(hostile):
    code = parse(hostile)
    assert (code.kind, code.value, code.error) == ("internal", hostile, None)
