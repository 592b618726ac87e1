"""`python3 -m dev COMMAND ...`: what `make` and `bin/` call."""

import os
import sys

from . import settings
from .console import UserError, fail, say
from .python_env import python


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["stop"], ["clean"]) and not settings.STATE.exists():
        say("Nothing is running, and there is nothing to remove.")
        return 0
    try:
        interpreter = python(tests=arguments[:1] in (["python"], ["test"], ["lint"], ["bench"]))
        if os.path.realpath(sys.prefix) != os.path.realpath(interpreter.parents[1]):
            # From here on in the project's own environment.
            os.execv(interpreter, [str(interpreter), "-m", "dev", *arguments])
        from .commands import COMMANDS

        return COMMANDS[arguments[0]](arguments[1:])
    except UserError as error:
        return fail(error)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
