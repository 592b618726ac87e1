"""The arithmetic, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.quantities import Open, take_away

amounts = st.integers(0, 10_000).map(lambda n: n / 100)


@tagged("post_install", "-at_install")
class TestTakeAway(BaseCase):
    @given(st.lists(st.tuples(amounts, amounts)), amounts)
    def test_what_always_holds(self, pairs, surplus):
        orders = [Open(key, quantity, floor) for key, (quantity, floor) in enumerate(pairs)]
        changed, left = take_away(orders, surplus)
        taken = sum(orders[key].quantity - quantity for key, quantity in changed.items())
        self.assertAlmostEqual(taken + left, surplus, 4)
        for key, quantity in changed.items():
            self.assertGreaterEqual(quantity, orders[key].floor)
            self.assertLess(quantity, orders[key].quantity)
        if left:
            free = [changed.get(o.key, o.quantity) - o.floor for o in orders]
            self.assertTrue(all(rest <= 1e-6 for rest in free))
