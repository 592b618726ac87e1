"""Batches, signatures and the handlers zip: what a box sends and gets."""

import datetime
import io
import json
import math
import zipfile

import pytest
from auto_id.tools import batch, handlers, signing
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = 1_767_323_045.0
AT = datetime.datetime(2026, 1, 2, 3, 4, 5)
SECOND = datetime.timedelta(seconds=1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def event(**values):
    return {"sequence": 1, "reader": "r", "code": "c", "time": 1.0, **values}


def body(*events, **values):
    request = {"box": "b", "run": "r", "number": 1, "sent_at": 1.0, "events": list(events)}
    return json.dumps({**request, **values}).encode()


def parse(raw):
    request = batch.parse_request(raw, "b")
    assert batch.cost(request) > 0
    return batch.events_of(request)


def test_a_good_batch():
    details = {"kind": "moved", "antenna": 1, "rssi": -55.5, "count": 12, "symbology": "]C1"}
    events = [event(), event(sequence=2, age=3.5, **details)]
    assert parse(body(*events)) == events
    assert parse(body()) == []


@settings(deadline=None)
@given(
    json_values
    | st.fixed_dictionaries(
        {
            "box": st.just("b"),
            "run": st.just("r"),
            "number": st.just(1),
            "sent_at": st.just(1.0),
            "events": json_values
            | st.lists(
                st.fixed_dictionaries(
                    {"sequence": st.integers() | json_values, "reader": st.text()},
                    optional=dict.fromkeys(("kind", "rssi", "count", "antenna"), json_values),
                )
            ),
        }
    )
)
def test_any_json_is_taken_or_refused(value):
    try:
        events = parse(json.dumps(value).encode())
    except batch.BatchError as error:
        assert error.code in ("malformed", "wrong_box", "too_many", "outdated")
        assert error.message
    else:
        assert all(0 <= found["sequence"] <= batch.MAX_SEQUENCE for found in events)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused(raw):
    with pytest.raises(batch.BatchError):
        parse(raw)


anything = st.floats() | st.integers() | st.none() | st.text() | st.booleans()


@settings(deadline=None)
@given(anything, anything, st.none() | st.floats(-batch.MAX_TIME, batch.MAX_TIME))
def test_a_time_is_always_found_and_never_in_the_future(age, when, ahead):
    found = batch.read_time({"age": age, "time": when}, NOW, ahead)
    assert (found.tzinfo, found.microsecond) == (None, 0)
    assert found <= AT
    shown = batch.box_time({"time": when})
    assert shown is None or shown.year >= 1970


def test_times():
    # By its age, whatever the clock of the box says.
    assert batch.read_time({"age": 10.5, "time": 5.0}, NOW, -1e9) == AT - 11 * SECOND
    # Without an age, by how wrong that clock is now.
    assert batch.read_time({"time": NOW - 100 + 3600}, NOW, 3600) == AT - 100 * SECOND
    # Fresh, or nothing usable: now.
    assert batch.read_time({"time": 5.0}, NOW, None) == AT
    for strange in (0, -1, math.nan, math.inf, 1e20, True, "1", None):
        assert batch.read_time({"time": strange, "age": strange or "0"}, NOW, 0.0) in (
            AT,
            AT - SECOND,
        )
        assert batch.box_time({"time": strange}) is None
    assert batch.box_time({"time": 0.5 + NOW}) == AT.replace(microsecond=500_000)


def test_the_cost_counts_what_is_listed():
    assert batch.cost({"box": "b", "events": [1, 2, 3]}) == batch.REQUEST_COST + 3


def test_a_signature_follows_from_token_and_body():
    key = signing.signing_key("token")
    signature = signing.sign(key, b"body")
    assert signing.is_signed(key, b"body", signature)
    assert not signing.is_signed(key, b"body ", signature)
    assert not signing.is_signed(signing.signing_key("other"), b"body", signature)
    assert not signing.is_signed(key, b"body", "")
    assert not signing.is_signed(key, b"body", "é\ud800")


def test_secrets_fit_a_pairing_line():
    found = {signing.new_secret() for _number in range(50)}
    assert len(found) == 50
    assert not any("|" in secret for secret in found)


@pytest.fixture
def roots(tmp_path):
    stock, ours = tmp_path / "stock", tmp_path / "ours"
    for name, source in {
        "stock/interfaces/usb_interface.py": "a = 1",
        "stock/drivers/scale_driver.py": "b = 1",
        "stock/drivers/__init__.py": "",
        "stock/drivers/readme.txt": "no",
        "ours/drivers/scale_driver.py": "b = 2",
        "ours/drivers/card_driver.py": "c = 1",
        "ours/lib/auto_id/__init__.py": "",
        "ours/lib/auto_id/spool.py": "d = 1",
        "ours/elsewhere/x.py": "no",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return [stock, ours]


def test_handlers_of_all_roots(roots):
    etag, archive = handlers.build(roots)
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert found.namelist() == [
            "drivers/card_driver.py",
            "drivers/scale_driver.py",
            "interfaces/usb_interface.py",
            "lib/auto_id/__init__.py",
            "lib/auto_id/spool.py",
        ]
        assert found.read("drivers/scale_driver.py") == b"b = 2"
    assert etag.isalnum()


def test_the_etag_follows_the_content(roots):
    before = handlers.build(roots)
    handlers._build.cache_clear()
    assert handlers.build(roots) == before, "the same files give the same bytes"
    (roots[1] / "drivers/card_driver.py").write_text("c = 22")
    assert handlers.build(roots)[0] != before[0]


@pytest.mark.parametrize("source", ["def", "\0", "x = (", b"\xff\xfe"], ids=ascii)
def test_a_broken_handler_breaks_the_build(roots, source):
    path = roots[1] / "drivers/card_driver.py"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    with pytest.raises(handlers.HandlersError, match=r"card_driver\.py"):
        handlers.build(roots)


def test_no_zip_without_the_stock_handlers(roots, tmp_path):
    with pytest.raises(handlers.HandlersError):
        handlers.build([tmp_path / "nowhere", roots[1]])
