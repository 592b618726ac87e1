"""Cameras end to end: a picture becomes one read in Odoo's database."""

import time

import pytest

from box.simulators.camera import FolderCamera, StreamCamera

from .processes import wait


@pytest.fixture
def stream(tmp_path):
    camera = StreamCamera(tmp_path / "stream", fps=15)
    camera.start()
    yield camera
    camera.stop()


def reads(server, box):
    """(code, symbology) of what the box has delivered, in the order it read them."""
    return [
        (code, symbology)
        for identifier, code, symbology in server.query(
            "SELECT box.identifier, read.code, read.symbology FROM auto_id_read read "
            "JOIN auto_id_box box ON box.id = box_id ORDER BY read.sequence"
        )
        if identifier == box.identifier
    ]


def add_camera(server, box, name, place):
    """As somebody adds it in Odoo; its id."""
    (found,) = server.call("auto_id.box", "search", [["identifier", "=", box.identifier]])
    values = {"name": name, "box_id": found, "driver": "camera", "place": place}
    return server.call("auto_id.reader", "create", [values])[0]


def test_cameras_that_are_configured_in_odoo(server, paired_box, stream):
    folder = paired_box.home / "auto_id/pictures"
    folder.mkdir()
    add_camera(server, paired_box, "Desk", "pictures")
    door = add_camera(server, paired_box, "Door", stream.url)
    FolderCamera(folder, folder, "datamatrix").scan(b"CARD-1\nCARD-2")
    wait(lambda: len(reads(server, paired_box)) == 2, 30, "the codes of the picture")
    assert sorted(reads(server, paired_box)) == [("CARD-1", "]d1"), ("CARD-2", "]d1")]
    stream.show("CARD-3")
    wait(lambda: len(reads(server, paired_box)) == 3, 30, "the code that the camera sees")
    time.sleep(1)  # it is still in view
    assert reads(server, paired_box)[2:] == [("CARD-3", "]Q1")]
    wait(lambda: not any(folder.glob("*.jpg")), 5, "the picture is removed")

    server.call("auto_id.reader", "write", [door], {"formats": "ean"})
    wait(lambda: paired_box.log.count("Watching Camera http") == 2, 15, "the new settings")
    stream.show("CARD-4")
    time.sleep(1)
    assert len(reads(server, paired_box)) == 3
    server.call("auto_id.reader", "write", [door], {"formats": "ean, qr"})
    wait(lambda: len(reads(server, paired_box)) == 4, 30, "the code after the next settings")
    for trouble in ("Unable to load handler", "in an unforeseen way", "Traceback"):
        assert trouble not in paired_box.log


def test_a_camera_that_is_gone_is_told_in_odoo_and_comes_back(server, paired_box, stream):
    port = stream._server.server_port
    stream.stop()
    door = add_camera(server, paired_box, "Door", f"http://127.0.0.1:{port}/")

    def told():
        (reader,) = server.call("auto_id.reader", "read", [door], ["state", "last_error"])
        return reader["state"] == "failing" and reader["last_error"]

    assert "does not answer: Connection refused" in wait(told, 45, "the state of the camera")
    again = StreamCamera(stream.link, port, fps=15)
    again.start()
    again.show("CARD-5")
    wait(lambda: server.codes(paired_box) == ["CARD-5"], 30, "the read")
    again.stop()
