import datetime

from odoo import api, fields, models
from odoo.http import request

from ..tools import health as health_tool

HEALTHS = [
    ("working", "Working"),
    ("trouble", "Trouble"),
    ("silent", "Silent"),
    ("waiting", "Waiting"),
    ("revoked", "Revoked"),
]
JUDGED_BY = {"state", "silent_since", "certificate_end", "dropped_known", "dead_known"}
FACTS = (
    *("spool_trouble", "spool_dropped", "dropped_known", "dead_letters", "dead_known"),
    *("spool_length", "spool_oldest", "failing_readers", "clock_offset", "certificate_end"),
)
RATE_MINUTES = 5


class AutoIdBox(models.Model):
    """How a box fares: what it says of itself, and whether it says anything."""

    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    health = fields.Selection(
        HEALTHS,
        required=True,
        readonly=True,
        default="waiting",
        copy=False,
        index=True,
        group_expand=True,
        help="Working: it was heard of, and nothing is wrong. Trouble: see what it says. Silent: "
        "it was not heard of for longer than it should be. Waiting: no box has shown the token "
        "yet. Revoked: nothing that it sends is accepted.",
    )
    health_message = fields.Text("What Is Wrong", compute="_compute_health_message")
    silent_since = fields.Datetime(readonly=True, copy=False, help="When its silence was noticed.")
    expected_up = fields.Boolean(
        "Should Be Up",
        default=True,
        help="Somebody is asked to look after this box when it falls silent or is in trouble.",
    )
    silent_after = fields.Integer(
        "Silent After (Minutes)",
        default=5,
        help="So many minutes without a sign make it silent. A box gives one each 20 seconds.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Nobody is asked because of silence outside of these hours. Empty: always up.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user.filtered("active"),
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is asked to look after the box. Without one, an Identification administrator is.",
    )

    running_since = fields.Datetime(
        "Started", readonly=True, copy=False, help="When the software of the box last started."
    )
    clock_offset = fields.Float(
        "Clock (s)",
        readonly=True,
        copy=False,
        digits=(16, 1),
        help="Seconds by which the clock of the box is ahead of this server's. The time of a "
        "read is right in any case: boxes say how long ago they read it.",
    )
    spool_length = fields.Integer(
        "Unsent Reads",
        readonly=True,
        copy=False,
        help="Reads that wait on the box. What was read in the last ten seconds is on its way.",
    )
    spool_oldest = fields.Datetime("Oldest Unsent", readonly=True, copy=False)
    spool_dropped = fields.Integer(
        "Reads Lost",
        readonly=True,
        copy=False,
        help="Reads the box had no room for: its spool was full of older ones.",
    )
    dropped_known = fields.Integer(readonly=True, copy=False)
    dead_letters = fields.Integer(
        "Reads Refused",
        readonly=True,
        copy=False,
        help="Reads that this server did not take. The box keeps them for inspection.",
    )
    dead_known = fields.Integer(readonly=True, copy=False)
    spool_trouble = fields.Char("Trouble with Its Disk", readonly=True, copy=False)
    error_count = fields.Integer("Errors", readonly=True, copy=False, help="Of all its readers.")
    failing_readers = fields.Integer(readonly=True, copy=False)
    reads_per_minute = fields.Float(
        compute="_compute_reads_per_minute",
        digits=(16, 1),
        help="Average of the last five minutes.",
    )

    def _compute_reads_per_minute(self):
        since = fields.Datetime.now() - datetime.timedelta(minutes=RATE_MINUTES)
        counts = dict(
            self.env["auto_id.read"]._read_group(
                [("create_date", ">=", since), ("box_id", "in", self.ids)], ["box_id"], ["__count"]
            )
        )
        for box in self:
            box.reads_per_minute = counts.get(box._origin, 0) / RATE_MINUTES

    @api.depends("health", "pending_until", "last_seen", *FACTS)
    @api.depends_context("lang", "tz")
    def _compute_health_message(self):
        now = fields.Datetime.now()
        for box in self:
            box.health_message = "\n".join(box._complaints(now)) or False

    def _complaints(self, now):
        """Sentences in the user's language on what is wrong and what to do."""
        if self.health == "waiting":
            if not self.pending_until or self.pending_until < now:
                yield self.env._("Its token has expired or was cancelled: issue a new one.")
        elif self.health == "silent":
            yield self.env._(
                "Not heard of since %(time)s. Is it switched on, and does its network work?",
                time=self._local_time(self.last_seen),
            )
        elif self.health == "trouble":
            facts = self._facts()
            words = self._words()
            for code in health_tool.troubles(facts, now):
                yield words[code] % facts

    def _words(self):
        """{trouble: sentence about it}"""
        return {
            "spool": self.env._("Its disk makes trouble: %(spool_trouble)s."),
            "dropped": self.env._("Reads lost because its spool was full: %(spool_dropped)s."),
            "dead": self.env._("Reads refused and kept aside on the box: %(dead_letters)s."),
            "unsent": self.env._("Reads that wait on the box, undelivered: %(spool_length)s."),
            "readers": self.env._("Readers that fail: %(failing_readers)s."),
            "clock": self.env._("Its clock is wrong by %(clock_offset)s seconds."),
            "certificate": self.env._("Its certificate ends: %(certificate_end)s."),
        }

    def _local_time(self, moment):
        return moment and fields.Datetime.context_timestamp(self, moment).strftime("%Y-%m-%d %H:%M")

    def _facts(self):
        return {name: self[name] for name in FACTS}

    # What brings news

    def _note_status(self, status):
        """Take over what the box says of itself; a box that repeats itself writes nothing.

        :param status: as the wire's contract has it; parts may be missing or strange
        """
        self.ensure_one()
        self._note_peer(request and request.httprequest.remote_addr)
        found = health_tool.read_status(status, fields.Datetime.now())
        # A box that was set up anew counts from zero again.
        found["dropped_known"] = min(self.dropped_known, found["spool_dropped"])
        found["dead_known"] = min(self.dead_known, found["dead_letters"])
        changed = health_tool.news({name: self[name] for name in found}, found)
        if changed:
            self.write(changed)
            self._tell_screens()
        self._judge()
        self._touch()

    def write(self, vals):
        done = super().write(vals)
        if not JUDGED_BY.isdisjoint(vals):
            self._judge()
        return done

    def _judge(self):
        """Bring ``health`` up to date, and tell the stations of boxes where it has changed."""
        now = fields.Datetime.now()
        judged = self.grouped(lambda box: box._health_now(now))
        changed = self.browse()
        for health, boxes in judged.items():
            others = boxes.filtered(lambda box, health=health: box.health != health)
            if others:
                others.write({"health": health})
                changed |= others
        if changed:
            changed._tell_screens()
            stations = changed.reader_ids.station_id
            if stations:
                stations._on_health_changed()

    def _health_now(self, now):
        if self.state != "paired":
            return "waiting" if self.state == "new" else "revoked"
        if self.silent_since:
            return "silent"
        return "trouble" if health_tool.troubles(self._facts(), now) else "working"

    def action_dismiss(self):
        """Reads that were lost or refused so far are known now, and no trouble any more."""
        self.check_access("write")
        for box in self:
            known = {"dropped_known": box.spool_dropped, "dead_known": box.dead_letters}
            box.sudo().write(known)
