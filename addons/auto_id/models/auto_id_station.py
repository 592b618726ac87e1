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

        Bridges override this for the purposes they add; a purpose that only records does nothing.
        """
        self.ensure_one()

    def _handle(self, reads):
        """Call the hook; what goes wrong in it must not lose reads that are stored already."""
        try:
            with self.env.cr.savepoint():
                self.with_company(self.company_id)._on_reads(reads)
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
