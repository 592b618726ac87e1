"""The commands of the tooling, by name."""

import subprocess
import sys

from . import bench, check, console, database, odoo, postgres, settings, system


def run_odoo(arguments: list[str]) -> int:
    """Odoo with the user's own arguments; a database to install into is created first."""
    postgres.start()
    installs = any(a in ("-i", "--init") or a.startswith("--init=") for a in arguments)
    if installs:
        name = _database_of(arguments)
        if not database.exists(name):
            database.create(name)
    return odoo.run_odoo(arguments)


def fresh_database(arguments: list[str]) -> int:
    """`fresh NAME [--demo]`: a new database, with Odoo's modules only or with the demo company."""
    postgres.start()
    database.fresh(
        arguments[0], database.addons_template(demo=True) if "--demo" in arguments else None
    )
    return 0


def _database_of(arguments: list[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument in ("-d", "--database"):
            return arguments[position + 1]
        if argument.startswith("--database="):
            return argument.partition("=")[2]
    return settings.DATABASE


def run_python(arguments: list[str]) -> int:
    """`python ARGS...`: the project's interpreter, with PostgreSQL's variables set."""
    postgres.start()
    return subprocess.run([sys.executable, *arguments], check=False).returncode


def run_lint(arguments: list[str]) -> int:
    from .lint import lint

    return lint(arguments)


def use_hooks(_arguments: list[str]) -> int:
    """Run the linters before each commit of this clone."""
    console.run(["git", "config", "core.hooksPath", "dev/hooks"], cwd=settings.ROOT)
    console.say("The linters now run before each commit. Undo: git config --unset core.hooksPath")
    return 0


COMMANDS = {
    "hooks": use_hooks,
    "python": run_python,
    "bench": bench.main,
    "clean": lambda _: system.clean(),
    "distclean": lambda _: system.distclean(),
    "fresh": fresh_database,
    "lint": run_lint,
    "test": check.main,
    "run": lambda _: system.start(),
    "stop": system.stop,
    "odoo": run_odoo,
}
