from odoo import api, fields, models
from odoo.tools import SQL

from . import profile_sql

STATUSES = [
    ("prospect", "Prospect"),
    ("new", "New"),
    ("active", "Active"),
    ("at_risk", "At Risk"),
    ("lost", "Lost"),
]
TIERS = [("a", "A"), ("b", "B"), ("c", "C")]


class OneononeProfile(models.Model):
    """What is known of one customer in one company, kept by SQL in sets.

    Rows are written by `_refresh` alone: in the transaction of the order that changes them, after
    an import, and every night for all.
    """

    _name = "oneonone.profile"
    _description = "Customer Profile"
    _log_access = False
    _rec_name = "partner_id"
    _order = "amount_total desc, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The commercial entity: what its contacts buy counts for it.",
    )
    first_purchase_date = fields.Date(readonly=True)
    last_purchase_date = fields.Date(
        readonly=True, index=True, help="The day of the newest order with a positive amount."
    )
    recency_days = fields.Integer(
        string="Days Since Purchase",
        compute="_compute_recency_days",
        help="Days from the last purchase until today in the company's time zone.",
    )
    order_count = fields.Integer(
        string="Orders",
        readonly=True,
        help="Orders with a positive amount; a return or a gift is not one.",
    )
    amount_total = fields.Monetary(
        string="Total Spend",
        readonly=True,
        help="All purchases less all returns, without taxes, in company currency.",
    )
    amount_average = fields.Monetary(
        string="Average Order", readonly=True, aggregator="avg", help="Total spend by order."
    )
    r_score = fields.Integer(
        string="Recency Score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: 5 for the fifth of customers who bought most recently; 0 without purchase.",
    )
    f_score = fields.Integer(
        string="Frequency Score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: 5 for the fifth of customers with most orders; 0 without purchase.",
    )
    m_score = fields.Integer(
        string="Amount Score",
        readonly=True,
        aggregator="avg",
        help="1 to 5: 5 for the fifth of customers who spent most; 0 without purchase.",
    )
    tier = fields.Selection(
        TIERS,
        readonly=True,
        index=True,
        help="A: the largest customers who together hold 80 % of the spend; B: the next 15 %; "
        "C: the others. How many they are is computed from your customers.",
    )
    status = fields.Selection(
        STATUSES,
        required=True,
        readonly=True,
        index=True,
        default="prospect",
        help="From the days since the first and the last purchase; the limits are in the settings.",
    )

    # A constraint, not an index: Odoo's merging of contacts looks for constraints.
    _company_partner_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id)", "A customer has one profile a company."
    )

    @api.depends("last_purchase_date", "company_id")
    @api.depends_context("tz")
    def _compute_recency_days(self):
        for profile in self:
            today = profile._today(profile.company_id)
            last = profile.last_purchase_date
            profile.recency_days = max(0, (today - last).days) if last else 0

    @api.model
    def _today(self, company):
        return fields.Date.context_today(self.with_context(tz=company.partner_id.tz or "UTC"))

    def action_view_purchases(self):
        """The purchases that this profile is made of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oneonone_crm.oneonone_purchase_action"
        )
        domain = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        return {**action, "domain": domain, "context": {}}

    # Keeping the rows -----------------------------------------------------------------------

    @api.model
    def _refresh(self, partner_ids=None, company=None):
        """Bring profiles up to date from the purchases: all, or those of some customers.

        :param partner_ids: customers or their contacts; None for all, which also computes the
            cut points of the scores and tiers anew
        :param company: one company only; None for all
        """
        if partner_ids is not None and not partner_ids:
            return
        self.env.flush_all()
        scope = profile_sql.Scope(
            company.ids if company else None,
            None if partner_ids is None else self._commercial_ids(partner_ids),
        )
        purchases = self.env["oneonone.purchase"].sudo()._table_query
        self.env.execute_query(profile_sql.facts(scope, purchases))
        self.env["oneonone.profile.cut"]._recompute_where_needed(scope)
        self.env.execute_query(profile_sql.scores(scope, fields.Datetime.now()))
        self.invalidate_model()

    def _commercial_ids(self, partner_ids):
        """The customers themselves, their entities, and ids that no longer exist."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT commercial_partner_id FROM res_partner WHERE id IN %s"
                " AND commercial_partner_id IS NOT NULL",
                tuple(partner_ids),
            )
        )
        return sorted({*partner_ids, *(row[0] for row in rows)})

    @api.model
    def _touch(self, partner_ids):
        """Have these customers' profiles refreshed once, at the end of this transaction."""
        precommit = self.env.cr.precommit
        if "oneonone.profile" not in precommit.data:
            precommit.data["oneonone.profile"] = set()
            precommit.add(self.sudo()._refresh_touched)
        precommit.data["oneonone.profile"].update(filter(None, partner_ids))

    @api.model
    def _refresh_touched(self):
        self._refresh(self.env.cr.precommit.data.pop("oneonone.profile", set()))

    @api.model
    def _cron_refresh(self):
        """Every night: statuses change with the days, cut points with all customers."""
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        for left, company in zip(range(len(companies))[::-1], companies, strict=True):
            self._refresh(company=company)
            self.env["ir.cron"]._commit_progress(1, remaining=left)

    # The card -------------------------------------------------------------------------------

    @api.model
    def card(self, partner_id):
        """Who is this: the one answer for screens, as plain JSON (see docs/architecture.md).

        :param partner_id: the customer or a contact of theirs
        :raises AccessError: the user may not read profiles or this contact
        :raises MissingError: there is no such contact
        """
        self.browse().check_access("read")
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        self.sudo()._refresh_touched()
        return self._card(partner)

    @api.model
    def _card(self, partner):
        """The card of a contact whose reading was allowed; bridges add their keys."""
        company, entity = self.env.company, partner.commercial_partner_id
        profiling = not entity.profiling_objection
        profile = self.sudo().search(
            [("company_id", "=", company.id), ("partner_id", "=", entity.id)], limit=1
        )
        since = profile.first_purchase_date or (partner.create_date or fields.Datetime.now()).date()
        return {
            "partner": {
                "id": partner.id,
                "name": partner.display_name,
                "image_url": f"/web/image/res.partner/{partner.id}/avatar_256",
                "phone": partner.phone or "",
                "email": partner.email or "",
                "city": partner.city or "",
                "customer_since": since.isoformat() if profiling else False,
            },
            "currency": company.currency_id.read(
                ["id", "name", "symbol", "position", "decimal_places"]
            )[0],
            "profiling": profiling,
            "profile": profile._card_profile() if profiling else None,
            "purchases": self._card_purchases(entity, company) if profiling else [],
        }

    def _card_profile(self):
        """The profile's part of the card; a customer without a row is a prospect."""
        status = self.status or "prospect"
        labels = dict(self._fields["status"]._description_selection(self.env))
        last = self.last_purchase_date
        return {
            "status": status,
            "status_label": labels[status],
            "tier": self.tier or False,
            "recency_days": self.recency_days if last else False,
            "frequency": self.order_count,
            "amount": self.amount_total,
            "last_purchase_date": last.isoformat() if last else False,
            "scores": {"r": self.r_score, "f": self.f_score, "m": self.m_score},
        }

    def _card_purchases(self, entity, company):
        """The last ten purchases of a customer, newest first."""
        purchases = self.env["oneonone.purchase"].sudo()._table_query
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT date, order_ref AS "order", product_id, quantity, amount::float
                     FROM (%s) AS purchase
                    WHERE partner_id = %s AND company_id = %s
                 ORDER BY date DESC, id DESC LIMIT 10""",
                purchases,
                entity.id,
                company.id,
            )
        )
        products = self.env["product.product"].sudo().browse({r["product_id"] for r in rows})
        names = dict(zip(products.ids, products.mapped("display_name"), strict=True))
        return [
            {**row, "date": row["date"].isoformat(), "product": names[row["product_id"]]}
            for row in rows
        ]
