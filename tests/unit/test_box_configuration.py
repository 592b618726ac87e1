"""What a box knows about its readers: from Odoo, from its disk, from its odoo.conf."""

import json

import pytest
from box_stand_in import Box


@pytest.fixture
def box(monkeypatch, tmp_path):
    box = Box(monkeypatch, tmp_path)
    box.server = "http://one"
    return box


@pytest.fixture
def start(box):
    """A configuration, as after a start of the box."""
    module = box.library("configuration")
    return lambda: module.Configuration(box.folder, box.conf.get, lambda: box.server)


def test_without_anybodys_word_there_are_defaults(start):
    here = start()
    assert here.version == ""
    assert here.placed("serial") == {}
    assert here.reader("x", "camera")["repeat_after"] == 3


def test_settings_outlive_a_start_without_a_server(start):
    dock = {"driver": "llrp", "place": "10.0.0.5", "session": "2"}
    start().store("v1", {"dock": dock})
    here = start()
    assert here.version == "v1"
    assert here.placed("llrp") == {"dock": "10.0.0.5"}
    assert here.placed("camera") == {}
    assert here.reader("dock", "llrp")["session"] == "2"
    assert here.reader("dock", "serial")["place"] == ""  # of another kind: not its settings


def test_unpaired_the_box_works_on_and_with_another_server_it_starts_anew(start, box):
    here = start()
    here.store("v1", {"dock": {"driver": "llrp", "place": "10.0.0.5"}})
    box.server = None
    assert here.placed("llrp") == start().placed("llrp") == {"dock": "10.0.0.5"}
    box.server = "http://other"
    assert here.placed("llrp") == start().placed("llrp") == {}
    assert here.version == start().version == ""


@pytest.mark.parametrize(
    "bad",
    [
        {"driver": "serial", "place": "/etc/passwd"},
        {"driver": "serial", "place": "spy:///dev/ttyUSB0?file=x"},
        {"driver": "os", "place": ""},
        {"driver": "serial", "place": "socket://h:1", "baudrate": 9600},
        {"driver": "camera", "place": "/"},
        ["serial"],
        None,
    ],
)
def test_bad_settings_leave_a_reader_as_it_was(start, bad):
    here = start()
    good = {"driver": "serial", "place": "socket://h:1", "prefix": "A"}
    here.store("v1", {"dock": good})
    here.store("v2", {"dock": bad, "new": bad, "other": {"driver": "nfc"}})
    assert here.version == "v2"
    assert set(here.refused) == {"dock", "new"}
    assert here.placed("serial") == {"dock": "socket://h:1"}
    assert here.reader("dock", "serial")["prefix"] == "A"
    again = start()
    assert again.version == ""  # it asks once more, and so its server is told once more
    assert again.placed("serial") == {"dock": "socket://h:1"}


def test_a_folder_of_pictures_is_the_boxs_own_or_listed(start, box, tmp_path):
    here = start()
    outside = tmp_path.parent / "outside"
    outside.mkdir(exist_ok=True)
    (tmp_path / "way-out").symlink_to(outside)
    here.store("v", {"a": {"driver": "camera", "place": "pictures"}})
    assert here.placed("camera") == {"a": str(tmp_path / "pictures")}
    for place in ("way-out", str(outside), "/dev/pts/1"):
        here.store("v", {"b": {"driver": "camera", "place": place}})
        assert here.placed("camera") == {}
    box.conf["allowed_places"] = f"/dev/pts/*, {outside}"
    here.store("v", {"b": {"driver": "camera", "place": str(outside)}})
    assert here.placed("camera") == {"b": str(outside)}
    here.store("v", {"c": {"driver": "serial", "place": "/dev/pts/3"}})
    assert here.placed("serial") == {"c": "/dev/pts/3"}


def test_what_stands_in_odoo_conf_comes_first(start, box):
    box.conf["serial_ports"] = "counter=socket://h:1@19200, socket://h:2@auto"
    box.conf["llrp_readers"] = "dock=10.0.0.5:5084"
    here = start()
    elsewhere = {"driver": "serial", "place": "socket://h:9", "prefix": "A"}
    here.store("v", {"counter": elsewhere, "more": {**elsewhere, "baudrate": "1200"}})
    assert here.placed("serial") == {
        "counter": "socket://h:1",
        "socket://h:2": "socket://h:2",
        "more": "socket://h:9",
    }
    assert here.placed("llrp") == {"dock": "10.0.0.5:5084"}
    counter = here.reader("counter", "serial")
    assert (counter["place"], counter["prefix"]) == ("socket://h:1", "A")
    assert counter["baudrate"] == "19200"  # Odoo says: automatic
    assert here.reader("socket://h:2", "serial")["baudrate"] == "auto"
    assert here.reader("more", "serial")["baudrate"] == "1200"


def test_nonsense_in_odoo_conf_is_told_once(start, box, caplog):
    box.conf["serial_ports"] = "nonsense"
    here = start()
    assert here.placed("serial") == here.placed("serial") == {}
    assert caplog.text.count("'nonsense' is no port") == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"readers": 7}', '{"readers": {"a": 7}}'])
def test_a_damaged_file_is_as_good_as_none(start, box, content):
    (box.folder / "settings.json").write_text(content)
    here = start()
    assert here.placed("serial") == {}
    assert here.version == ""


def test_who_wants_to_know_is_told_and_what_was_found_is_remembered(start, box):
    here = start()
    calls = []
    unsubscribe = here.subscribe(lambda: calls.append(here.version))
    here.store("v1", {})
    unsubscribe()
    here.store("v2", {})
    assert calls == ["v1"]
    here.remember("dock", 19200)
    assert start().remembered("dock") == 19200
    assert start().remembered("other") is None
    assert json.loads((box.folder / "found.json").read_text()) == {"dock": 19200}


def test_a_full_disk_does_not_keep_settings_out(start, box, monkeypatch, caplog):
    def full(path, text):
        raise OSError("No space left on device")

    monkeypatch.setattr(box.library("configuration"), "write", full)
    here = start()
    here.store("v1", {"dock": {"driver": "llrp", "place": "10.0.0.5"}})
    assert here.placed("llrp") == {"dock": "10.0.0.5"}
    assert "No space left" in caplog.text
