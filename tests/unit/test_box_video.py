"""A camera of this machine: the conversation with the kernel's driver, and its ring of buffers.

The file of a test stands in for the device: its pages are the buffers, real memory maps and
all; the answers to the ioctls are the test's.
"""

import errno
import mmap

import pytest
from auto_id.iot_handlers.lib.auto_id import v4l2, video
from auto_id.iot_handlers.lib.auto_id.frames import FrameError

WIDTH, HEIGHT = 64, 32
PAGE = mmap.PAGESIZE


class Device:
    """The kernel's side of a camera with raw pictures (YUYV)."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(4 * PAGE))
        self.queued = []
        self.filled = []
        self.formats = []
        self.streams = False
        self.failure = None
        self.flags = 0

    def ioctl(self, _file, number, structure):
        if self.failure:
            raise OSError(self.failure, "as the test wants it")
        names = {getattr(v4l2, name): name.lower() for name in dir(v4l2) if name.isupper()}
        getattr(self, names[number])(structure)

    def querycap(self, found):
        found.capabilities = 0x0400_0001

    def s_fmt(self, wanted):
        self.formats.append(wanted.fmt.pix.pixelformat)
        wanted.fmt.pix.pixelformat = video.fourcc("YUYV")
        wanted.fmt.pix.width, wanted.fmt.pix.height = WIDTH, HEIGHT
        wanted.fmt.pix.bytesperline = 2 * WIDTH

    def reqbufs(self, request):
        request.count = 3  # one less than it was asked for

    def querybuf(self, buffer):
        buffer.length = PAGE
        buffer.m.offset = buffer.index * PAGE

    def qbuf(self, buffer):
        self.queued.append(buffer.index)

    def dqbuf(self, buffer):
        if not self.filled:
            raise BlockingIOError
        buffer.index, buffer.bytesused = self.filled.pop(0)
        buffer.flags = self.flags

    def streamon(self, kind):
        assert (self.queued, kind.value) == ([0, 1, 2], 1)
        self.streams = True

    def film(self, level, size=2 * WIDTH * HEIGHT):
        """Fill the next buffer with a picture of this brightness."""
        index = self.queued.pop(0)
        with self.path.open("r+b") as file:
            file.seek(index * PAGE)
            file.write(bytes([level, 128]) * (WIDTH * HEIGHT))
        self.filled.append((index, size))


@pytest.fixture
def device(tmp_path, monkeypatch):
    device = Device(tmp_path / "video0")
    monkeypatch.setattr(video.fcntl, "ioctl", device.ioctl)
    return device


def camera(device):
    return video.VideoDevice(str(device.path), (1280, 720))


def test_the_newest_picture_is_given_and_buffers_go_round(device):
    with camera(device) as source:
        assert device.streams
        assert source.read(0.01) is None
        for round_ in range(5):
            device.film(10 * round_)
            device.film(10 * round_ + 1)
            seen = source.read(0.01)
            assert (seen.size, seen.getextrema()) == ((WIDTH, HEIGHT), (10 * round_ + 1,) * 2)
            assert sorted(device.queued) == [0, 1, 2]


def test_formats_are_asked_for_from_the_best_on(device):
    with camera(device):
        asked = [number.to_bytes(4, "little").decode() for number in device.formats]
    assert asked == ["MJPG", "JPEG", "GREY", "NV12", "YU12", "YUYV"]


def test_a_camera_with_no_format_of_ours(device, monkeypatch):
    monkeypatch.delitem(video.FORMATS, video.fourcc("YUYV"))
    with pytest.raises(OSError, match="no kind of picture"), camera(device):
        pass


def test_a_picture_that_the_driver_calls_broken_is_left_out(device):
    with camera(device) as source:
        device.flags = 0x40
        device.film(7)
        assert source.read(0.01) is None
        assert sorted(device.queued) == [0, 1, 2]


def test_a_picture_that_is_not_whole(device):
    with camera(device) as source:
        device.film(7, size=100)
        with pytest.raises(FrameError, match="not whole"):
            source.read(0.01)


def test_a_camera_that_is_unplugged_or_in_use(device):
    with camera(device) as source:
        device.failure = errno.ENODEV
        with pytest.raises(OSError, match="Errno 19"):
            source.read(0.01)
        device.failure = errno.EBUSY
        with pytest.raises(OSError, match="another program uses this camera"):
            source.read(0.01)
