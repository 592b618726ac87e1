from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import reads as counter_reads

USUAL_PRODUCTS = 8


class OneononeVisit(models.Model):
    _name = "oneonone.visit"
    _description = "Counter Visit"
    _order = "started_at desc, id desc"
    _check_company_auto = True

    station_id = fields.Many2one(
        "auto_id.station",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The counter where the customer was.",
    )
    company_id = fields.Many2one(
        related="station_id.company_id", store=True, index=True, help="Company of the counter."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The customer who was identified.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Clerk",
        readonly=True,
        index="btree_not_null",
        help="Who worked at the counter then.",
    )
    started_at = fields.Datetime(
        string="From",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When the customer was identified.",
    )
    ended_at = fields.Datetime(
        string="To",
        readonly=True,
        help="When the clerk or the next customer ended the visit.",
    )
    duration = fields.Float(
        string="Minutes",
        compute="_compute_duration",
        store=True,
        aggregator="avg",
        help="How long the visit lasted.",
    )
    read_id = fields.Many2one(
        "auto_id.read",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The read that identified the customer; empty when the clerk searched by hand.",
    )
    order_ids = fields.One2many(
        "sale.order", "visit_id", string="Orders", help="Quotations and orders made in this visit."
    )
    order_count = fields.Integer(
        string="Number of Orders",
        compute="_compute_order_count",
        help="How many quotations and orders were made in this visit.",
    )

    _one_at_a_time = models.UniqueIndex(
        "(station_id) WHERE ended_at IS NULL", "A counter serves one customer at a time."
    )
    _started_idx = models.Index("(company_id, started_at)")

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for visit in self:
            ended = visit.ended_at
            visit.duration = (ended - visit.started_at).total_seconds() / 60 if ended else 0

    @api.depends("order_ids")
    def _compute_order_count(self):
        for visit in self:
            visit.order_count = len(visit.order_ids)

    @api.depends("partner_id", "started_at")
    def _compute_display_name(self):
        for visit in self:
            started = fields.Datetime.context_timestamp(visit, visit.started_at)
            visit.display_name = f"{visit.partner_id.display_name}, {started:%Y-%m-%d %H:%M}"

    # ---- a visit begins and ends --------------------------------------------------------------

    def _is_going_on(self):
        """Whether the customer can still be here: not said goodbye to, and not hours ago."""
        now = fields.Datetime.now()
        return (
            bool(self) and not self.ended_at and counter_reads.is_same_visit(self.started_at, now)
        )

    @api.model
    def _at_the_counter(self, partners):
        """The visits of these commercial partners, or contacts of theirs, that go on now."""
        return self.search(
            [("ended_at", "=", False), ("partner_id.commercial_partner_id", "in", partners.ids)]
        )

    def _end(self):
        """End these visits, as far as they have not ended; their counters are free again."""
        going_on = self.filtered(lambda visit: not visit.ended_at)
        if not going_on:
            return
        going_on.write({"ended_at": fields.Datetime.now()})
        # at once: the next visit at this counter may be created in the same transaction
        going_on.flush_recordset(["ended_at"])
        self.env["auto_id.station"].sudo().search(
            [("current_visit_id", "in", going_on.ids)]
        ).current_visit_id = False

    def end_visit(self):
        """Say goodbye: the counter waits for the next customer."""
        self.ensure_one()
        self.station_id._check_counter()
        self.sudo()._end()
        self.station_id._bus_send(
            "oneonone_counter.ended", {"station_id": self.station_id.id, "visit_id": self.id}
        )
        return True

    @api.autovacuum
    def _gc_forgotten_visits(self):
        """End the visits that nobody said goodbye to."""
        oldest = fields.Datetime.now() - counter_reads.LONGEST_VISIT
        self.search([("ended_at", "=", False), ("started_at", "<", oldest)])._end()

    # ---- what the screen shows ----------------------------------------------------------------

    def visit_payload(self):
        """The visit as JSON, for a screen that was told its id only."""
        self.ensure_one()
        self.station_id._check_counter()
        return self._in_company()._payload()

    def _in_company(self):
        """This visit, seen in its counter's company."""
        return self.with_company(self.company_id)

    def _payload(self):
        """The visit as JSON: the customer's card, the quotations made here, the usual products."""
        self.ensure_one()
        visit = self._in_company()
        card = visit.env["oneonone.profile"].card(visit.partner_id.id)
        return {
            "id": visit.id,
            "started_at": fields.Datetime.to_string(visit.started_at),
            "card": card,
            "quotations": visit._open_quotations(),
            "usual": visit._usual_products(card) if card["profiling"] else [],
        }

    def _usual_products(self, card):
        """What the customer bought lately and can buy again, the latest first."""
        ids = dict.fromkeys(p["product_id"] for p in card["purchases"] if p.get("product_id"))
        products = self.env["product.product"].search([("id", "in", list(ids)), *self._for_sale()])
        order = {product_id: place for place, product_id in enumerate(ids)}
        usual = products.sorted(lambda product: order[product.id])[:USUAL_PRODUCTS]
        return self._product_payloads(usual)

    def action_view_orders(self):
        """The orders made in this visit."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return action | {"domain": [("visit_id", "=", self.id)], "context": {"create": False}}

    @api.ondelete(at_uninstall=False)
    def _unlink_ended_only(self):
        if self.filtered(lambda visit: visit._is_going_on()):
            raise UserError(
                self.env._("The customer is still at the counter. End the visit, then delete it.")
            )
