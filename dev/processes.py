"""Long-running processes of one instance: started once, found again, stopped by their id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from . import settings
from .console import UserError

GRACE = 20  # seconds from SIGTERM to SIGKILL


class Service:
    """A process that outlives the command that started it."""

    def __init__(self, name: str, database: str = settings.DATABASE):
        folder = settings.instance_folder(database)
        self._pid_file = folder / f"{name}.pid"
        self.log = folder / f"{name}.log"

    def process(self) -> psutil.Process | None:
        """The running process; None when it ended, even if its id was given to another."""
        try:
            pid, started = self._pid_file.read_text().split()
            process = psutil.Process(int(pid))
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process if alive and str(process.create_time()) == started else None

    def start(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> bool:
        """Start the process unless it runs; whether it was started now."""
        if self.process():
            return False
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [str(part) for part in command],
                env=dict(environment or os.environ),
                cwd=settings.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started = psutil.Process(child.pid).create_time()
        self._pid_file.write_text(f"{child.pid} {started}")
        return True

    def stop(self) -> None:
        process = self.process()
        if process:
            family = [process, *process.children(recursive=True)]
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.send_signal(signal.SIGTERM)
            _, alive = psutil.wait_procs(family, timeout=GRACE)
            for member in alive:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
        self._pid_file.unlink(missing_ok=True)

    def end_of_log(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def wait_until(ready, service: Service, seconds: float, what: str) -> None:
    """Wait for `ready()`; stop waiting as soon as the service has died.

    :raises UserError: with the end of the service's log.
    """
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return
        if not service.process():
            break
        time.sleep(0.2)
    raise UserError(f"{what} did not come up. The end of {service.log}:\n{service.end_of_log()}")


def check_port_free(port: int, variable: str, what: str) -> None:
    """:raises UserError: when something else listens on the port."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise UserError(
                f"Port {port} on 127.0.0.1, wanted for {what}, is used by another program. "
                f"Stop that program, or choose another port: make run {variable}={port + 10}"
            ) from None
