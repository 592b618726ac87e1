import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import batch
from ..tools import code as code_tool

SHOWN_OF_INVALID = 200
RETENTION_PARAMETER = "auto_id.read_retention_days"
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
    read_at = fields.Datetime(readonly=True, required=True, help="By the clock of the box.")
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

    @api.model
    def _ingest(self, box, events, station=None):
        """Store what a box, or a browser at ``station``, has read, and act on it.

        :param box: the box that read, or an empty recordset
        :param events: dictionaries with ``code``; from a box, ``sequence``, ``reader``, ``time``
        :return: the new reads; those the box had sent before are left out
        """
        # sudo: nobody may create reads; who may have them created was checked by the caller.
        reads = self.sudo()._store(box.sudo(), events, station)
        reads._note_last_read()
        for place, of_place in reads.grouped("station_id").items():
            if place:
                place._handle(of_place)
        return reads

    @api.model
    def _store(self, box, events, station):
        now = fields.Datetime.now()
        company = (station or box).company_id
        keys = [self._understand(event.get("code")) for event in events]
        readers = box._readers({event["reader"] for event in events}) if box else {}
        tags = self.env["auto_id.tag"]._find_by_key(company, {key for key, _error in keys if key})
        bound = set(self.env["auto_id.tag"].concat(*tags.values())._bound()._ids)
        rows = []
        for event, (key, error) in zip(events, keys, strict=True):
            reader = readers.get(event.get("reader"), self.env["auto_id.reader"])
            tag = tags.get(key, self.env["auto_id.tag"])
            rows.append(
                {
                    "box_id": box.id or None,
                    "reader_id": reader.id or None,
                    "station_id": (station or reader.station_id).id or None,
                    "company_id": company.id,
                    "sequence": event.get("sequence"),
                    "read_at": batch.read_time(event.get("time"), now),
                    "tag_id": tag.id or None,
                    **self._judge(event.get("code"), error, tag, tag.id in bound),
                }
            )
        return self._insert(rows)

    @api.model
    def _understand(self, code):
        """(key, None), or (None, why the code has none)."""
        if not isinstance(code, str):
            return None, "unprintable"
        try:
            return code_tool.normalise(code), None
        except code_tool.CodeError as error:
            return None, error.code

    @api.model
    def _judge(self, code, error, tag, is_bound):
        """State, reason and the code as it can be stored."""
        if error:
            shown = code_tool.printable(
                code if isinstance(code, str) else repr(code), SHOWN_OF_INVALID
            )
            return {"state": "invalid", "reason": error, "code": shown}
        shown = code_tool.as_shown(code)
        if not tag:
            return {"state": "unknown", "reason": "no_tag", "code": shown}
        if tag.state != "active":
            return {"state": "refused", "reason": tag.state, "code": shown}
        if not is_bound:
            return {"state": "unknown", "reason": "unbound", "code": shown}
        return {"state": "found", "reason": None, "code": shown}

    @api.model
    def _insert(self, rows):
        """Insert all rows in one statement, but those that are there already.

        SQL, because ``create`` cannot leave out what another transaction, not visible yet, has just
        stored: PostgreSQL then reports a serialization failure, Odoo repeats the request, and the
        second time the row is seen and left out.
        """
        if not rows:
            return self
        columns = list(rows[0])
        stamp = {"create_uid": self.env.uid, "write_uid": self.env.uid}
        self.env["auto_id.reader"].flush_model()
        query = SQL(
            "INSERT INTO auto_id_read (%s, create_date, write_date) VALUES %s "
            "ON CONFLICT (box_id, sequence) DO NOTHING RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in [*columns, *stamp]),
            SQL(", ").join(
                SQL(
                    "(%s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
                    SQL(", ").join(
                        SQL("%s", value)
                        for value in [*(row[name] for name in columns), *stamp.values()]
                    ),
                )
                for row in rows
            ),
        )
        self.env.cr.execute(query, log_exceptions=False)
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _note_last_read(self):
        """When each reader read last; not for the reads of a keyboard."""
        for reader, reads in self.grouped("reader_id").items():
            latest = max(reads.mapped("read_at"))
            if reader and (not reader.last_read_at or reader.last_read_at < latest):
                reader.last_read_at = latest

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
