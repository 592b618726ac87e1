"""Cameras of this machine, as Linux gives them (Video4Linux2, /dev/video*).

By the kernel's own interface and no library: a few ioctls and a ring of shared buffers. It
serves what USB cameras (UVC) give: JPEGs, or pictures whose brightness lies in the open.
"""

import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

from PIL import Image

from .frames import FrameError, JpegSplitter, grey
from .v4l2 import (
    DQBUF,
    QBUF,
    QUERYBUF,
    QUERYCAP,
    REQBUFS,
    S_FMT,
    STREAMON,
    Buffer,
    Capability,
    Format,
    PixFormat,
    RequestBuffers,
)

SYS = Path("/sys/class/video4linux")
DEV = Path("/dev")
LINKS = Path("/dev/v4l/by-id")
_BUFFERS = 4
_CAPTURE, _MMAP, _ANY_FIELD = 1, 1, 0
_CAN_CAPTURE, _CAN_STREAM, _HAS_DEVICE_CAPS = 0x0000_0001, 0x0400_0000, 0x8000_0000
_BUFFER_ERROR = 0x0040


def fourcc(name: str) -> int:
    return int.from_bytes(name.encode(), "little")


# What we can use, the best first; the second is how many bytes lie between two bright ones.
FORMATS = {
    fourcc(name): step
    for name, step in (
        ("MJPG", 0),
        ("JPEG", 0),
        ("GREY", 1),
        ("NV12", 1),
        ("YU12", 1),
        ("YUYV", 2),
    )
}


class Camera(NamedTuple):
    """A camera that is plugged in: the path by which it is opened, and what it calls itself."""

    path: str
    name: str


def entries(sys: Path = SYS) -> Iterator[Path]:
    """What is plugged in now, as /sys has it; without the side devices that cameras have."""
    for entry in sorted(sys.glob("video*")):
        if _text(entry / "index") == "0":
            yield entry


def camera(entry: Path, dev: Path = DEV, links: Path = LINKS) -> Camera | None:
    """The camera of this entry, if it can capture; by a path that stays where udev gives one."""
    path = dev / entry.name
    if not _captures(path):
        return None
    stable = {link.resolve(): link for link in sorted(links.glob("*"))}
    return Camera(str(stable.get(path.resolve(), path)), _text(entry / "name"))


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # just plugged out
        return ""


def _captures(path: Path) -> bool:
    """Whether it is a USB camera: a Raspberry Pi has a dozen devices that only say they capture."""
    try:
        file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        found = _capability(file)
        return _can_capture(found) and found.bus_info.startswith(b"usb-")
    finally:
        os.close(file)


def _capability(file: int) -> Capability:
    """What a device says it is; nothing where it is none of video."""
    found = Capability()
    with contextlib.suppress(OSError):
        fcntl.ioctl(file, QUERYCAP, found)
    return found


def _can_capture(found: Capability) -> bool:
    able = found.device_caps if found.capabilities & _HAS_DEVICE_CAPS else found.capabilities
    return bool(able & _CAN_CAPTURE and able & _CAN_STREAM)


class VideoDevice:
    """A camera of this machine, while it is open.

    :param size: width and height that it is asked for; it may give the nearest it can
    """

    takes_every_picture = False

    def __init__(self, path: str, size: tuple[int, int]):
        self._path = path
        self._size = size
        self._file = -1
        self._maps: list[mmap.mmap] = []

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as error:
            raise PermissionError(
                f"{self._path} may not be read: add the box's user to the group video"
            ) from error
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        for one in self._maps:
            one.close()
        self._maps.clear()
        os.close(self._file)  # which ends the stream, too

    def read(self, timeout: float) -> Image.Image | None:
        end = time.monotonic() + timeout
        newest = None
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._file], [], [], left)
            if ready:
                newest = self._take() or newest
        return picture(newest, self._format) if newest else None

    def _start(self) -> None:
        if not _can_capture(_capability(self._file)):
            raise OSError(f"{self._path} is no camera that gives pictures")
        self._format = self._negotiate()
        request = RequestBuffers(_BUFFERS, _CAPTURE, _MMAP)
        self._ioctl(REQBUFS, request)
        for index in range(request.count):
            buffer = Buffer(index=index, type=_CAPTURE, memory=_MMAP)
            self._ioctl(QUERYBUF, buffer)
            self._maps.append(mmap.mmap(self._file, buffer.length, offset=buffer.m.offset))
            self._ioctl(QBUF, buffer)
        self._ioctl(STREAMON, ctypes.c_int(_CAPTURE))

    def _negotiate(self) -> PixFormat:
        """The first of our formats that the camera takes; it answers with what it gives."""
        for pixel_format in FORMATS:
            wanted = Format(type=_CAPTURE)
            wanted.fmt.pix.width, wanted.fmt.pix.height = self._size
            wanted.fmt.pix.pixelformat = pixel_format
            wanted.fmt.pix.field = _ANY_FIELD
            self._ioctl(S_FMT, wanted)
            if wanted.fmt.pix.pixelformat == pixel_format:
                return wanted.fmt.pix
        raise OSError(f"{self._path} gives no kind of picture that can be read here")

    def _take(self) -> bytes | None:
        """The next picture's bytes; its buffer goes back to the camera."""
        buffer = Buffer(type=_CAPTURE, memory=_MMAP)
        try:
            self._ioctl(DQBUF, buffer)
        except BlockingIOError:
            return None
        data = self._maps[buffer.index][: buffer.bytesused]
        self._ioctl(QBUF, buffer)
        return None if buffer.flags & _BUFFER_ERROR else data

    def _ioctl(self, number: int, structure: Any) -> None:
        try:
            fcntl.ioctl(self._file, number, structure)
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise OSError("another program uses this camera") from error
            raise


def picture(data: bytes, kind: PixFormat) -> Image.Image:
    """The grey picture in a buffer of this format.

    :raises FrameError: when it is not whole
    """
    step = FORMATS[kind.pixelformat]
    if not step:
        # A UVC camera pads its JPEGs.
        whole = JpegSplitter().feed(data)
        return grey(whole[0] if whole else data)
    stride = (kind.bytesperline or kind.width * step) // step
    bright = data[::step]
    if len(bright) < stride * (kind.height - 1) + kind.width:
        raise FrameError(f"a picture of {len(data)} bytes is not whole")
    padded = bright[: stride * kind.height].ljust(stride * kind.height, b"\0")
    return Image.frombytes("L", (kind.width, kind.height), padded, "raw", "L", stride)
