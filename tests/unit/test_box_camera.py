"""Cameras: from pictures, however they come, to the codes in them, each once."""

import http.server
import os
import shutil
import subprocess
import threading
import time
from itertools import pairwise

import pytest
from auto_id.iot_handlers.lib.auto_id import cameras, decoding, frames, symbologies, video
from box_stand_in import Box
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from box.simulators.camera import FolderCamera, StreamCamera, jpeg
from box.simulators.pictures import Look, picture

STILL = Look(angle=0, noise=2)


def decoders():
    """Each decoder that this machine has, by name."""
    found = {}
    for name, build in (("zxing", decoding._zxing), ("zbar", decoding._zbar)):
        try:
            found[name] = build(decoding.chosen(""))
        except ImportError:
            continue
    return found


zbar = pytest.mark.skipif(
    "zbar" not in decoders(), reason="this machine lacks libzbar0 (apt install libzbar0)"
)


@pytest.mark.parametrize(
    ("code", "kind", "text", "symbology"),
    [
        ("CARD-1001", "qr", "CARD-1001", "]Q1"),
        ("卡-7", "qr", "卡-7", "]Q1"),
        ("CARD-1001", "datamatrix", "CARD-1001", "]d1"),
        ("CARD-1001", "code128", "CARD-1001", "]C0"),
        ("4006381333931", "ean13", "4006381333931", "]E0"),
        ("(01)04006381333931(10)A(21)7", "qr", "010400638133393110A\x1d217", "]Q3"),
        ("(01)04006381333931(10)A(21)7", "datamatrix", "010400638133393110A\x1d217", "]d2"),
        ("(01)04006381333931", "code128", "0104006381333931", "]C1"),
    ],
)
@pytest.mark.parametrize("name", ["zxing", pytest.param("zbar", marks=zbar)])
def test_codes_and_their_kinds(name, code, kind, text, symbology):
    if (name, kind) == ("zbar", "datamatrix"):
        return  # what zbar does not know
    seen = decoding.soft(picture([code], kind, STILL, seed=1))
    assert decoders()[name](seen) == [(text, symbology)]


@pytest.mark.parametrize("name", ["zxing", pytest.param("zbar", marks=zbar)])
def test_several_codes_in_one_picture_and_each_once(name):
    codes = ["CARD-1", "CARD-2", "CARD-1", "CARD-3"]
    found = decoders()[name](picture(codes, look=Look(noise=4), seed=2))
    assert sorted(one.text for one in found) == ["CARD-1", "CARD-2", "CARD-3"]


@pytest.mark.parametrize("angle", [0, 45, 90, 180, 225])
@pytest.mark.parametrize("name", ["zxing", pytest.param("zbar", marks=zbar)])
def test_a_code_held_at_any_angle(name, angle):
    seen = picture(["4006381333931"], "ean13", Look(angle, noise=4), seed=3)
    found = {one.text for view in decoding.VIEWS for one in decoders()[name](view(seen))}
    assert found == {"4006381333931"}


def test_a_picture_without_a_code():
    for decode in decoders().values():
        for view in decoding.VIEWS:
            assert decode(view(picture([], seed=4))) == []


def test_only_the_kinds_that_are_wanted():
    seen = picture(["CARD-1"], look=STILL, seed=5)
    assert decoding.decoder("datamatrix, EAN")(seen) == []
    assert decoding.decoder(" QR ")(seen) == [("CARD-1", "]Q1")]


def test_a_region_of_the_picture():
    seen = picture(["CARD-1", "CARD-2"], look=STILL, seed=6)
    decode = decoding.decoder()
    assert [one.text for one in decode(decoding.region(seen, "0,0,50,100"))] == ["CARD-1"]
    assert [one.text for one in decode(decoding.region(seen, "50,0,99,100"))] == ["CARD-2"]
    assert decoding.region(Image.new("L", (3, 3)), "99,99,1,1").size == (1, 1)


