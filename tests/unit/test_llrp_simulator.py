"""The simulated reader and the connection to it, over a real socket."""

import doctest
import gzip
import json
import socket
import struct
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from auto_id.iot_handlers.lib.auto_id import settings
from auto_id.iot_handlers.lib.auto_id.llrp import LlrpError

from box.simulators import llrp_scenes
from box.simulators import llrp_wire as wire
from box.simulators.llrp_reader import Reader
from box.simulators.llrp_scenes import Sight, epc, field, recorded, walk
from box.simulators.rfid import CommandError, Console

llrp_link = pytest.importorskip(
    "auto_id.iot_handlers.lib.auto_id.llrp_link", reason="sllurp is optional and not installed"
)


@pytest.fixture(params=["impinj", "zebra"])
def reader(request):
    reader = Reader(request.param).start()
    yield reader
    reader.stop()


@contextmanager
def linked(reader, on_event=lambda data: None, **values):
    place = f"127.0.0.1:{reader.port}"
    options = settings.check("llrp", {"place": place, "keepalive": 1, **values})
    with llrp_link.Link(place, options, on_event) as link:
        yield link


def collect(link, number, seconds=5):
    found, end = [], time.monotonic() + seconds
    while len(found) < number and time.monotonic() < end:
        found += link.receive(0.05)
    return found


def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_every_report_arrives_in_order(reader):
    sights = list(walk(epc(1), seconds=0.5))
    with linked(reader) as link:
        reader.show(sights)
        reports = collect(link, len(sights))
    assert [report.antenna for report in reports] == [sight.antenna for sight in sights]
    assert {report.code for report in reports} == {epc(1).upper()}
    assert [report.time for report in reports] == sorted(report.time for report in reports)
    exact = 0.01 if reader.model.has_impinj_extensions else 0.5
    for report, sight in zip(reports, sights, strict=True):
        assert report.rssi == pytest.approx(sight.rssi, abs=exact)


def test_the_phase_is_told_by_readers_that_have_it(reader):
    with linked(reader) as link:
        reader.show([Sight(0, epc(1), 1, -50, 1.25)])
        (report,) = collect(link, 1)
    if reader.model.has_impinj_extensions:
        assert report.phase == pytest.approx(1.25, abs=0.01)
    else:
        assert report.phase is None


def test_the_reader_does_what_the_settings_say(reader):
    mode = reader.model.modes[1]
    antennas = [{"number": 1, "power": 27.53}, {"number": 3}]
    values = {"session": "2", "tag_population": 200, "mode_index": mode, "antennas": antennas}
    with linked(reader, **values) as link:
        told = reader.protocol
        assert told.session == 2
        assert told.tag_population == 200
        assert told.mode == mode
        assert told.antennas == {1: pytest.approx(27.5, abs=0.1), 3: None}
        reader.show([Sight(0, epc(2), 2), Sight(0, epc(3), 3)])
        assert [report.code for report in collect(link, 1)] == [epc(3).upper()]


def test_without_antennas_all_are_used(reader):
    with linked(reader):
        assert list(reader.protocol.antennas) == list(range(1, reader.model.antennas + 1))


def test_it_is_left_clean(reader):
    with linked(reader):
        assert reader.protocol.rospecs == {1: True}
    assert until(lambda: reader.protocol.rospecs == {})


def test_what_an_earlier_client_left_is_removed(reader):
    reader.protocol.rospecs.update({1: True, 77: True})
    with linked(reader):
        assert reader.protocol.rospecs == {1: True}


def test_a_wrong_setting_is_refused_in_words_and_leaves_nothing(reader):
    with pytest.raises(LlrpError, match="no antenna 40"), linked(reader, antennas=[{"number": 40}]):
        pass
    assert until(lambda: reader.protocol.rospecs == {})
    with linked(reader):  # and the reader is free again
        pass


def test_the_reader_says_itself_what_it_refuses(reader):
    reader.protocol.model = reader.model._replace(antennas=0)  # its capabilities tell too much
    reader.model = reader.protocol.model
    refused = pytest.raises(LlrpError, match="refuses ADD_ROSPEC: there is no antenna 1")
    with refused, linked(reader, antennas=[{"number": 1}]):
        pass


def test_a_held_reader_is_told_from_a_broken_one(reader):
    with linked(reader):
        with pytest.raises(LlrpError, match="Another program holds this reader"), linked(reader):
            pass
        assert reader.protocol.rospecs == {1: True}


def test_keepalives_are_answered(reader):
    with linked(reader) as link:
        assert until(lambda: link.receive(0.1) or reader.protocol.acknowledged > 0)


def test_a_cut_line_is_noticed_at_once(reader):
    with pytest.raises(OSError), linked(reader) as link:
        reader.cut()
        link.receive(2)
        link.receive(2)


def test_a_frozen_reader_is_noticed(reader):
    with pytest.raises(LlrpError, match="silent for 3 seconds"), linked(reader) as link:
        reader.freeze()
        end = time.monotonic() + 8
        while time.monotonic() < end:
            link.receive(0.2)
    reader.thaw()


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    options = settings.check("llrp", {"place": f"127.0.0.1:{port}"})
    with pytest.raises(ConnectionRefusedError):
        llrp_link.Link(options["place"], options).__enter__()


