"""What is asked of an LLRP reader, and what its answers mean."""

import json
import math
import random
import struct
from pathlib import Path

import pytest
from auto_id.iot_handlers.lib.auto_id import llrp, settings
from hypothesis import given
from hypothesis import strategies as st

from box.simulators import llrp_wire as wire
from box.simulators.llrp_models import MODELS
from box.simulators.llrp_protocol import Protocol
from box.simulators.llrp_reader import tag_report
from box.simulators.llrp_scenes import Sight

sllurp = pytest.importorskip("sllurp.llrp", reason="the codec of LLRP is optional")

VECTORS = Path(__file__).resolve().parents[3] / "shared/vectors/llrp.json"


def options(**values):
    return settings.check("llrp", values)


def vectors():
    if not VECTORS.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{VECTORS.name} is not here"))]
    cases = json.loads(VECTORS.read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in cases]


def decode(data):
    message = sllurp.LLRPMessage(msgbytes=data)
    return message.msgdict[message.getName()]


def able(model="impinj"):
    answer = Protocol(MODELS[model]).answer(
        wire.Message(wire.Kind.GET_READER_CAPABILITIES, 1, b"\0")
    )
    return llrp.capabilities(decode(answer))


@pytest.mark.parametrize("case", vectors())
def test_foreign_messages_are_taken_apart(case):
    """Messages of real readers, which another project recorded."""
    data = bytes.fromhex(case["full_message_hex"])
    (message,) = wire.Splitter().feed(data)
    assert message.type == case["message_type"]
    found = wire.parameters(message.body)
    rebuilt = wire.message(message.type, message.number, *(build(p) for p in found))
    assert rebuilt == data
    expected = case["expected_tag"]
    if expected:
        (report,) = llrp.reports(decode(data)["TagReportData"], llrp.ReaderClock(), 7.0)
        assert report.antenna == expected["AntennaID"]
        assert report.rssi == expected["PeakRSSI"]
        assert report.time == 7.0
        assert report.code == case["checks"]["sllurp_3.0.5"]["tags"][0]["EPC"].upper()
    if case["message_name"] == "GetReaderCapabilitiesResponse":
        understood = llrp.capabilities(decode(data))
        assert understood.is_impinj
        assert understood.antennas == 4
        assert understood.powers[1] == 10.0
        assert {0, 1, 2, 3, 4, 1000}.issubset(understood.modes)


def build(found):
    inside = [build(parameter) for parameter in found.inside]
    if isinstance(found.type, tuple):
        return wire.custom(*found.type, found.fields)
    if found.type <= 127:
        return bytes([0x80 | found.type]) + found.fields
    return wire.parameter(found.type, found.fields, *inside)


@pytest.mark.parametrize("model", MODELS)
def test_the_simulated_readers_tell_what_they_can(model):
    told = able(model)
    kind = MODELS[model]
    assert (told.vendor, told.antennas, told.outputs) == (kind.vendor, kind.antennas, kind.gpos)
    assert list(told.powers.values()) == [power / 100 for power in kind.powers]
    assert told.modes == set(kind.modes)
    assert bool(told.hop_table) is kind.hopping


def test_a_reader_that_tells_little_is_used_all_the_same():
    told = llrp.capabilities({"LLRPStatus": {}})
    assert llrp.rospec(options(), told)["AISpec"][0]["AntennaID"] == [0]
    assert llrp.reader_config(options(), told)["GPIPortCurrentState"] == []


def test_powers_are_never_above_what_was_asked():
    powers = able().powers
    assert powers[llrp.power_index(powers, 27.6)] == 27.5
    assert powers[llrp.power_index(powers, 99)] == 32.5
    assert powers[llrp.power_index(powers, 0.5)] == 10.0  # the least it has
    with pytest.raises(llrp.LlrpError, match="set no power"):
        llrp.power_index({}, 20)


@given(st.dictionaries(st.integers(1, 255), st.floats(0, 40), min_size=1), st.floats(0, 40))
def test_no_better_power_is_left_unused(powers, asked):
    chosen = powers[llrp.power_index(powers, asked)]
    legal = [power for power in powers.values() if power <= asked]
    assert chosen == (max(legal) if legal else min(powers.values()))


