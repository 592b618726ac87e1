"""What a rule is: one kind of consistency, and the registry that knows them all.

A rule is a plain Python class, one a file, that names itself with a code. Defining the
class registers it; its policy per company is a row of ``crm_erp_sync.policy``. A rule says

* what must hold: ``check(records)`` gives the places where it does not, as ``Discrepancy``;
* how it is kept: the methods that the model extensions call around ``super()``;
* who is told: ``_candidates(record)``, the people to ask, best first.
"""

from typing import Any, NamedTuple

from odoo import fields

REGISTRY: dict[str, type["Rule"]] = {}


class Discrepancy(NamedTuple):
    """One place where a rule does not hold now."""

    record: Any
    expected: float
    actual: float


def rule_for(env, code):
    """Return the rule registered under this code, working in this environment."""
    return REGISTRY[code](env)


class Rule:
    """Base of all rules. Subclasses set the class attributes and extend the hooks."""

    code: str = ""
    title: Any = ""
    help: Any = ""
    default_policy: str = "keep"

    def __init_subclass__(cls, **kwargs):
        REGISTRY[cls.code] = cls
        return super().__init_subclass__(**kwargs)

    def __init__(self, env):
        self.env = env

    # -- policy ------------------------------------------------------------------------

    def policy(self, company):
        """Return ``keep``, ``warn`` or ``off`` for this company."""
        return self.env["crm_erp_sync.policy"]._policy(self.code, company.id)

    def keeps(self, company):
        """Tell whether the rule may change documents of this company."""
        return self.policy(company) == "keep"

    def is_on(self, company):
        """Tell whether the rule does anything at all in this company."""
        return self.policy(company) != "off"

    # -- what must hold ----------------------------------------------------------------

    def check(self, records):
        """Return the ``Discrepancy`` list of these records."""
        raise NotImplementedError

    # -- who is told -------------------------------------------------------------------

    def _candidates(self, record):
        """Return the users who can decide about the record, best first."""
        return self.env["res.users"]

    def responsible(self, record):
        """Return the one person to ask: never empty, active, and able to open the record."""
        company = record.company_id
        candidates = self._candidates(record.sudo())
        candidates += self.env["crm_erp_sync.policy"]._fallback_user(self.code, company.id)
        for user in candidates.sudo():
            if self._can_decide(user, record):
                return user
        return self._last_resort(record)

    def _can_decide(self, user, record):
        """A person who works here and may read the document."""
        if not user.active or user.share or user._is_superuser():
            return False
        if record.company_id and record.company_id not in user.company_ids:
            return False
        scoped = record.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return scoped.sudo(False).has_access("read")

    def _last_resort(self, record):
        """The first administrator who can open the document, else the administrator."""
        admins = self.env.ref("base.group_system").sudo().all_user_ids
        for user in admins.sorted("id"):
            if self._can_decide(user, record):
                return user
        return self.env.ref("base.user_admin")

    def tell(self, record, summary, note):
        """Ask the responsible person to decide: one activity a document, updated, not repeated."""
        activity = self._activity(record)
        if activity:
            activity.write({"summary": summary, "note": note})
            return activity
        return record.sudo().activity_schedule(
            "mail.mail_activity_data_warning",
            fields.Date.context_today(record),
            summary=summary,
            note=note,
            user_id=self.responsible(record).id,
            crm_erp_sync_rule=self.code,
        )

    def settle(self, record, feedback):
        """Close the activity of a matter that needs no decision any more."""
        activity = self._activity(record)
        if activity:
            activity.action_feedback(feedback=feedback)

    def _activity(self, record):
        activities = record.sudo().activity_ids
        return activities.filtered(lambda a: a.crm_erp_sync_rule == self.code)[:1]

    # -- what was done -----------------------------------------------------------------

    def record(self, effect, field_name, before, after, message, cause=None):
        """Write one line into the ledger."""
        return self.env["crm_erp_sync.ledger"]._record(
            self.code, cause or effect, effect, field_name, before, after, message
        )
