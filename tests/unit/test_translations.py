"""Every add-on speaks Chinese completely, and no translation loses a placeholder."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
# %s, %d, %.2f, %(name)s; {name} of JavaScript is written as %(name)s in Odoo, too.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+#0]*\d*(?:\.\d+)?[sdifgrx%]")
TAG = re.compile(r"</?(\w+)[^>]*>")


def lost(entry: polib.POEntry) -> str:
    """What a translation has more or less of than its source; empty if nothing."""
    for pattern in (PLACEHOLDER, TAG):
        wanted = Counter(pattern.findall(entry.msgid))
        given = Counter(pattern.findall(entry.msgstr))
        if wanted != given:
            return f"{dict(wanted)} became {dict(given)}"
    return ""


@pytest.mark.parametrize("addon", NAMES)
class TestTranslations:
    def test_template_and_chinese_are_there(self, addon):
        folder = ADDONS / addon / "i18n"
        assert (folder / f"{addon}.pot").is_file()
        assert (folder / "zh_CN.po").is_file()

    def test_complete(self, addon):
        translation = polib.pofile(str(ADDONS / addon / "i18n/zh_CN.po"))
        assert [entry.msgid for entry in translation.untranslated_entries()] == []
        assert [entry.msgid for entry in translation.fuzzy_entries()] == []
        assert [entry.msgid for entry in translation.obsolete_entries()] == []

    def test_same_terms_as_the_template(self, addon):
        folder = ADDONS / addon / "i18n"
        template = {entry.msgid for entry in polib.pofile(str(folder / f"{addon}.pot"))}
        translation = {entry.msgid for entry in polib.pofile(str(folder / "zh_CN.po"))}
        assert translation == template

    def test_placeholders_and_tags_are_kept(self, addon):
        translation = polib.pofile(str(ADDONS / addon / "i18n/zh_CN.po"))
        assert {e.msgid: lost(e) for e in translation.translated_entries() if lost(e)} == {}


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Read %(count)s codes", "读取了编码"),
        ("Read %s of %s", "读取了 %s"),
        ("<b>Stop</b> now", "停止"),
    ],
)
def test_a_loss_is_noticed(source, translation):
    assert lost(polib.POEntry(msgid=source, msgstr=translation))


def test_another_order_is_no_loss():
    assert not lost(polib.POEntry(msgid="%(a)s of %(b)s", msgstr="%(b)s 中的 %(a)s"))
