def migrate(cr, _version):
    """The names of channels were kept as they are; from now on only their digests are."""
    cr.execute("ALTER TABLE auto_id_box ADD COLUMN IF NOT EXISTS channel_hash varchar")
    cr.execute(
        "UPDATE auto_id_box SET channel_hash = encode(sha256(channel::bytea), 'hex')"
        " WHERE channel IS NOT NULL"
    )
