"""The RFID driver and a simulated reader, with a stand-in for the box around it."""

import base64
import gzip
import json
import logging
import sys
import time
from types import SimpleNamespace

import pytest
from box_stand_in import STOCK, Box

from box.simulators.llrp_reader import Reader
from box.simulators.llrp_scenes import Sight, epc, field, walk

pytest.importorskip("sllurp", reason="sllurp is optional and not installed")

T1, T2 = epc(1).upper(), epc(2).upper()


@pytest.fixture
def box(monkeypatch, tmp_path):
    return Box(monkeypatch, tmp_path)


@pytest.fixture
def changed(box, monkeypatch):
    """What the driver tells the stock software."""
    told = []
    manager = SimpleNamespace(device_changed=lambda device: told.append(device.data["value"]))
    module = SimpleNamespace(event_manager=manager)
    monkeypatch.setitem(sys.modules, f"{STOCK}.event_manager", module)
    return told


@pytest.fixture
def driver(box, changed):
    modules = ("clock", "llrp", "llrp_link", "outbox", "raw_reads", "smoothing", "wire")
    return box.load("drivers.auto_id_llrp_driver", *modules)


@pytest.fixture
def reader():
    reader = Reader("impinj").start()
    yield reader
    reader.stop()


@pytest.fixture
def settle(box, reader):
    """Give the reader `dock` settings, as Odoo does."""

    def settle(**options):
        place = f"127.0.0.1:{reader.port}"
        values = {"driver": "llrp", "place": place, "window": 0.5, "keepalive": 1, **options}
        box.library("configuration").store("v", {"dock": values})

    settle()
    return settle


@pytest.fixture
def dock(driver, settle):
    device = driver.AutoIdLlrpReader("dock", {"identifier": "dock", "place": "x"})
    device.start()
    yield device
    device.disconnect()
    device.join(5)
    assert not device.is_alive()


def until(condition, seconds=8):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def stored(box, number):
    box.codes(number)
    return [(json.loads(event.details)["kind"], event.code) for event in box.spool.batch(1000)]


def reads(reader):
    return any(reader.protocol.rospecs.values())


def test_what_happens_to_tags_goes_to_the_spool(box, reader, dock):
    assert until(lambda: dock.state == "working")
    began = time.time()
    reader.show(field([epc(1), epc(2)], rate=40, seconds=1))
    kinds = stored(box, 4)
    assert sorted(kinds[:2]) == [("arrived", T1), ("arrived", T2)]
    assert sorted(kinds[2:]) == [("departed", T1), ("departed", T2)]
    arrived = box.spool.batch(1)[0]
    assert arrived.reader == "dock"
    assert arrived.time == pytest.approx(began, abs=1)
    details = json.loads(arrived.details)
    assert (details["antenna"], details["count"]) == (1, 1)
    assert details["rssi"] == pytest.approx(-55, abs=6)
    assert (dock.reads, dock.errors, dock.device_type) == (4, 0, "rfid")


def test_a_cut_line_is_mended_and_no_tag_departs_for_it(box, reader, dock, settle):
    settle(window=3)
    assert until(lambda: reads(reader) and dock.settings["window"] == 3)
    reader.show(field([epc(1)], rate=20, seconds=4))
    assert stored(box, 1) == [("arrived", T1)]
    reader.cut()
    assert until(lambda: dock.errors == 1)
    assert until(lambda: dock.state == "working" and reader.clients > 1)
    time.sleep(2)
    assert stored(box, 1) == [("arrived", T1)]


def test_a_reader_that_is_away_is_failing_and_comes_back(box, reader, dock):
    assert until(lambda: dock.state == "working")
    reader.stop()
    assert until(lambda: "refused" in dock.last_error and dock.state == "failing")
    reader.start()
    assert until(lambda: dock.state == "working")


def test_new_settings_arrive_without_a_restart(reader, dock, settle):
    assert until(lambda: reads(reader))
    settle(session="2", antennas=[{"number": 2, "power": 20}])
    assert until(lambda: reader.protocol.antennas == {2: 20.0} and reads(reader))
    assert reader.protocol.session == 2


def test_settings_that_the_reader_cannot_follow_are_told(reader, dock, settle):
    settle(antennas=[{"number": 9}])
    assert until(lambda: dock.state == "failing")
    assert "no antenna 9: this reader has 4" in dock.last_error
    settle()
    assert until(lambda: dock.state == "working")


def test_a_portal_tells_directions(box, reader, dock, settle):
    settle(portal=True, antennas=[{"number": 1, "role": "out"}, {"number": 2, "role": "in"}])
    assert until(lambda: set(reader.protocol.antennas) == {1, 2} and reads(reader))
    reader.show(walk(epc(1), (1, 2)))
    reader.show(walk(epc(2), (2, 1)))
    assert stored(box, 2) == [("in", T1), ("out", T2)]


