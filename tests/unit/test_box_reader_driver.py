"""What all drivers of readers share, with a device that a test plays."""

import doctest
import time

import pytest
from box_stand_in import Box


@pytest.fixture
def box(monkeypatch, tmp_path):
    return Box(monkeypatch, tmp_path)


@pytest.fixture
def module(box, monkeypatch):
    module = box.library("reader_driver")
    monkeypatch.setattr(module, "REOPEN_PAUSES", (0.01, 0.02))
    return module


@pytest.fixture
def make(module):
    """A reader whose `_serve` is the test's; it ends with the test."""
    made = []

    def make(serve, identifier="desk"):
        cls = type("Reader", (module.ReaderDriver,), {"kind": "nfc", "_serve": serve})
        reader = cls(identifier, {})
        reader.device_name = "Desk"
        made.append(reader)
        return reader

    yield make
    for reader in made:
        reader.stop()
        if reader.is_alive():
            reader.join(5)
            assert not reader.is_alive()


def wait(condition):
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def idle(reader):
    reader.working()
    while not reader.interrupted:
        reader.pause(1)


def test_the_examples_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_codes_lose_their_frame_and_their_repeats(box, make):
    values = {"driver": "nfc", "prefix": "<", "suffix": ">", "repeat_after": 60}
    box.library("configuration").store("v", {"desk": values})
    reader = make(idle)
    reader.deliver("<A>", when=7.5, symbology="]C1")
    reader.deliver("A")
    reader.deliver_many([("B", None, {}), ("B", None, {}), ("<>", None, {})])
    events = box.spool.batch(9)
    assert [event.code for event in events] == ["A", "B", "<>"]
    assert events[0].as_json() | {"age": 0, "sequence": 0} == {
        "sequence": 0,
        "reader": "desk",
        "code": "A",
        "time": 7.5,
        "age": 0,
        "symbology": "]C1",
    }
    assert reader.reads == 3


def test_the_same_tag_may_arrive_and_depart(box, make):
    box.library("configuration").store("v", {"desk": {"driver": "nfc", "repeat_after": 60}})
    reader = make(idle)
    for kind in ("arrived", "departed", "arrived"):
        reader.deliver("A", kind=kind)
    assert len(box.spool) == 2


@pytest.mark.parametrize("error", [OSError(5, "gone"), ValueError("odd"), KeyError("bug")])
def test_a_device_that_fails_is_opened_again(make, error, caplog):
    def serve(reader):
        reader.attempts = getattr(reader, "attempts", 0) + 1
        if reader.attempts < 4:
            raise error
        idle(reader)

    reader = make(serve)
    reader.start()
    wait(lambda: reader.state == "working")
    assert reader.attempts == 4
    assert reader.errors == 1  # one series of failures, told once
    assert caplog.text.count("It is opened again") == 1
    assert reader.last_error == ""


def test_the_server_hears_of_a_failure_with_its_reason(make, module):
    def serve(reader):
        raise OSError(111, "Connection refused")

    reader = make(serve)
    module.news.clear()
    reader.start()
    wait(lambda: reader.state == "failing")
    assert module.news.is_set()
    assert reader.status()["error"] == "Connection refused"


def test_a_device_that_worked_and_fails_anew_is_told_anew(make, module, monkeypatch):
    monkeypatch.setattr(module, "STEADY", 0.05)

    def serve(reader):
        reader.working()
        reader.pause(0.1)
        raise OSError("gone")

    reader = make(serve)
    reader.start()
    wait(lambda: reader.errors >= 3)


def test_a_serve_that_just_ends_is_a_failure(make):
    reader = make(lambda reader: None)
    reader.start()
    wait(lambda: reader.last_error == "the device ended the connection")


def test_only_a_change_of_its_own_settings_interrupts_a_reader(box, make):
    served = []
    store = box.library("configuration").store

    def serve(reader):
        served.append(reader.settings["reversed_uid"])
        idle(reader)

    reader = make(serve)
    reader.start()
    wait(lambda: reader.state == "working")
    store("v1", {"other": {"driver": "nfc", "reversed_uid": True}})
    store("v2", {"desk": {"driver": "nfc", "reversed_uid": True}})
    wait(lambda: served == [False, True])
    store("v3", {"desk": {"driver": "nfc", "enabled": False}})
    wait(lambda: reader.state == "waiting")
    store("v4", {})
    wait(lambda: served == [False, True, False])
