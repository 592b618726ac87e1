import datetime

from odoo import api, fields, models

from ..tools import batch, reader_settings
from .auto_id_box import MAX_DEVICES

STATES = [("working", "Working"), ("waiting", "Waiting"), ("failing", "Failing")]
MAX_ERROR = 200
MAX_COUNT = 2**31 - 1
RATE_MINUTES = 5


class AutoIdReader(models.Model):
    """How a reader fares, as its box says."""

    _inherit = "auto_id.reader"  # pylint: disable=consider-merging-classes-inherited

    state = fields.Selection(
        STATES,
        "Status",
        readonly=True,
        copy=False,
        help="Working: it is open and would read. Waiting: it is switched off or not plugged in. "
        "Failing: see the last error; the box tries again and again.",
    )
    last_error = fields.Char(readonly=True, copy=False, help="What went wrong last.")
    error_count = fields.Integer(
        "Errors",
        readonly=True,
        copy=False,
        help="Since the box started: unreadable codes, lost connections, reads without room.",
    )
    reads_per_minute = fields.Float(
        compute="_compute_reads_per_minute",
        digits=(16, 1),
        help="Average of the last five minutes.",
    )

    def _compute_reads_per_minute(self):
        since = fields.Datetime.now() - datetime.timedelta(minutes=RATE_MINUTES)
        counts = dict(
            self.env["auto_id.read"]._read_group(
                [("create_date", ">=", since), ("reader_id", "in", self.ids)],
                ["reader_id"],
                ["__count"],
            )
        )
        for reader in self:
            reader.reads_per_minute = counts.get(reader._origin, 0) / RATE_MINUTES

    @api.model
    def _note_status(self, box, readers):
        """Write what differs from what is known; a reader that nobody has seen before is made.

        :param readers: {identifier: {"driver", "state", "error", "errors"}}, parts may be strange
        """
        told = {
            identifier: status
            for identifier, status in list(readers.items())[:MAX_DEVICES]
            if batch.is_identifier(identifier) and isinstance(status, dict)
        }
        known = box._readers(told)
        written = self.browse()
        for identifier, status in told.items():
            reader = known[identifier]
            written |= reader._write_changed(reader._values_of_status(status))
        gone = box.reader_ids - self.concat(*known.values())
        written |= gone._write_changed({"state": False})
        if written:
            box._tell_screens()

    def _values_of_status(self, status):
        """Field values of a reader's status, whatever is missing or strange."""
        errors = status.get("errors")
        is_count = isinstance(errors, int) and not isinstance(errors, bool)
        state = status.get("state")
        is_state = isinstance(state, str) and state in dict(STATES)
        values = {
            "state": state if is_state else False,
            "last_error": str(status.get("error") or "")[:MAX_ERROR] or False,
            "error_count": min(max(errors, 0), MAX_COUNT) if is_count else 0,
        }
        driver = status.get("driver")
        is_driver = isinstance(driver, str) and driver in reader_settings.DRIVERS
        if is_driver and driver != self.driver and not self.is_placed:
            values |= {"driver": driver, **reader_settings.defaults(driver)}
        return values
