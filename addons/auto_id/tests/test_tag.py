from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CARD, BoxSide


@tagged("post_install", "-at_install")
class TestTag(BoxSide, TransactionCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.other = self.env["res.partner"].create({"name": "Bob"})
        self.tags = self.env["auto_id.tag"]

    def test_bind_is_repeatable(self):
        self.assertEqual(self.tags.bind(f"]C1{CARD}", self.customer), self.tag)
        self.assertEqual(self.tags.bind_code(CARD, "res.partner", self.customer.id), self.tag.id)

    def test_a_code_stands_for_one_record(self):
        with self.assertRaisesRegex(UserError, "Ada Card"):
            self.tags.bind_code(CARD, "res.partner", self.other.id)

    def test_a_code_moves_by_unbinding_it(self):
        self.tag.action_unbind()
        self.assertFalse(self.tag.record_name)
        self.tags.bind(CARD, self.other)
        self.assertEqual(self.tag.record_name, "Bob")
        story = " ".join(self.tag.message_ids.mapped("body"))
        for name in ("Ada Card", "nothing", "Bob"):
            self.assertIn(name, story)

    def test_a_lost_card_is_not_bound_by_the_way(self):
        self.tag.state = "lost"
        with self.assertRaisesRegex(UserError, "Lost"):
            self.tags.bind(CARD, self.customer)

    def test_bad_codes_are_explained(self):
        for code in ("", "  \n", "x" * 5000, "a\x00b"):
            with self.assertRaises(ValidationError):
                self.tags.bind(code, self.customer)

    def test_records_that_are_none(self):
        with self.assertRaises(UserError):
            self.tags.bind_code("new", "res.users", 1)
        with self.assertRaises(UserError):
            self.tags.bind_code("new", "res.partner", 999_999_999)

    def test_long_codes_are_told_apart(self):
        codes = ["x" * 3000 + end for end in "ab"]
        self.tags.bind(codes[0], self.customer)
        self.tags.bind(codes[1], self.other)
        self.assertEqual(self.station.scan(codes[1])["record"]["name"], "Bob")

    @mute_logger("odoo.sql_db")
    def test_a_code_is_unique_in_a_company(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.tags.create({"code": f" {CARD} "})
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.tags.create({"code": CARD, "company_id": elsewhere.id})

    def test_the_form(self):
        form = Form(self.tags)
        form.code = "04:a2:2b:1c"
        form.reference = self.other
        tag = form.save()
        self.assertEqual(
            (tag.key, tag.res_model, tag.res_id), ("04A22B1C", "res.partner", self.other.id)
        )
        self.assertEqual(tag.action_open_record()["res_id"], self.other.id)
        tag.action_unbind()
        with self.assertRaises(UserError):
            tag.action_open_record()

    def test_search_by_the_name_of_what_it_stands_for(self):
        self.assertEqual(self.tags.search([("record_name", "ilike", "ada c")]), self.tag)
        self.assertFalse(self.tags.search([("record_name", "=", "nobody at all")]))
        self.assertIn(self.tag, self.tags.search([("record_name", "not ilike", "nobody")]))

    def test_states(self):
        for state in ("lost", "blocked", "retired", "active"):
            self.tag.with_context(tag_state=state).action_set_state()
            self.assertEqual(self.tag.state, state)

    def test_the_cards_of_a_customer(self):
        self.assertEqual(self.customer.auto_id_tag_count, 1)
        action = self.customer.action_open_auto_id_tags()
        self.assertEqual(self.tags.search(action["domain"]), self.tag)
        tag = self.tags.with_context(**action["context"]).create({"code": "second"})
        self.assertEqual(tag._record(), self.customer)

    def test_cards_follow_merged_customers(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.other).ids, self.other)
        self.assertEqual(self.tag._record(), self.other)

    def test_a_tag_that_was_read_is_kept(self):
        self.station.scan(CARD)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.tag.unlink()

    def test_things_of_a_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.other.company_id = elsewhere
        with self.assertRaisesRegex(UserError, "Elsewhere"):
            self.tags.bind("new", self.other)
        lot = self.env["stock.lot"].create(
            {"name": "L1", "product_id": self.env["product.product"].create({"name": "P"}).id}
        )
        self.assertEqual(self.tags.bind("lot code", lot).record_name, "L1")
