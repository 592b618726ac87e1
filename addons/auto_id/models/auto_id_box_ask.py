import datetime
import secrets

from odoo import fields, models
from odoo.exceptions import UserError

ANSWER_WITHIN = datetime.timedelta(seconds=45)
ASKABLE = [
    ("test_connection", "Test of the connection"),
    ("restart_odoo", "Restart"),
    ("server_update", "Move to another address"),
]


class AutoIdBox(models.Model):
    """What is asked of a box. It answers later, or does not: whoever asked is told either way."""

    _inherit = "auto_id.box"  # pylint: disable=consider-merging-classes-inherited

    asked = fields.Selection(
        ASKABLE, "Waiting for Answer", readonly=True, copy=False, help="What the box was asked."
    )
    asked_at = fields.Datetime(readonly=True, copy=False)
    asked_by = fields.Many2one("res.users", copy=False, groups="base.group_system")
    asked_session = fields.Char(
        copy=False,
        groups="base.group_system",
        help="Only who got the question can give the answer: it carries this secret.",
    )
    tested_at = fields.Datetime(
        "Last Answer", readonly=True, copy=False, help="When it last answered a question."
    )
    answer = fields.Char(readonly=True, copy=False, help="What it answered then.")

    def action_test_connection(self):
        return self._ask("test_connection")

    def action_restart(self):
        return self._ask("restart_odoo")

    def _move_to(self, url):
        """Tell boxes the server's new address; the restart makes them answer there."""
        return self._ask("server_update", ("server_update", "restart_odoo"), server_url=url)

    def _ask(self, question, messages=None, **details):
        """Send messages that the box answers, and tell the user who asked when it does."""
        self._check_can_be_asked()
        for box in self:
            session = secrets.token_urlsafe(16)
            # sudo: the secret of the question is for the box alone
            box.sudo().write(
                {
                    "asked": question,
                    "asked_session": session,
                    "asked_by": self.env.uid,
                    "asked_at": fields.Datetime.now(),
                }
            )
            for message in messages or (question,):
                box._send(message, {"session_id": session, **details})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Sent. You will be told when the box answers, or if not."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_can_be_asked(self):
        self.check_access("write")
        absent = self.filtered(lambda box: box.state != "paired")
        if absent:
            raise UserError(
                self.env._(
                    "%(boxes)s: not connected. Pair it first.",
                    boxes=", ".join(absent.mapped("name")),
                )
            )

    def _on_answer(self, session, result):
        """The box answers what was asked; the session proves that it had the question."""
        self.ensure_one()
        if not (session and self.asked_session) or not secrets.compare_digest(
            str(session).encode("utf-8", "surrogatepass"), self.asked_session.encode()
        ):
            return False
        user, question = self.asked_by, self.asked
        this = self.with_context(lang=user.lang)
        answer = this._words_of(result) if isinstance(result, dict) else False
        self._close_question(tested_at=fields.Datetime.now(), answer=answer)
        message = this.env._(
            "%(box)s answered: %(question)s. %(answer)s",
            box=self.name,
            question=this._label_of(question),
            answer=answer or "",
        )
        user._bus_send("simple_notification", {"type": "success", "message": message.strip()})
        return True

    def _words_of(self, result):
        """What a stock box tells of its network, in the words of the user."""
        qualities = {
            "unreachable": self.env._("unreachable"),
            "slow": self.env._("slow"),
            "normal": self.env._("normal"),
            "fast": self.env._("fast"),
        }
        networks = {
            self.env._("Local network"): result.get("lan_quality"),
            self.env._("Internet"): result.get("wan_quality"),
        }
        known = {name: qualities[q] for name, q in networks.items() if q in [*qualities]}
        return ", ".join(f"{name}: {quality}" for name, quality in known.items())

    def _label_of(self, question):
        return dict(self._fields["asked"]._description_selection(self.env)).get(question, question)

    def _close_question(self, **values):
        self.write(
            {"asked": False, "asked_session": False, "asked_by": False, "asked_at": False, **values}
        )
        self._tell_screens()

    def _give_up_questions(self):
        """A box did not answer in time: who asked is told, and a late answer counts no more."""
        too_old = fields.Datetime.now() - ANSWER_WITHIN
        boxes = self.search([("asked_session", "!=", False), ("asked_at", "<", too_old)])
        for (user, question), asked in boxes.grouped(lambda b: (b.asked_by, b.asked)).items():
            this = self.with_context(lang=user.lang)
            message = this.env._(
                "No answer from %(boxes)s: %(question)s. Is the box switched on, and does it "
                "reach this server?",
                boxes=", ".join(asked.mapped("name")),
                question=this._label_of(question),
            )
            user._bus_send(
                "simple_notification", {"type": "warning", "sticky": True, "message": message}
            )
        boxes._close_question()
