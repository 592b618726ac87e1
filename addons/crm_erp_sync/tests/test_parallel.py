"""Sales and the floor at the same moment: two real transactions of PostgreSQL."""

import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestParallel(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The runner holds the lock of the registries while it runs tests; threads would wait.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        self.addCleanup(self.clean)
        with self.transaction() as env:
            self.ids = self.make(env)

    @contextmanager
    def transaction(self):
        """An environment on a cursor of its own, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def make(self, env):
        """Make an order of five chairs that are being made to order."""
        mto = env.ref("stock.route_warehouse0_mto")
        mto.active = True
        routes = mto | env.ref("mrp.route_warehouse0_manufacture")
        leg, chair = env["product.product"].create(
            [
                {"name": "Parallel leg", "is_storable": True},
                {
                    "name": "Parallel chair",
                    "is_storable": True,
                    "route_ids": [Command.set(routes.ids)],
                },
            ]
        )
        env["mrp.bom"].create(
            {
                "product_tmpl_id": chair.product_tmpl_id.id,
                "bom_line_ids": [Command.create({"product_id": leg.id, "product_qty": 4})],
            }
        )
        partner = env["res.partner"].create({"name": "Parallel"})
        line = {"product_id": chair.id, "product_uom_qty": 5}
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        production = order.stock_reference_ids.production_ids
        return {"order": order.id, "production": production.id, "products": (leg | chair).ids}

    def clean(self):
        with self.transaction() as env:
            order = env["sale.order"].browse(self.ids["order"])
            productions = order.stock_reference_ids.production_ids
            productions.qty_producing = 0
            productions.move_raw_ids.picked = False
            env["crm_erp_sync.policy"].search([]).policy = "off"
            order._action_cancel()
            productions.action_cancel()
            env["crm_erp_sync.policy"].search([]).policy = "keep"
            env.cr.execute(
                "DELETE FROM crm_erp_sync_ledger WHERE cause_model = %s AND cause_id = %s",
                ("sale.order", order.id),
            )
            env["product.product"].browse(self.ids["products"]).action_archive()

    @mute_logger("odoo.sql_db")  # the serialisation errors are what is tried here
    def together(self, first, second):
        """Run both in threads; the second begins its transaction before the first commits."""
        begun, worked, errors = threading.Event(), threading.Event(), []

        def run(before, work, after):
            def once(env):
                before(env)
                work(env)
                env.flush_all()
                after()

            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    retrying(lambda: once(env), env)
            except Exception as error:
                errors.append(error)

        def snapshot(env):
            env["res.users"].search_count([])
            begun.set()
            worked.wait(20)

        def hold():
            worked.set()
            threading.Event().wait(0.5)  # the other one runs into our lock now

        threads = [
            threading.Thread(target=run, args=(lambda env: begun.wait(20), first, hold)),
            threading.Thread(target=run, args=(snapshot, second, lambda: None)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        self.assertFalse(errors)

    def lower(self, env):
        env["sale.order"].browse(self.ids["order"]).order_line.product_uom_qty = 3

    def bench(self, env):
        production = env["mrp.production"].browse(self.ids["production"])
        production.qty_producing = 4
        production._set_qty_producing()

    def state(self):
        with self.transaction() as env:
            order = env["sale.order"].browse(self.ids["order"])
            production = env["mrp.production"].browse(self.ids["production"])
            delivery = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
            return {
                "ordered": order.order_line.product_uom_qty,
                "planned": production.product_qty,
                "bench": production.qty_producing,
                "delivery": sum(delivery.mapped("product_uom_qty")),
                "told": bool(production.activity_ids.filtered("crm_erp_sync_rule")),
            }

    def test_floor_first(self):
        """Sales did not see the bench when they began: they wait, see it, and respect it."""
        self.together(self.bench, self.lower)
        self.assertEqual(
            self.state(),
            {"ordered": 3, "planned": 4, "bench": 4, "delivery": 3, "told": True},
        )

    def test_sales_first(self):
        """The floor records four on an order of three by then: nothing is lost."""
        self.together(self.lower, self.bench)
        state = self.state()
        self.assertEqual((state["ordered"], state["planned"], state["delivery"]), (3, 3, 3))
        self.assertEqual(state["bench"], 4, "what the floor made is what it made")

    def test_two_sellers(self):
        """Two changes of one line: the later one counts, and everything agrees with it."""

        def raise_line(env):
            env["sale.order"].browse(self.ids["order"]).order_line.product_uom_qty = 7

        self.together(self.lower, raise_line)
        state = self.state()
        self.assertEqual((state["ordered"], state["planned"], state["delivery"]), (7, 7, 7))
