"""Where cameras' pictures come from: folders, the network, devices of this machine."""

import http.server
import os
import shutil
import threading

import kernel_headers
import pytest
from auto_id.iot_handlers.lib.auto_id import cameras, decoding, frames, v4l2, video
from box_stand_in import wait_for

from box.simulators.camera import FolderCamera, StreamCamera, jpeg
from box.simulators.pictures import Look

STILL = Look(angle=0, noise=2)
FRAMES = [jpeg([], "qr", STILL), jpeg(["CARD-1"], "qr", STILL)]


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
    numbers = ("QUERYCAP", "S_FMT", "REQBUFS", "QUERYBUF", "QBUF", "DQBUF", "STREAMON")
    fields = {
        ("v4l2_capability", "device_caps"): v4l2.Capability,
        ("v4l2_format", "fmt"): v4l2.Format,
        ("v4l2_pix_format", "bytesperline"): v4l2.PixFormat,
        ("v4l2_buffer", "flags"): v4l2.Buffer,
        ("v4l2_buffer", "m"): v4l2.Buffer,
        ("v4l2_buffer", "length"): v4l2.Buffer,
    }
    asked = [f"VIDIOC_{name}" for name in numbers]
    asked += [f"offsetof(struct {structure}, {field})" for structure, field in fields]
    ours = [getattr(v4l2, name) for name in numbers]
    ours += [getattr(kind, field).offset for (_, field), kind in fields.items()]
    assert kernel_headers.values(tmp_path, "linux/videodev2.h", asked) == ours


def pix(name, width=4, height=2, stride=0):
    return v4l2.PixFormat(
        width=width, height=height, pixelformat=video.fourcc(name), bytesperline=stride
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


@pytest.mark.parametrize(
    ("bus", "capabilities", "device_caps", "is_camera"),
    [
        (b"usb-0000:00:14.0-2", 0x8420_0001, 0x0420_0001, True),
        (b"usb-0000:00:14.0-2", 0x0400_0001, 0, True),
        (b"usb-0000:00:14.0-2", 0x8420_0001, 0x04A0_0000, False),  # its metadata
        (b"platform:bcm2835-isp", 0x8420_0001, 0x0420_0001, False),
    ],
)
def test_usb_cameras_are_found(tmp_path, monkeypatch, bus, capabilities, device_caps, is_camera):
    def ioctl(_file, number, structure):
        assert number == v4l2.QUERYCAP
        structure.bus_info = bus
        structure.capabilities = capabilities
        structure.device_caps = device_caps

    monkeypatch.setattr(video.fcntl, "ioctl", ioctl)
    (tmp_path / "video0").touch()
    (tmp_path / "by-id").mkdir()
    (tmp_path / "by-id/usb-Maker_Cam-index0").symlink_to(tmp_path / "video0")
    found = video.camera(tmp_path / "sys/video0", tmp_path, tmp_path / "by-id")
    assert found == (
        video.Camera(f"{tmp_path}/by-id/usb-Maker_Cam-index0", "") if is_camera else None
    )


def test_a_camera_that_may_not_be_opened_is_explained(monkeypatch):
    def refuse(*_arguments):
        raise PermissionError

    monkeypatch.setattr(video.os, "open", refuse)
    with pytest.raises(PermissionError, match="to the group video"):
        video.VideoDevice("/dev/video0", (640, 480)).__enter__()
