"""What the user sees: steps with their time, and errors that say what to do."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path


class UserError(Exception):
    """Something the user can mend; the message says how."""


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, tick while it lasts, and say how long it took."""
    started = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(15):
            say(f"   ... {title}: {time.monotonic() - started:.0f} s")

    say(f"-> {title}")
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    say(f"   {title}: {time.monotonic() - started:.1f} s")


def run(command: Sequence[str | Path], *, log: Path | None = None, **options) -> None:
    """Run a command quietly; when it fails, show the end of what it printed.

    :raises UserError: with the last lines and the place of the whole log.
    """
    if log is None:
        result = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **options,
        )
        output = result.stdout
    else:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as file:
            result = subprocess.run(
                [str(part) for part in command],
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
                **options,
            )
        output = log.read_text(errors="replace")
    if result.returncode:
        tail = "\n".join(output.splitlines()[-25:])
        where = f"\nThe whole log: {log}" if log else ""
        raise UserError(
            f"`{' '.join(str(part) for part in command)}` failed "
            f"with exit code {result.returncode}:\n{tail}{where}"
        )


def fail(error: Exception) -> int:
    print(f"\nError: {error}", file=sys.stderr, flush=True)
    return 1
