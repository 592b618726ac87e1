"""The way out for every reader of this box: one spool and one sender.

It is imported by the drivers, and its first import starts the sending.
"""

import logging
import os
import sqlite3
import time
from pathlib import Path

from odoo.addons.iot_drivers.tools import helpers

from .sender import Sender
from .spool import Spool
from .wire import Settings

_logger = logging.getLogger(__name__)


def settings() -> Settings:
    """What the box's configuration says at this moment."""
    return Settings(
        server=helpers.get_odoo_server_url(),
        token=helpers.get_token(),
        identifier=helpers.get_identifier(),
        database=helpers.get_conf("db_name"),
    )


def folder() -> Path:
    """Where this box may keep files that outlive an update of its software.

    On a Raspberry Pi the box's user may not create anything beside odoo.conf.
    """
    places = (helpers.path_file("auto_id"), Path.home() / ".auto_id")
    for place in places:
        try:
            place.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            return place
    raise OSError(f"No place for the spool of reads: neither {places[0]} nor {places[1]}.")


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


spool = open_spool(folder() / "spool.sqlite3")
put, put_many, health = spool.put, spool.put_many, spool.health
sender = Sender(spool, settings)
sender.start()
