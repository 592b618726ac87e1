"""The spool: nothing is lost, no sequence comes twice, and the disk does not fill up."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from auto_id.iot_handlers.lib.auto_id import spool as spool_module
from auto_id.iot_handlers.lib.auto_id.spool import Spool


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
    assert Spool(path).put("counter", "x") == last + 1


def test_a_new_disk_does_not_bring_old_sequences_back(path, monkeypatch):
    old = Spool(path).put("counter", "x")
    clock = spool_module.time.time
    monkeypatch.setattr(spool_module.time, "time", lambda: clock() + 60)
    assert Spool(path.with_name("new.sqlite3")).put("counter", "x") > old


def test_a_killed_process_loses_nothing(path):
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from spool import Spool\n"
        "spool = Spool(sys.argv[2]); [spool.put('counter', str(n)) for n in range(7)]\n"
        "os.kill(os.getpid(), 9)"
    )
    library = Path(spool_module.__file__).parent
    subprocess.run([sys.executable, "-c", code, library, path], check=False)
    assert [event.code for event in Spool(path).batch(99)] == [str(n) for n in range(7)]


def test_the_oldest_reads_give_way_when_it_is_full(path):
    spool = Spool(path, most_reads=3)
    for n in range(5):
        spool.put("counter", str(n))
    assert [event.code for event in spool.batch(9)] == ["2", "3", "4"]
    assert len(spool) == 3


def test_the_file_stays_below_its_largest_size(path, monkeypatch):
    monkeypatch.setattr(spool_module, "MOST_BYTES", 1024 * 1024)
    spool = Spool(path)
    for n in range(100):
        spool.put("counter", f"{n} {'x' * 60_000}")
    assert path.stat().st_size <= 1024 * 1024
    assert spool.batch(999)[-1].code.startswith("99 ")
    assert len(spool) == len(spool.batch(999)) > 0


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


def test_a_file_that_is_no_spool_is_refused(path):
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        Spool(path)
