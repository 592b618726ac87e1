import base64
import datetime

from odoo import api, fields, models

RETENTION_PARAMETER = "auto_id.recording_retention_days"
DEFAULT_RETENTION = 30
ASKED_FOR = datetime.timedelta(days=1)
"""So long after the question a box may answer it."""


class AutoIdRecording(models.Model):
    """Raw reads of an RFID reader, fetched from its box for an audit."""

    _name = "auto_id.recording"
    _description = "Recording of Raw Reads"
    _order = "id desc"
    _rec_name = "file_name"

    reader_id = fields.Many2one(
        "auto_id.reader", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="reader_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("asked", "Asked For"), ("arriving", "Arriving"), ("received", "Received")],
        required=True,
        readonly=True,
        default="asked",
        help="A box that is away never gets the question: ask again when it is back.",
    )
    create_uid = fields.Many2one("res.users", "Asked By", readonly=True)
    create_date = fields.Datetime("Asked At", readonly=True)
    minutes = fields.Integer(
        readonly=True, help="The recording begins so many minutes before the question."
    )
    parts_received = fields.Integer(readonly=True)
    received_at = fields.Datetime(readonly=True)
    file = fields.Binary(
        "Recording",
        attachment=True,
        readonly=True,
        help="Compressed JSON lines: time, code, antenna, signal strength in dBm, and phase in "
        "radians where the reader tells it. Simulated readers can play it again.",
    )
    file_name = fields.Char("File", readonly=True)

    def action_ask(self):
        """Ask the box (again) for this recording."""
        self.ensure_one()
        self.check_access("create")
        # sudo: nobody may change a recording, but who may make one may ask for it anew.
        self.sudo().write({"state": "asked", "parts_received": 0})
        self._part_files().unlink()
        self.reader_id._act("auto_id_raw", minutes=self.minutes, request=str(self.id))

    @api.model
    def _asked(self, box, part):
        """The recording that this part of a box is an answer to; none if nobody asked."""
        recording = self.browse(part.recording).exists()
        reader = recording.reader_id
        since = fields.Datetime.now() - ASKED_FOR
        mine = reader.box_id == box and reader.identifier == part.reader
        return recording if mine and recording.write_date >= since else self.browse()

    def _take(self, part):
        """Keep a part, once; with the last one the recording is whole."""
        # A box sends them one after the other, each until it is acknowledged.
        if self.state == "received" or part.number != self.parts_received + 1:
            return
        self.env["ir.attachment"].create(
            {
                "name": f"{part.number:03}",
                "raw": part.data,
                "res_model": self._name,
                "res_id": self.id,
                "mimetype": "application/gzip",
            }
        )
        self.write({"parts_received": part.number, "state": "arriving"})
        if part.number == part.parts:
            self._complete()

    def _complete(self):
        files = self._part_files()
        data = b"".join(file.raw or b"" for file in files)
        self.write(
            {
                "state": "received",
                "received_at": fields.Datetime.now(),
                "file": base64.b64encode(data) if data else False,
            }
        )
        files.unlink()
        self._notify()

    def _notify(self):
        """Tell who asked, wherever they are by now."""
        asker = self.with_context(lang=self.create_uid.lang)
        message = asker.env._("Raw reads have arrived: %(file)s", file=self.file_name)
        self.create_uid._bus_send("simple_notification", {"type": "info", "message": message})

    def _part_files(self):
        """The parts that have arrived, in their order."""
        # sudo: parts belong to the recording, whose rights were checked.
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", False),
                ],
                order="name",
            )
        )

    @api.autovacuum
    def _gc_recordings(self):
        """Delete what is older than the system parameter says; 30 days if it says nothing."""
        days = self.env["ir.config_parameter"].sudo().get_param(RETENTION_PARAMETER) or ""
        keep = int(days) if days.isdecimal() else DEFAULT_RETENTION
        limit = fields.Datetime.now() - datetime.timedelta(days=min(keep, 36500))
        self.search([("create_date", "<", limit)]).unlink()