def test_a_box_without_any_decoder_says_what_to_do(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(decoding.importlib, "import_module", missing)
    with pytest.raises(OSError, match="apt install libzbar0"):
        decoding.decoder()


@zbar
def test_what_only_zxing_reads_is_said_so():
    with pytest.raises(OSError, match="need zxing-cpp"):
        decoding._zbar(symbologies.chosen("datamatrix"))


# Streams

FRAMES = [jpeg([], "qr", STILL), jpeg(["CARD-1"], "qr", STILL)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(FRAMES), max_size=3), st.data())
def test_any_chunking_of_a_stream_gives_its_pictures(sent, data):
    between = data.draw(st.binary(max_size=20).filter(lambda b: b"\xff" not in b))
    stream = b"".join(between + frame for frame in sent)
    cuts = data.draw(st.lists(st.integers(0, max(len(stream), 1)), max_size=20))
    splitter = frames.JpegSplitter()
    found = []
    for start, end in pairwise([0, *sorted(cuts), len(stream)]):
        found += splitter.feed(stream[start:end])
    assert found == sent
    assert splitter.broken == 0


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"\xff\xd8\xff", b"\xff"]))))
def test_any_bytes_are_cut_without_an_error(chunks):
    splitter = frames.JpegSplitter(longest=100)
    for chunk in chunks:
        for frame in splitter.feed(chunk):
            assert frame.startswith(b"\xff\xd8\xff")
            assert frame.endswith(b"\xff\xd9")
    assert len(splitter._data) <= 100


def test_a_picture_within_a_picture_is_no_end():
    thumbnail = FRAMES[0][:60_000]
    inside = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    whole = FRAMES[1][:2] + inside + FRAMES[1][2:]
    assert frames.JpegSplitter().feed(b"noise" + whole + b"noise") == [whole]


def test_a_torn_picture_is_counted_and_the_next_one_is_whole():
    splitter = frames.JpegSplitter()
    torn = FRAMES[0][: len(FRAMES[0]) // 2]
    assert splitter.feed(torn + FRAMES[1]) == [FRAMES[1]]
    assert splitter.broken == 1


def test_a_stream_without_an_end_is_given_up():
    splitter = frames.JpegSplitter(longest=1000)
    assert splitter.feed(FRAMES[0][:2000]) == []
    assert splitter.broken == 1
    assert splitter.feed(FRAMES[1][:900]) == []


@given(st.binary(max_size=200))
def test_bytes_that_are_no_picture_are_said_so(data):
    with pytest.raises(frames.FrameError):
        frames.grey(data)


def test_a_picture_that_is_too_large_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(frames, "MOST_PIXELS", 99)
    with pytest.raises(frames.FrameError, match="too large"):
        frames.grey(FRAMES[0])


# Folders


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "pictures"
    path.mkdir()
    return path


def codes_of(source, times=1):
    decode = decoding.decoder()
    return [[one.text for one in decode(seen)] if (seen := source.read(0)) else None] * times


def test_pictures_of_a_folder_are_read_once_in_their_order_and_removed(folder):
    camera = FolderCamera(folder, folder, look=STILL)
    for code in (b"ONE", b"TWO"):
        camera.scan(code)
    (folder / "notes.txt").touch()
    (folder / "secret.png").symlink_to("/etc/hostname")
    with cameras.source(str(folder), (1, 1), 1) as source:
        assert [codes_of(source) for _ in range(3)] == [[["ONE"]], [["TWO"]], [None]]
    assert sorted(os.listdir(folder)) == ["notes.txt", "secret.png"]


def test_a_picture_stays_until_its_codes_are_safe(folder):
    FolderCamera(folder, folder, look=STILL).scan(b"ONE")
    with pytest.raises(KeyError), cameras.Folder(folder) as source:
        codes_of(source)
        raise KeyError("the box is killed before it has stored the read")
    with cameras.Folder(folder) as source:
        assert codes_of(source) == [["ONE"]]
    assert os.listdir(folder) == []


def test_what_is_no_picture_is_put_aside_unless_it_is_being_written(folder, monkeypatch):
    broken = folder / "broken.jpg"
    broken.write_bytes(FRAMES[1][:5000])
    with cameras.Folder(folder) as source:
        assert source.read(0) is None
        assert broken.exists()
        os.utime(broken, (1, 1))
        with pytest.raises(frames.FrameError, match="put aside"):
            source.read(0)
    assert (folder / "unreadable/broken.jpg").exists()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError), cameras.Folder(tmp_path / "none"):
        pass