def test_somebody_else_there():
    """A web server, say: it never greets, or greets with something else."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        link = llrp_link.Link(place, settings.check("llrp", {"place": place}))
        server.settimeout(5)
        original = link._greet

        def greet():
            client, _address = server.accept()
            client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            original()

        link._greet = greet
        with pytest.raises(LlrpError, match="No LLRP reader"):
            link.__enter__()


def test_one_garbled_message_is_survived_and_many_are_not(reader):
    with linked(reader) as link:
        reader.garbage()
        reader.show([Sight(0, epc(1))])
        assert len(collect(link, 1)) == 1
        for _ in range(10):
            reader.garbage()
        with pytest.raises(LlrpError, match="cannot be read"):
            collect(link, 1, seconds=2)


def test_a_wrong_length_is_noticed(reader):
    with pytest.raises(LlrpError, match="a message of 4294967040 bytes"), linked(reader) as link:
        reader.wrong_length()
        collect(link, 1, seconds=2)


def test_outputs_and_inputs(reader):
    events = []
    with linked(reader, events.append) as link:
        link.set_output(2, True)
        assert until(lambda: reader.protocol.outputs == {2: True})
        link.set_output(2, False)
        assert until(lambda: reader.protocol.outputs == {2: False})
        with pytest.raises(LlrpError, match="no output 9: this reader has 4"):
            link.set_output(9, True)
        reader.input(3, True)
        until(lambda: link.receive(0.05) or events)
    assert events[0]["GPIEvent"] == {"GPIPortNumber": 3, "GPIEvent": True}


def test_an_unknown_message_is_answered_with_an_error(reader):
    with socket.create_connection(("127.0.0.1", reader.port), 5) as client:
        splitter, messages = wire.Splitter(), []
        client.sendall(wire.message(60, 9))
        while len(messages) < 2:
            messages += splitter.feed(client.recv(4096))
    assert [message.type for message in messages] == [
        wire.Kind.READER_EVENT_NOTIFICATION,
        wire.Kind.ERROR_MESSAGE,
    ]
    (status,) = wire.parameters(messages[1].body)
    assert struct.unpack_from("!H", status.fields) == (wire.Code.UNSUPPORTED_MESSAGE,)


def test_a_recording_is_played_as_it_was(reader, tmp_path):
    lines = [
        {"time": 1000.0, "code": epc(1), "antenna": 1, "rssi": -50.0},
        {"time": 1000.2, "code": epc(2).upper(), "antenna": 2, "rssi": -61.5},
    ]
    path = tmp_path / "reads.jsonl.gz"
    path.write_bytes(b"".join(gzip.compress(json.dumps(line).encode() + b"\n") for line in lines))
    with linked(reader) as link:
        Console(reader).do("play", str(path))
        first, second = collect(link, 2)
    assert [first.code, second.code] == [epc(1).upper(), epc(2).upper()]
    assert second.antenna == 2
    assert second.time - first.time == pytest.approx(0.2, abs=0.1)


def test_a_line_that_is_no_read_is_named(tmp_path):
    path = tmp_path / "reads.jsonl"
    path.write_text('{"time": 1, "code": "30"}\n{"time": 2, "code": "xyz"}\n')
    with pytest.raises(ValueError, match=r"line 2 of reads\.jsonl is no read"):
        list(recorded(path))


def test_its_console(reader):
    console = Console(reader)
    with linked(reader) as link:
        assert console.do("tags", "3", "0.2") is None
        assert {r.code for r in collect(link, 15)} == {epc(n).upper() for n in (1, 2, 3)}
        assert "reads=True" in console.do("status")
        console.do("tags", "3")
        assert collect(link, 10)
        console.do("clear")
        until(lambda: not link.receive(0.2))
        assert link.receive(0.2) == []
    for words in (["dance"], ["tags"], ["tags", "x"], ["walk", "up"], ["play", "/nowhere"]):
        with pytest.raises(CommandError):
            console.do(*words)


def test_its_command_line():
    command = [sys.executable, "-m", "box.simulators.rfid", "--port", "0", "--do", "walk in"]
    output = subprocess.run(
        command, input="dance\nstatus\nquit\nstatus\n", capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert output[0].startswith("Impinj R420 at 127.0.0.1:")
    assert output[1] == "ok"
    assert output[2].startswith("Error: no command dance; there are: tags, walk, play")
    assert output[3].startswith("reads=False")
    assert len(output) == 4


@pytest.mark.parametrize("module", [llrp_scenes, wire])
def test_its_examples_are_true(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_a_field_reads_every_tag_at_its_rate():
    sights = list(field([epc(1), epc(2)], rate=100, antennas=(1, 4), seconds=2))
    assert len(sights) == 200
    assert sights[-1].time == pytest.approx(1.99)
    assert {(s.code, s.antenna) for s in sights} == {(epc(t), a) for t in (1, 2) for a in (1, 4)}
