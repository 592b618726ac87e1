"""From outside: JSON-2 with a bearer key, as an integration does it."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import SyncCase


@tagged("post_install", "-at_install")
class TestRoutes(HttpCase, SyncCase):
    def test_json2(self):
        seller = self.user("seller", "sales_team.group_sale_salesman")
        order = self.order((self.chair, 5), user_id=seller.id)
        key = (
            self.env["res.users.apikeys"]
            .with_user(seller)
            ._generate("rpc", "sync test", self.env.cr.now() + timedelta(days=1))
        )
        answer = self.url_open(
            "/json/2/sale.order.line/write",
            json={"ids": order.order_line.ids, "vals": {"product_uom_qty": 3}},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assert_agrees(order, self.chair, 3)
        answer = self.url_open(
            "/json/2/crm_erp_sync.ledger/unlink",
            json={"ids": self.ledger(order).ids},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertGreaterEqual(answer.status_code, 400)
        self.assertEqual(len(self.ledger(order)), 1)
