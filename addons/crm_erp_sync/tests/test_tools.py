"""The arithmetic, without a database."""

import random

from odoo.tests import BaseCase, tagged

from ..tools.quantities import Open, take_away


@tagged("post_install", "-at_install")
class TestTakeAway(BaseCase):
    def test_what_always_holds(self):
        """For any orders: nothing is lost, nothing goes below its floor, nothing is left over."""
        # Hypothesis reads the constants of every loaded module first: half a minute in Odoo.
        dice = random.Random(19)
        for _round in range(2000):
            orders = [
                Open(key, dice.randint(0, 900) / 100, dice.randint(0, 600) / 100)
                for key in range(dice.randint(0, 6))
            ]
            surplus = dice.randint(0, 3000) / 100
            changed, left = take_away(orders, surplus)
            taken = sum(orders[key].quantity - quantity for key, quantity in changed.items())
            self.assertAlmostEqual(taken + left, surplus, 4)
            for key, quantity in changed.items():
                self.assertGreaterEqual(quantity, orders[key].floor)
                self.assertLess(quantity, orders[key].quantity)
            if left:
                rest = [o.floor >= changed.get(o.key, o.quantity) - 1e-6 for o in orders]
                self.assertTrue(all(rest))

    def test_first_come_first(self):
        orders = [Open(3, 2, 0), Open(2, 3, 0), Open(1, 4, 1)]
        self.assertEqual(take_away(orders, 4), ({3: 0, 2: 1}, 0.0))
        self.assertEqual(take_away(orders, 20), ({3: 0, 2: 0, 1: 1}, 12))
        self.assertEqual(take_away(orders, 0), ({}, 0.0))
