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

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def event(**values):
    return {"sequence": 1, "reader": "r", "code": "c", "time": 1.0, **values}


def body(*events, **values):
    return json.dumps({"box": "b", "sent_at": 1.0, "events": list(events), **values}).encode()


def test_a_good_batch():
    assert batch.parse(body(event(), event(sequence=2)), "b") == [event(), event(sequence=2)]
    assert batch.parse(body(), "b") == []


@settings(deadline=None)
@given(json_values | st.fixed_dictionaries({"box": st.just("b"), "events": json_values}))
def test_any_json_is_taken_or_refused(value):
    try:
        events = batch.parse(json.dumps(value).encode(), "b")
    except batch.BatchError as error:
        assert error.code in ("malformed", "wrong_box", "too_many")
        assert error.message
    else:
        assert all(0 <= found["sequence"] <= batch.MAX_SEQUENCE for found in events)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused(raw):
    with pytest.raises(batch.BatchError):
        batch.parse(raw, "b")


@settings(deadline=None)
@given(st.floats() | st.integers() | st.none() | st.text() | st.booleans())
def test_a_time_is_always_found(value):
    found = batch.read_time(value, NOW)
    assert found.tzinfo is None
    assert found == NOW or (found.microsecond == 0 and found.year >= 1970)


def test_times():
    assert batch.read_time(1_700_000_000.9, NOW) == datetime.datetime(2023, 11, 14, 22, 13, 20)
    for strange in (0, -1, math.nan, math.inf, 1e20, True, "1"):
        assert batch.read_time(strange, NOW) == NOW


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
