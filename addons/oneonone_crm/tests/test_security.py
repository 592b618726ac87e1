from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import HEADER, LINES, ProfileCase


@tagged("post_install", "-at_install")
class TestSecurity(ProfileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Oaks"})
        cls.clerk = cls.user("clerk", "sales_team.group_sale_salesman", cls.company)
        cls.elsewhere = cls.user("elsewhere", "sales_team.group_sale_salesman", cls.other)
        cls.manager = cls.user("manager", "sales_team.group_sale_manager", cls.company)

    @classmethod
    def user(cls, login, group, company):
        return new_test_user(
            cls.env,
            f"oneonone_{login}",
            group,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def seen(self, user, model):
        mine = self.env[model].with_user(user).with_context(allowed_company_ids=user.company_id.ids)
        return mine.search([("company_id", "in", (self.company | self.other).ids)])

    def test_companies_do_not_see_each_other(self):
        self.history(HEADER + LINES)
        for model in ("oneonone.profile", "oneonone.purchase", "oneonone.history.line"):
            with self.subTest(model=model):
                self.assertTrue(self.seen(self.clerk, model))
                self.assertFalse(self.seen(self.elsewhere, model))
        self.assertTrue(self.seen(self.manager, "oneonone.history.import"))

    def test_the_same_numbers_in_two_companies_are_two_customers(self):
        self.history(HEADER + LINES)
        record, _rejected = self.history(HEADER + LINES, self.other)
        self.assertEqual((record.lines_imported, record.customers_created), (4, 2))

    def test_the_card_shows_the_own_company_only(self):
        self.order()
        card = self.profiles.with_user(self.elsewhere).with_company(self.other)
        shown = card.with_context(allowed_company_ids=self.other.ids).card(self.customer.id)
        self.assertEqual((shown["profile"]["status"], shown["purchases"]), ("prospect", []))

    def test_a_foreign_company_in_the_context_is_refused(self):
        self.order()
        card = self.profiles.with_user(self.elsewhere)
        with self.assertRaises(AccessError):
            card.with_context(allowed_company_ids=self.company.ids).card(self.customer.id)

    def test_nobody_writes_what_is_computed_or_imported(self):
        self.history(HEADER + LINES)
        for user in (self.clerk, self.manager):
            for model in ("oneonone.profile", "oneonone.history.line", "oneonone.purchase"):
                record = self.seen(user, model)[:1]
                with self.subTest(user=user.login, model=model):
                    for attempt in (record.unlink, lambda r=record: r.write({"company_id": 1})):
                        with self.assertRaises(AccessError):
                            attempt()

    def test_only_administrators_import(self):
        imports = self.env["oneonone.history.import"]
        with self.assertRaises(AccessError):
            imports.with_user(self.clerk).create({"file_name": "x"})
        record = imports.with_user(self.manager).create({"file_name": "x"})
        with self.assertRaises(AccessError):
            record.with_user(self.clerk).action_start()

    def test_an_import_for_a_foreign_company_is_refused(self):
        imports = self.env["oneonone.history.import"].with_user(self.manager)
        with self.assertRaises(AccessError):
            imports.create({"file_name": "x", "company_id": self.other.id})

    def test_a_stranger_sees_nothing_on_the_contact(self):
        stranger = new_test_user(self.env, "oneonone_stranger", "base.group_user")
        fields = self.env["res.partner"].with_user(stranger).fields_get()
        self.assertFalse([name for name in fields if name.startswith("oneonone_")])

    def test_the_limits_have_to_make_sense(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.write({"oneonone_active_days": 500, "oneonone_lost_days": 10})
            self.env.flush_all()
