"""The SQL that keeps profiles: what it reads and writes is sets of customers, never one row."""

from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL


class Scope(NamedTuple):
    """Which profiles a statement is about; None stands for all."""

    company_ids: list[int] | None
    partner_ids: list[int] | None

    def where(self, alias: str) -> SQL:
        """The condition on the columns `company_id` and `partner_id` of an alias."""
        parts = [
            SQL("%s = ANY(%s)", SQL.identifier(alias, column), ids)
            for column, ids in zip(("company_id", "partner_id"), self, strict=True)
            if ids is not None
        ]
        return SQL(" AND ").join(parts) if parts else SQL("TRUE")


def facts(scope: Scope, purchases: SQL) -> SQL:
    """Write what was bought into the profiles; take away those that have no more reason.

    An order counts as a purchase when its lines add up to more than zero. Customers with an open
    quotation or an opportunity, but without purchase, get a row too: prospects.
    """
    return SQL(
        """
        WITH orders AS (
            SELECT company_id, partner_id, MAX(date) AS date, SUM(amount) AS amount
              FROM (%(purchases)s) AS purchase
             WHERE %(purchase_scope)s
          GROUP BY company_id, partner_id, source, order_id, order_ref
        ), bought AS (
            SELECT company_id, partner_id,
                   MIN(date) FILTER (WHERE amount > 0) AS first_date,
                   MAX(date) FILTER (WHERE amount > 0) AS last_date,
                   COUNT(*) FILTER (WHERE amount > 0) AS order_count,
                   SUM(amount) AS amount
              FROM orders
          GROUP BY company_id, partner_id
        ), interested AS (
            SELECT o.company_id, p.commercial_partner_id AS partner_id
              FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id
             WHERE o.state IN ('draft', 'sent')
             UNION
            SELECT c.id, p.commercial_partner_id
              FROM crm_lead l
              JOIN res_partner p ON p.id = l.partner_id
              JOIN res_company c ON c.id = l.company_id OR l.company_id IS NULL
             WHERE l.active
        ), known AS MATERIALIZED (
            SELECT company_id, partner_id, b.first_date, b.last_date,
                   COALESCE(b.order_count, 0) AS order_count, COALESCE(b.amount, 0) AS amount
              FROM bought b
              FULL JOIN (SELECT i.*
                           FROM interested i
                           JOIN res_partner c ON c.id = i.partner_id
                          WHERE c.profiling_objection IS NOT TRUE AND %(interested_scope)s) i
             USING (company_id, partner_id)
        ), gone AS (
            DELETE FROM oneonone_profile p
             WHERE %(profile_scope)s
               AND NOT EXISTS (SELECT FROM known k WHERE k.company_id = p.company_id
                                                     AND k.partner_id = p.partner_id)
        )
        INSERT INTO oneonone_profile AS profile
                    (company_id, partner_id, status, first_purchase_date, last_purchase_date,
                     order_count, amount_total, amount_average)
        SELECT company_id, partner_id, 'prospect', first_date, last_date, order_count, amount,
               COALESCE(ROUND(amount / NULLIF(order_count, 0), 2), 0)
          FROM known
      ORDER BY company_id, partner_id
   ON CONFLICT (company_id, partner_id) DO UPDATE
           SET first_purchase_date = EXCLUDED.first_purchase_date,
               last_purchase_date = EXCLUDED.last_purchase_date,
               order_count = EXCLUDED.order_count,
               amount_total = EXCLUDED.amount_total,
               amount_average = EXCLUDED.amount_average
         WHERE (profile.first_purchase_date, profile.last_purchase_date, profile.order_count,
                profile.amount_total)
               IS DISTINCT FROM
               (EXCLUDED.first_purchase_date, EXCLUDED.last_purchase_date, EXCLUDED.order_count,
                EXCLUDED.amount_total)
     RETURNING id""",
        purchases=purchases,
        purchase_scope=scope.where("purchase"),
        interested_scope=scope.where("i"),
        profile_scope=scope.where("p"),
    )


