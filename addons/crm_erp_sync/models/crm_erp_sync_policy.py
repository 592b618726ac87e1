from odoo import api, fields, models, tools

from ..rules import REGISTRY


class CrmErpSyncPolicy(models.Model):
    """How one company wants one rule to be kept."""

    _name = "crm_erp_sync.policy"
    _description = "Sync Rule Policy"
    _order = "company_id, rule"
    _rec_name = "title"

    rule = fields.Selection(
        selection=lambda self: self._selection_rule(),
        required=True,
        readonly=True,
        help="The kind of consistency that this policy is about.",
    )
    title = fields.Char(compute="_compute_texts", help="What the rule is called.")
    description = fields.Text(
        compute="_compute_texts", help="What the rule keeps, and what each policy does."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        help="The company whose documents follow this policy.",
    )
    policy = fields.Selection(
        [("keep", "Keep"), ("warn", "Warn"), ("off", "Off")],
        required=True,
        default="keep",
        help="Keep: the documents are changed so that they agree. Warn: nothing is changed, a "
        "person gets an activity. Off: Odoo behaves as without this app.",
    )
    fallback_user_id = fields.Many2one(
        "res.users",
        string="Ask if Nobody Else",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who gets the activity when the planner, the product's responsible and the "
        "salesperson are all missing. Empty: the administrator.",
    )

    _rule_company_uniq = models.Constraint(
        "UNIQUE(rule, company_id)", "A company has one policy for each rule."
    )

    @api.model
    def _selection_rule(self):
        return [(code, self.env._(rule.title)) for code, rule in REGISTRY.items()]

    @api.depends("rule")
    @api.depends_context("lang")
    def _compute_texts(self):
        for policy in self:
            rule = REGISTRY.get(policy.rule)
            policy.title = rule and self.env._(rule.title)
            policy.description = rule and self.env._(rule.help)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _create_missing(self, companies):
        """Create the rows that these companies lack, with each rule's default."""
        known = {(p.rule, p.company_id.id) for p in self.sudo().search([])}
        return self.sudo().create(
            [
                {"rule": code, "company_id": company.id, "policy": rule.default_policy}
                for company in companies
                for code, rule in REGISTRY.items()
                if (code, company.id) not in known
            ]
        )

    @api.model
    def _create_everywhere(self):
        """A row for every rule in every company: at install, and when an upgrade brings rules."""
        # sudo: also companies that the installing user does not work in
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        self._create_missing(companies)

    @api.model
    @tools.ormcache("code", "company_id")
    def _policy(self, code, company_id):
        """Return the policy of a rule in a company: one lookup a process."""
        found = self._row(code, company_id)
        return found.policy or REGISTRY[code].default_policy

    @api.model
    def _fallback_user(self, code, company_id):
        """Return who is asked when nobody else can be; may be empty."""
        return self._row(code, company_id).fallback_user_id

    @api.model
    def _row(self, code, company_id):
        domain = [("rule", "=", code), ("company_id", "=", company_id)]
        return self.sudo().search(domain, limit=1)
