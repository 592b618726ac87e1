"""The ordered quantity goes up and down; manufacturing and delivery say the same."""

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import SyncCase


@tagged("post_install", "-at_install")
class TestQuantity(SyncCase):
    def test_steps(self):
        """Every way of going up and down ends with what is ordered."""
        for steps in (
            [5, 3],
            [5, 8],
            [5, 8, 5, 8],
            [5, 3, 8],
            [5, 1, 2, 1],
            [2, 9, 4, 4.5],
            [3, 9, 2, 6],
        ):
            with self.subTest(steps=steps):
                order = self.order((self.chair, steps[0]))
                for quantity in steps[1:]:
                    order.order_line.product_uom_qty = quantity
                    self.assert_agrees(order, self.chair, quantity)
                self.assertEqual(len(self.productions(order)), 1)

    def test_states(self):
        """Draft, confirmed, planned: not started orders follow."""
        bare = self.product("Bare")
        self.bom(bare, {})
        centre = self.env["mrp.workcenter"].create({"name": "Bench"})
        planned = self.product("Planned")
        self.bom(
            planned,
            {self.leg: 2},
            operation_ids=[
                Command.create(
                    {"name": "Glue", "workcenter_id": centre.id, "time_cycle_manual": 10}
                )
            ],
        )
        for product, prepare in (
            (bare, lambda p: self.assertEqual(p.state, "draft")),
            (self.chair, lambda p: self.assertEqual(p.state, "confirmed")),
            (planned, lambda p: p.button_plan()),
        ):
            for steps in ([5, 3], [5, 8, 5, 8], [5, 0]):
                with self.subTest(product=product.name, steps=steps):
                    order = self.order((product, steps[0]))
                    prepare(self.productions(order))
                    for quantity in steps[1:]:
                        order.order_line.product_uom_qty = quantity
                        self.assert_agrees(order, product, quantity)

    def test_form(self):
        order = self.order((self.chair, 5))
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        self.assert_agrees(order, self.chair, 3)
        self.assertFalse(self.productions(order).activity_ids, "nothing is left to decide")

    def test_import(self):
        order = self.order((self.chair, 5))
        self.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": "line_1",
                "model": "sale.order.line",
                "res_id": order.order_line.id,
            }
        )
        result = self.env["sale.order.line"].load(
            ["id", "product_uom_qty"], [["__import__.line_1", "3"]]
        )
        self.assertFalse(result["messages"])
        self.assert_agrees(order, self.chair, 3)

    def test_zero_cancels(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        order.order_line.product_uom_qty = 0
        self.assertEqual(production.state, "cancel")
        self.assert_agrees(order, self.chair, 0)
        order.order_line.product_uom_qty = 4
        self.assert_agrees(order, self.chair, 4)

    def test_two_lines_of_one_product(self):
        order = self.order((self.chair, 3), (self.chair, 4))
        first, second = order.order_line
        second.product_uom_qty = 1
        self.assert_agrees(order, self.chair, 4)
        second.product_uom_qty = 6
        self.assert_agrees(order, self.chair, 9)
        by_line = {p.sale_line_id: p.product_qty for p in self.productions(order)}
        self.assertEqual(by_line, {first: 3, second: 6})

    def test_added_line_of_the_same_product(self):
        order = self.order((self.chair, 3))
        order.order_line = [Command.create({"product_id": self.chair.id, "product_uom_qty": 4})]
        self.assert_agrees(order, self.chair, 7)
        self.assertEqual(self.productions(order).sale_line_id, order.order_line)
        for line in order.order_line:
            self.assertTrue(line.move_ids.move_orig_ids, "each delivery waits for its order")

    def test_several_lines_in_one_write(self):
        table = self.product("Table")
        self.bom(table, {self.leg: 4})
        order = self.order((self.chair, 5), (table, 5))
        order.order_line.write({"product_uom_qty": 2})
        self.assert_agrees(order, self.chair, 2)
        self.assert_agrees(order, table, 2)

    def test_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order((self.chair, 2, dozen))
        self.assert_agrees(order, self.chair, 24)
        for dozens, units in ((1.5, 18), (1, 12), (2, 24)):
            order.order_line.product_uom_qty = dozens
            self.assert_agrees(order, self.chair, units)

    def test_bom_in_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        stool = self.product("Stool")
        self.bom(stool, {self.leg: 36}, product_uom_id=dozen.id)
        order = self.order((stool, 24))
        order.order_line.product_uom_qty = 18
        self.assertEqual(self.productions(order).product_qty, 1.5)
        self.assert_agrees(order, stool, 18)

    def test_multi_level(self):
        seat = self.product("Seat")
        self.bom(seat, {self.leg: 2})
        bench = self.product("Bench")
        self.bom(bench, {seat: 2})
        order = self.order((bench, 5))
        for quantity in (3, 8, 5, 8, 1):
            order.order_line.product_uom_qty = quantity
            self.assert_agrees(order, bench, quantity)
            self.assertEqual(self.planned(order, seat), 2 * quantity)
            self.assert_components(self.productions(order, seat))
        order.order_line.product_uom_qty = 0
        self.assertFalse(self.productions(order))

    def test_kit(self):
        panel = self.product("Panel")
        self.bom(panel, {self.leg: 1})
        kit = self.product("Kit", made=False)
        self.bom(kit, {panel: 2, self.leg: 1}, type="phantom")
        order = self.order((kit, 5))
        for kits in (2, 6, 3, 9, 1, 4):
            order.order_line.product_uom_qty = kits
            self.assertEqual(self.delivering(order, panel), 2 * kits)
            self.assertEqual(self.planned(order, panel), 2 * kits)

    def test_manufacturing_steps(self):
        for steps in ("pbm", "pbm_sam"):
            with self.subTest(steps=steps):
                self.warehouse.manufacture_steps = steps
                order = self.order((self.chair, 5))
                order.order_line.product_uom_qty = 3
                self.assert_agrees(order, self.chair, 3)
                picks = self.productions(order).picking_ids.move_ids.filtered(
                    lambda m: m.product_id == self.leg and m.state != "cancel"
                )
                self.assertEqual(sum(picks.mapped("product_uom_qty")), 12)

    def test_delivery_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.order((self.chair, 5))
        for quantity in (3, 8, 2):
            order.order_line.product_uom_qty = quantity
            self.env.flush_all()
            self.assertEqual(self.planned(order, self.chair), quantity)

    def test_whole_components(self):
        """Rounding up does not compound when an order grows in steps."""
        whole = self.env["uom.uom"].create({"name": "Piece", "relative_factor": 1.0})
        tin = self.product("Tin", made=False, uom_id=whole.id)
        painted = self.product("Painted")
        bom = self.bom(painted, {tin: 1}, product_qty=3.0)
        bom.bom_line_ids.product_uom_id = whole
        self.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 0
        order = self.order((painted, 1))
        for quantity in range(2, 10):
            order.order_line.product_uom_qty = quantity
        self.assertEqual(self.productions(order).move_raw_ids.product_uom_qty, 3)
        order.order_line.product_uom_qty = 4
        self.assertEqual(self.productions(order).move_raw_ids.product_uom_qty, 2)

    def test_edited_component_keeps_its_share(self):
        order = self.order((self.chair, 5))
        self.productions(order).move_raw_ids.product_uom_qty = 25
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.productions(order).move_raw_ids.product_uom_qty, 15)

    def test_cancel_order(self):
        order = self.order((self.chair, 5))
        production = self.productions(order)
        order._action_cancel()
        self.assertEqual(production.state, "cancel")
        self.assertFalse(production.activity_ids)

    def test_cancel_order_multi_level(self):
        bench = self.product("Bench")
        self.bom(bench, {self.chair: 2})
        order = self.order((bench, 5))
        self.assertEqual(len(self.productions(order)), 2)
        order._action_cancel()
        self.assertFalse(self.productions(order))

    def test_confirm_again(self):
        """Cancelled, set to quotation, confirmed again: once what is ordered, not more."""
        order = self.order((self.chair, 5))
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assert_agrees(order, self.chair, 5)

    def test_delivery_cancelled_then_raised(self):
        order = self.order((self.chair, 5))
        order.picking_ids.action_cancel()
        order.order_line.product_uom_qty = 8
        self.assert_agrees(order, self.chair, 8)

    def test_split(self):
        order = self.order((self.chair, 5))
        self.productions(order)._split_productions({self.productions(order): [2, 3]})
        order.order_line.product_uom_qty = 2
        self.assert_agrees(order, self.chair, 2)

    def test_planner_lowers_parent(self):
        """A parent order that the planner lowers takes its children along."""
        bench = self.product("Bench")
        self.bom(bench, {self.chair: 2})
        order = self.order((bench, 5))
        self.env["change.production.qty"].create(
            {"mo_id": self.productions(order, bench).id, "product_qty": 3}
        ).change_prod_qty()
        self.assertEqual(self.planned(order, self.chair), 6)

    def test_planners_own_decision_stays(self):
        """Three more for stock were the planner's decision: sales take only their own away."""
        order = self.order((self.chair, 5))
        self.env["change.production.qty"].create(
            {"mo_id": self.productions(order).id, "product_qty": 8}
        ).change_prod_qty()
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.planned(order, self.chair), 6)
        self.assertEqual(self.delivering(order, self.chair), 3)
