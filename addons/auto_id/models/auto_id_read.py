import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

RETENTION_PARAMETER = "auto_id.read_retention_days"
KINDS = [
    ("read", "Read"),
    ("arrived", "Arrived"),
    ("present", "Still There"),
    ("moved", "Moved"),
    ("departed", "Departed"),
    ("in", "Went In"),
    ("out", "Went Out"),
]
REASONS = [
    ("no_tag", "No tag has this code"),
    ("unbound", "The tag stands for nothing"),
    ("lost", "The tag was reported lost"),
    ("blocked", "The tag is blocked"),
    ("retired", "The tag is retired"),
    ("empty", "The code is empty"),
    ("too_long", "The code is too long"),
    ("unprintable", "The code is no text: binary data, or a wrong line speed"),
]


class BigInteger(fields.Integer):
    """A box counts its reads for years: 32 bits end after 83 days of 300 reads a second."""

    _column_type = ("int8", "int8")


class AutoIdRead(models.Model):
    """One observation of a code by a reader, kept as it came."""

    _name = "auto_id.read"
    _description = "Read"
    _order = "id desc"
    _rec_name = "code"

    box_id = fields.Many2one("auto_id.box", readonly=True, ondelete="restrict")
    reader_id = fields.Many2one(
        "auto_id.reader", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    station_id = fields.Many2one(
        "auto_id.station", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    sequence = BigInteger(
        readonly=True, help="The number that the box gave this read; empty for a keyboard scan."
    )
    code = fields.Char(
        readonly=True, help="As it came; control characters are shown as their pictures."
    )
    read_at = fields.Datetime(
        readonly=True,
        required=True,
        help="By the clock of this server: the box says how long ago it was.",
    )
    box_time = fields.Datetime(
        "Time of the Box", readonly=True, help="What the clock of the box showed, right or wrong."
    )
    kind = fields.Selection(
        KINDS,
        readonly=True,
        required=True,
        default="read",
        help="Read: a code was held to a reader. The other kinds come from readers that see tags "
        "all the time: what changed about a tag in view.",
    )
    antenna = fields.Integer(readonly=True, help="The antenna of the reader that saw the tag.")
    rssi = fields.Float(
        "Signal (dBm)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="How strong the tag was heard: the nearer to zero, the stronger.",
    )
    count = fields.Integer("Times Seen", readonly=True, help="How many reports this sums up.")
    symbology = fields.Char(
        readonly=True, help="The kind of barcode as the reader tells it: ]C1 is GS1-128."
    )
    create_date = fields.Datetime("Received", readonly=True, index=True)
    tag_id = fields.Many2one(
        "auto_id.tag", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("found", "Found"),
            ("unknown", "Unknown"),
            ("refused", "Refused"),
            ("invalid", "Invalid"),
        ],
        required=True,
        readonly=True,
        help="Found: the code stands for a record. Unknown: it stands for nothing yet. Refused: "
        "its tag is lost, blocked or retired. Invalid: nothing that a tag could carry.",
    )
    reason = fields.Selection(REASONS, readonly=True)
    message = fields.Char(compute="_compute_message", help="Why nothing was found.")

    # A box that sends a batch twice changes nothing.
    _box_sequence_uniq = models.UniqueIndex("(box_id, sequence)")

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_message(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for read in self:
            read.message = reasons.get(read.reason, False)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Reads are kept as they came: they cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Reads are kept as they came: they cannot be deleted one by one.")
        )

    def _as_json(self):
        """The reads for a client: plain values, names as the user may see them."""
        return [
            {
                "id": read.id,
                "code": read.code,
                "state": read.state,
                "message": read.message,
                "record": read.tag_id._reference() if read.state == "found" else None,
            }
            for read in self
        ]

    @api.autovacuum
    def _gc_reads(self):
        """Delete reads older than the system parameter says; without it, all are kept."""
        days = self.env["ir.config_parameter"].sudo().get_param(RETENTION_PARAMETER) or ""
        if not days.isdecimal() or not int(days):
            return
        limit = fields.Datetime.now() - datetime.timedelta(days=min(int(days), 36500))
        # SQL: reads may go by age only, and there may be millions.
        self.env.execute_query(
            SQL("DELETE FROM auto_id_read WHERE create_date < %s RETURNING 1", limit)
        )