def test_without_sllurp_it_says_what_to_do(monkeypatch, driver, settle):
    monkeypatch.setitem(sys.modules, f"{STOCK}.iot_handlers.lib.auto_id.llrp_link", None)
    device = driver.AutoIdLlrpReader("dock", {"identifier": "dock", "place": "x"})
    device.start()
    until(lambda: device.state == "failing")
    device.disconnect()
    device.join(5)
    assert device.state == "failing"
    assert "pip install sllurp" in device.last_error


def test_signals_switch_outputs_for_a_moment(reader, dock, settle):
    settle(gpo_accept=2)
    assert until(lambda: dock.settings["gpo_accept"] and dock.state == "working" and reads(reader))
    signal = dock._actions["auto_id_signal"]
    assert signal({"action": "auto_id_signal", "kind": "accept"}) is True
    assert until(lambda: reader.protocol.outputs == {2: True})
    assert until(lambda: reader.protocol.outputs == {2: False})
    assert signal({"kind": "refuse"}) is False  # no output for it
    with pytest.raises(ValueError, match="accept or refuse"):
        signal({"kind": "dance"})


def test_inputs_are_told(reader, dock, changed):
    assert until(lambda: reads(reader))
    reader.input(3, True)
    assert until(lambda: changed == [{"input": 3, "on": True}])


def test_an_antenna_that_falls_off_is_told_if_it_is_used(reader, dock, settle):
    settle(antennas=[{"number": 2}])
    assert until(lambda: reader.protocol.antennas == {2: None} and dock.state == "working")
    before = dock.errors  # the reader may still have held the connection of the old settings
    reader.antenna(3, False)
    reader.antenna(2, False)
    assert until(lambda: dock.last_error == "Antenna 2 is disconnected")
    assert dock.errors == before + 1
    reader.antenna(2, True)
    assert until(lambda: not dock.last_error)


def test_an_output_does_not_stay_on_when_settings_change(reader, dock, settle):
    settle(gpo_refuse=1)
    assert until(lambda: dock.settings["gpo_refuse"] and dock._link and reads(reader))
    dock._actions["auto_id_signal"]({"kind": "refuse"})
    assert until(lambda: reader.protocol.outputs == {1: True})
    settle(gpo_refuse=1, window=9)
    assert until(lambda: reader.protocol.outputs == {1: False}, seconds=0.9)


def test_raw_reads_are_deleted_when_nobody_wants_them_any_more(box, reader, dock, settle):
    def kept():
        return list((box.folder / "raw" / "dock").glob("*"))

    settle(keep_raw_minutes=5)
    assert until(lambda: dock.settings["keep_raw_minutes"] == 5 and reads(reader))
    reader.show([Sight(0, epc(1))])
    assert until(lambda: dock.reads)
    settle(keep_raw_minutes=5, window=1)
    assert until(kept)
    settle(keep_raw_minutes=0)
    assert until(lambda: not kept())


def test_raw_reads_are_kept_and_sent_when_asked(box, driver, reader, dock, settle, monkeypatch):
    sent = []
    monkeypatch.setattr(driver.outbox, "settings", lambda: "settings", raising=False)
    monkeypatch.setattr(
        driver.wire, "post", lambda settings, path, payload: sent.append((path, payload))
    )
    settle(keep_raw_minutes=5)
    assert until(lambda: dock.settings["keep_raw_minutes"] == 5 and reads(reader))
    reader.show([Sight(0, epc(1), 1, -50, 1.5), Sight(0.1, epc(1), 2, -60)])
    assert until(lambda: dock.reads)
    time.sleep(0.3)
    settle(keep_raw_minutes=5, window=1)  # what is in memory goes to the disk
    assert until(lambda: dock.settings["window"] == 1)
    assert dock._actions["auto_id_raw"]({"minutes": 5, "request": "r1"}) is True
    assert until(lambda: sent)
    ((path, payload),) = sent
    assert path == "/auto_id/v1/raw"
    assert (payload["reader"], payload["request"]) == ("dock", "r1")
    assert (payload["part"], payload["parts"]) == (1, 1)
    lines = gzip.decompress(base64.b64decode(payload["data"])).decode().splitlines()
    first, second = map(json.loads, lines)
    assert (first["code"], first["antenna"], first["rssi"]) == (T1, 1, -50.0)
    assert first["phase"] == pytest.approx(1.5, abs=0.01)
    assert first["time"] == pytest.approx(time.time(), abs=5)
    assert second["antenna"] == 2


def test_the_reader_is_left_clean(reader, driver, settle, caplog):
    caplog.set_level(logging.INFO)
    device = driver.AutoIdLlrpReader("dock", {"identifier": "dock", "place": "x"})
    device.start()
    assert until(lambda: reads(reader))
    device._leave()  # what happens when the box ends
    assert not device.is_alive()
    assert until(lambda: not reader.protocol.rospecs)
