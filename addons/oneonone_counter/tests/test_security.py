"""Who may look over the counter, and attempts to look from elsewhere."""

from odoo import Command
from odoo.addons.http_routing.tests.common import MockRequest
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import CounterCase


@tagged("post_install", "-at_install")
class TestSecurity(CounterCase, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(
            cls.env, login="counter_sales", groups="sales_team.group_sale_salesman"
        )
        cls.scanner = new_test_user(cls.env, login="counter_scan", groups="auto_id.group_user")
        cls.other_company = cls.env["res.company"].create({"name": "Other counter company"})
        cls.stranger = new_test_user(
            cls.env,
            login="counter_stranger",
            groups="oneonone_counter.group_clerk",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )

    def channels(self, user, *names):
        """The counters and the names that a browser of `user` gets to hear, of those it wants."""
        env = self.env(user=user)
        with MockRequest(env) as request:
            request.session.uid = user.id
            channels = env["ir.websocket"]._build_bus_channel_list(list(names))
        counters = [c.id for c in channels if getattr(c, "_name", "") == "auto_id.station"]
        return counters, [channel for channel in channels if isinstance(channel, str)]

    def test_clerk_hears_the_counter(self):
        name = f"oneonone_counter.station_{self.station.id}"
        counters, names = self.channels(self.clerk, name)
        self.assertEqual(counters, self.station.ids)
        self.assertNotIn(name, names)

    def test_others_do_not_hear_the_counter(self):
        name = f"oneonone_counter.station_{self.station.id}"
        for user in (self.salesman, self.scanner, self.stranger, self.env.ref("base.public_user")):
            with self.subTest(user.login):
                self.assertEqual(self.channels(user, name)[0], [])

    def test_stations_that_are_no_counters_are_not_heard(self):
        self.station.purpose = "none"
        name = f"oneonone_counter.station_{self.station.id}"
        self.assertEqual(self.channels(self.clerk, name)[0], [])

    def test_strange_channel_names_do_no_harm(self):
        for name in ("oneonone_counter.station_", "oneonone_counter.station_1 or 1=1", "x" * 9999):
            self.assertIn(name, self.channels(self.clerk, name)[1])
        self.assertEqual(self.channels(self.clerk, "oneonone_counter.station_999999999")[0], [])

    def test_methods_are_for_clerks(self):
        visit = self.show(self.ada).sudo()
        for user in (self.salesman, self.scanner):
            station = self.station.with_user(user)
            for attempt in (
                station.counter_open,
                station.counter_state,
                lambda station=station: station.counter_show(self.ada.id),
                lambda station=station: station.counter_bind("X", self.ada.id),
                lambda station=station: station.counter_create_customer({"name": "X"}),
                visit.with_user(user).visit_payload,
                visit.with_user(user).end_visit,
                lambda user=user: visit.with_user(user).search_products(""),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    attempt()

    def test_counter_of_another_company(self):
        station = self.station.with_user(self.stranger)
        self.assertEqual(station.counter_stations(), [])
        with self.assertRaises(AccessError):
            station.counter_state()
        visit = self.show(self.ada).sudo().with_user(self.stranger)
        for attempt in (visit.visit_payload, visit.end_visit, visit.read):
            with self.assertRaises(AccessError):
                attempt()
        self.assertFalse(self.env["oneonone.visit"].with_user(self.stranger).search([]))

    def test_customer_of_another_company(self):
        secret = self.env["res.partner"].create(
            {"name": "Secret", "company_id": self.other_company.id}
        )
        with self.assertRaises(AccessError):
            self.counter.counter_show(secret.id)
        self.assertNotIn(
            secret.id, [found["id"] for found in self.counter.counter_customers("Secret")]
        )

    def test_clerk_cannot_write_visits(self):
        visit = self.show(self.ada)
        for attempt in (
            lambda: visit.write({"partner_id": self.bob.id}),
            visit.unlink,
            lambda: visit.create({"station_id": self.station.id, "partner_id": self.bob.id}),
            lambda: self.counter.write({"clerk_id": self.clerk.id}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_only_counters_are_counters(self):
        self.station.purpose = "none"
        with self.assertRaises(UserError):
            self.counter.counter_open()

    def test_clerk_has_no_right_to_manufacturing(self):
        self.assertFalse(self.clerk.has_group("mrp.group_mrp_user"))
        self.assertFalse(self.clerk.has_group("sales_team.group_sale_salesman_all_leads"))

    def test_clerk_who_left_shows_nothing(self):
        self.counter.counter_open()
        self.clerk.group_ids = [Command.unlink(self.env.ref("oneonone_counter.group_clerk").id)]
        self.station._notify_visit(self.station._open_visit(self.ada))
        with self.assertRaises(AccessError):
            self.counter.counter_state()
