"""The spool: nothing is lost, no sequence comes twice, and the disk does not fill up."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import Mock

import pytest
from auto_id.iot_handlers.lib.auto_id import event as event_module
from auto_id.iot_handlers.lib.auto_id import spool as spool_module
from auto_id.iot_handlers.lib.auto_id.event import new_event
from auto_id.iot_handlers.lib.auto_id.spool import Spool, SpoolFullError, open_spool
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spool.sqlite3"


def test_reads_come_out_in_order_until_removed(path):
    spool = Spool(path)
    sequences = [spool.put("counter", f"CARD-{n}", n) for n in range(5)]
    assert sequences == list(range(sequences[0], sequences[0] + 5))
    assert [event.code for event in spool.batch(3)] == ["CARD-0", "CARD-1", "CARD-2"]
    spool.remove(spool.batch(3))
    assert [event.sequence for event in spool.batch(10)] == sequences[3:]
    assert len(spool) == 2


def test_sequences_go_on_after_a_restart_with_an_empty_spool(path):
    spool = Spool(path)
    last = [spool.put("counter", "x") for _ in range(3)][-1]
    spool.remove(spool.batch(10))
    spool.close()
    assert Spool(path).put("counter", "x") > last


def test_a_new_disk_does_not_bring_old_sequences_back(path, monkeypatch):
    old = Spool(path).put("counter", "x")
    clock = spool_module.time.time
    monkeypatch.setattr(spool_module.time, "time", lambda: clock() + 60)
    assert Spool(path.with_name("new.sqlite3")).put("counter", "x") > old


def test_a_killed_process_loses_nothing(path):
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from auto_id.spool import Spool\n"
        "spool = Spool(sys.argv[2]); [spool.put('counter', str(n)) for n in range(7)]\n"
        "os.kill(os.getpid(), 9)"
    )
    library = Path(spool_module.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code, library, path], check=False)
    assert [event.code for event in Spool(path).batch(99)] == [str(n) for n in range(7)]


def test_the_oldest_reads_are_kept_when_it_is_full(path, caplog):
    spool = Spool(path, most_reads=3)
    spool.put("counter", "0")
    with pytest.raises(SpoolFullError):
        spool.put_many([{"reader": "counter", "code": str(n)} for n in range(1, 5)])
    with pytest.raises(SpoolFullError):
        spool.put("counter", "5")
    assert [event.code for event in spool.batch(9)] == ["0", "1", "2"]
    assert spool.health()["dropped"] == 3
    assert "full" in spool.health()["trouble"]
    assert "full" in caplog.text
    spool.remove(spool.batch(1))
    spool.put("counter", "6")
    assert [event.code for event in spool.batch(9)] == ["1", "2", "6"]
    assert spool.health()["trouble"] == ""


def test_file_and_memory_stay_below_their_largest_size(path, monkeypatch):
    monkeypatch.setattr(spool_module, "MOST_BYTES", 1024 * 1024)
    monkeypatch.setattr(spool_module, "MOST_HELD_BYTES", 600_000)
    spool = Spool(path)
    stored = 0
    with pytest.raises(SpoolFullError):
        for stored in range(100):
            spool.put("counter", f"{stored} {'x' * 60_000}")
    assert path.stat().st_size <= 1024 * 1024
    assert len(spool) == len(spool.batch(999)) == stored
    assert 20 < stored < 30


def test_what_waits_in_memory_keeps_its_order_and_goes_to_the_disk(path, monkeypatch):
    monkeypatch.setattr(spool_module, "TRY_DISK", 0)
    spool = Spool(path)
    spool.put("counter", "0")
    full = sqlite3.OperationalError("database or disk is full")
    with monkeypatch.context() as failing:
        failing.setattr(spool, "_insert", Mock(side_effect=full))
        failing.setattr(spool, "_delete", Mock(side_effect=full))
        spool.put_many([{"reader": "counter", "code": code} for code in "123"])
        assert "disk is full" in spool.health()["trouble"]
        assert [event.code for event in spool.batch(9)] == ["0", "1", "2", "3"]
        spool.remove(spool.batch(2))
        assert [event.code for event in spool.batch(9)] == ["2", "3"]
    spool.put("counter", "4")
    assert [event.code for event in spool.batch(9)] == ["2", "3", "4"]
    assert spool.health()["trouble"] == ""
    spool.remove(spool.batch(1))
    spool.close()
    assert [event.code for event in Spool(path).batch(9)] == ["3", "4"]


def test_reads_whose_numbers_others_have_get_new_ones_for_good(path):
    spool = Spool(path)
    spool.put_many([{"reader": "counter", "code": code} for code in "abcd"])
    batch = spool.batch(3)
    spool.remove(batch, [batch[0].sequence, batch[2].sequence])
    spool.close()
    events = Spool(path).batch(9)
    assert [event.code for event in events] == ["d", "a", "c"]
    assert [event[2:] for event in events[1:]] == [batch[0][2:], batch[2][2:]]


def test_two_spools_of_one_disk_image_go_apart(path, tmp_path):
    Spool(path).put("counter", "x")
    copies = [tmp_path / name for name in ("one.sqlite3", "two.sqlite3")]
    for copy in copies:
        shutil.copy(path, copy)
    first, second = (Spool(copy).put("counter", "y") for copy in copies)
    assert first != second


def test_a_wrong_clock_brings_no_sequence_back(path, monkeypatch):
    last = Spool(path).put("counter", "x")
    monkeypatch.setattr(spool_module.time, "time", lambda: 0.0)
    assert Spool(path).put("counter", "y") > last


def test_an_age_is_told_by_the_clock_that_nobody_sets(path, monkeypatch):
    spool = Spool(path)
    spool.put("counter", "now")
    spool.put("counter", "a minute ago", time.time() - 60)
    monkeypatch.setattr(spool_module.time, "time", lambda: 0.0)
    now, ago = (event.as_json()["age"] for event in spool.batch(9))
    assert 0 <= now < 10
    assert 60 <= ago < 70


def test_after_a_reboot_no_age_is_told(path, monkeypatch):
    Spool(path).put("counter", "x")
    monkeypatch.setattr(event_module, "BOOT", "another")
    (event,) = Spool(path).batch(9)
    assert "age" not in event.as_json()


def test_a_spool_of_an_earlier_version_is_taken_over(path):
    db = sqlite3.connect(path)
    db.executescript(
        "CREATE TABLE read (sequence INTEGER PRIMARY KEY AUTOINCREMENT, reader TEXT NOT NULL,"
        " code TEXT NOT NULL, time REAL NOT NULL);"
        "INSERT INTO read VALUES (59000000000, 'counter', 'old', 1700000000.5)"
    )
    db.close()
    spool = Spool(path)
    assert spool.put("counter", "new", kind="arrived") > 59_000_000_000
    old, new = (event.as_json() for event in spool.batch(9))
    assert old == {
        "sequence": 59_000_000_000,
        "reader": "counter",
        "code": "old",
        "time": 1_700_000_000.5,
    }
    assert (new["code"], new["kind"]) == ("new", "arrived")


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_text_can_be_stored_and_sent(reader, code):
    (event,) = (new_event(1, {"reader": reader + "\udcff", "code": "\ud800" + code}),)
    json.dumps(event.as_json(), ensure_ascii=False).encode()
    assert event.code.endswith(code)


def test_dead_letters_are_kept_with_their_reason_and_bounded(path, monkeypatch):
    monkeypatch.setattr(spool_module, "MOST_DEAD", 3)
    spool = Spool(path)
    for n in range(5):
        spool.put("counter", str(n))
        spool.bury(spool.batch(1), "malformed")
    assert [(event.code, reason) for event, reason in spool.dead_letters()] == [
        ("2", "malformed"),
        ("3", "malformed"),
        ("4", "malformed"),
    ]
    assert not spool.wait(timeout=0)


def test_a_damaged_file_is_put_aside(path, caplog):
    path.write_bytes(b"not a database" * 1000)
    spool = open_spool(path)
    spool.put("counter", "x")
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"not a database")
    assert "damaged" in caplog.text


def test_a_file_that_cannot_be_opened_does_not_stop_the_reading(tmp_path, caplog):
    (tmp_path / "spool.sqlite3").mkdir()
    spool = open_spool(tmp_path / "spool.sqlite3")
    spool.put("counter", "x")
    assert [event.code for event in spool.batch(9)] == ["x"]
    assert "cannot be used" in spool.health()["trouble"]
    assert "in memory" in caplog.text
