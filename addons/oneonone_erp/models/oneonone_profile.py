from odoo import api, fields, models

OPEN = [("state", "=", "sale"), ("delivery_status", "in", ("pending", "started", "partial"))]
SHOWN = 20
TOUCHED = "oneonone_erp.touched"


class OneononeProfile(models.Model):
    _inherit = "oneonone.profile"

    open_order_count = fields.Integer(
        compute="_compute_open_order_count",
        help="Confirmed orders of this customer that are not wholly delivered.",
    )

    @api.depends_context("company", "uid")
    def _compute_open_order_count(self):
        for profile in self:
            orders = self.env["sale.order"].with_company(profile.company_id)
            may = orders.has_access("read")
            domain = profile._open_orders_domain(profile.partner_id, profile.company_id)
            profile.open_order_count = orders.search_count(domain) if may else 0

    @api.model
    def _open_orders_domain(self, partner, company):
        """Return the open orders of a customer's family in one company."""
        entity = partner.commercial_partner_id
        return [
            ("partner_id", "child_of", entity.id),
            ("company_id", "=", company.id),
            *OPEN,
        ]

    def action_view_open_orders(self):
        """Show the open orders of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        domain = self._open_orders_domain(self.partner_id, self.company_id)
        return action | {"domain": domain, "context": {"create": False}}

    @api.model
    def _card(self, partner):
        card = super()._card(partner)
        return card | {"orders": self._card_orders(partner)}

    @api.model
    def _card_orders(self, partner):
        """Return the open orders that this user may see, the newest first."""
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return []
        domain = self._open_orders_domain(partner, self.env.company)
        found = orders.search(domain, order="date_order desc, id desc", limit=SHOWN)
        found._oneonone_productions().mapped("qty_produced")  # for all orders in one go
        return [order._oneonone_card_order() for order in found]

    # When orders move on ----------------------------------------------------------------------

    @api.model
    def _oneonone_touch(self, records):
        """Remember that these documents changed; one call of the hook at the transaction's end."""
        touched = self.env.cr.precommit.data.setdefault(TOUCHED, {})
        if not touched:
            self.env.cr.precommit.add(self._oneonone_tell)
        touched.setdefault(records._name, set()).update(id_ for id_ in records.ids if id_)

    @api.model
    def _oneonone_tell(self):
        """Find the customers of the touched documents and call the hook once."""
        partners = self.env["res.partner"]
        for model, ids in self.env.cr.precommit.data.pop(TOUCHED, {}).items():
            # sudo: who moves an order on (the floor, say) may not read its customer
            records = self.env[model].sudo().browse(sorted(ids)).exists()
            partners |= records._oneonone_partners().sudo(False)
        if partners:
            self._oneonone_orders_changed(partners)

    @api.model
    def _oneonone_orders_changed(self, partners):
        """Hook for bridges: orders of these commercial partners have moved on.

        Called once a transaction, before it commits, whoever caused the change (sales, the
        floor, the warehouse). What it sends through the bus leaves with the commit.
        """
