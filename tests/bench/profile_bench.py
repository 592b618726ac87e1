"""What the benchmarks of profiles share: add-ons and data without Odoo, and the peer's Python."""

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

from dev import settings
from dev.locks import exclusive

sys.path.insert(0, str(settings.ROOT / "tests/unit"))

import conftest  # noqa: F401  (registers the add-ons)
import profile_data

__all__ = ["Peer", "available", "profile_data", "row"]


def available(*names: str) -> bool:
    """Whether these shared files are on this machine; says which one is not."""
    missing = [name for name in names if not (profile_data.DATA / f"{name}.csv.gz").is_file()]
    for name in missing:
        print(f"missing: shared/data/{name}.csv.gz", file=sys.stderr)
    return not missing


def row(name: str, ours: float, peer: float, peer_name: str, unit: str, n: int) -> dict:
    """One row for `make bench`."""
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "peer_name": peer_name,
        "unit": unit,
        "ratio": round(ours / peer, 4),
        "n": n,
    }


class Peer:
    """A process with the peers of `requirements/peer.txt`, in an environment of their own."""

    def __init__(self, script: str):
        command = [_python(), "-W", "ignore", "-c", script]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **question) -> dict:
        """Send one JSON object a line, get one back."""
        process = self._process
        assert process.stdin and process.stdout
        print(json.dumps(question), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._process.communicate()


def _python() -> Path:
    lock = settings.LOCKS / "peer.txt"
    digest = hashlib.sha256(sys.version.encode() + lock.read_bytes()).hexdigest()[:12]
    folder = settings.CACHE / f"peer-{digest}"
    with exclusive("downloads", settings.CACHE):
        if not (folder / ".ready").exists():
            venv.create(folder, with_pip=True, clear=True)
            install = [folder / "bin/python", "-m", "pip", "install", "-q", "-r", lock]
            subprocess.run(install, check=True)
            (folder / ".ready").touch()
    return folder / "bin/python"
