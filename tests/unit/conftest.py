"""Add-ons without Odoo: each is registered as a bare module, so its `__init__` never runs.

`from auto_id.tools import code` then imports that one file, in milliseconds.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"


def _register(addon: Path) -> None:
    module = types.ModuleType(addon.name)
    module.__path__ = [str(addon)]
    sys.modules.setdefault(addon.name, module)


for _manifest in sorted(ADDONS.glob("*/__manifest__.py")):
    _register(_manifest.parent)
