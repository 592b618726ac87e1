"""Databases: created before Odoo sees them, copied from templates, dropped."""

import hashlib
from collections.abc import Sequence

import psycopg2

from . import odoo, odoo_source, postgres, settings
from .console import UserError, run, step

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


def exists(name: str) -> bool:
    found = postgres.query("SELECT datname FROM pg_database")
    return (name,) in found


def drop(name: str) -> None:
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def rename(old: str, new: str) -> None:
    postgres.query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def create(name: str, template: str = "template0") -> None:
    """Create a database as Odoo would, but before it: Odoo logs an ERROR otherwise."""
    try:
        locale = "LC_COLLATE 'C'" if template == "template0" else ""
        postgres.query(
            f'CREATE DATABASE "{name}" ENCODING \'unicode\' {locale} TEMPLATE "{template}"'
        )
    except psycopg2.errors.DuplicateDatabase:
        raise UserError(f"The database {name} exists already.") from None


def install(name: str, modules: Sequence[str], *options: str) -> str:
    """Install modules into an existing database; the log's text.

    :raises UserError: when Odoo fails or logs an error.
    """
    log = settings.STATE / "logs" / f"install-{name}.log"
    arguments = ["-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http", *options]
    run(odoo.command(arguments), log=log)
    return log.read_text()


def base_template(*, demo: bool) -> str:
    """The name of a database with Odoo's modules that ours build on, made if missing."""
    library = odoo_source.odoo_library()
    key = hashlib.sha256(repr((odoo_source.version(library), BASE_MODULES, LANGUAGES)).encode())
    name = f"base_{'demo' if demo else 'plain'}_{key.hexdigest()[:10]}"
    if not exists(name):
        unfinished = f"{name}_unfinished"
        title = f"Odoo's own modules{' with demo data' if demo else ''} (once, some minutes)"
        with step(title):
            drop(unfinished)
            create(unfinished)
            flags = ["--with-demo"] if demo else []
            install(unfinished, BASE_MODULES, f"--load-language={LANGUAGES}", *flags)
            rename(unfinished, name)
    return name
