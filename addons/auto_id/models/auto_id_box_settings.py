import secrets

from odoo import fields, models

from ..tools import reader_settings

MAX_VERSION = 64


class AutoIdBox(models.Model):
    """The settings of its readers, on their way to the box."""

    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    settings_version = fields.Char(
        readonly=True, copy=False, help="The version of its readers' settings that the box has."
    )

    def _reader_settings(self):
        """(version, {identifier: settings}) as the box shall have them.

        A configured reader that is archived is none any more; one that is plugged in falls silent.
        """
        self.ensure_one()
        readers = self.with_context(active_test=False).reader_ids
        found = {
            reader.identifier: reader._settings()
            for reader in readers
            if reader.driver and (reader.active or not reader.is_placed)
        }
        return reader_settings.version(found), found

    def _news_of_settings(self, known):
        """What the box does not have yet, or None.

        :param known: the version that the box says it has
        """
        known = known if isinstance(known, str) else ""
        known = known[:MAX_VERSION]
        if (self.settings_version or "") != known:
            self.settings_version = known
            self._tell_screens()
        version, readers = self._reader_settings()
        return None if known == version else {"version": version, "readers": readers}

    def _note_readers(self, readers):
        """Take over how the readers fare; ``readers`` as the wire's contract has it."""
        self.env["auto_id.reader"]._note_status(self, readers if isinstance(readers, dict) else {})

    def _nudge(self):
        """Have the boxes ask for settings once this transaction is committed, not sooner.

        A box that misses it asks within twenty seconds anyway.
        """
        nudged = self.env.cr.precommit.data.setdefault("auto_id.nudged", set())
        fresh = self.filtered(lambda box: box.id not in nudged)
        nudged.update(fresh.ids)
        fresh._send(
            "iot_action",
            {
                "device_identifiers": ["auto_id_agent"],
                "action": "refresh",
                "session_id": secrets.token_urlsafe(16),
                "action_unique_id": secrets.token_urlsafe(16),
            },
        )
