"""Whoever moves an order on, the hook hears of its customer once a transaction."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models.oneonone_profile import OneononeProfile
from .common import OrdersCase


@tagged("post_install", "-at_install")
class TestChanged(OrdersCase):
    def heard(self, change):
        """Return the customers that the hook was told of, one list a call."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        calls = []
        with patch.object(
            OneononeProfile,
            "_oneonone_orders_changed",
            lambda _self, partners: calls.append(partners.ids),
        ):
            change()
            self.env.flush_all()
            self.env.cr.precommit.run()
        return calls

    def test_each_step(self):
        order = self.order((self.chair, 4), confirm=False)
        once = [self.customer.ids]
        self.assertEqual(self.heard(order.action_confirm), once)
        production = self.productions(order)
        self.assertEqual(self.heard(lambda: self.on_bench(production, 2)), once)
        self.assertEqual(self.heard(lambda: order.order_line.write({"product_uom_qty": 3})), once)
        self.assertEqual(self.heard(lambda: self.produce(production)), once)
        order.picking_ids.move_ids.picked = True
        self.assertEqual(self.heard(order.picking_ids.button_validate), once)

    def test_two_customers_one_call(self):
        other = self.env["res.partner"].create({"name": "Bea"})
        orders = self.order((self.chair, 1)) | self.order((self.chair, 1), partner_id=other.id)
        (told,) = self.heard(orders._action_cancel)
        self.assertEqual(set(told), {self.customer.id, other.id})

    def test_nobody_concerned(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.chair.id, "product_qty": 1}
        )
        self.assertEqual(self.heard(production.action_confirm), [])
