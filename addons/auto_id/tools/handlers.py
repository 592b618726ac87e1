"""The handlers zip: what a box loads to speak with its devices.

A box deletes every handler it has before it unpacks the zip, and remembers the etag before it looks
inside. So the zip must be whole and must compile, or there must be none.
"""

import functools
import hashlib
import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDERS = ("interfaces", "drivers", "lib")
MAX_BYTES = 16 * 1024 * 1024


class HandlersError(Exception):
    """A handler that no box could load."""


def build(roots: Sequence[Path], packages: Mapping[str, Path] | None = None) -> tuple[str, bytes]:
    """Etag and zip of the handlers below ``roots``; a later root replaces files of an earlier.

    :param packages: {name in the zip: file} of what goes along
    :raises HandlersError: if one of the files could not be loaded, or all are too large
    :raises FileNotFoundError: if a file has gone in the meantime
    """
    files = {**(packages or {}), **_files(roots)}
    state = tuple((str(path), path.stat().st_mtime_ns) for path in files.values())
    return _build(tuple(sorted(files.items())), state)


def _files(roots: Sequence[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for root in map(Path.resolve, roots):
        here = {
            path.relative_to(root).as_posix(): path
            for folder in FOLDERS
            for path in (root / folder).rglob("*.py")
            # A link could lead to any file of the server.
            if path.is_file() and path.resolve() == path
            # The glob of the box would load it as a driver.
            if path.name != "__init__.py" or folder == "lib"
        }
        if not here:
            raise HandlersError(f"no handlers below {root.name}")
        found |= here
    return found


@functools.lru_cache(maxsize=2)
def _build(files: tuple[tuple[str, Path], ...], state: tuple) -> tuple[str, bytes]:
    """Same files, same bytes: the etag changes only when a file does."""
    buffer, digest, size = io.BytesIO(), hashlib.sha256(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            source = path.read_bytes()
            size += len(source)
            if size > MAX_BYTES:
                raise HandlersError(f"more than {MAX_BYTES} bytes of handlers")
            if path.suffix == ".py":
                _check(name, source)
            digest.update(b"%s\0%d\0%s" % (name.encode(), len(source), source))
            archive.writestr(zipfile.ZipInfo(name), source, zipfile.ZIP_DEFLATED)
    return digest.hexdigest()[:32], buffer.getvalue()


def _check(name: str, source: bytes) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, name, "exec")
    except (SyntaxError, ValueError) as error:
        raise HandlersError(f"{name} does not compile: {error}") from error
