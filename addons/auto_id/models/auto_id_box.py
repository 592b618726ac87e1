import contextlib
import datetime
import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

from ..tools import batch

_logger = logging.getLogger(__name__)

SEEN_EVERY = datetime.timedelta(seconds=30)
"""How exact ``last_seen`` is: a busy box is not written more often."""

NOT_READERS = {
    *("printer", "display", "scale", "payment", "fiscal_data_module", "unsupported"),
    "agent",  # our own, on every box
}
SCANNERS = {"scanner", "camera", "rfid", "nfc"}
MAX_DEVICES = 200


class AutoIdBox(models.Model):
    """A machine at the counter that runs Odoo's IoT Box software."""

    _name = "auto_id.box"
    _description = "IoT Box"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, help="Where it stands, as you call the place.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
        help="What this box reads belongs to this company.",
    )
    state = fields.Selection(
        [("new", "Waiting for the Box"), ("paired", "Connected"), ("revoked", "Revoked")],
        required=True,
        readonly=True,
        default="new",
        copy=False,
        tracking=True,
        help="Waiting: a token was issued and no box has shown it yet. Revoked: nothing that the "
        "box sends is accepted any more.",
    )
    identifier = fields.Char(
        readonly=True, copy=False, help="What the box calls itself: its serial number."
    )
    ip = fields.Char("Address", readonly=True, copy=False, help="Its address or domain name.")
    mac = fields.Char("MAC Address", readonly=True, copy=False)
    version = fields.Char(readonly=True, copy=False, help="The version of the box's software.")
    last_seen = fields.Datetime(
        readonly=True, copy=False, help="When the box last sent anything, exact to half a minute."
    )
    certificate_end = fields.Datetime(
        "Certificate Ends", readonly=True, copy=False, help="As reported by the box."
    )
    keyboard_layouts = fields.Json(
        readonly=True,
        copy=False,
        help="What the box offers: a list of {name, layout} or {name, layout, variant}.",
    )
    auto_handlers = fields.Boolean(
        "Update Drivers",
        default=True,
        help="The box asks for new drivers when it starts. Switch off to keep those it has.",
    )
    accept_unsigned = fields.Boolean(
        "Accept Stock Scanners",
        help="Drivers that come with the box's software send their events without any proof of "
        "their origin: who knows the identifier of the box could send such events too. Switch on "
        "only if a scanner is served by such a driver and the network can be trusted.",
    )
    reader_ids = fields.One2many("auto_id.reader", "box_id", "Readers")
    reader_count = fields.Integer(compute="_compute_reader_count")

    _identifier_uniq = models.UniqueIndex(
        "(identifier)", "Another box has this identifier already."
    )

    @api.depends("reader_ids")
    def _compute_reader_count(self):
        counts = dict(
            self.env["auto_id.reader"]._read_group(
                [("box_id", "in", self.ids)], ["box_id"], ["__count"]
            )
        )
        for box in self:
            box.reader_count = counts.get(box, 0)

    @api.constrains("company_id")
    def _check_company_of_readers(self):
        for box in self:
            stations = box.with_context(active_test=False).reader_ids.station_id
            if stations.filtered(lambda station, box=box: station.company_id != box.company_id):
                raise ValidationError(
                    self.env._(
                        "Readers of %(box)s serve stations of another company. "
                        "Take them off these stations first.",
                        box=box.name,
                    )
                )

    @api.model
    def _by_identifier(self, identifier):
        """The box that calls itself so and may speak, or none."""
        if not batch.is_identifier(identifier):
            return self.browse()
        return self.search([("identifier", "=", identifier), ("state", "=", "paired")])

    def _touch(self):
        """Note that the box was heard of.

        A short UPDATE of its own kind: it passes by a row that someone else is writing, and so
        neither waits nor makes anybody's transaction fail.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.silent_since:
            self.write({"silent_since": False, "last_seen": now})
            return
        if self.last_seen and now - self.last_seen < SEEN_EVERY:
            return
        query = SQL(
            """UPDATE auto_id_box SET last_seen = %s WHERE id IN (
                   SELECT id FROM auto_id_box WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED)""",
            now,
            self.id,
        )
        # SerializationFailure: someone else has just written the row, which is as good.
        with contextlib.suppress(SerializationFailure), self.env.cr.savepoint(flush=False):
            self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_recordset(["last_seen"], flush=False)
        self._tell_screens()

    def _note_layouts(self, layouts):
        """Keyboard layouts that these boxes offer."""
        self._write_changed({"keyboard_layouts": layouts})

    def _update_devices(self, devices):
        """Readers as the box reports its devices; one that is gone stays, not connected."""
        self.ensure_one()
        found = {
            identifier: self.env["auto_id.reader"]._values_of_device(device)
            for identifier, device in list(devices.items())[:MAX_DEVICES]
            if batch.is_identifier(identifier)
            and isinstance(device, dict)
            and device.get("type") not in NOT_READERS
        }
        readers = self._readers(found)
        for identifier, values in found.items():
            readers[identifier]._write_changed(values)
        gone = self.reader_ids.filtered(lambda reader: reader.identifier not in found)
        gone._write_changed({"connected": False})
        self._tell_screens()

    def _readers(self, identifiers):
        """{identifier: reader} of this box; a reader that nobody has seen before is made."""
        self.ensure_one()
        reader_model = self.env["auto_id.reader"].with_context(active_test=False)
        known = reader_model.search(
            [("box_id", "=", self.id), ("identifier", "in", list(identifiers))]
        )
        missing = sorted(set(identifiers) - set(known.mapped("identifier")))
        if missing:
            self._claim()
        made = reader_model.create(
            [{"box_id": self.id, "identifier": name, "name": name} for name in missing]
        )
        return {reader.identifier: reader for reader in known | made}

    def _claim(self):
        """Write the row of the box, so that two transactions which do collide here.

        PostgreSQL then reports a serialization failure, which Odoo answers by repeating the second
        one; a collision in a unique index would be an error for whom it hits.
        """
        query = SQL(
            "UPDATE auto_id_box SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", self.id
        )
        self.env.cr.execute(query, log_exceptions=False)

    def _on_stock_event(self, event):
        """A stock driver's scanner has read something, if this box is believed without a proof."""
        self.ensure_one()
        reader = self.reader_ids.filtered(
            lambda reader: reader.identifier == event.get("device_identifier")
        )
        code = event.get("value")
        if not reader or reader.type not in SCANNERS or not isinstance(code, str) or not code:
            return self.env["auto_id.read"]
        if not self.accept_unsigned:
            _logger.info("Box %s: a read of a stock driver was left out, see its form", self.name)
            return self.env["auto_id.read"]
        return self.env["auto_id.read"]._ingest(
            self, [{"reader": reader.identifier, "code": code, "time": event.get("time")}]
        )

    def action_open_readers(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_reader_action")
        return {**action, "domain": [("box_id", "=", self.id)], "context": {}}

    def action_open_reads(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_read_action")
        return {**action, "domain": [("box_id", "=", self.id)], "context": {}}
