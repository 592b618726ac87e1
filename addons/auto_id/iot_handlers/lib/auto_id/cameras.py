"""Where pictures come from: a folder, an address in the network, or a camera of this machine.

Every source is a context manager whose `read(timeout)` gives the newest picture, or None if
there is none by then. Pictures that nobody had time for are left out, except those of a folder.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

import requests
from PIL import Image

from .frames import FrameError, JpegSplitter, grey
from .places import shown
from .video import VideoDevice

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
MOST_BYTES = 32 * 1024 * 1024
SETTLED = 2.0
"""Seconds after which a picture that cannot be read is not just being written."""
TIMEOUT = (3.05, 10)
_CHUNK = 64 * 1024
_FOLDER_PAUSE = 0.1
_FFMPEG_HELP = "a camera with rtsp needs ffmpeg on the box: apt install ffmpeg"


class Source(Protocol):
    """As the drivers see a source."""

    takes_every_picture: bool

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def read(self, timeout: float) -> Image.Image | None:
        """:raises FrameError: when a picture came that cannot be read
        :raises OSError: when the source is gone"""


def source(place: str, size: tuple[int, int], fps: float) -> Source:
    """The source at a place that `places.check` has let pass.

    :param size: width and height that a camera of this machine is asked for, in pixels
    :param fps: how many pictures a second are of use
    """
    scheme = place.partition("://")[0] if "://" in place else ""
    if scheme.startswith("rtsp"):
        return Rtsp(place, fps)
    if scheme:
        return Http(place)
    if place.startswith("/dev/"):
        return VideoDevice(place, size)
    return Folder(Path(place))


class Folder:
    """A folder into which somebody puts pictures; each is read once, then removed.

    One that is no picture is put aside into the folder `unreadable` in it.
    """

    takes_every_picture = True

    def __init__(self, path: Path):
        self._path = path
        self._read: Path | None = None

    def __enter__(self) -> Self:
        if not self._path.is_dir():
            raise FileNotFoundError(f"there is no folder {self._path} on the box")
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self._remove_last()

    def read(self, timeout: float) -> Image.Image | None:
        self._remove_last()
        end = time.monotonic() + timeout
        while not (waiting := self._waiting()):
            if time.monotonic() >= end:
                return None
            time.sleep(min(_FOLDER_PAUSE, timeout))
        return self._open(waiting[0])

    def _remove_last(self) -> None:
        """Not before its codes are in the spool: a box that is killed reads it again."""
        if self._read:
            self._read.unlink(missing_ok=True)
            self._read = None

    def _waiting(self) -> list[Path]:
        """The pictures, the oldest first; a link could lead anywhere."""
        found = []
        for path in self._path.iterdir():
            is_picture = path.suffix.lower() in PICTURES and not path.name.startswith(".")
            if is_picture and path.is_file() and not path.is_symlink():
                found.append((path.stat().st_mtime, path))
        return [path for _modified, path in sorted(found)]

    def _open(self, path: Path) -> Image.Image | None:
        try:
            state = path.stat()
            if state.st_size > MOST_BYTES:
                raise FrameError(f"a picture of {state.st_size} bytes is too large")
            picture = grey(path.read_bytes())
        except FileNotFoundError:
            return None
        except FrameError as error:
            if 0 <= time.time() - state.st_mtime < SETTLED:
                time.sleep(_FOLDER_PAUSE)
                return None
            aside = self._path / "unreadable"
            aside.mkdir(exist_ok=True)
            path.replace(aside / path.name)
            raise FrameError(f"{path.name} is put aside: {error}") from error
        self._read = path
        return picture


class _Jpegs:
    """The newest picture of a stream of JPEGs that comes in pieces."""

    takes_every_picture = False

    def __init__(self) -> None:
        self._splitter = JpegSplitter()
        self._newest = b""

    def read(self, timeout: float) -> Image.Image | None:
        """Takes in what has come since, so that the picture shows what is now."""
        end = time.monotonic() + timeout
        while True:
            chunk = self._receive()
            if not chunk:
                raise OSError("the camera ended its stream")
            frames = self._splitter.feed(chunk)
            if self._splitter.broken:
                self._splitter.broken = 0
                raise FrameError("a broken picture")
            if frames:
                self._newest = frames[-1]
            if time.monotonic() >= end:
                newest, self._newest = self._newest, b""
                return grey(newest) if newest else None

    def _receive(self) -> bytes:
        raise NotImplementedError


class Http(_Jpegs):
    """A camera in the network: a stream of JPEGs (MJPEG), or the address of one picture."""

    def __init__(self, url: str):
        super().__init__()
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False  # a camera is nobody's business but this network's
        self._response: requests.Response | None = None

    def __enter__(self) -> Self:
        self._response = self._get()
        self._is_stream = "multipart" in self._response.headers.get("Content-Type", "")
        if not self._is_stream:
            self._response.close()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._response is not None:
            self._response.close()
        self._http.close()

    def read(self, timeout: float) -> Image.Image | None:
        if self._is_stream:
            return super().read(timeout)
        time.sleep(timeout)
        with self._get() as response:
            return grey(response.raw.read(MOST_BYTES, decode_content=True))

    def _receive(self) -> bytes:
        raw = self._response.raw
        # What is there, without waiting for the rest of the chunk; urllib3 1 hides it.
        read = getattr(raw, "read1", None) or raw._fp.read1
        try:
            return read(_CHUNK)
        except Exception as error:
            raise OSError(f"the camera is gone: {_plainly(error)}") from error

    def _get(self) -> requests.Response:
        try:
            response = self._ask()
            if "digest" in response.headers.get("WWW-Authenticate", "").lower():
                response.close()
                user = urlsplit(self._url)
                names = unquote(user.username or ""), unquote(user.password or "")
                self._http.auth = requests.auth.HTTPDigestAuth(*names)
                response = self._ask()
        except requests.RequestException as error:
            raise OSError(f"{shown(self._url)} does not answer: {_plainly(error)}") from error
        if response.status_code != 200:
            response.close()
            raise OSError(f"{shown(self._url)} answers {response.status_code} {response.reason}")
        return response

    def _ask(self) -> requests.Response:
        return self._http.get(self._url, timeout=TIMEOUT, allow_redirects=False, stream=True)


class Rtsp(_Jpegs):
    """A camera with rtsp, through ffmpeg where the box has it."""

    def __init__(self, url: str, fps: float):
        super().__init__()
        self._url = url
        self._fps = fps
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        ffmpeg = shutil.which("ffmpeg")
        if not ffmpeg:
            raise OSError(_FFMPEG_HELP)
        # Only what a camera speaks: no address may lead ffmpeg to files.
        allowed = "rtsp,rtp,udp,tcp,tls,srtp,crypto"
        command = [
            *(ffmpeg, "-nostdin", "-loglevel", "error", "-protocol_whitelist", allowed),
            *("-timeout", "10000000", "-rtsp_transport", "tcp", "-i", self._url),
            *("-an", "-vf", f"fps={self._fps:g}", "-f", "image2pipe"),
            *("-c:v", "mjpeg", "-q:v", "3", "-"),
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            pipe.close()

    def _receive(self) -> bytes:
        chunk = self._process.stdout.read1(_CHUNK)
        if not chunk:
            lines = self._process.stderr.read(_CHUNK).decode("utf-8", "replace").split("\n")
            reason = next((line for line in reversed(lines) if line.strip()), "it ended")
            raise OSError(f"{shown(self._url)}: {reason.replace(self._url, shown(self._url))}")
        return chunk


def _plainly(error: Exception) -> str:
    """What went wrong, without the layers of libraries around it, and without the address."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    found = re.findall(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return found[-1] if found else type(error).__name__
