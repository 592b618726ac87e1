"""Packages that came with the drivers: used where the box has none of its own."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "auto_id_packages"


def make_importable(folder: Path = FOLDER) -> None:
    """Put the folder at the end of the search path, so that the box's own packages win."""
    if folder.is_dir() and str(folder) not in sys.path:
        sys.path.append(str(folder))
