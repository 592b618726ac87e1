"""Habits of older Odoo versions that no linter notices, and promises that the project makes.

`WORDS` are searched in the text, `idioms_of_python` looks at the syntax tree. Both are
tried on a bad sample first, so that a check that sees nothing cannot pass for a clean tree.
"""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
LONGEST_FILE = 300

# (name, files, pattern, what to write instead)
WORDS = [
    ("tree", "xml", r"<tree\b|</tree>|>[^<]*\btree\b[^<]*</field>|mode=\"[^\"]*\btree\b", "<list>"),
    ("attrs", "xml", r"\s(?:attrs|states)=\"", 'invisible="...", readonly="..."'),
    ("kanban-box", "xml", r"t-name=\"kanban-box\"", 't-name="card"'),
    ("chatter", "xml", r"oe_chatter", "<chatter/>"),
    ("t-esc", "xml", r"\bt-(?:esc|raw)=", "t-out"),
    ("expand", "xml", r"<group\b[^>]*\sexpand=", "<group> without expand"),
    ("groups_id", "xml py", r"\bgroups_id\b", "group_ids (users: group_ids)"),
    ("numbercall", "xml py", r"\bnumbercall\b", "nothing: a cron runs until it is inactive"),
    ("command", "xml", r"eval=\"[^\"]*\(\s*[0-6]\s*,\s*(?:ref|0|_)", "Command.link(ref(...))"),
    ("json", "py", r"type\s*=\s*[\"']json[\"']", 'type="jsonrpc"'),
    ("procurement.group", "xml py", r"\bprocurement[._]group\b", "stock.reference"),
    ("openerp", "xml py", r"<openerp>|\bopenerp\b\.", "odoo"),
    ("sql", "py", r"\b_?cr\.execute\(\s*[fF]?[\"']", "env.execute_query(SQL(...))"),
]
ATTRIBUTES = {
    "_cr": "self.env.cr",
    "_uid": "self.env.uid",
    "_context": "self.env.context",
    "check_access_rights": "check_access or has_access",
    "check_access_rule": "check_access or has_access",
    "toggle_active": "action_archive, action_unarchive",
    "read_group": "_read_group or formatted_read_group",
    "name_get": "_compute_display_name",
    "_name_search": "_search_display_name",
}
ASSIGNED = {
    "_sql_constraints": "models.Constraint(...), models.UniqueIndex(...)",
    "_columns": "fields",
}
KEYWORDS = {"group_operator": "aggregator", "track_visibility": "tracking"}
MODULES = {"odoo.orm": "odoo.models, odoo.fields", "odoo.osv": "odoo.fields.Domain"}
MANIFEST_REFUSED = {"development_status", "maintainers", "description", "active"}

BAD_PYTHON = """
from odoo.osv import expression
from odoo.orm import models as orm_models
class Sample(models.Model):
    _description = "A model without a name"
    _sql_constraints = [("u", "unique(a)", "no")]
    total = fields.Float(group_operator="sum")
    def create(self, vals):
        self._cr.execute("SELECT 1")
        self.check_access_rights("read")
        return super().create(vals)
    def name_get(self):
        return []
    @http.route("/x", type="json")
    def x(self):
        self.env["res.users"].groups_id
        self.env["procurement.group"].toggle_active()
        self.env.cr.commit()
        return {"numbercall": -1}
"""
BAD_XML = """
<odoo><record id="a"><field name="view_mode">tree,form</field>
<field name="implied_ids" eval="[(4, ref('base.group_user'))]"/></record>
<tree><field name="a" attrs="{}"/></tree><t t-name="kanban-box"><t t-esc="a"/></t>
<div class="oe_chatter"/><search><group expand="0"/></search>
<menuitem groups_id="x"/><field name="numbercall">-1</field></odoo>
"""


def files(*endings: str) -> list[Path]:
    found = (path for ending in endings for path in ADDONS.rglob(f"*.{ending}"))
    return sorted(path for path in found if "/static/lib/" not in str(path))


def words(text: str, ending: str) -> Iterator[tuple[int, str]]:
    """(line, message) for each old word in the text of a file with this ending."""
    for name, endings, pattern, instead in WORDS:
        if ending in endings.split():
            for match in re.finditer(pattern, text):
                yield text.count("\n", 0, match.start()) + 1, f"{name}: write {instead}"


