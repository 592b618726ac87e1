import datetime
import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .auto_id_read import BigInteger

_logger = logging.getLogger(__name__)

RATE_PARAMETER = "auto_id.max_reads_per_minute"
DEFAULT_RATE = 300_000
REPORT_CLONE_EVERY = datetime.timedelta(days=1)

RESUMED_BY_CLONES = 2
"""Once a run may seem to: its last request came late, when the box had been started anew."""


class ReplayedError(Exception):
    """This request, or a later one of its run, was taken before."""


class TooFastError(Exception):
    """The box has sent as much as it may in this minute; ``pause`` seconds are left of it."""

    def __init__(self, pause):
        super().__init__(pause)
        self.pause = pause


class AutoIdBoxRun(models.Model):
    """One life of the process on a box, from its start to its end, and the last it has said.

    A run is kept as long as its box has the same key: without it, a recorded request could be
    played again.
    """

    _name = "auto_id.box.run"
    _description = "Run of a Box"
    _log_access = False
    _order = "last_seen desc, id desc"
    _rec_name = "run"

    box_id = fields.Many2one("auto_id.box", required=True, readonly=True, ondelete="cascade")
    run = fields.Char(required=True, readonly=True)
    last_number = BigInteger(required=True, readonly=True)
    first_seen = fields.Datetime(required=True, readonly=True)
    last_seen = fields.Datetime(required=True, readonly=True)
    minute = BigInteger(readonly=True, help="The minute, since 1970, that the cost is of.")
    minute_cost = fields.Integer(readonly=True, help="Reads and requests in that minute.")
    clock_offset = fields.Float(
        digits=(16, 3), readonly=True, help="Seconds by which the clock of the box is ahead."
    )
    resumed = fields.Integer(
        readonly=True, help="How often it went on after another run of its box had begun."
    )

    _box_run_uniq = models.UniqueIndex("(box_id, run)")

    @api.model
    def _admit(self, box, request, cost, received):
        """Take note of a signed request, once.

        :param request: the object of the wire with ``run``, ``number`` and ``sent_at``
        :param cost: what it counts towards the box's reads a minute
        :param received: unix seconds by the clock of this server
        :return: by how many seconds the clock of the box is ahead
        :raises ReplayedError, TooFastError: when nothing may be done with it
        """
        minute, second = divmod(int(received), 60)
        # SQL: whether the number is new, and the room left in this minute, are decided and noted in
        # one statement; a request that comes twice at once meets itself in the unique index, which
        # PostgreSQL reports as a serialization failure: Odoo repeats it, and it comes too late.
        self.env.cr.execute(
            SQL(
                """
                WITH spent AS (
                    SELECT coalesce(sum(minute_cost), 0) AS cost
                      FROM auto_id_box_run WHERE box_id = %(box)s AND minute = %(minute)s
                )
                INSERT INTO auto_id_box_run AS mine
                       (box_id, run, last_number, first_seen, last_seen, minute, minute_cost,
                        clock_offset, resumed)
                SELECT %(box)s, %(run)s, %(number)s, %(now)s, %(now)s, %(minute)s, %(cost)s,
                       %(offset)s, 0
                  FROM spent WHERE spent.cost = 0 OR spent.cost + %(cost)s <= %(limit)s
                ON CONFLICT (box_id, run) DO UPDATE SET
                       last_number = excluded.last_number,
                       last_seen = excluded.last_seen,
                       minute = excluded.minute,
                       minute_cost = excluded.minute_cost
                           + CASE WHEN mine.minute = excluded.minute
                                  THEN mine.minute_cost ELSE 0 END,
                       clock_offset = CASE
                           -- Late because of the network, rather than set back: follow slowly.
                           WHEN mine.clock_offset - excluded.clock_offset BETWEEN 0 AND 2
                           THEN mine.clock_offset
                                + (excluded.clock_offset - mine.clock_offset) / 16
                           ELSE excluded.clock_offset END,
                       resumed = mine.resumed + (EXISTS (
                           SELECT 1 FROM auto_id_box_run other
                            WHERE other.box_id = mine.box_id
                              AND other.last_seen > mine.last_seen))::int
                 WHERE mine.last_number < excluded.last_number
                RETURNING clock_offset, resumed
                """,
                box=box.id,
                run=request["run"],
                number=request["number"],
                now=datetime.datetime.fromtimestamp(received, datetime.UTC).replace(tzinfo=None),
                minute=minute,
                cost=cost,
                offset=request["sent_at"] - received,
                limit=self._rate(),
            ),
            log_exceptions=False,
        )
        found = self.env.cr.fetchone()
        if not found:
            self._refuse(box, request, 60 - second)
        ahead, resumed = found
        if resumed >= RESUMED_BY_CLONES:
            box._report_clone()
        return ahead

    @api.model
    def _refuse(self, box, request, pause):
        last = self.search(
            [("box_id", "=", box.id), ("run", "=", request["run"])], limit=1
        ).last_number
        if last >= request["number"]:
            _logger.info("Box %s: a request that was taken before was refused", box.name)
            raise ReplayedError
        _logger.info("Box %s sends more than it may in a minute and was asked to wait", box.name)
        raise TooFastError(pause)

    @api.model
    def _rate(self):
        """Reads a minute that one box may send."""
        # sudo: who sends is no user.
        text = self.env["ir.config_parameter"].sudo().get_param(RATE_PARAMETER) or ""
        return int(text) if text.isdecimal() else DEFAULT_RATE


class AutoIdBox(models.Model):
    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    run_ids = fields.One2many("auto_id.box.run", "box_id", "Runs", groups="base.group_system")
    clone_seen_at = fields.Datetime(
        "Copy Noticed",
        readonly=True,
        copy=False,
        help="When it was last noticed that two machines speak as this box.",
    )

    def _bind(self, identifier, token):
        """With a new key, nothing that was signed before can be played again: begin anew."""
        bound = super()._bind(identifier, token)
        self.run_ids.unlink()
        return bound

    def _report_clone(self):
        """Two machines speak as this box: tell the chatter, not more often than once a day."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.clone_seen_at and now - self.clone_seen_at < REPORT_CLONE_EVERY:
            return
        _logger.warning("Two machines speak as box %s", self.name)
        self.clone_seen_at = now
        lang = self.company_id.partner_id.lang
        self.message_post(
            body=self.with_context(lang=lang).env._(
                "Two machines send reads as this box: most likely a disk or a folder was copied. "
                "No read is lost or doubled, but all count as read here. Give the copy an identity "
                "of its own and connect it as a new box."
            )
        )
