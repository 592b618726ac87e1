from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, _version):
    """The names of channels were kept as they are; from now on only their digests are."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.execute_query(SQL("ALTER TABLE auto_id_box ADD COLUMN IF NOT EXISTS channel_hash varchar"))
    env.execute_query(
        SQL(
            """UPDATE auto_id_box SET channel_hash = encode(sha256(channel::bytea), 'hex')
                WHERE channel IS NOT NULL"""
        )
    )
