"""What is on the bench or made already is never taken away; somebody is told."""

from odoo.tests import tagged

from .common import SyncCase


@tagged("post_install", "-at_install")
class TestFloor(SyncCase):
    def test_lower_within_progress(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        self.on_bench(production, 2)
        self.assertEqual(production.state, "progress")
        order.order_line.product_uom_qty = 3
        self.assert_agrees(order, self.chair, 3)
        self.assertEqual(production.qty_producing, 2)
        self.assertEqual(production.move_raw_ids.quantity, 8, "the bench is as it was")
        self.assertEqual(production.state, "progress")
        self.assertFalse(self.activities(production))

    def test_never_below_the_bench(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        self.on_bench(production, 4)
        order.order_line.product_uom_qty = 3
        self.assertEqual(production.product_qty, 4)
        self.assertEqual(self.delivering(order, self.chair), 3)
        activity = self.activities(production)
        self.assertEqual(activity.user_id, self.planner)
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.activities(production), activity, "updated, not repeated")
        self.assertIn("2", activity.note)
        order.order_line.product_uom_qty = 5
        self.assert_agrees(order, self.chair, 5)
        self.assertFalse(self.activities(production), "settled by itself")

    def test_zero_with_a_bench(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        self.on_bench(production, 2)
        order.order_line.product_uom_qty = 0
        self.assertEqual(production.product_qty, 2)
        self.assertNotEqual(production.state, "cancel")
        self.assertTrue(self.activities(production))

    def test_zig_zag_over_a_bench(self):
        order = self.order((self.chair, 5))
        self.on_bench(self.productions(order), 4)
        for quantity in (2, 6, 3, 8):
            order.order_line.product_uom_qty = quantity
            self.env.flush_all()
            self.assertEqual(self.planned(order, self.chair), max(quantity, 4))

    def test_backorder(self):
        order = self.order((self.chair, 5))
        self.produce(self.productions(order), 2)
        self.assertEqual(self.productions(order).mapped("product_qty"), [2, 3])
        for quantity in (3, 8, 2, 5):
            order.order_line.product_uom_qty = quantity
            self.assertEqual(self.planned(order, self.chair), quantity)
            self.assertEqual(self.delivering(order, self.chair), quantity)

    def test_cancel_with_backorder(self):
        order = self.order((self.chair, 5))
        self.produce(self.productions(order), 2)
        done, rest = self.productions(order)
        order._action_cancel()
        self.assertEqual((done.state, rest.state), ("done", "cancel"))
        self.assertEqual(self.activities(done).user_id, self.planner)

    def test_more_made_than_ordered(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        self.produce(production)
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.delivering(order, self.chair), 3)
        self.assertEqual(self.activities(production).user_id, self.planner)
        order.order_line.product_uom_qty = 5
        self.assert_agrees(order, self.chair, 5)
        self.assertFalse(self.activities(production))

    def test_what_was_made_and_lost_is_made_again(self):
        order = self.order((self.chair, 5))
        self.produce(self.productions(order))
        order.order_line.product_uom_qty = 3
        quants = self.chair.stock_quant_ids.filtered(lambda q: q.location_id.usage == "internal")
        order.picking_ids.do_unreserve()
        quants.with_context(inventory_mode=True).inventory_quantity = 3
        quants.action_apply_inventory()
        order.picking_ids.action_assign()
        order.order_line.product_uom_qty = 5
        self.assertEqual(self.planned(order, self.chair), 7, "the lost two are made again")

    def test_raise_when_done(self):
        order = self.order((self.chair, 5))
        self.produce(self.productions(order))
        order.order_line.product_uom_qty = 8
        self.assertEqual(self.productions(order).mapped("product_qty"), [5, 3])
        self.assertEqual(self.delivering(order, self.chair), 8)

    def test_delivered_in_part(self):
        order = self.order((self.chair, 5))
        self.produce(self.productions(order), 2)
        picking = order.picking_ids
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(order.order_line.qty_delivered, 2)
        for quantity in (3, 7, 4):
            order.order_line.product_uom_qty = quantity
            self.env.flush_all()
            self.assertEqual(self.planned(order, self.chair), quantity)
            self.assertEqual(self.delivering(order, self.chair), quantity)
