"""RFID readers end to end: simulated readers, a real box process, reads in Odoo's database."""

import base64
import gzip
import json
import time

import pytest

from box.simulators.llrp_reader import Reader
from box.simulators.llrp_scenes import epc, field, walk

from .processes import wait

pytest.importorskip("sllurp", reason="sllurp is optional and not installed")

T1, T2 = epc(1).upper(), epc(2).upper()
QUICK = {"window": 1.0, "keepalive": 1}


@pytest.fixture
def readers():
    readers = [Reader(model).start() for model in ("impinj", "zebra")]
    yield readers
    for reader in readers:
        reader.stop()


@pytest.fixture
def reader(readers):
    return readers[0]


@pytest.fixture
def connect(server, paired_box, readers):
    """Add a reader to the box, as a manager does in Odoo; its identifier and number there."""

    def connect(reader=readers[0], **options):
        values = {
            "box_id": box_number(server, paired_box),
            "name": reader.model.name,
            "driver": "llrp",
            "place": f"127.0.0.1:{reader.port}",
            **QUICK,
            **options,
        }
        (number,) = server.call("auto_id.reader", "create", [values])
        wait(lambda: reads(reader), 20, "the box lets the reader read")
        return number

    return connect


def box_number(server, box):
    def known():
        return dict(server.query("SELECT identifier, id FROM auto_id_box WHERE state = 'paired'"))

    return wait(lambda: known().get(box.identifier), 10, "the box is known")


def reads(reader):
    return any(reader.protocol.rospecs.values())


def told(server, number):
    """(kind, code) of what this reader has said, in its order."""
    query = "SELECT kind, code FROM auto_id_read WHERE reader_id = %d ORDER BY sequence"
    return [tuple(row) for row in server.query(query % number)]


def state(server, number):
    query = "SELECT state, coalesce(last_error, '') FROM auto_id_reader WHERE id = %d"
    return tuple(server.query(query % number)[0])


def test_tags_arrive_and_depart_once_in_the_database(server, reader, connect):
    number = connect()
    wait(lambda: state(server, number)[0] == "working", 30, "its state in Odoo")
    reader.show(field([epc(1), epc(2)], rate=200, antennas=(1, 2), seconds=3))
    wait(lambda: len(told(server, number)) >= 4, 20, "comings and goings")
    time.sleep(1)
    stories = told(server, number)
    assert sorted(stories[:2]) == [("arrived", T1), ("arrived", T2)]
    assert sorted(stories[2:]) == [("departed", T1), ("departed", T2)]
    query = "SELECT count, antenna, rssi FROM auto_id_read WHERE kind = 'departed'"
    for count, antenna, rssi in server.query(f"{query} AND reader_id = {number}"):
        assert count == 300
        assert antenna in (1, 2)
        assert -65 < rssi < -45


def test_a_portal_tells_who_comes_in_and_who_goes_out(server, reader, connect):
    antennas = [
        [0, 0, {"number": 1, "role": "out", "power": 30}],
        [0, 0, {"number": 2, "role": "in", "power": 20}],
    ]
    number = connect(portal=True, antenna_ids=antennas)
    assert reader.protocol.antennas == {1: 30.0, 2: 20.0}
    reader.show(walk(epc(1), (1, 2)))
    reader.show(walk(epc(2), (2, 1)))
    wait(lambda: len(told(server, number)) >= 2, 20, "both passes")
    time.sleep(1)
    assert told(server, number) == [("in", T1), ("out", T2)]


def test_a_cut_line_is_mended_and_nothing_is_told_twice(server, reader, connect):
    number = connect(window=4.0)
    reader.show(field([epc(1)], rate=50, seconds=8))
    wait(lambda: told(server, number) == [("arrived", T1)], 10, "the arrival")
    for _ in range(2):
        clients = reader.clients
        reader.cut()
        wait(lambda n=clients: reader.clients > n and reads(reader), 15, "a new connection")
    wait(lambda: len(told(server, number)) > 1, 30, "the departure")
    assert told(server, number) == [("arrived", T1), ("departed", T1)]


def test_two_readers_on_one_box(server, readers, connect):
    numbers = [connect(reader) for reader in readers]
    for place, reader in enumerate(readers):
        reader.show(field([epc(place + 1)], rate=50, seconds=1))
    wait(lambda: all(len(told(server, n)) >= 2 for n in numbers), 20, "both tell")
    assert told(server, numbers[0]) == [("arrived", T1), ("departed", T1)]
    assert told(server, numbers[1]) == [("arrived", T2), ("departed", T2)]


def test_settings_arrive_live_and_wrong_ones_are_explained(server, reader, connect):
    number = connect()
    one = [[5, 0, 0], [0, 0, {"number": 3, "power": 15.1}]]
    server.call("auto_id.reader", "write", [number], {"session": "2", "antenna_ids": one})
    wait(lambda: reader.protocol.antennas == {3: 15.0} and reads(reader), 15, "new settings")
    assert reader.protocol.session == 2
    nine = [[5, 0, 0], [0, 0, {"number": 9}]]
    server.call("auto_id.reader", "write", [number], {"antenna_ids": nine})
    wait(lambda: "no antenna 9" in state(server, number)[1], 30, "an explanation in Odoo")
    assert state(server, number)[0] == "failing"
    server.call("auto_id.reader", "write", [number], {"antenna_ids": [[5, 0, 0]]})
    wait(lambda: state(server, number) == ("working", ""), 30, "it works again")


def test_a_reader_that_is_away_is_failing_and_not_forgotten(server, reader, connect):
    number = connect()
    reader.stop()
    wait(lambda: state(server, number)[0] == "failing", 30, "it fails")
    reader.start()
    wait(lambda: state(server, number)[0] == "working", 30, "it works again")


def test_raw_reads_are_fetched_for_an_audit(server, reader, connect):
    number = connect(keep_raw_minutes=10)
    reader.show(field([epc(1)], rate=50, antennas=(1, 2), seconds=1))
    wait(lambda: len(told(server, number)) == 2, 20, "comings and goings")
    time.sleep(6)  # what is in memory goes to the box's disk
    reader.show(field([epc(1)], rate=50, seconds=0.1))
    time.sleep(1)
    server.call("auto_id.reader", "action_fetch_raw_reads", [number])
    query = "SELECT id FROM auto_id_recording WHERE state = 'received' AND reader_id = %d"
    ((recording,),) = wait(lambda: server.query(query % number), 20, "the recording")
    (found,) = server.call("auto_id.recording", "read", [recording], ["file"])
    lines = gzip.decompress(base64.b64decode(found["file"])).decode().splitlines()
    raw = [json.loads(line) for line in lines]
    assert len(raw) >= 50
    assert {read["code"] for read in raw} == {T1}
    assert {read["antenna"] for read in raw} == {1, 2}


def test_the_reader_is_left_clean_when_the_box_ends(reader, connect, paired_box):
    connect()
    paired_box.end()
    wait(lambda: not reader.protocol.rospecs, 5, "no ROSpec is left")


def test_without_sllurp_the_reader_says_what_to_do(tmp_path, server, box, reader):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sllurp.py").write_text("raise ImportError('hidden by a test')\n")
    box.start(server.token(), PYTHONPATH=str(hidden))
    box.wait_listening()
    values = {"name": "Dock", "driver": "llrp", "place": f"127.0.0.1:{reader.port}"}
    (number,) = server.call(
        "auto_id.reader", "create", [{**values, "box_id": box_number(server, box)}]
    )
    wait(lambda: "pip install sllurp" in state(server, number)[1], 30, "what to do, in Odoo")
    assert state(server, number)[0] == "failing"
