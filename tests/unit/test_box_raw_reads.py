"""Raw reads are kept for a bounded time, in a form that survives a killed box."""

import base64
import gzip
import json

import pytest
from auto_id.iot_handlers.lib.auto_id import raw_reads
from auto_id.iot_handlers.lib.auto_id.raw_reads import RawLog, parts, recorded
from auto_id.iot_handlers.lib.auto_id.smoothing import Report

from box.simulators import llrp_scenes

NOON = 1_800_000_000.0


class Clock:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(tmp_path, clock):
    return RawLog(tmp_path / "dock", now=clock)


def add(log, clock, seconds, code="3034", minutes=10):
    clock.now += seconds
    log.add([Report(clock.now - NOON, code, 1, -55.0)], NOON, minutes)


def fetched(folder, since=0.0, **options):
    data = b"".join(base64.b64decode(part["data"]) for part in parts(folder, since, **options))
    return [json.loads(line) for line in gzip.decompress(data).splitlines()] if data else []


def test_what_is_kept_is_what_was_read(log, clock, tmp_path):
    add(log, clock, 1, "AA")
    add(log, clock, 5, "BB")
    assert fetched(tmp_path / "dock") == [
        {"time": NOON + 1, "code": "AA", "antenna": 1, "rssi": -55.0},
        {"time": NOON + 6, "code": "BB", "antenna": 1, "rssi": -55.0},
    ]


def test_the_simulators_read_what_is_kept(log, clock, tmp_path):
    for code in ("30AA", "30BB"):
        add(log, clock, 10, code)
    ((_began, path),) = recorded(tmp_path / "dock")
    sights = list(llrp_scenes.recorded(path))
    assert [(sight.time, sight.code) for sight in sights] == [(0.0, "30aa"), (10.0, "30bb")]


def test_old_minutes_are_deleted(log, clock, tmp_path):
    for minute in range(30):
        add(log, clock, 60, f"{minute:04}", minutes=10)
    codes = [int(read["code"]) for read in fetched(tmp_path / "dock")]
    assert codes == list(range(19, 30))


def test_the_disk_is_not_filled(tmp_path, clock):
    log = RawLog(tmp_path / "dock", now=clock, most_bytes=2000)
    for number in range(200):
        add(log, clock, 60, f"{number * 7919:024}", minutes=10_000)
    size = sum(path.stat().st_size for _began, path in recorded(tmp_path / "dock"))
    assert 1000 < size < 2500
    assert fetched(tmp_path / "dock")[-1]["code"] == f"{199 * 7919:024}"


def test_what_is_sent_is_bounded_and_the_newest(tmp_path, clock, log):
    for number in range(50):
        add(log, clock, 60, f"{number:024}", minutes=10_000)
    codes = [int(read["code"]) for read in fetched(tmp_path / "dock", most_bytes=1000)]
    assert codes == list(range(codes[0], 50))
    assert 5 < len(codes) < 20
    recent = [int(read["code"]) for read in fetched(tmp_path / "dock", since=clock.now - 300)]
    assert recent == list(range(44, 50))


def test_large_recordings_travel_in_parts(tmp_path, clock, log, monkeypatch):
    monkeypatch.setattr(raw_reads, "PART", 100)
    for number in range(20):
        add(log, clock, 60, f"{number:024}", minutes=100)
    found = list(parts(tmp_path / "dock", 0))
    assert [part["part"] for part in found] == list(range(1, len(found) + 1))
    assert {part["parts"] for part in found} == {len(found)}
    assert len(fetched(tmp_path / "dock")) == 20


def test_nothing_kept_is_one_empty_part(tmp_path):
    assert list(parts(tmp_path / "nobody", 0)) == [{"part": 1, "parts": 1, "data": ""}]


def test_a_killed_box_spoils_nothing(tmp_path, clock):
    for number in range(3):  # each time a new process, which never ends its file properly
        add(RawLog(tmp_path / "dock", now=clock), clock, 1, "LOST")
        log = RawLog(tmp_path / "dock", now=clock)
        log.add([Report(0, f"{number}")], clock.now, 10)
        log.flush()
    assert [read["code"] for read in fetched(tmp_path / "dock")] == ["0", "1", "2"]


def test_a_clock_that_is_set_back_stops_nothing(log, clock, tmp_path):
    add(log, clock, 10, "AA")
    add(log, clock, -100_000, "BB")
    add(log, clock, 10, "CC")
    assert {read["code"] for read in fetched(tmp_path / "dock")} == {"AA", "BB", "CC"}


@pytest.mark.parametrize("identifier", ["../../etc/passwd", "..", ".", "a/b", "dock\0", "入口:1"])
def test_no_identifier_leaves_the_folder(identifier, tmp_path):
    path = tmp_path / raw_reads.folder_name(identifier)
    assert path.parent == tmp_path
    assert path.resolve().parent == tmp_path.resolve()
