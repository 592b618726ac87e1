"""Databases and their filestores: made from templates, so that a fresh one takes seconds."""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import psycopg2

from . import odoo, odoo_source, postgres, settings
from .console import UserError, run, say, step
from .locks import exclusive

# What our add-ons build on; the template that holds them is made once per Odoo.
BASE_MODULES = (
    "barcodes_gs1_nomenclature",
    "bus",
    "iot_base",
    "loyalty",
    "rating",
    "sale_crm",
    "sale_management",
    "sale_mrp",
    "purchase_stock",
)
LANGUAGES = "en_US,zh_CN"
_COMPLAINT = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) .*$", re.MULTILINE)


def _names() -> list[str]:
    return [row[0] for row in postgres.query("SELECT datname FROM pg_database")]


def exists(name: str) -> bool:
    return name in _names()


def _filestore(name: str) -> Path:
    return odoo.DATA / "filestore" / name


def drop(name: str) -> None:
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(_filestore(name), ignore_errors=True)


def rename(old: str, new: str) -> None:
    """The filestore moves first: a crash in between leaves `old`, which is made anew."""
    shutil.rmtree(_filestore(new), ignore_errors=True)
    if _filestore(old).exists():
        _filestore(old).rename(_filestore(new))
    postgres.query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def create(name: str) -> None:
    """Create an empty database before Odoo sees it: Odoo logs an ERROR otherwise."""
    postgres.query(
        f"CREATE DATABASE \"{name}\" ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0"
    )


def copy(source: str, target: str) -> None:
    """Copy a database with its filestore; the copy gets an identity of its own."""
    try:
        postgres.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    except psycopg2.errors.ObjectInUse:
        raise UserError(f"The database {source} is in use: close its connections first.") from None
    if _filestore(source).exists():
        shutil.copytree(_filestore(source), _filestore(target), dirs_exist_ok=True)
    postgres.query(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()"
        " WHERE key IN ('database.uuid', 'database.secret')",
        database=target,
    )


def modules(name: str, flag: str, names: Sequence[str], *options: str) -> str:
    """Install (`-i`) or upgrade (`-u`) modules; the log's text.

    :raises UserError: when Odoo fails, with the end of its log.
    """
    log = settings.STATE / "logs" / f"modules-{name}.log"
    arguments = ["-d", name, flag, ",".join(names), "--stop-after-init", "--no-http", *options]
    run(odoo.command(arguments), log=log, env=odoo.environment())
    return log.read_text(errors="replace")


def complaints(log: str) -> list[str]:
    """The lines of an Odoo log that are warnings or worse."""
    return [match.group(0) for match in _COMPLAINT.finditer(log)]


def base_template() -> str:
    """The name of a database with Odoo's modules that ours build on, made if missing."""
    library = odoo_source.odoo_library()
    name = f"base_{_digest(odoo_source.version(library), BASE_MODULES, LANGUAGES)}"
    unfinished = f"{name}_unfinished"
    with exclusive("base"):
        if not exists(name):
            with step("A database with Odoo's own modules (once, about two minutes)"):
                drop(unfinished)
                create(unfinished)
                modules(unfinished, "-i", BASE_MODULES, f"--load-language={LANGUAGES}")
                rename(unfinished, name)
    return name


def fresh(name: str, template: str | None = None) -> None:
    """A new database from a template, in place of an old one of that name.

    It gets its name when it is whole. A name of its own until then, because PostgreSQL goes
    on with a copy whose client was killed.
    """
    template = template or base_template()
    part = f"{name}_part_{os.getpid()}"
    with exclusive("databases"):
        copy(template, part)
        drop(name)
        rename(part, name)
        for leftover in _names():
            if re.fullmatch(rf"{re.escape(name)}_part_\d+", leftover):
                drop(leftover)


def addons_template(*, demo: bool) -> str:
    """A database with our add-ons, with the demo company or empty, made if they changed."""
    prefix = "demo_" if demo else "addons_"
    name = prefix + _digest(base_template(), addons_digest())
    with exclusive(prefix):
        if not exists(name):
            what = "the demo company" if demo else "our add-ons"
            with step(f"A database with {what} (when they changed, about a minute)"):
                _make_addons_template(name, demo)
            _drop_older(prefix, name)
    return name


def _make_addons_template(name: str, demo: bool) -> None:
    unfinished = f"{name}_unfinished"
    fresh(unfinished)
    options = []
    if demo:  # our demo data stands on its own, without Odoo's
        postgres.query("UPDATE ir_module_module SET demo = true", database=unfinished)
        options = ["--with-demo"]
    log = modules(unfinished, "-i", settings.addon_names(), *options)
    rename(unfinished, name)
    for line in complaints(log):
        say(f"   Odoo says: {line}")


def _drop_older(prefix: str, newest: str) -> None:
    for name in _names():
        if re.fullmatch(rf"{prefix}[0-9a-f]{{10}}(_unfinished)?", name) and name != newest:
            drop(name)


def addons_digest() -> str:
    """A short name of the add-ons' present content, without tests and compiled files."""
    digest = hashlib.sha256()
    for path in sorted(settings.ADDONS.rglob("*")):
        parts = path.relative_to(settings.ADDONS).parts
        if path.is_file() and "__pycache__" not in parts and "tests" not in parts:
            digest.update("/".join(parts).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:10]