def companies_without_cuts(scope: Scope) -> SQL:
    """Companies whose customers cannot be scored yet."""
    return SQL(
        """SELECT DISTINCT p.company_id
             FROM oneonone_profile p
            WHERE %s AND p.order_count > 0
              AND NOT EXISTS (SELECT FROM oneonone_profile_cut c
                               WHERE c.company_id = p.company_id)""",
        scope.where("p"),
    )


def scores(scope: Scope, now: datetime) -> SQL:
    """Scores, tier and status of the profiles, by the stored cut points and today's date.

    Status, the first that holds: no purchase: prospect; the last one longer ago than the
    company's days for lost: lost; than its days for active: at risk; the first one within its
    days for new: new; otherwise active. A date in the future counts as today.
    """
    return SQL(
        """
        WITH scored AS (
            SELECT p.id,
                   CASE WHEN bought THEN %(r)s END AS r_score,
                   CASE WHEN bought THEN %(f)s END AS f_score,
                   CASE WHEN bought THEN %(m)s END AS m_score,
                   CASE WHEN NOT bought THEN NULL
                        WHEN spent > 0 AND spent >= tier.cut_1 THEN 'a'
                        WHEN spent > 0 AND spent >= tier.cut_2 THEN 'b'
                        ELSE 'c' END AS tier,
                   CASE WHEN NOT bought THEN 'prospect'
                        WHEN today - p.last_purchase_date > c.oneonone_lost_days THEN 'lost'
                        WHEN today - p.last_purchase_date > c.oneonone_active_days THEN 'at_risk'
                        WHEN today - p.first_purchase_date <= c.oneonone_new_days THEN 'new'
                        ELSE 'active' END AS status
              FROM oneonone_profile p
              JOIN res_company c ON c.id = p.company_id
              JOIN res_partner home ON home.id = c.partner_id
         LEFT JOIN oneonone_profile_cut r ON r.company_id = c.id AND r.measure = 'r'
         LEFT JOIN oneonone_profile_cut f ON f.company_id = c.id AND f.measure = 'f'
         LEFT JOIN oneonone_profile_cut m ON m.company_id = c.id AND m.measure = 'm'
         LEFT JOIN oneonone_profile_cut tier ON tier.company_id = c.id AND tier.measure = 'tier'
        CROSS JOIN LATERAL (
            SELECT p.order_count > 0 AS bought,
                   p.amount_total::float AS spent,
                   (p.last_purchase_date - DATE '1970-01-01')::float AS last_day,
                   (%(now)s::timestamp AT TIME ZONE 'UTC'
                                       AT TIME ZONE COALESCE(home.tz, 'UTC'))::date AS today
                   ) AS computed
             WHERE %(scope)s
        )
        UPDATE oneonone_profile p
           SET r_score = s.r_score, f_score = s.f_score, m_score = s.m_score,
               tier = s.tier, status = s.status
          FROM scored s
         WHERE s.id = p.id
           AND (p.r_score, p.f_score, p.m_score, p.tier, p.status)
               IS DISTINCT FROM (s.r_score, s.f_score, s.m_score, s.tier, s.status)
     RETURNING p.id""",
        r=_score("computed.last_day", "r"),
        f=_score("p.order_count", "f"),
        m=_score("computed.spent", "m"),
        now=now,
        scope=scope.where("p"),
    )


def _score(value: str, measure: str) -> SQL:
    """1, and one more for each cut point that the value reaches."""
    alias, _dot, column = value.partition(".")
    reached = [
        SQL(
            "COALESCE(%s >= %s, FALSE)::integer",
            SQL.identifier(alias, column),
            SQL.identifier(measure, f"cut_{k}"),
        )
        for k in (1, 2, 3, 4)
    ]
    return SQL("1 + %s", SQL(" + ").join(reached))