# Cameras in the network


@pytest.fixture
def stream(tmp_path):
    camera = StreamCamera(tmp_path / "stream", look=STILL, fps=30)
    camera.start()
    yield camera
    camera.stop()


@pytest.mark.parametrize("path", ["", "picture.jpg"])
def test_a_camera_in_the_network(stream, path):
    stream.show("CARD-7")
    with cameras.source(stream.url + path, (1, 1), 5) as source:
        seen = wait_for(lambda: source.read(0.05))
        assert [one.text for one in decoding.decoder()(seen)] == ["CARD-7"]
        stream.show()
        wait_for(lambda: not decoding.decoder()(source.read(0.05) or seen))


def test_a_camera_that_goes_away(stream):
    with cameras.Http(stream.url) as source:
        wait_for(lambda: source.read(0.05))
        stream.show("x" * 9999)  # no code holds this: its server fails and closes the line
        with pytest.raises(OSError, match=r"ended its stream|is gone"):
            wait_for(lambda: source.read(0.05) and False)


class Refusing(http.server.BaseHTTPRequestHandler):
    """A camera that wants a password, as cameras do: by digest."""

    def do_GET(self):
        given = self.headers.get("Authorization", "")
        if self.path == "/elsewhere":
            self.answer(302, "Location", "/")
        elif given.startswith("Digest") and 'username="door"' in given:
            self.answer(200, "Content-Type", "image/jpeg", FRAMES[1])
        else:
            self.answer(401, "WWW-Authenticate", 'Digest realm="x", nonce="y", qop="auth"')

    def answer(self, status, header, value, body=b""):
        self.send_response(status)
        self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def refusing():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_passwords_are_sent_and_never_told(refusing):
    with cameras.Http(f"http://door:s3cret@{refusing}/") as source:
        assert source.read(0)
    with (
        pytest.raises(OSError, match="answers 401") as caught,
        cameras.Http(f"http://cat:s3cret@{refusing}/"),
    ):
        pass
    assert "s3cret" not in str(caught.value)


def test_a_camera_sends_nobody_elsewhere(refusing):
    with pytest.raises(OSError, match="answers 302"), cameras.Http(f"http://{refusing}/elsewhere"):
        pass


def test_rtsp_needs_a_tool_and_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(OSError, match="apt install ffmpeg"):
        cameras.source("rtsp://door:s3cret@127.0.0.1:1/live", (1, 1), 5).__enter__()


