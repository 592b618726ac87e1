"""The camera driver: what it sees becomes reads, each once."""

import os
import time

import pytest
from auto_id.iot_handlers.lib.auto_id import cameras, frames, video
from box_stand_in import Box, wait_for

from box.simulators.camera import FolderCamera, StreamCamera
from box.simulators.pictures import Look

STILL = Look(angle=0, noise=2)
USES = ("cameras", "decoding", "frames", "places", "symbologies", "v4l2", "video")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "pictures"
    path.mkdir()
    return path


@pytest.fixture
def stream(tmp_path):
    camera = StreamCamera(tmp_path / "stream", look=STILL, fps=30)
    camera.start()
    yield camera
    camera.stop()


@pytest.fixture
def box(monkeypatch, tmp_path):
    return Box(monkeypatch, tmp_path)


@pytest.fixture
def start(box):
    module = box.load("drivers.auto_id_camera_driver", *USES)
    started = []

    def start(place, placed=True):
        if placed:
            box.conf["cameras"] = f"door={place}"
        device = {"identifier": "door", "name": "", "place": place}
        driver = module.AutoIdCamera("door", device)
        driver.start()
        started.append(driver)
        return driver

    start.module = module
    yield start
    for driver in started:
        driver.stop()
        driver.join(15)
        assert not driver.is_alive()


def test_a_code_in_view_is_read_once_with_its_kind(box, start, stream):
    driver = start(stream.url)
    stream.show("CARD-7", "CARD-8")
    assert sorted(box.codes(2)) == [("door", "CARD-7"), ("door", "CARD-8")]
    reads = [event for event in box.spool.batch(9) if event.code == "CARD-7"]
    assert "]Q1" in str(reads[0])
    seen = driver.status()
    assert (seen["state"], seen["errors"]) == ("working", 0)
    assert box.codes(3, seconds=1)[2:] == []


def test_a_folder_of_pictures(box, start, folder):
    camera = FolderCamera(folder, folder, "datamatrix")
    start(str(folder))
    camera.scan(b"CARD-7\nCARD-8")
    assert sorted(code for _, code in box.codes(2)) == ["CARD-7", "CARD-8"]
    camera.scan(b"CARD-7")
    camera.scan(b"CARD-9")
    assert [code for _, code in box.codes(3)][2:] == ["CARD-9"]


def test_broken_pictures_are_told_and_the_good_ones_read(box, start, folder):
    driver = start(str(folder))
    broken = folder / "broken.jpg"
    broken.write_bytes(b"no picture")
    os.utime(broken, (1, 1))
    wait_for(lambda: driver.errors)
    FolderCamera(folder, folder).scan(b"CARD-7")
    assert [code for _, code in box.codes(1)] == ["CARD-7"]


class Strange:
    """A camera that gives what it is told to: no picture, or an error."""

    takes_every_picture = False

    def __init__(self, gives):
        self.gives = gives
        self.opened = 0

    def __call__(self, *arguments):
        return self

    def __enter__(self):
        self.opened += 1
        return self

    def __exit__(self, *exception):
        pass

    def read(self, timeout):
        time.sleep(0.01)
        if self.gives:
            raise self.gives


@pytest.mark.parametrize(
    ("gives", "message"),
    [
        (frames.FrameError("snow"), "nothing but broken pictures: snow"),
        (None, "no picture came for 0.1 seconds"),
    ],
)
def test_a_camera_that_shows_nothing_fails_and_is_opened_again(start, monkeypatch, gives, message):
    monkeypatch.setattr(start.module, "LONGEST_WAIT", 0.1)
    camera = Strange(gives)
    monkeypatch.setattr(cameras, "source", camera)
    driver = start("http://127.0.0.1:1/")
    wait_for(lambda: driver.state == "failing")
    assert message in driver.last_error
    wait_for(lambda: camera.opened > 1)


def test_one_code_a_picture_where_that_is_wanted(box, start, folder):
    box.library("configuration").store("1", {"door": {"driver": "camera", "several": False}})
    camera = FolderCamera(folder, folder)
    start(str(folder))
    camera.scan(b"CARD-7\nCARD-8")
    camera.scan(b"CARD-9")
    codes = [code for _, code in box.codes(2)]
    assert codes[0] in ("CARD-7", "CARD-8")
    assert codes[1:] == ["CARD-9"]


def test_a_camera_that_is_plugged_in_films_nobody_unasked(box, start, stream):
    driver = start(stream.url, placed=False)
    wait_for(lambda: driver.last_error)
    assert driver.state == "waiting"
    stream.show("CARD-7")
    configuration = box.library("configuration")
    configuration.store("1", {"door": {"driver": "camera", "claimed": True}})
    assert box.codes(1) == [("door", "CARD-7")]


def test_each_camera_is_listed_once(box, monkeypatch, folder):
    module = box.load("interfaces.auto_id_camera_interface", *USES)
    webcam = video.Camera("/dev/video9", "Webcam")
    monkeypatch.setattr(video, "entries", lambda: [folder])
    opened = []

    def camera(entry):
        opened.append(entry)
        return webcam

    monkeypatch.setattr(video, "camera", camera)
    interface = module.AutoIdCameraInterface()
    for _ in range(2):
        found = interface.get_devices()
    assert found["/dev/video9"]["name"] == "Webcam"
    assert len(opened) == 1
    box.conf["cameras"] = f"door={folder}"
    assert set(interface.get_devices()) == {"/dev/video9", "door"}
    webcam = video.Camera(str(folder), "Webcam")
    interface = module.AutoIdCameraInterface()
    assert set(interface.get_devices()) == {"door"}
