"""Each add-on alone, all together, in another order: installed, upgraded, removed, silently."""

import itertools

import pytest

from dev import database, odoo, postgres, settings
from dev.console import run

from . import snapshot

MAIN = ("auto_id", "oneonone_crm", "crm_erp_sync")


def change(name: str, verb: str, modules, *options: str) -> None:
    """Install, upgrade or uninstall; no line of the log may be a warning or worse."""
    log = settings.STATE / "logs" / f"{verb}-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = odoo.command(["module", verb, "-d", name, *modules, *options])
    run(command, log=log, env=odoo.environment())
    assert database.complaints(log.read_text()) == []


def installed(name: str) -> set[str]:
    rows = postgres.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", database=name
    )
    return {row[0] for row in rows}


def ours(name: str) -> set[str]:
    return installed(name) & set(settings.addon_names())


@pytest.mark.parametrize("module", MAIN)
def test_alone(fresh_database, module):
    """A main add-on comes, is upgraded and goes without a trace or a warning."""
    before = snapshot.take(fresh_database)
    others = installed(fresh_database)
    change(fresh_database, "install", [module])
    assert ours(fresh_database) == {module}
    assert installed(fresh_database) - others == {module}
    change(fresh_database, "upgrade", [module])
    change(fresh_database, "uninstall", [module])
    assert ours(fresh_database) == set()
    assert snapshot.difference(before, snapshot.take(fresh_database)) == {}


def test_one_after_the_other_then_all_removed(fresh_database):
    """The bridges come by themselves with the last of their add-ons, in any order."""
    before = snapshot.take(fresh_database)
    for module in reversed(MAIN):
        change(fresh_database, "install", [module])
    assert ours(fresh_database) == set(settings.addon_names())
    change(fresh_database, "upgrade", settings.addon_names())
    for module in MAIN:
        change(fresh_database, "uninstall", [module])
    assert ours(fresh_database) == set()
    assert snapshot.difference(before, snapshot.take(fresh_database)) == {}


def test_bridge_goes_with_its_part(fresh_database):
    """Removing one main add-on removes the bridges on it and leaves the others working."""
    change(fresh_database, "install", settings.addon_names())
    change(fresh_database, "uninstall", ["auto_id"])
    assert ours(fresh_database) == {"oneonone_crm", "crm_erp_sync", "oneonone_erp"}
    change(fresh_database, "upgrade", ["oneonone_crm", "crm_erp_sync"])


def test_demo_data(fresh_database):
    """The demo company loads without Odoo's own demo data, and can be upgraded."""
    postgres.query("UPDATE ir_module_module SET demo = true", database=fresh_database)
    log = database.modules(fresh_database, "-i", settings.addon_names(), "--with-demo")
    assert database.complaints(log) == []
    failures = postgres.query("SELECT count(*) FROM ir_demo_failure", database=fresh_database)
    assert failures == [(0,)]
    log = database.modules(fresh_database, "-u", settings.addon_names())
    assert database.complaints(log) == []


def test_no_add_on_imports_another_main_one():
    """The three named add-ons never import each other."""
    for importer, imported in itertools.permutations(MAIN, 2):
        sources = (settings.ADDONS / importer).rglob("*.py")
        guilty = [p.name for p in sources if f"odoo.addons.{imported}" in p.read_text()]
        assert guilty == []
