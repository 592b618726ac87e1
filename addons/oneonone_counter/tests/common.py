import json

from odoo import Command
from odoo.tests import new_test_user


def bus_messages(env, station, since=0):
    """(type, payload) of what was sent to the screens of `station` in this transaction."""
    env.cr.precommit.run()
    channel = json.dumps([env.cr.dbname, station._name, station.id], separators=(",", ":"))
    sent = env["bus.bus"].sudo().search([("channel", "=", channel), ("id", ">", since)], order="id")
    messages = [json.loads(message) for message in sent.mapped("message")]
    return [(message["type"], message["payload"]) for message in messages]


class CounterCase:
    """A counter with a clerk, customers with cards, and a table that is made to order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.clerk = new_test_user(
            cls.env,
            login="counter_clerk",
            password="counter_clerk",
            groups="oneonone_counter.group_clerk",
            tz="UTC",
        )
        cls.station = cls.env["auto_id.station"].create(
            {"name": "Test counter", "purpose": "counter"}
        )
        cls.counter = cls.station.with_user(cls.clerk)
        cls.ada, cls.bob = cls.env["res.partner"].create(
            [
                {"name": "Ada Counter", "phone": "+44 20 5550 0142", "email": "ada@example.com"},
                {"name": "Bob Counter", "ref": "BOB-7"},
            ]
        )
        cls.env["auto_id.tag"].bind("ADA-CARD", cls.ada)
        cls.env["auto_id.tag"].bind("BOB-CARD", cls.bob)
        cls.table, cls.tea = cls._create_products()

    @classmethod
    def _create_products(cls):
        routes = cls.env.ref("stock.route_warehouse0_mto") | cls.env.ref(
            "mrp.route_warehouse0_manufacture"
        )
        routes.active = True
        board, table, tea = cls.env["product.product"].create(
            [
                {"name": "Counter board", "is_storable": True, "sale_ok": False},
                {
                    "name": "Counter table",
                    "is_storable": True,
                    "list_price": 100,
                    "route_ids": [Command.set(routes.ids)],
                    "taxes_id": False,
                },
                {"name": "Counter tea", "list_price": 5, "taxes_id": False},
            ]
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": table.product_tmpl_id.id,
                "bom_line_ids": [Command.create({"product_id": board.id, "product_qty": 2})],
            }
        )
        return table, tea

    def show(self, partner):
        """Open the visit of `partner` by hand, as the clerk; returns the visit."""
        payload = self.counter.counter_show(partner.id)
        return self.env["oneonone.visit"].with_user(self.clerk).browse(payload["id"])

    def order_tables(self, quantity=5, partner=None):
        """A confirmed order of `quantity` tables, and the visit it was made in."""
        visit = self.show(partner or self.ada)
        lines = [{"product_id": self.table.id, "quantity": quantity}]
        order = visit.create_quotation(lines, "request-1")
        return visit, visit.confirm_order(order["id"])
