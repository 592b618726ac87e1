from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from ..rules import rule_for


class SyncCase(TransactionCase):
    """A company that makes chairs to order, and the words the scenarios are told in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True).env
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.mto = cls.env.ref("stock.route_warehouse0_mto")
        cls.mto.active = True
        cls.manufacture = cls.env.ref("mrp.route_warehouse0_manufacture")
        cls.customer = cls.env["res.partner"].create({"name": "Ada"})
        cls.leg = cls.product("Leg", made=False)
        cls.chair = cls.product("Chair")
        cls.bom(cls.chair, {cls.leg: 4})
        cls.planner = new_test_user(cls.env, "planner", "mrp.group_mrp_user,stock.group_stock_user")
        cls.chair.responsible_id = cls.planner

    @classmethod
    def product(cls, name, made=True, **values):
        routes = (cls.mto | cls.manufacture) if made else cls.env["stock.route"]
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "lst_price": 100.0,
                "route_ids": [Command.set(routes.ids)],
                **values,
            }
        )

    @classmethod
    def bom(cls, product, components, **values):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1.0,
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components.items()
                ],
                **values,
            }
        )

    @classmethod
    def order(cls, *lines, confirm=True, **values):
        """Make and confirm an order; a line is (product, quantity[, unit])."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **({"product_uom_id": unit[0].id} if unit else {}),
                        }
                    )
                    for product, quantity, *unit in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def productions(cls, order, product=None):
        """All manufacturing orders of a sale order that are not cancelled."""
        found = order.sudo().stock_reference_ids.production_ids
        return found.filtered(
            lambda p: p.state != "cancel" and (not product or p.product_id == product)
        ).sorted("id")

    def planned(self, order, product):
        """What is made or planned of a product for the order, in the product's unit."""
        return sum(
            p.product_uom_id._compute_quantity(p.product_qty, product.uom_id)
            for p in self.productions(order, product)
        )

    def delivering(self, order, product):
        """What the deliveries of the order will have brought, in the product's unit."""
        moves = order.order_line.move_ids.filtered(
            lambda m: (
                m.product_id == product
                and m.state != "cancel"
                and m.location_dest_id.usage == "customer"
            )
        )
        return sum(moves.mapped("product_qty"))

    def assert_agrees(self, order, product, quantity):
        """Planned, delivered and consumed say the same."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.planned(order, product), quantity, "manufacturing")
        self.assertEqual(self.delivering(order, product), quantity, "delivery")
        self.assert_components(self.productions(order, product))

    def assert_components(self, productions):
        """The components' demand is that of a fresh explosion of the bill of materials."""
        for production in productions:
            fresh = {}
            for values in production._get_moves_raw_values():
                key = values["bom_line_id"]
                fresh[key] = fresh.get(key, 0.0) + values["product_uom_qty"]
            actual = {}
            for move in production.move_raw_ids.filtered(lambda m: m.state != "cancel"):
                key = move.bom_line_id.id
                actual[key] = actual.get(key, 0.0) + move.product_uom_qty
            self.assertEqual(actual, fresh, production.display_name)

    def on_bench(self, production, quantity):
        """The floor begins: so much of the order lies on the bench."""
        production.qty_producing = quantity
        production._set_qty_producing()

    def produce(self, production, quantity=None, backorder=True):
        """The floor finishes so much of the order."""
        self.on_bench(production, quantity or production.product_qty)
        action = production.with_context(skip_consumption=True).button_mark_done()
        if isinstance(action, dict):
            wizard = self.env["mrp.production.backorder"].with_context(action["context"]).create({})
            if backorder:
                wizard.action_backorder()
            else:
                wizard.action_close_mo()

    def set_policy(self, policy, company=None, rule="quantity"):
        company = company or self.env.company
        row = self.env["crm_erp_sync.policy"].search(
            [("rule", "=", rule), ("company_id", "=", company.id)]
        )
        row.policy = policy
        return row

    def activities(self, production):
        return production.activity_ids.filtered("crm_erp_sync_rule")

    def ledger(self, *records):
        """The lines of the ledger about these documents, oldest first."""
        ledger = self.env["crm_erp_sync.ledger"]
        return ledger.search(ledger._about(*records)).sorted("id")

    def rule(self, env=None):
        return rule_for(env or self.env, "quantity")

    def user(self, login, groups, **values):
        return new_test_user(self.env, login, groups, **values)
