import logging

from odoo import fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class AutoIdStation(models.Model):
    """A place with a purpose, and the readers that serve it."""

    _name = "auto_id.station"
    _description = "Station"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="The place, such as “Counter 1” or “Goods in”.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    purpose = fields.Selection(
        [("none", "Only Record")],
        required=True,
        default="none",
        help="What happens with a code that is read here. Further purposes come with the apps "
        "that use stations.",
    )
    reader_ids = fields.One2many("auto_id.reader", "station_id", "Readers", check_company=True)
    read_count = fields.Integer("Reads Today", compute="_compute_read_count")

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE active", "A station with this name exists already."
    )

    def _compute_read_count(self):
        counts = dict(
            self.env["auto_id.read"]._read_group(
                [("station_id", "in", self.ids), ("create_date", ">=", fields.Date.today())],
                ["station_id"],
                ["__count"],
            )
        )
        for station in self:
            station.read_count = counts.get(station, 0)

    def _on_reads(self, reads):
        """Act on reads that were just stored, in their transaction, once a station and batch.

        What came: of the kinds read, arrived, moved, in and out. Bridges override this for the
        purposes they add; a purpose that only records does nothing.
        """
        self.ensure_one()

    def _on_departed(self, reads):
        """As :meth:`_on_reads`, for tags that a reader of this station no longer sees."""
        self.ensure_one()

    def _handle(self, reads, departed):
        """Call the hooks; what goes wrong in one must not lose reads that are stored already."""
        station = self.with_company(self.company_id)
        for hook, found in ((station._on_reads, reads), (station._on_departed, departed)):
            if found:
                self._protect(hook, found)

    def _protect(self, hook, reads):
        try:
            with self.env.cr.savepoint():
                hook(reads)
        except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except Exception:
            _logger.exception("%s could not act on reads %s", self, reads.ids)

    def scan(self, code):
        """Take a code that came to the browser (a keyboard scanner) or by RPC as read here.

        :return: what was found, plain enough for any client
        """
        self.ensure_one()
        self.check_access("read")
        reads = self.env["auto_id.read"]._ingest(
            self.env["auto_id.box"], [{"code": code}], station=self
        )
        return reads.with_user(self.env.user)._as_json()[0]

    def action_open_reads(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_read_action")
        return {**action, "domain": [("station_id", "=", self.id)], "context": {}}
