"""Odoo, boxes and scanners as real processes, for the tests of the virtual box."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import requests

from box.simulators.scan import scan
from dev import postgres, settings


def wait(condition, seconds, what):
    """What `condition` returns, as soon as it is true."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return result


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url):
    """The page, or nothing while it does not answer."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as response:
        return response.read().decode()
    return None


class Process:
    """A process with a log file; its children end with it."""

    def __init__(self, log):
        self.log_path = Path(log)
        self._process = None

    def spawn(self, *command, **variables):
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                cwd=settings.ROOT,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def end(self, how=signal.SIGTERM):
        """End the process and its children; they are gone on return."""
        if self._process is None:
            return
        group = self._process.pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, how)
            with contextlib.suppress(AssertionError):
                wait(lambda: self._gone(group), 15, "the end")
            os.killpg(group, signal.SIGKILL)
            wait(lambda: self._gone(group), 15, "the end by force")
        self._process = None

    def _gone(self, group):
        self._process.poll()
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        return False

    def exit_code(self, seconds=30):
        code = self._process.wait(seconds)
        self._process = None
        return code

    @property
    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


class Server(Process):
    """An Odoo with auto_id on a database of its own."""

    def __init__(self, database, log):
        super().__init__(log)
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._session = requests.Session()

    def start(self):
        self.spawn(settings.ROOT / "bin/odoo", "-d", self.database, f"--http-port={self.port}")
        wait(lambda: fetch(f"{self.url}/web/health"), 60, "Odoo answers")

    def prepare(self):
        """Make the database anew, with auto_id."""
        command = [sys.executable, "-m", "dev", "fresh", self.database]
        subprocess.run(
            command, check=True, cwd=settings.ROOT, timeout=600, stdout=subprocess.DEVNULL
        )
        self.spawn(
            *(settings.ROOT / "bin/odoo", "-d", self.database, "-i", "auto_id"),
            *("--stop-after-init", "--no-http"),
        )
        assert self.exit_code(600) == 0, self.log

    def drop(self):
        postgres.query(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def shell(self, script):
        """What a script prints in Odoo's shell; it takes its time to start."""
        command = [settings.ROOT / "bin/odoo", "shell", "-d", self.database, "--no-http"]
        done = subprocess.run(
            command, input=script, capture_output=True, text=True, check=True, timeout=120
        )
        return done.stdout

    def issue_tokens(self, number):
        """Make boxes with their pairing tokens, all in one go."""
        output = self.shell(
            f"for number in range({number}):\n"
            "    box = env['auto_id.box'].create({'name': f'Box {number}'})\n"
            "    print('TOKEN', box._issue_token())\n\n"
            "env.cr.commit()\n"
        )
        self._tokens = re.findall(r"TOKEN (\S+)", output)

    def token(self):
        """The pairing token of a box that nobody uses yet."""
        return self._tokens.pop()

    def call(self, model, method, *arguments, **options):
        """Call a method as the administrator's browser does; its result."""
        if not self._session.cookies:
            login = {"db": self.database, "login": "admin", "password": "admin"}
            self._ask("/web/session/authenticate", login)
        call = {"model": model, "method": method, "args": arguments, "kwargs": options}
        return self._ask("/web/dataset/call_kw", call)

    def _ask(self, path, params):
        body = {"jsonrpc": "2.0", "params": params}
        answer = self._session.post(f"{self.url}{path}", json=body, timeout=60).json()
        assert "error" not in answer, answer["error"]
        return answer.get("result")

    def query(self, sql, *values):
        return postgres.query(sql, *values, database=self.database)

    def codes(self, box, reader=None):
        """Every code that this box has delivered, in the order it read them.

        :param reader: leave out what others read, such as a card reader that this machine has
        """
        rows = self.query(
            "SELECT box.identifier, reader.identifier, read.code FROM auto_id_read read "
            "JOIN auto_id_box box ON box.id = read.box_id "
            "LEFT JOIN auto_id_reader reader ON reader.id = reader_id ORDER BY read.sequence"
        )
        return [
            code
            for box_name, reader_name, code in rows
            if box_name == box.identifier and reader in (None, reader_name)
        ]


class Scanner(Process):
    """A simulated scanner."""

    def __init__(self, folder, name="counter"):
        super().__init__(folder / f"{name}.log")
        self.link = folder / name

    def start(self, *options):
        self.spawn(
            sys.executable, "-m", "box.simulators.serial_scanner", "--link", self.link, *options
        )
        wait(self.link.exists, 10, "the scanner's line")

    def scan(self, *codes):
        for code in codes:
            scan(code if isinstance(code, bytes) else code.encode(), self.link)


class Box(Process):
    """A virtual box with one scanner."""

    def __init__(self, folder, server, scanner):
        super().__init__(folder / "box.log")
        self.home = folder / "home"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = server
        self._scanner = scanner

    def start(self, token="", **variables):
        self._log_start = len(self.log)
        self.spawn(
            *(sys.executable, "-m", "box", "--home", self.home, "--port", self.port),
            *("--server", self._server.url, "--db-name", self._server.database),
            *("--serial", f"counter={self._scanner.link}"),
            BOX_TOKEN=token,
            **variables,
        )

    def wait_listening(self):
        """Since `start` it has loaded its drivers and opened the scanner's line."""
        wait(lambda: "Listening to" in self.log[self._log_start :], 60, "the box listens")

    @property
    def identifier(self):
        return (self.home / "identity").read_text().strip()
