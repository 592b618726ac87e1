"""The translation templates hold exactly the terms that the add-ons have now."""

import polib
import pytest

from dev import database, odoo, settings
from dev.console import run


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with the templates as Odoo exports them now."""
    folder = tmp_path_factory.mktemp("pot")
    name = "install_terms"
    database.fresh(name, database.addons_template(demo=False))
    for addon in settings.addon_names():
        target = folder / f"{addon}.pot"
        command = ["i18n", "export", "-d", name, addon, "-l", "pot", "-o", str(target)]
        run(odoo.command(command), env=odoo.environment())
    yield folder
    database.drop(name)


@pytest.mark.parametrize("addon", settings.addon_names())
def test_template_is_current(exported, addon):
    committed = settings.ADDONS / addon / "i18n" / f"{addon}.pot"
    now = {entry.msgid for entry in polib.pofile(str(exported / f"{addon}.pot"))}
    then = {entry.msgid for entry in polib.pofile(str(committed))}
    assert now ^ then == set()