def test_what_a_reader_cannot_do_is_said():
    with pytest.raises(llrp.LlrpError, match="no antenna 9: this reader has 4"):
        llrp.rospec(options(antennas=[{"number": 9}]), able())
    with pytest.raises(llrp.LlrpError, match="no mode 7: this reader has 0, 1, 2"):
        llrp.rospec(options(mode_index=7), able())


def test_phase_is_asked_of_impinj_only():
    assert "ImpinjTagReportContentSelector" in llrp.rospec(options(), able())["ROReportSpec"]
    zebra = llrp.rospec(options(), able("zebra"))["ROReportSpec"]
    assert "ImpinjTagReportContentSelector" not in zebra


@given(
    st.binary(min_size=2, max_size=62).filter(lambda data: len(data) % 2 == 0),
    st.integers(1, 255),
    st.floats(-100, 0),
    st.floats(0, 2 * math.pi - 0.01),
)
def test_tags_of_any_length_come_through(data, antenna, rssi, phase):
    """Simulator to bytes to sllurp to a report."""
    sight = Sight(0.0, data.hex(), antenna, rssi, phase)
    for impinj in (True, False):
        body = tag_report(sight, 1_000_000, impinj=impinj)
        tags = decode(wire.message(wire.Kind.RO_ACCESS_REPORT, 1, body))["TagReportData"]
        (report,) = llrp.reports(tags, llrp.ReaderClock(), 5.0)
        assert report.code == data.hex().upper()
        assert report.antenna == antenna
        assert report.rssi == pytest.approx(rssi, abs=0.01 if impinj else 0.5)
        if impinj:
            assert report.phase == pytest.approx(phase, abs=0.01) or phase > 6.28
        else:
            assert report.phase is None


def test_a_report_without_a_code_is_left_out():
    assert llrp.reports([{"AntennaID": 1}], llrp.ReaderClock(), 5.0) == []


def test_late_reports_keep_the_order_that_the_reader_saw():
    clock = llrp.ReaderClock()
    assert clock.ours(1000.0, 50.0) == 50.0
    assert clock.ours(1000.1, 52.0) == pytest.approx(50.1, abs=0.01)
    assert clock.ours(1002.0, 52.0) == pytest.approx(52.0, abs=0.01)


def test_a_reader_whose_clock_is_set_is_followed():
    clock = llrp.ReaderClock()
    clock.ours(1000.0, 50.0)
    assert clock.ours(1_700_000_000.0, 51.0) == 51.0
    assert clock.ours(1_700_000_000.5, 51.5) == pytest.approx(51.5, abs=0.01)


@given(st.floats(-5e-4, 5e-4), st.integers(0, 1000))
def test_a_clock_that_drifts_is_followed(drift, seed):
    clock, chance = llrp.ReaderClock(), random.Random(seed)
    for second in range(0, 5000, 10):
        delay = chance.uniform(0, 0.05)
        ours = clock.ours(1e6 + second * (1 + drift), 100 + second + delay)
        assert ours == pytest.approx(100 + second, abs=0.1)


def test_zones_and_sides_come_from_the_antennas():
    rows = [
        {"number": 1, "zone": "shelf"},
        {"number": 2, "zone": "shelf"},
        {"number": 3, "zone": "till", "role": "in"},
        {"number": 4, "role": "out"},
    ]
    plain = llrp.thresholds(options(antennas=rows, window=7, arrived_after=4))
    assert plain.zones == {1: 1, 2: 1, 3: 2}
    assert (plain.depart_after, plain.arrive_reads, plain.sides) == (7, 4, {})
    assert llrp.thresholds(options(antennas=rows, portal=True)).sides == {4: 0, 3: 1}


@pytest.mark.parametrize(
    ("place", "expected"),
    [("10.0.0.9", ("10.0.0.9", 5084)), ("dock:5085", ("dock", 5085)), ("[::1]", ("::1", 5084))],
)
def test_addresses(place, expected):
    assert llrp.address(place) == expected


@given(st.binary(max_size=200))
def test_noise_is_refused_or_taken_apart_but_breaks_nothing(noise):
    try:
        messages = wire.Splitter().feed(noise)
        for message in messages:
            wire.parameters(message.body)
    except wire.WireError:
        pass
    answer = Protocol(MODELS["impinj"]).answer(wire.Message(wire.Kind.ADD_ROSPEC, 1, noise))
    assert struct.unpack_from("!H", answer)[0] & 0x3FF == wire.Kind.ADD_ROSPEC + wire.RESPONSE