def idioms_of_python(text: str) -> Iterator[tuple[int, str]]:
    """(line, message) for each old habit in the syntax tree of a Python file."""
    for node in ast.walk(ast.parse(text)):
        for old, instead in _old_names(node):
            yield node.lineno, f"{old}: write {instead}"
        if isinstance(node, ast.ClassDef) and _lacks_name(node):
            yield node.lineno, f"class {node.name}: a new model needs an explicit _name"
        if isinstance(node, ast.FunctionDef) and _single_create(node):
            yield node.lineno, "create: decorate with @api.model_create_multi"


def _old_names(node: ast.AST) -> Iterator[tuple[str, str]]:
    tables = {
        ast.Attribute: (ATTRIBUTES, lambda n: [n.attr]),
        ast.FunctionDef: (ATTRIBUTES, lambda n: [n.name]),
        ast.Assign: (ASSIGNED, lambda n: [getattr(t, "id", "") for t in n.targets]),
        ast.keyword: (KEYWORDS, lambda n: [n.arg]),
        ast.ImportFrom: (MODULES, lambda n: [".".join((n.module or "").split(".")[:2])]),
        ast.Import: (MODULES, lambda n: [".".join(a.name.split(".")[:2]) for a in n.names]),
    }
    table, names = tables.get(type(node), ({}, lambda n: []))
    for name in names(node):
        if name in table:
            yield name, table[name]
    if isinstance(node, ast.Attribute) and node.attr == "commit" and _is_cursor(node.value):
        yield "cr.commit()", "nothing; in a cron env['ir.cron']._commit_progress()"


def _is_cursor(node: ast.AST) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) in ("cr", "_cr")


def _lacks_name(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in node.bases}
    if not bases & {"models.Model", "models.TransientModel", "models.AbstractModel"}:
        return False
    set_here = {t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets}
    return not set_here & {"_name", "_inherit"}


def _single_create(node: ast.FunctionDef) -> bool:
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    inherits = node.name == "create" and [a.arg for a in node.args.args][:1] == ["self"]
    return inherits and "api.model_create_multi" not in marks


def found_in(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    ending = path.suffix[1:]
    found = list(words(text, ending))
    if ending == "py":
        found += idioms_of_python(text)
    if "tests" in path.parts:  # a test may play a second session of the database
        found = [pair for pair in found if not pair[1].startswith(("sql", "cr.commit"))]
    return [f"{path.relative_to(ROOT)}:{line}: {message}" for line, message in sorted(found)]


class TestTheChecksThemselves:
    def test_bad_python_is_noticed(self):
        found = [message for _, message in idioms_of_python(BAD_PYTHON)]
        for habit in ("_sql_constraints", "odoo.osv", "odoo.orm", "group_operator", "_cr"):
            assert any(message.startswith(habit) for message in found), habit
        for habit in ("check_access_rights", "name_get", "toggle_active", "cr.commit", "create"):
            assert any(message.startswith(habit) for message in found), habit
        assert any("explicit _name" in message for message in found)

    def test_bad_words_are_noticed(self):
        found = {message.partition(":")[0] for _, message in words(BAD_PYTHON, "py")}
        found |= {message.partition(":")[0] for _, message in words(BAD_XML, "xml")}
        assert found == {name for name, *_ in WORDS} - {"openerp"}

    def test_good_code_is_let_alone(self):
        good = 'class A(models.Model):\n    _inherit = "x"\n    def f(self):\n        self.env.cr\n'
        assert not list(idioms_of_python(good))
        assert not list(words('<list/><field name="view_mode">list,form</field>', "xml"))


class TestTheAddons:
    def test_no_old_habits(self):
        found = [line for path in files("py", "xml") for line in found_in(path)]
        assert not found, "\n" + "\n".join(found)

    def test_files_stay_short(self):
        paths = [p for folder in ("addons", "box", "dev") for p in (ROOT / folder).rglob("*.py")]
        sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in paths}
        assert {path: size for path, size in sizes.items() if size > LONGEST_FILE} == {}

    def test_every_access_row_names_a_group(self):
        for path in ADDONS.glob("*/security/ir.model.access.csv"):
            with path.open() as file:
                bare = [row["id"] for row in csv.DictReader(file) if not row["group_id:id"]]
            assert not bare, path

    @pytest.mark.parametrize("path", sorted(ADDONS.glob("*/__manifest__.py")), ids=str)
    def test_manifest(self, path):
        manifest = ast.literal_eval(path.read_text())
        assert manifest["version"].startswith("19.0.")
        assert manifest["license"] == "LGPL-3"
        assert manifest["author"] == "One-to-One for Odoo"
        assert not MANIFEST_REFUSED & set(manifest)
        assert (path.parent / "static/description/icon.png").is_file()
        assert (path.parent / "static/description/index.html").is_file()
