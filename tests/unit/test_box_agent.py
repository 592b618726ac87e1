"""The agent of a box: its reports, and what it does with the answers."""

import threading
import time
import types

import pytest
from box_stand_in import Box


@pytest.fixture
def box(monkeypatch, tmp_path):
    box = Box(monkeypatch, tmp_path)
    box.server = "http://one"
    paired = types.SimpleNamespace(token="secret")
    monkeypatch.setattr(
        box.library("reader_driver").outbox, "settings", lambda: paired, raising=False
    )
    return box


@pytest.fixture
def server(box, monkeypatch):
    """What the server answers, one after the other; `asked` are the reports."""
    server = types.SimpleNamespace(answers=[], asked=[])

    def post(settings, path, payload):
        assert path == "/auto_id/v1/status"
        server.asked.append(payload())
        answer = server.answers.pop(0) if server.answers else {"settings": None}
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(box.library("wire"), "post", post)
    return server


@pytest.fixture
def agent(box, server):
    return box.library("agent").Agent()


def settings(version, **readers):
    return {"settings": {"version": version, "readers": readers}}


def test_a_report_says_how_everything_fares(box, server, agent):
    driver = box.library("reader_driver").ReaderDriver
    reader = type("Reader", (driver,), {"kind": "nfc"})("desk", {})
    reader.device_name = "Desk"
    reader.failed("no card")
    box.devices |= {"desk": reader, "printer": object()}
    agent.report()
    (status,) = server.asked
    assert status["readers"] == {
        "desk": {"driver": "nfc", "state": "waiting", "error": "no card", "reads": 0, "errors": 1}
    }
    assert status["spool"]["length"] == 0
    assert status["settings"] == ""
    assert status["uptime"] >= 0


def test_new_settings_are_taken_over_and_reported_at_once(box, server, agent):
    news = box.library("reader_driver").news
    server.answers = [settings("v1", dock={"driver": "llrp", "place": "10.0.0.5"})]
    news.clear()
    agent.report()
    assert box.library("configuration").placed("llrp") == {"dock": "10.0.0.5"}
    assert news.is_set()
    agent.report()
    assert server.asked[-1]["settings"] == "v1"


def test_refused_settings_are_told_with_their_reason(box, server, agent):
    server.answers = [settings("v1", dock={"driver": "serial", "place": "/etc/passwd"})]
    agent.report()
    agent.report()
    dock = server.asked[-1]["readers"]["dock"]
    assert dock["state"] == "failing"
    assert "the box refuses these settings: place: must be like" in dock["error"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"settings": []},
        {"settings": {}},
        {"settings": {"version": 7, "readers": {}}},
        {"settings": {"version": "v", "readers": []}},
    ],
)
def test_an_answer_without_settings_changes_nothing(box, server, agent, answer):
    server.answers = [answer]
    assert agent.report() == box.library("agent").EVERY
    assert box.library("configuration").version() == ""


def test_pauses_grow_until_the_server_answers(box, server, agent, caplog):
    wire = box.library("wire")
    away = [wire.TryLaterError("nobody answers") for _ in range(8)]
    server.answers = [*away, wire.TryLaterError("busy", 300.0), wire.RefusedError("no")]
    pauses = [agent.report() for _ in range(10)]
    assert all(pause <= box.library("agent").EVERY for pause in pauses[:8])
    assert pauses[0] <= 1 < 5 < pauses[7]
    assert pauses[8] == 300
    assert caplog.text.count("nobody answers") == 1
    assert agent.report() == box.library("agent").EVERY


def test_a_fault_of_our_own_does_not_end_the_reports(server, agent, caplog):
    server.answers = [KeyError("spool")]
    agent.report()
    assert "unforeseen" in caplog.text


def test_news_are_sent_at_once_and_together(box, server, agent):
    """A nudge, or a reader's new state, does not wait for the next regular report."""
    news = box.library("reader_driver").news
    stopped = threading.Event()
    thread = threading.Thread(target=agent.run, args=[stopped], daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not server.asked:
        assert time.monotonic() < end
        time.sleep(0.01)
    for _ in range(20):
        news.set()
    while len(server.asked) < 2:
        assert time.monotonic() < end
        time.sleep(0.01)
    stopped.set()
    news.set()
    thread.join(10)
    assert len(server.asked) <= 3


def test_the_device_that_the_server_nudges(box, server):
    news = box.library("reader_driver").news
    module = box.load("drivers.auto_id_agent_driver", "agent")
    device = module.AutoIdAgent("auto_id_agent", {})
    news.clear()
    device._actions["refresh"]({"action": "refresh"})
    assert news.is_set()
    assert device.device_type == "agent"
