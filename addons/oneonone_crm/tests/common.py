import tempfile
from pathlib import Path

from odoo.tests import TransactionCase

from ..importer import ImportRunner

HEADER = "customer_id,date,order_id,product,quantity,amount\n"
LINES = (
    "T-C1,2024-03-05 14:30,T-1,T-CHAIR,2,40.00\n"
    "T-C1,2024-03-05 14:30,T-1,T-CHAIR,2,40.00\n"
    "T-C2,2024-04-01,T-2,T-TABLE,1,100.00\n"
    "T-C2,2024-04-09,T-3,T-TABLE,-1,-100.00\n"
)


class ProfileCase(TransactionCase):
    """A company of its own, so that other records change no cut point."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Test Oaks"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
        )
        cls.company = cls.company.with_env(cls.env)
        cls.profiles = cls.env["oneonone.profile"]
        cls.product = cls.env["product.product"].create(
            {"name": "Oak chair", "list_price": 20, "taxes_id": False}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Lin Hua", "is_company": True})

    def order(self, partner=None, quantity=1, price=20, confirm=True, **vals):
        """A sales order of one line, confirmed unless told otherwise."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "company_id": self.company.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": False,
                        },
                    )
                ],
            }
        )
        if confirm:
            order.action_confirm()
        order.write(vals)
        self.env.cr.flush()
        return order

    def profile(self, partner=None):
        """The stored profile, as a transaction that ends now would leave it."""
        self.env.cr.flush()
        return self.profiles.search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", self.company.id),
            ]
        )

    def history(self, text, company=None):
        """Import a text in this transaction; the import and the rejected lines' text."""
        record = self.env["oneonone.history.import"].create(
            {"file_name": "old.csv", "company_id": (company or self.company).id}
        )
        data = text if isinstance(text, bytes) else text.encode()
        with (
            tempfile.TemporaryDirectory() as folder,
            self.enter_registry_test_mode(),
        ):
            rejected = Path(folder) / "rejected.csv"
            try:
                ImportRunner(self.env.registry, record.id).run(data, rejected)
            finally:
                record.invalidate_recordset()
            return record, rejected.read_text("utf-8-sig")
