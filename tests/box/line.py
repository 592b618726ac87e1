"""A network line between a box and Odoo that a test can cut."""

import contextlib
import select
import socket
import threading

SORRY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line:
    """Carries TCP to the port of a server; the box knows this end only."""

    def __init__(self, target):
        self._target = target
        self._ends = set()
        self._listener = None
        self.port = None
        self.mend()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def cut(self):
        """From now on nobody answers, and what was open is closed in the middle."""
        for end in (self._listener, *self._ends):
            _close(end)
        self._listener = None

    def swallow_answers(self):
        """Requests arrive at the server, and the line breaks before its answers come back."""
        self._deaf = True

    def say_sorry(self):
        """As a reverse proxy whose Odoo is away; who asks for a session gets no answer at all."""
        self._sorry = True

    def mend(self):
        """The line works again, on the same port."""
        self._deaf = self._sorry = False
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port or 0))
            self.port = self._listener.getsockname()[1]
            threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    end = cut

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                threading.Thread(target=self._carry, args=[near], daemon=True).start()

    def _carry(self, near):
        if self._sorry:
            with contextlib.suppress(OSError):
                if b"/web/login" not in near.recv(65536):
                    near.sendall(SORRY)
            _close(near)
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._target), timeout=10)
        except OSError:
            _close(near)
            return
        self._ends |= {near, far}
        with contextlib.suppress(OSError, ValueError):
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(65536)
                    if not data or (source is far and self._deaf):
                        raise ConnectionError("the end of the conversation")
                    (far if source is near else near).sendall(data)
        for end in (near, far):
            _close(end)
            self._ends.discard(end)


def _close(end):
    """Wake up whoever waits for this socket, too."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
