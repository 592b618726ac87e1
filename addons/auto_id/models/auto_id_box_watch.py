import datetime

from odoo import api, fields, models
from odoo.tools import plaintext2html

PROBLEMS = ("silent", "trouble")
HEALTH, REFUSED = "auto_id.mail_activity_box_health", "auto_id.mail_activity_box_refused"
WATCHING_PARAMETER = "auto_id.watching_since"
NOT_WATCHED = datetime.timedelta(minutes=3)


class AutoIdBox(models.Model):
    """Somebody looks after a box that is silent or in trouble: asked once, told when it is over."""

    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    asked_because = fields.Selection(
        [("silent", "Silent"), ("trouble", "Trouble")],
        readonly=True,
        copy=False,
        help="Somebody was asked because of this; not again before it has changed.",
    )

    @api.model
    def _cron_watch(self):
        """Each minute: find what fell silent, ask people to look, and close what is over."""
        self._give_up_questions()
        boxes = self.search([("state", "=", "paired")])
        boxes._find_silent(self._watching_since())
        boxes._judge()
        self.search([("asked_because", "!=", False)])._close_what_is_over()
        boxes._ask_for_help()

    def _watching_since(self):
        """Since when this server has been here to hear boxes: its own absence is not theirs."""
        now, last = fields.Datetime.now(), self.env.context.get("lastcall")
        parameters = self.env["ir.config_parameter"].sudo()
        known = parameters.get_param(WATCHING_PARAMETER)
        if known and last and now - last < NOT_WATCHED:
            return fields.Datetime.to_datetime(known)
        parameters.set_param(WATCHING_PARAMETER, fields.Datetime.to_string(now))
        return now

    def _find_silent(self, watching_since):
        now = fields.Datetime.now()
        silent = self.filtered(
            lambda box: (
                not box.silent_since
                and max(box.last_seen or box.create_date, watching_since)
                < now - datetime.timedelta(minutes=max(box.silent_after, 1))
            )
        )
        if silent:
            silent.write({"silent_since": now})

    def _ask_for_help(self):
        """One activity for each box that has a problem now; it follows the problem."""
        needing = self.filtered(
            lambda box: (
                box.health in PROBLEMS and (box.asked_because == box.health or box._is_expected())
            )
        )
        for box in needing:
            responsible = box._responsible()
            this = box.with_context(lang=responsible.lang, tz=responsible.tz)
            summary = this.env._("%(box)s: %(health)s", box=box.name, health=this._health_label())
            new = box.asked_because != box.health
            this._remind(HEALTH, responsible, summary, this.health_message, only_update=not new)
        for health, boxes in needing.grouped("health").items():
            boxes._write_changed({"asked_because": health})

    def _close_what_is_over(self):
        over = self.filtered(lambda box: box.health not in PROBLEMS)
        for box in over:
            lang = box._responsible().lang
            box._relieve(HEALTH, box.with_context(lang=lang).env._("It works again."))
        over.write({"asked_because": False})

    def _remind(self, kind, user, summary, note, only_update=False):
        """Ask ``user``: one activity of this kind a box, updated, not repeated.

        :param only_update: whoever was asked and closed the activity knows: do not ask again
        """
        activity = self._activities(kind)
        values = {"summary": summary, "note": plaintext2html(note or "")}
        if activity:
            if (activity.summary, activity.note) != (values["summary"], values["note"]):
                activity.write(values)
        elif not only_update:
            self.activity_schedule(kind, user_id=user.id, **values)

    def _relieve(self, kind, feedback):
        activities = self._activities(kind)
        if activities:
            activities.action_feedback(feedback=feedback)

    def _activities(self, kind):
        kind = self.env.ref(kind)
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _is_expected(self):
        """Whether someone should care now: it should be up, and was to be up for long enough."""
        if not self.expected_up:
            return False
        if not self.calendar_id:
            return True
        now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
        minutes = max(self.silent_after, 1)
        start = now - datetime.timedelta(minutes=minutes)
        # sudo: hours are no secret, and this runs for any box
        hours = self.calendar_id.sudo().get_work_hours_count(start, now)
        return hours * 60 >= minutes - 0.1

    def _responsible(self):
        """Who is asked: never nobody, and always someone who may open the box."""
        able = self.responsible_id.filtered(lambda user: user.active and self._may_open(user))
        return able or self._administrators()[:1] or self.env.ref("base.user_admin")

    def _administrators(self):
        group = self.env.ref("auto_id.group_manager")
        return (
            group.sudo()
            .all_user_ids.filtered(
                lambda user: user.active and not user.share and self._may_open(user)
            )
            .sorted("id")
        )

    def _may_open(self, user):
        here = self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return here.has_access("read")

    def _health_label(self):
        return dict(self._fields["health"]._description_selection(self.env))[self.health]
