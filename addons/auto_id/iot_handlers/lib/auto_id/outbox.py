"""The way out for every reader of this box: one spool and one sender.

It is imported by the drivers, and its first import starts the sending.
"""

import os
from pathlib import Path

from odoo.addons.iot_drivers.tools import helpers

from .sender import Sender
from .spool import open_spool
from .wire import Settings


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


spool = open_spool(folder() / "spool.sqlite3")
put, put_many, health = spool.put, spool.put_many, spool.health
sender = Sender(spool, settings)
sender.start()