@pytest.mark.parametrize(("script", "outcome"), [("cat {0}", "CARD-1"), ("echo no >&2", OSError)])
def test_rtsp_through_the_tool(monkeypatch, tmp_path, script, outcome):
    """With a stand-in for ffmpeg, which shows how it is called and what is done with its output."""
    pictures = tmp_path / "frames"
    pictures.write_bytes(FRAMES[1] * 3)
    tool = tmp_path / "ffmpeg"
    tool.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/called\n{script.format(pictures)}\nsleep 9\n'
    )
    tool.chmod(0o755)
    if outcome is OSError:
        tool.write_text(tool.read_text().replace("sleep 9", "exit 1"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with cameras.source("rtsp://127.0.0.1:1/live", (1, 1), 5) as source:
        if outcome is OSError:
            with pytest.raises(OSError, match="no"):
                source.read(5)
        else:
            seen = source.read(0)
            assert [one.text for one in decoding.decoder()(seen)] == [outcome]
    called = (tmp_path / "called").read_text()
    assert "-protocol_whitelist rtsp,rtp,udp,tcp,tls,srtp,crypto" in called
    assert called.index("-i rtsp://127.0.0.1:1/live") > 0


# Cameras of this machine


def test_the_kernel_has_the_same_structures(tmp_path):
    compiler = shutil.which("cc")
    if not compiler or not os.path.exists("/usr/include/linux/videodev2.h"):
        pytest.skip("no C compiler or no headers of the kernel (apt install gcc linux-libc-dev)")
    names = ("QUERYCAP", "S_FMT", "REQBUFS", "QUERYBUF", "QBUF", "DQBUF", "STREAMON")
    structures = {
        "v4l2_capability.device_caps": (video.Capability, "device_caps"),
        "v4l2_format.fmt": (video.Format, "fmt"),
        "v4l2_pix_format.bytesperline": (video.PixFormat, "bytesperline"),
        "v4l2_buffer.flags": (video.Buffer, "flags"),
        "v4l2_buffer.m": (video.Buffer, "m"),
        "v4l2_buffer.length": (video.Buffer, "length"),
    }
    offsets = [name.split(".") for name in structures]
    lines = [f'printf("%lu\\n", (unsigned long)VIDIOC_{name});' for name in names]
    lines += [f'printf("%lu\\n", offsetof(struct {name}, {field}));' for name, field in offsets]
    source = tmp_path / "sizes.c"
    source.write_text(
        "#include <linux/videodev2.h>\n#include <stddef.h>\n#include <stdio.h>\n"
        f"int main(void) {{ {' '.join(lines)} return 0; }}\n"
    )
    subprocess.run([compiler, source, "-o", tmp_path / "sizes"], check=True)
    found = subprocess.run([tmp_path / "sizes"], check=True, capture_output=True, text=True)
    ours = [getattr(video, name) for name in names]
    ours += [getattr(kind, field).offset for kind, field in structures.values()]
    assert list(map(int, found.stdout.split())) == ours


def pix(name, width=4, height=2, stride=0):
    return video.PixFormat(
        width=width, height=height, pixelformat=video._fourcc(name), bytesperline=stride
    )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (pix("GREY"), bytes(range(8))),
        (pix("GREY", stride=6), b"\0\1\2\3xx\4\5\6\7"),
        (pix("YUYV"), b"\0x\1x\2x\3x\4x\5x\6x\7x"),
        (pix("YUYV", stride=10), b"\0x\1x\2x\3x--\4x\5x\6x\7x--"),
        (pix("NV12"), bytes(range(8)) + b"xxxx"),
    ],
)
def test_the_brightness_of_raw_pictures(kind, data):
    assert video.picture(data, kind).tobytes() == bytes(range(8))
    with pytest.raises(frames.FrameError):
        video.picture(data[:5], kind)


def test_the_jpeg_of_a_camera_is_padded():
    seen = video.picture(FRAMES[1] + bytes(100), pix("MJPG"))
    assert [one.text for one in decoding.decoder()(seen)] == ["CARD-1"]
    with pytest.raises(frames.FrameError):
        video.picture(b"\0" * 100, pix("MJPG"))


def test_devices_that_are_no_cameras_are_left_out(tmp_path):
    for name, index in (("video0", "0"), ("video1", "1")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index").write_text(index)
    (tmp_path / "video0/name").write_text("Webcam\n")
    assert [entry.name for entry in video.entries(tmp_path)] == ["video0"]
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/video0").touch()
    assert video.camera(tmp_path / "video0", tmp_path / "dev", tmp_path / "none") is None
    with pytest.raises(OSError, match="no camera"):
        cameras.VideoDevice(str(tmp_path / "dev/video0"), (640, 480)).__enter__()


def test_a_camera_that_may_not_be_opened_is_explained(monkeypatch):
    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr(video.os, "open", refuse)
    with pytest.raises(PermissionError, match="to the group video"):
        video.VideoDevice("/dev/video0", (640, 480)).__enter__()


# The driver


USES = ("cameras", "decoding", "frames", "places", "symbologies", "video")


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


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return result


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
