"""A simulated camera that sees codes: as a stream of pictures (MJPEG), or into a folder.

`bin/scan` holds a code to it. A stream shows it for a moment, among pictures of the empty
counter; a folder gets one picture of it.
"""

import argparse
import contextlib
import io
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .pictures import BY_HAND, KINDS, Look, picture
from .serial_scanner import Control, ScannerError

SHOWN_SECONDS = 2.0
_BOUNDARY = "picture"


class FolderCamera:
    """Puts one picture of each code into a folder."""

    def __init__(self, link: Path, folder: Path, kind: str = "qr", look: Look = BY_HAND):
        self.link = link
        self._folder = folder
        self._kind = kind
        self._look = look
        self._number = 0

    def scan(self, code: bytes) -> int:
        """Several codes, one a line, lie in one picture.

        :raises ScannerError: when no picture can be made of this
        """
        self._number += 1
        data = jpeg(code.decode().splitlines(), self._kind, self._look)
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{time.time_ns()}.part"
        part.write_bytes(data)
        part.rename(part.with_name(f"{time.time_ns()}-{self._number}.jpg"))
        return len(data)


class StreamCamera:
    """Serves a stream at `/`, and a single picture at `/picture.jpg`.

    :param port: to listen on; 0: any
    """

    def __init__(
        self, link: Path, port: int = 0, kind: str = "qr", look: Look = BY_HAND, fps: float = 10
    ):
        self.link = link
        self.fps = fps
        self._kind = kind
        self._look = look
        self._codes: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def show(self, *codes: str) -> None:
        """Hold these codes to it from now on; none: the empty counter."""
        self._codes = list(codes)

    def frame(self) -> bytes:
        """What it sees now, as JPEG; each picture is another one."""
        return jpeg(self._codes, self._kind, self._look)

    def scan(self, code: bytes) -> int:
        """Hold the codes, one a line, to it for a moment."""
        self.show(*code.decode().splitlines())
        self.frame()  # raises what is wrong with a code before anybody sees it
        time.sleep(SHOWN_SECONDS)
        self.show()
        return len(code)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with contextlib.suppress(OSError):  # the viewer went away
                    if self.path.endswith(".jpg"):
                        self._send_picture()
                    else:
                        self._send_stream()

            def _send_picture(self) -> None:
                data = camera.frame()
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def _send_stream(self) -> None:
                self.send_response(200)
                kind = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
                self.send_header("Content-Type", kind)
                self.end_headers()
                while True:
                    data = camera.frame()
                    head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                    head += f"Content-Length: {len(data)}\r\n\r\n"
                    self.wfile.write(head.encode() + data + b"\r\n")
                    time.sleep(1 / camera.fps)

            def log_message(self, *arguments: Any) -> None:
                pass

        return Handler


def jpeg(codes: Sequence[str], kind: str, look: Look) -> bytes:
    """:raises ScannerError: when there is no such code of this kind"""
    try:
        seen = picture(codes, kind, look)
    except ValueError as error:
        raise ScannerError(f"{kind} cannot hold this: {error}") from error
    data = io.BytesIO()
    seen.save(data, "JPEG", quality=80)
    return data.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("camera", description=__doc__)
    parser.add_argument("--link", type=Path, required=True, help="path by which bin/scan finds it")
    parser.add_argument("--folder", type=Path, help="put pictures here in place of streaming them")
    parser.add_argument("--port", type=int, default=0, help="port of the stream (any free one)")
    parser.add_argument("--kind", choices=KINDS, default="qr", help="kind of the codes (qr)")
    parser.add_argument("--angle", type=float, help="turn each code so far (about upright)")
    parser.add_argument("--noise", type=float, default=BY_HAND.noise, help="grain of the picture")
    options = parser.parse_args(arguments)
    look = Look(options.angle, options.noise)
    link = options.link.absolute()
    if options.folder:
        camera = FolderCamera(link, options.folder, options.kind, look)
        return Control(camera).run(f"Pictures go to {options.folder}")
    camera = StreamCamera(link, options.port, options.kind, look)
    return Control(camera).run(f"Camera at {camera.url}", begin=camera.start)


if __name__ == "__main__":
    sys.exit(main())
