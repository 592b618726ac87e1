from odoo import fields, models
from odoo.tools import SQL

from . import profile_sql


class OneononeProfileCut(models.Model):
    """The values at which scores and tiers begin in a company, computed from its customers.

    Kept, so that one customer can be scored after one order without looking at all the others.
    """

    _name = "oneonone.profile.cut"
    _description = "Cut Points of the Customer Scores"
    _log_access = False
    _rec_name = "measure"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    measure = fields.Selection(
        [("r", "Recency"), ("f", "Frequency"), ("m", "Amount"), ("tier", "Tier")], required=True
    )
    cut_1 = fields.Float(help="Score 2 begins here; tier A for the tiers.")
    cut_2 = fields.Float(help="Score 3 begins here; tier B for the tiers.")
    cut_3 = fields.Float(help="Score 4 begins here.")
    cut_4 = fields.Float(help="Score 5 begins here.")

    _measure_uniq = models.Constraint(
        "UNIQUE(company_id, measure)", "A company has one row of cut points a measure."
    )

    def _recompute_where_needed(self, scope):
        """All companies of a full refresh; of a partial one those never computed before."""
        if scope.partner_ids is None:
            every = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
            companies = scope.company_ids or every.ids
        else:
            found = self.env.execute_query(profile_sql.companies_without_cuts(scope))
            companies = [row[0] for row in found]
        if companies:
            self._recompute(companies)

    def _recompute(self, company_ids):
        """Compute the cut points of these companies from their stored profiles."""
        self.env.execute_query(self._scores_query(company_ids))
        self.env.execute_query(self._tiers_query(company_ids))
        self.invalidate_model()

    def _scores_query(self, company_ids):
        """Five scores with about a fifth of the customers each, cut at values.

        The middle rank of a value is the share of customers below it plus half the share of
        those who have it. Score k + 1 begins at the smallest value whose middle rank exceeds
        k/5. Customers with the same value always get the same score; if all are alike, it is 3.
        """
        return SQL(
            """
            WITH measured AS (
                SELECT p.company_id, v.measure, v.value, COUNT(*) AS customers
                  FROM oneonone_profile p
            CROSS JOIN LATERAL (VALUES
                           ('r', (p.last_purchase_date - DATE '1970-01-01')::float),
                           ('f', p.order_count::float),
                           ('m', p.amount_total::float)) AS v (measure, value)
                 WHERE p.company_id IN %(companies)s AND p.order_count > 0
              GROUP BY p.company_id, v.measure, v.value
            ), ranked AS (
                SELECT company_id, measure, value,
                       (SUM(customers) OVER below - customers / 2.0)
                       / SUM(customers) OVER (PARTITION BY company_id, measure) AS middle
                  FROM measured
                WINDOW below AS (PARTITION BY company_id, measure ORDER BY value)
            )
            INSERT INTO oneonone_profile_cut AS cut
                        (company_id, measure, cut_1, cut_2, cut_3, cut_4)
            SELECT company_id, measure,
                   MIN(value) FILTER (WHERE middle > 0.2), MIN(value) FILTER (WHERE middle > 0.4),
                   MIN(value) FILTER (WHERE middle > 0.6), MIN(value) FILTER (WHERE middle > 0.8)
              FROM ranked
          GROUP BY company_id, measure
       ON CONFLICT (company_id, measure) DO UPDATE
               SET cut_1 = EXCLUDED.cut_1, cut_2 = EXCLUDED.cut_2,
                   cut_3 = EXCLUDED.cut_3, cut_4 = EXCLUDED.cut_4
         RETURNING id""",
            companies=tuple(company_ids),
        )

    def _tiers_query(self, company_ids):
        """A: the largest customers who together hold the first 80 % of the amount; B: the next
        15 %; C: the rest. How many customers that takes is what the data say.

        A customer belongs to a tier when the customers above hold less than the tier's share.
        Customers with nothing or less are C.
        """
        return SQL(
            """
            WITH amounts AS (
                SELECT company_id, amount_total AS value, SUM(amount_total) AS amount
                  FROM oneonone_profile
                 WHERE company_id IN %(companies)s AND order_count > 0 AND amount_total > 0
              GROUP BY company_id, amount_total
            ), shares AS (
                SELECT company_id, value,
                       (SUM(amount) OVER above - amount)
                       / SUM(amount) OVER (PARTITION BY company_id) AS share_above
                  FROM amounts
                WINDOW above AS (PARTITION BY company_id ORDER BY value DESC)
            )
            INSERT INTO oneonone_profile_cut AS cut (company_id, measure, cut_1, cut_2)
            SELECT company_id, 'tier',
                   MIN(value) FILTER (WHERE share_above < 0.80),
                   MIN(value) FILTER (WHERE share_above < 0.95)
              FROM shares
          GROUP BY company_id
       ON CONFLICT (company_id, measure) DO UPDATE
               SET cut_1 = EXCLUDED.cut_1, cut_2 = EXCLUDED.cut_2
         RETURNING id""",
            companies=tuple(company_ids),
        )
