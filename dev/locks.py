"""Locks between commands of the tooling that run at the same time."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from . import settings
from .console import say


@contextlib.contextmanager
def exclusive(name: str, folder: Path = settings.STATE) -> Iterator[None]:
    """Wait for, hold and release the named lock; the kernel frees it when a process dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"   (waiting for another command: {name})")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
