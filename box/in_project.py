"""`bin/box`: runs the box with the Python environment and the Odoo of this project."""

import os
import sys

from dev.console import UserError, fail
from dev.python_env import python

if __name__ == "__main__":
    try:
        interpreter = str(python())
    except UserError as error:
        sys.exit(fail(error))
    os.execv(interpreter, [interpreter, "-m", "box", *sys.argv[1:]])
