"""`make bench [ONLY=name]`: one JSON object a line.

A benchmark is a function `run()` in `tests/bench/bench_<name>.py` that yields rows with the
keys of `KEYS`; each measures ours and the peer in one run, alternating.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path

from . import postgres, settings
from .console import UserError

KEYS = ("name", "ours", "peer", "peer_name", "unit", "ratio", "n")


def main(arguments: list[str]) -> int:
    postgres.start()
    only = arguments[0] if arguments else None
    found = sorted((settings.ROOT / "tests/bench").glob("bench_*.py"))
    chosen = [path for path in found if not only or only.startswith(_name(path))] or (
        found if not only else []
    )
    if not chosen:
        known = ", ".join(_name(path) for path in found)
        raise UserError(f"There is no benchmark {only}. There are: {known}")
    for path in chosen:
        for row in _load(path).run():
            if not only or row["name"].startswith(only) or only == _name(path):
                print(json.dumps({key: row[key] for key in KEYS}), flush=True)
    return 0


def _name(path: Path) -> str:
    return path.stem.removeprefix("bench_")


def _load(path: Path):
    os.chdir(settings.ROOT)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
