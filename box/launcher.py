"""Starts the stock box software from a box's home; copied there by `box.home`.

Importing `iot_drivers` starts the box at once, and on a plain Linux it would run in its
test mode. So what makes it a real box has to be in place right after one module of it,
`tools.helpers`, is loaded and before anything uses it: a post-import hook.
"""

import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HELPERS = "odoo.addons.iot_drivers.tools.helpers"


class HealingFinder(importlib.abc.MetaPathFinder):
    """Finds `helpers` as Python would, and heals it once it is loaded."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != HELPERS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = HealingLoader(spec.loader)
        return spec


class HealingLoader(importlib.abc.Loader):
    def __init__(self, stock):
        self._stock = stock

    def create_module(self, spec):
        return self._stock.create_module(spec)

    def exec_module(self, module):
        self._stock.exec_module(module)
        from virtual_box import healing

        healing.heal(module, HERE.parent)


if __name__ == "__main__":
    # The stock software takes the folder above this one for the box's root.
    if Path(sys.path[0]) != HERE:
        sys.path.insert(0, str(HERE))
    sys.meta_path.insert(0, HealingFinder())
    from odoo.cli import main

    main()
