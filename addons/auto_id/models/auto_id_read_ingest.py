import time

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import batch
from ..tools import code as code_tool

SHOWN_OF_INVALID = 200
CAME = ("read", "arrived", "moved", "in", "out")
COLUMNS = (
    *("box_id", "reader_id", "station_id", "company_id", "sequence"),
    *("read_at", "box_time", "kind", "antenna", "rssi", "count", "symbology"),
    *("tag_id", "state", "reason", "code", "create_uid"),
)


class AutoIdRead(models.Model):
    """How reads come in: a batch in a handful of statements, each read once."""

    _inherit = "auto_id.read"

    @api.model
    def _ingest(self, box, events, station=None):
        """Store what a box, or a browser at ``station``, has just read, and act on it.

        :param box: the box that read, or an empty recordset
        :param events: dictionaries with ``code``; from a box, ``sequence``, ``reader``, ``time``
        :return: the new reads; those the box had sent before are left out
        """
        return self._ingest_batch(box, events, time.time(), None, station=station)[0]

    @api.model
    def _ingest_batch(self, box, events, sent, ahead, station=None):
        """Store a batch and act on what is new in it.

        :param sent: when it was sent, in unix seconds of this server's clock
        :param ahead: by how many seconds the clock of the box is ahead; None: reads are fresh
        :return: the new reads, and the sequences that are known with another content
        """
        # sudo: nobody may create reads; who may have them created was checked by the caller.
        self, box = self.sudo(), box.sudo()
        rows = self._rows(box, events, sent, ahead, station)
        stored = self._insert(rows)
        reads = self.browse(read_id for read_id, *_row in stored)
        self._note_last_read(rows)
        self._tell_stations(stored)
        collided = self._collided(rows) if len(reads) < len(rows) else []
        return reads, collided

    @api.model
    def _rows(self, box, events, sent, ahead, station):
        """What is stored of each event, by column, in the order of the sequences."""
        company = (station or box).company_id
        keys = [self._understand(event.get("code")) for event in events]
        readers = box._readers({event["reader"] for event in events}) if box else {}
        stations = {name: (station or reader.station_id).id for name, reader in readers.items()}
        tags = self.env["auto_id.tag"]._find_by_key(company, {key for key, _error in keys if key})
        bound = set(self.env["auto_id.tag"].concat(*tags.values())._bound()._ids)
        rows = []
        for event, (key, error) in zip(events, keys, strict=True):
            name, tag = event.get("reader"), tags.get(key, self.env["auto_id.tag"])
            rows.append(
                {
                    "box_id": box.id or None,
                    "reader_id": readers[name].id if box else None,
                    "station_id": (stations[name] if box else station.id) or None,
                    "company_id": company.id,
                    "sequence": event.get("sequence"),
                    "read_at": batch.read_time(event, sent, ahead),
                    "box_time": batch.box_time(event),
                    "kind": event.get("kind") or "read",
                    "antenna": event.get("antenna"),
                    "rssi": event.get("rssi"),
                    "count": event.get("count"),
                    "symbology": event.get("symbology"),
                    "tag_id": tag.id or None,
                    # A box is no user; and each foreign key that is not null costs a look-up.
                    "create_uid": None if box else self.env.uid,
                    **self._judge(event.get("code"), error, tag, tag.id in bound),
                }
            )
        # In order, so that two transactions with the same reads wait for each other, not in a ring.
        return sorted(rows, key=lambda row: row["sequence"] or 0)

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

        :return: (id, station, kind) of each new read
        """
        if not rows:
            return []
        self.env["auto_id.reader"].flush_model()
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        query = SQL(
            "INSERT INTO auto_id_read (%(columns)s, create_date) "
            "SELECT %(columns)s, %(now)s FROM %(rows)s "
            "ON CONFLICT (box_id, sequence) DO NOTHING RETURNING id, station_id, kind",
            columns=columns,
            now=fields.Datetime.now(),
            rows=self._as_table(rows),
        )
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()

    @api.model
    def _as_table(self, rows, columns=COLUMNS):
        """The rows as a table for SQL: one array a column is far less to parse than a row each."""
        arrays = SQL(", ").join(
            SQL("%s::" + self._fields[name].column_type[0] + "[]", [row[name] for row in rows])
            for name in columns
        )
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        return SQL("unnest(%s) AS batch (%s)", arrays, names)

    @api.model
    def _collided(self, rows):
        """Sequences of rows that are not what is stored under them: a box with a copied disk.

        Reads from before the time of the box was kept are taken to be the same.
        """
        columns = ("box_id", "sequence", "reader_id", "box_time", "code")
        query = SQL(
            """SELECT DISTINCT batch.sequence FROM %s
                 JOIN auto_id_read stored USING (box_id, sequence)
                WHERE batch.reader_id IS DISTINCT FROM stored.reader_id
                   OR batch.code IS DISTINCT FROM stored.code
                   OR batch.box_time <> stored.box_time ORDER BY 1""",
            self._as_table(rows, columns),
        )
        return [sequence for (sequence,) in self.env.execute_query(query)]

    @api.model
    def _note_last_read(self, rows):
        """When each reader read last; not for the reads of a keyboard."""
        latest = {}
        for row in rows:
            if reader_id := row["reader_id"]:
                latest[reader_id] = max(latest.get(reader_id, row["read_at"]), row["read_at"])
        if not latest:
            return
        # SQL: one statement for all readers, which passes by those that have nothing newer.
        self.env.cr.execute(
            SQL(
                """UPDATE auto_id_reader reader SET last_read_at = batch.latest
                     FROM unnest(%s::int4[], %s::timestamp[]) AS batch (id, latest)
                    WHERE reader.id = batch.id
                      AND (last_read_at IS NULL OR last_read_at < batch.latest)""",
                list(latest),
                list(latest.values()),
            ),
            log_exceptions=False,
        )
        self.env["auto_id.reader"].browse(latest).invalidate_recordset(
            ["last_read_at"], flush=False
        )

    @api.model
    def _tell_stations(self, stored):
        """Call each station once, with what came and what departed."""
        came, departed = {}, {}
        for read_id, station_id, kind in stored:
            of_kind = came if kind in CAME else departed if kind == "departed" else {}
            of_kind.setdefault(station_id, []).append(read_id)
        for station in self.env["auto_id.station"].browse(filter(None, {**came, **departed})):
            station._handle(
                self.browse(came.get(station.id, ())), self.browse(departed.get(station.id, ()))
            )
