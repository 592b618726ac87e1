import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import escape_psql

from ..tools import reads as counter_reads

# A notification with a larger card carries the visit's id only: the screen then asks for the rest.
LARGEST_NOTIFICATION = 48 * 1024
FOUND_CUSTOMERS = 12
# A tag that moves on within the field, or passes a portal, brings no customer to the counter.
SHOWING = ("read", "arrived")


class AutoIdStation(models.Model):
    _name = "auto_id.station"
    _inherit = ["auto_id.station", "bus.listener.mixin"]

    purpose = fields.Selection(
        selection_add=[("counter", "Counter")],
        ondelete={"counter": "set default"},
    )
    clerk_id = fields.Many2one(
        "res.users",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Who opened the counter screen last. What a reader shows there is made with the "
        "rights and in the language of this user.",
    )
    current_visit_id = fields.Many2one(
        "oneonone.visit",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The visit that is going on at this counter.",
    )
    visit_ids = fields.One2many("oneonone.visit", "station_id", string="Visits")
    visit_count = fields.Integer(compute="_compute_visit_count")

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        counts = dict(
            self.env["oneonone.visit"]._read_group(
                [("station_id", "in", self.ids)], ["station_id"], ["__count"]
            )
        )
        for station in self:
            station.visit_count = counts.get(station, 0)

    # ---- what the readers bring -------------------------------------------------------------

    def _on_reads(self, reads):
        result = super()._on_reads(reads)
        for station in self.filtered(lambda s: s.purpose == "counter"):
            shown = reads.filtered(lambda read: read.kind in SHOWING)
            read = counter_reads.latest_fresh(shown, fields.Datetime.now())
            if read:
                station._for_clerk()._act_on(read)
        return result

    def _on_health_changed(self):
        result = super()._on_health_changed()
        for station in self.filtered(lambda s: s.purpose == "counter"):
            readers = station._for_clerk()._counter_readers()
            station._bus_send(
                "oneonone_counter.readers", {"station_id": station.id, "readers": readers}
            )
        return result

    def _counter_readers(self):
        # sudo: a clerk sees how the readers of this counter fare, whoever may see their boxes
        return [reader._counter_health() for reader in self.sudo().reader_ids]

    def _for_clerk(self):
        """This counter in the language and the company that its screen works in."""
        self.ensure_one()
        clerk = self.sudo().clerk_id
        return self.with_company(self.company_id).with_context(
            lang=clerk.lang or self.env.lang, tz=clerk.tz or self.env.context.get("tz")
        )

    def _act_on(self, read):
        """Show the customer whose code was read, or say why there is none."""
        read = read.sudo()
        if read.state == "unknown":
            self._bus_send(
                "oneonone_counter.unknown_code", {"station_id": self.id, "code": read.code}
            )
            return
        record = read.tag_id._record() if read.state == "found" else self.env["base"]
        if record._name == "res.partner":
            self._notify_visit(self._open_visit(record, read=read))
        else:
            self._notify_refusal(read, record)

    def _notify_refusal(self, read, record):
        """Tell the screen about a read that shows no customer."""
        if record:
            kind = "not_customer"
            message = self.env._(
                "This code belongs to “%(record)s” (%(type)s), not to a customer.",
                record=record.display_name,
                type=self.env["ir.model"]._get(record._name).name,
            )
        else:
            kind = "refused"
            message = self.env._(
                "This card cannot be used: %(reason)s.",
                reason=read.with_env(self.env).sudo().message,
            )
        self._bus_send(
            "oneonone_counter.notice",
            {"station_id": self.id, "kind": kind, "code": read.code, "message": message},
        )

    def _open_visit(self, partner, read=None):
        """The visit of `partner` that is going on here now; another customer's one ends.

        Writing `current_visit_id` makes two openings at one moment collide on the station's row:
        PostgreSQL refuses the second and Odoo repeats it, so both are seen one after the other.
        """
        station = self.sudo()
        current = station.current_visit_id
        if current.partner_id == partner and current._is_going_on():
            return current
        current._end()
        visit = station.env["oneonone.visit"].create(
            {
                "station_id": station.id,
                "partner_id": partner.id,
                "user_id": station.clerk_id.id,
                "read_id": read.id if read else False,
            }
        )
        station.current_visit_id = visit
        return visit

    def _notify_visit(self, visit):
        """One notification that carries all that the screen needs to paint the customer.

        With the rights of the clerk, as the clerk sees it; without a known clerk, each screen
        asks for the customer with its own user's rights.
        """
        payload = {"id": visit.id}
        clerk = self.sudo().clerk_id
        if clerk.active and clerk.has_group("oneonone_counter.group_clerk"):
            try:
                payload = visit.with_user(clerk)._payload()
            except AccessError:
                payload = {"id": visit.id}
        if len(json.dumps(payload)) > LARGEST_NOTIFICATION:
            payload = {"id": visit.id}
        self._bus_send("oneonone_counter.visit", {"station_id": self.id, "visit": payload})

    # ---- what the screen asks for -----------------------------------------------------------

    @api.model
    def counter_stations(self):
        """The counters that the user may work at."""
        stations = self.search([("purpose", "=", "counter")], order="name, id")
        return [
            {
                "id": station.id,
                "name": station.name,
                "company": station.company_id.name,
                "readers": len(station.reader_ids),
            }
            for station in stations
        ]

    def counter_open(self):
        """Begin to work at this counter: the user becomes its clerk. Returns the state."""
        self._check_counter()
        if self.clerk_id != self.env.user:
            self.sudo().clerk_id = self.env.user
        return self.counter_state()

    def counter_state(self):
        """All that the screen shows now: readers and their health, and the visit."""
        self._check_counter()
        visit = self.sudo().current_visit_id
        going_on = visit and visit._is_going_on()
        return {
            "station": {
                "id": self.id,
                "name": self.name,
                "company": self.company_id.name,
                "readers": self._counter_readers(),
            },
            "visit": visit.with_env(self.env)._payload() if going_on else None,
            # sudo: a number that tells nothing; what was sent before it is in this state already
            "last_notification_id": self.env["bus.bus"].sudo()._bus_last_id(),
        }

    def counter_show(self, partner_id):
        """Open the visit of a customer found by hand."""
        self._check_counter()
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("This customer does not exist any more."))
        partner.check_access("read")
        visit = self._open_visit(partner)
        self._notify_visit(visit)
        return visit.with_env(self.env)._payload()

    def counter_bind(self, code, partner_id):
        """Let the code just read stand for this customer, and show the customer at once."""
        self._check_counter()
        self.env["auto_id.tag"].with_company(self.company_id).bind_code(
            code, "res.partner", partner_id
        )
        return self.counter_show(partner_id)

    def counter_create_customer(self, values, code=None):
        """A new customer from the few words that a clerk has time for; bound to `code` if any."""
        self._check_counter()
        name = (values.get("name") or "").strip()
        if not name:
            raise UserError(self.env._("Enter the customer's name."))
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "phone": (values.get("phone") or "").strip() or False,
                "email": (values.get("email") or "").strip() or False,
                "company_id": False,
            }
        )
        return self.counter_bind(code, partner.id) if code else self.counter_show(partner.id)

    @api.model
    def counter_customers(self, term):
        """Customers by name, phone, e-mail, reference, or the number of an order."""
        term = (term or "").strip()
        if len(term) < 2:
            return []
        found = self.env["res.partner"].search(
            self._customer_domain(term), limit=FOUND_CUSTOMERS, order="complete_name, id"
        )
        return [
            {
                "id": partner.id,
                "name": partner.display_name,
                "phone": partner.phone or "",
                "email": partner.email or "",
                "ref": partner.ref or "",
                "city": partner.city or "",
                "image_url": f"/web/image/res.partner/{partner.id}/avatar_128",
            }
            for partner in found
        ]

    def _customer_domain(self, term):
        term = escape_psql(term)
        domain = Domain.OR(
            Domain(field, "ilike", term) for field in ("complete_name", "email", "ref")
        )
        digits = [c for c in term if c.isdigit()]
        if len(digits) >= 3:
            # phone numbers are stored with spaces and brackets, and typed without
            domain |= Domain("phone", "=ilike", f"%{'%'.join(digits)}%")
        orders = self.env["sale.order"].search([("name", "=ilike", term)], limit=FOUND_CUSTOMERS)
        return (domain | Domain("id", "in", orders.partner_id.ids)) & Domain("type", "=", "contact")

    def _check_counter(self):
        """The user works at counters, and this is one that they may see."""
        self.ensure_one()
        if not self.env.user.has_group("oneonone_counter.group_clerk"):
            raise AccessError(
                self.env._(
                    "Only counter clerks can use the counter. "
                    "Ask your administrator for the right “Counter: Clerk”."
                )
            )
        self.check_access("read")
        if self.purpose != "counter":
            raise UserError(
                self.env._(
                    "“%(station)s” is not a counter. Choose a station with this purpose.",
                    station=self.display_name,
                )
            )

    def action_view_visits(self):
        """The visits at this station."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oneonone_counter.oneonone_visit_action"
        )
        return action | {"domain": [("station_id", "=", self.id)], "context": {}}

    def action_open_counter(self):
        """Open the counter screen at this station."""
        action = self.env["ir.actions.client"]._for_xml_id("oneonone_counter.counter_action")
        return action | {"params": {"station_id": self.id}}
