"""The way out for every reader of this box: one spool and one sender.

Only this module of the library knows the box (`iot_drivers`); it is imported by the
drivers, and its first import starts the sending.
"""

import logging
import sqlite3
import time
from pathlib import Path

from odoo.addons.iot_drivers.tools import helpers

from .sender import Sender, Settings
from .spool import Spool

_logger = logging.getLogger(__name__)

_SPOOL = "auto_id/spool.sqlite3"


def settings() -> Settings:
    """What the box's configuration says at this moment."""
    return Settings(
        server=helpers.get_odoo_server_url(),
        token=helpers.get_token(),
        identifier=helpers.get_identifier(),
        database=helpers.get_conf("db_name"),
    )


def open_spool(path: Path) -> Spool:
    """The spool in this file; a file that is damaged is put aside, not thrown away."""
    try:
        return Spool(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # no damage: the disk is full, or not ours to write to
        aside = path.with_name(f"{path.name}.damaged-{time.time():.0f}")
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        _logger.exception("The spool was damaged; it is kept as %s, a new one begins.", aside)
        return Spool(path)


spool = open_spool(helpers.path_file(_SPOOL))
sender = Sender(spool, settings)
sender.start()
