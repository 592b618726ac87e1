from odoo import fields, models
from odoo.exceptions import UserError


class AutoIdReader(models.Model):
    """Raw reads of a reader can be fetched from its box."""

    _inherit = "auto_id.reader"  # pylint: disable=consider-merging-classes-inherited

    recording_ids = fields.One2many(
        "auto_id.recording", "reader_id", groups="auto_id.group_manager"
    )
    recording_count = fields.Integer(
        compute="_compute_recording_count", groups="auto_id.group_manager"
    )

    def _compute_recording_count(self):
        groups = self.env["auto_id.recording"]._read_group(
            [("reader_id", "in", self.ids)], ["reader_id"], ["__count"]
        )
        counts = {reader.id: count for reader, count in groups}
        for reader in self:
            reader.recording_count = counts.get(reader.id, 0)

    def action_fetch_raw_reads(self):
        """Ask the box for the raw reads that it has kept of this reader."""
        self.ensure_one()
        self.check_access("write")
        if not self.keep_raw_minutes:
            raise UserError(
                self.env._(
                    "%(reader)s keeps no raw reports. Set “Keep Raw Reports” in its settings; what "
                    "it reads from then on can be fetched.",
                    reader=self.name,
                )
            )
        now = fields.Datetime.now()
        recording = self.env["auto_id.recording"].create(
            {
                "reader_id": self.id,
                "minutes": self.keep_raw_minutes,
                "file_name": f"{self.name} {now:%Y-%m-%d %H.%M.%S}.jsonl.gz",
            }
        )
        recording.action_ask()
        return self.action_open_recordings()

    def action_open_recordings(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_recording_action")
        return {**action, "domain": [("reader_id", "=", self.id)], "context": {}}
