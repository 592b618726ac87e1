"""What a database consists of, as far as an add-on could leave a trace in it."""

import re

from dev import postgres

_QUERIES = {
    "columns": """SELECT table_name || '.' || column_name FROM information_schema.columns
                  WHERE table_schema = 'public'""",
    "constraints": "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "functions": """SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
                    WHERE nspname = 'public'""",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "selections": """SELECT f.model || '.' || f.name || '=' || s.value
                     FROM ir_model_fields_selection s
                     JOIN ir_model_fields f ON f.id = s.field_id""",
    "views": "SELECT coalesce(key, '') || ' ' || model || ' ' || name || ' ' || id FROM ir_ui_view",
    "menus": "SELECT id::text || ' ' || (name->>'en_US') FROM ir_ui_menu",
    "actions": "SELECT type || ' ' || id || ' ' || (name->>'en_US') FROM ir_actions",
    "groups": "SELECT id::text || ' ' || (name->>'en_US') FROM res_groups",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "implied": "SELECT gid || ' implies ' || hid FROM res_groups_implied_rel",
    "rules": "SELECT id || ' ' || name FROM ir_rule",
    "access": "SELECT id || ' ' || name FROM ir_model_access",
    "crons": "SELECT id || ' ' || cron_name FROM ir_cron",
    "sequences": "SELECT id || ' ' || name FROM ir_sequence",
    "parameters": "SELECT key FROM ir_config_parameter",
    "identifiers": "SELECT module || '.' || name FROM ir_model_data",
    "activity types": "SELECT id || ' ' || (name->>'en_US') FROM mail_activity_type",
    "assets": "SELECT path FROM ir_asset",
    "users": "SELECT login FROM res_users",
}
# Identifiers that Odoo itself leaves in whatever module extends a mixin, when a model that
# uses the mixin goes: it does so with its own `maintenance`, too, and sweeps them at the next
# upgrade of that module.
_IGNORED = re.compile(
    r"base\.module_|(?!auto_id|oneonone|crm_erp_sync)\w+\.(model_inherit|selection)__"
)


def take(database: str) -> dict[str, set[str]]:
    """The names of everything in a database, by kind."""
    found = {}
    for kind, sql in _QUERIES.items():
        names = {str(row[0]) for row in postgres.query(sql, database=database)}
        found[kind] = {name for name in names if not _IGNORED.match(name)}
    return found


def difference(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, list[str]]:
    """What came or went, by kind; empty when nothing did."""
    return {
        kind: sorted(before[kind] ^ after[kind])[:20]
        for kind in before
        if before[kind] != after[kind]
    }
