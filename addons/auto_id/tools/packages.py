"""Pure-Python packages of this server that a box gets with its drivers, so nobody logs in to it.

Nothing is bundled: what the administrator has installed here is passed on to their own boxes, with
its licence. What is not installed here, or is no pure Python, is left out.
"""

import functools
import importlib.metadata
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

NEEDED = ("click", "pyserial", "pyzbar", "sllurp")
"""Distributions that drivers of ours use, with what these need themselves (click: sllurp)."""

FOLDER = "lib/auto_id_packages"
"""Where they lie in the zip; ``iot_handlers/lib/auto_id/packages.py`` looks for them there."""

LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)


@functools.cache
def installed(names: tuple[str, ...] = NEEDED) -> dict[str, Path]:
    """{name in the zip: file} of these distributions; looked up once a process."""
    found: dict[str, Path] = {}
    for name in names:
        try:
            found |= _files_of(importlib.metadata.distribution(name))
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _files_of(distribution: importlib.metadata.Distribution) -> dict[str, Path]:
    """Its sources, licence and metadata; nothing if a part of it is not pure Python."""
    if not _is_pure(distribution.read_text("WHEEL") or ""):
        return {}
    root = Path(str(distribution.locate_file(""))).resolve()
    return {
        f"{FOLDER}/{name}": root / name
        for name in sorted(_wanted(distribution.files or ()))
        if (root / name).is_file() and (root / name).resolve() == root / name
    }


def _is_pure(wheel: str) -> bool:
    """Whether the text of a WHEEL file tells of a distribution without compiled parts.

    >>> _is_pure("Root-Is-Purelib: true\\nTag: py3-none-any")
    True
    >>> _is_pure("Root-Is-Purelib: false\\nTag: cp311-cp311-linux_x86_64"), _is_pure("")
    (False, False)
    """
    tags = re.findall(r"^Tag: *(\S+)", wheel, re.MULTILINE)
    return "Root-Is-Purelib: true" in wheel and all(tag.endswith("-none-any") for tag in tags)


def _wanted(files: Iterable[PurePosixPath]) -> list[str]:
    """Names of sources, and of what a licence asks to be passed on.

    >>> _wanted([PurePosixPath(n) for n in ("a/b.py", "../bin/a", "a/b.pyc", "a.dist-info/RECORD")])
    ['a/b.py']
    """
    return [
        path.as_posix()
        for path in files
        if ".." not in path.parts
        and not path.is_absolute()
        and (path.suffix == ".py" or _goes_along(path))
    ]


def _goes_along(path: PurePosixPath) -> bool:
    in_metadata = path.parts[0].endswith(".dist-info")
    return in_metadata and (path.name == "METADATA" or bool(LICENCE.match(path.name)))
