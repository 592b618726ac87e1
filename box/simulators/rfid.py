"""`bin/rfid`: a simulated RFID reader that a box connects to, told what to see line by line."""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .llrp_models import MODELS
from .llrp_reader import Reader
from .llrp_scenes import epc, field, recorded, walk

HELP = """\
tags N [SECONDS]    N tags lie in the field, for so long or until 'clear'
walk in|out [N]     tag number N is carried through the door of antennas 1 (outside) and 2
play FILE           the reads of a recording, with the times it has
clear               nothing is in the field any more
input PORT on|off   something switches a GPI port
cut, freeze, thaw, garbage, length    faults of the line and of the reader
status              what the reader was told to do
quit"""


class CommandError(Exception):
    """A line that is no command; the message says what is wrong."""


class Console:
    """Turns lines into what happens to a reader."""

    def __init__(self, reader: Reader):
        self._reader = reader
        self._commands: dict[str, Callable[..., str | None]] = {
            "tags": self._tags,
            "walk": self._walk,
            "play": self._play,
            "clear": reader.clear,
            "input": self._input,
            "cut": reader.cut,
            "freeze": reader.freeze,
            "thaw": reader.thaw,
            "garbage": reader.garbage,
            "length": reader.wrong_length,
            "status": self._status,
            "help": lambda: HELP,
        }

    def run(self, lines: Iterable[str]) -> None:
        """Obey until the lines end or one says quit."""
        for line in lines:
            words = shlex.split(line)
            if words[:1] == ["quit"]:
                return
            if words:
                try:
                    print(self.do(*words) or "ok", flush=True)
                except CommandError as error:
                    print(f"Error: {error}", flush=True)

    def do(self, name: str, *arguments: str) -> str | None:
        """:raises CommandError: when there is no such command, or not with these arguments"""
        if name not in self._commands:
            raise CommandError(f"no command {name}; there are: {', '.join(self._commands)}")
        try:
            return self._commands[name](*arguments)
        except (TypeError, ValueError, OSError) as error:
            raise CommandError(f"{name}: {error}") from error

    def _tags(self, number: str, seconds: str = "") -> None:
        codes = [epc(tag) for tag in range(1, int(number) + 1)]
        antennas = sorted(self._reader.protocol.antennas) or [1]
        limit = float(seconds) if seconds else None
        rate = max(100.0, 2.0 * len(codes))
        self._reader.show(field(codes, rate=rate, antennas=antennas, seconds=limit))

    def _walk(self, way: str, tag: str = "1") -> None:
        if way not in ("in", "out"):
            raise CommandError("walk in or out")
        self._reader.show(walk(epc(int(tag)), (1, 2) if way == "in" else (2, 1)))

    def _play(self, path: str) -> None:
        self._reader.show(list(recorded(Path(path))))

    def _input(self, port: str, state: str) -> None:
        self._reader.input(int(port), state == "on")

    def _status(self) -> str:
        told = self._reader.protocol
        shown = {
            "reads": any(told.rospecs.values()),
            "antennas": told.antennas,
            "session": told.session,
            "tag_population": told.tag_population,
            "mode": told.mode,
            "outputs": told.outputs,
            "reported": self._reader.reported,
        }
        return "  ".join(f"{name}={value}" for name, value in shown.items())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("bin/rfid", description=__doc__)
    parser.add_argument("--port", type=int, default=5084, help="TCP port (5084)")
    parser.add_argument("--model", choices=MODELS, default="impinj", help="like whose reader")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="0.1: ten times as fast; 0: at once"
    )
    parser.add_argument("--do", action="append", default=[], help="a command to begin with")
    options = parser.parse_args(arguments)
    reader = Reader(options.model, options.port, pace=options.pace)
    try:
        reader.start()
    except OSError as error:
        print(f"Error: port {options.port} cannot be used: {error}.", file=sys.stderr)
        return 1
    print(f"{reader.model.name} at 127.0.0.1:{reader.port}; 'help' lists what it does.", flush=True)
    console = Console(reader)
    try:
        console.run(options.do)
        console.run(sys.stdin)
    except KeyboardInterrupt:
        return 0
    finally:
        reader.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
