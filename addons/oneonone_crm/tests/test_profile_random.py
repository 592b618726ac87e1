"""Profiles against a plain-Python computation on random histories."""

import random
from datetime import date, timedelta

from odoo import fields
from odoo.tests import tagged

from .common import HEADER, ProfileCase


def middle_ranks(values):
    """The share of values below each plus half the share of its equals."""
    n = len(values)
    return {
        v: (sum(x < v for x in values) + sum(x == v for x in values) / 2) / n for v in set(values)
    }


def score(value, ranks):
    return 1 + sum(
        any(rank > k / 5 and other <= value for other, rank in ranks.items()) for k in (1, 2, 3, 4)
    )


def tier(value, values):
    """A while those above hold less than 80 % of the amount, B less than 95 %, else C."""
    paying = [v for v in values if v > 0]
    above = sum(v for v in paying if v > value) / sum(paying) if paying else 1
    if value <= 0:
        return "c"
    return "a" if above < 0.80 else "b" if above < 0.95 else "c"


@tagged("post_install", "-at_install")
class TestProfileRandom(ProfileCase):
    def lines(self, dice, customers):
        for customer in range(customers):
            for number in range(dice.choice([1, 1, 1, 2, 3, 9])):
                day = date(2025, 1, 1) + timedelta(days=dice.randrange(400))
                for _line in range(dice.choice([1, 1, 2])):
                    amount = dice.choice([5, 10, 10, 25, -5, 0, 120])
                    yield f"T-K{customer}", day, f"T-{customer}-{number}", amount

    def expected(self, lines):
        orders = {}
        for customer, day, order, amount in lines:
            total, _day = orders.get((customer, order), (0, day))
            orders[customer, order] = (total + amount, day)
        facts = {}
        for (customer, _order), (total, day) in orders.items():
            days, amount = facts.setdefault(customer, ([], [0]))
            amount[0] += total
            if total > 0:
                days.append(day)
        return {c: (days, amount[0]) for c, (days, amount) in facts.items()}

    def check(self, lines):
        facts = self.expected(lines)
        bought = {c: f for c, f in facts.items() if f[0]}
        recency = middle_ranks([max(days) for days, _a in bought.values()])
        frequency = middle_ranks([len(days) for days, _a in bought.values()])
        amounts = [amount for _d, amount in bought.values()]
        money = middle_ranks(amounts)
        found = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), len(facts))
        for profile in found:
            days, amount = facts[profile.partner_id.ref]
            self.assertAlmostEqual(profile.amount_total, amount, 2)
            self.assertEqual(profile.order_count, len(days))
            if not days:
                self.assertEqual((profile.status, profile.tier), ("prospect", False))
                continue
            self.assertEqual(profile.last_purchase_date, max(days))
            self.assertEqual(profile.first_purchase_date, min(days))
            self.assertEqual(profile.r_score, score(max(days), recency))
            self.assertEqual(profile.f_score, score(len(days), frequency))
            self.assertEqual(profile.m_score, score(amount, money))
            self.assertEqual(profile.tier, tier(amount, amounts))
            self.assertEqual(profile.status, self.status(days))

    def status(self, days):
        today = fields.Date.today()
        since = (today - max(days)).days
        if since > self.company.oneonone_lost_days:
            return "lost"
        if since > self.company.oneonone_active_days:
            return "at_risk"
        return "new" if (today - min(days)).days <= self.company.oneonone_new_days else "active"

    def test_random_histories(self):
        for seed in range(4):
            with self.subTest(seed=seed), self.env.cr.savepoint(flush=False):
                dice = random.Random(seed)
                lines = list(self.lines(dice, dice.choice([1, 5, 40])))
                text = "".join(f"{c},{d},{o},T-P,1,{a}\n" for c, d, o, a in lines)
                self.history(HEADER + text)
                self.profiles._refresh(company=self.company)
                self.check(lines)
                self.env.cr.execute(
                    "DELETE FROM oneonone_history_line WHERE company_id = %s", self.company.ids
                )
                self.env.invalidate_all()
                self.profiles._refresh(company=self.company)
