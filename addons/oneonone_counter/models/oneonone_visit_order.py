import math

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import escape_psql

FOUND_PRODUCTS = 12
MOST_LINES = 100
MOST_UNITS = 1_000_000


class OneononeVisit(models.Model):
    _name = "oneonone.visit"
    _inherit = "oneonone.visit"

    # ---- products ---------------------------------------------------------------------------

    def search_products(self, term):
        """Products for sale by name, reference or barcode, with this customer's price."""
        visit = self._checked()
        term = escape_psql((term or "").strip())
        domain = Domain(visit._for_sale())
        if term:
            domain &= Domain.OR(
                Domain(field, "ilike", term) for field in ("name", "default_code", "barcode")
            )
        products = visit.env["product.product"].search(domain, limit=FOUND_PRODUCTS)
        return visit._product_payloads(products)

    def _for_sale(self):
        return [("sale_ok", "=", True), ("company_id", "in", [False, self.company_id.id])]

    def _product_payloads(self, products):
        prices = self._prices(products)
        return [
            {
                "id": product.id,
                "name": product.with_context(display_default_code=False).display_name,
                "code": product.default_code or "",
                "uom": product.uom_id.name,
                "price": prices[product.id],
                "image_url": f"/web/image/product.product/{product.id}/image_128",
            }
            for product in products
        ]

    def _prices(self, products):
        """The price of one unit for this customer, in the currency of the card (the company's)."""
        pricelist = self.partner_id.property_product_pricelist
        currency = self.company_id.currency_id
        return pricelist._get_products_price(products, 1.0, currency=currency)

    # ---- quotations and orders --------------------------------------------------------------

    def create_quotation(self, lines, request):
        """A quotation of `lines` ([{product_id, quantity}]); the same request makes it once."""
        visit = self._checked()
        order = visit.order_ids.filtered(lambda o: request and o.visit_request == request)
        if not order:
            order = visit.env["sale.order"].create(
                {
                    "partner_id": visit.partner_id.id,
                    "company_id": visit.company_id.id,
                    "visit_id": visit.id,
                    "visit_request": request or False,
                    "origin": visit.station_id.name,
                    "order_line": [fields.Command.create(v) for v in visit._line_values(lines)],
                }
            )
        return order[:1]._counter_order()

    def _line_values(self, lines):
        """The values of order lines, from what a screen sent; refuses what cannot be meant."""
        if not lines or len(lines) > MOST_LINES:
            raise UserError(self.env._("Add a product first (at most %s lines).", MOST_LINES))
        wanted = {}
        for line in lines:
            product_id = int(line["product_id"])
            quantity = self._quantity(line["quantity"])
            wanted[product_id] = wanted.get(product_id, 0) + quantity
        found = self.env["product.product"].search([("id", "in", list(wanted)), *self._for_sale()])
        if len(found) < len(wanted):
            raise UserError(
                self.env._("A product of this quotation is not for sale any more. Remove it.")
            )
        return [
            {"product_id": product_id, "product_uom_qty": quantity}
            for product_id, quantity in wanted.items()
            if quantity
        ]

    def _quantity(self, value):
        """A quantity that can be meant: a number from nothing to a million."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
            or not 0 <= value <= MOST_UNITS
        ):
            raise UserError(
                self.env._("“%s” is not a quantity. Enter a number from 0 to 1,000,000.", value)
            )
        return float(value)

    def order_detail(self, order_id):
        """One order of this customer with its lines and its manufacturing orders."""
        return self._checked()._order_of_customer(order_id)._counter_order()

    def confirm_order(self, order_id):
        """Confirm a quotation of this customer; confirmed already is as good."""
        order = self._checked()._order_of_customer(order_id)
        if order.state in ("draft", "sent"):
            order.action_confirm()
        return order._counter_order()

    def set_quantity(self, line_id, quantity):
        """Order more or less of a line; `crm_erp_sync` makes manufacturing and delivery follow."""
        visit = self._checked()
        quantity = self._quantity(quantity)
        line = visit.env["sale.order.line"].browse(line_id).exists()
        order = visit._order_of_customer(line.order_id.id)
        if quantity < line.qty_delivered:
            raise UserError(
                self.env._(
                    "%(delivered)s of “%(product)s” have been delivered already: "
                    "the order cannot be for less. Take back the goods with a return.",
                    delivered=line.qty_delivered,
                    product=line.product_id.display_name,
                )
            )
        if not quantity and order.state in ("draft", "sent"):
            line.unlink()
        else:
            line.product_uom_qty = quantity
        return order._counter_order()

    def _checked(self):
        """This visit, seen in its company, after checking that the user works at its counter."""
        self.ensure_one()
        self.station_id._check_counter()
        return self._in_company()

    def _order_of_customer(self, order_id):
        """The order, if it is one of this visit's customer."""
        order = self.env["sale.order"].browse(order_id).exists()
        ours = order.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        if not order or not ours:
            raise UserError(self.env._("This order belongs to another customer, or is gone."))
        order.check_access("read")
        return order

    def _open_quotations(self):
        """The quotations of this visit that are not confirmed yet."""
        drafts = self.order_ids.filtered(lambda order: order.state in ("draft", "sent"))
        return [order._counter_order() for order in drafts]
