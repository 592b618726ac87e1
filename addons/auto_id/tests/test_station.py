from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from .common import CARD, BoxSide, new_user


@tagged("post_install", "-at_install")
class TestStation(BoxSide, TransactionCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.clerk = new_user(self.env, "clerk", "auto_id.group_user")

    def test_a_keyboard_scan(self):
        found = self.station.with_user(self.clerk).scan(f" {CARD}\n")
        self.assertEqual(found["state"], "found")
        self.assertEqual(
            found["record"], {"model": "res.partner", "id": self.customer.id, "name": "Ada Card"}
        )
        read = self.env["auto_id.read"].browse(found["id"])
        self.assertFalse(read.box_id)
        self.assertFalse(read.sequence)
        self.assertEqual(read.station_id, self.station)
        self.assertEqual(read.create_uid, self.clerk)

    def test_a_scan_twice_is_two_reads(self):
        ids = {self.station.scan(CARD)["id"] for _time in range(2)}
        self.assertEqual(len(ids), 2)

    def test_a_scan_of_nothing_known(self):
        for code in ("who", "", "\x00", "x" * 70000):
            found = self.station.scan(code)
            self.assertIn(found["state"], ("unknown", "invalid"))
            self.assertTrue(found["message"])
            self.assertIsNone(found["record"])

    def test_each_state_of_a_tag(self):
        for state in ("lost", "blocked", "retired"):
            self.tag.state = state
            found = self.station.scan(CARD)
            self.assertEqual(found["state"], "refused")
            self.assertIn(state, found["message"])
            self.assertIsNone(found["record"])

    def test_a_tag_that_stands_for_nothing(self):
        self.tag.action_unbind()
        self.assertEqual(self.station.scan(CARD)["state"], "unknown")

    def test_a_tag_whose_record_is_gone(self):
        self.customer.unlink()
        self.assertEqual(self.station.scan(CARD)["state"], "unknown")

    def test_the_message_speaks_the_language_of_the_user(self):
        read = self.env["auto_id.read"].browse(self.station.scan("who")["id"])
        self.assertEqual(read.message, "No tag has this code")
        self.assertNotEqual(read.with_context(lang="zh_CN").message, "No tag has this code")

    def test_a_batch_is_looked_up_with_a_fixed_number_of_queries(self):
        self.box.write({"identifier": "box-1", "state": "paired"})
        read_model = self.env["auto_id.read"]
        for number in range(100):
            self.env["auto_id.tag"].bind(f"card {number}", self.customer)

        def ingest(count, first):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            events = self.events(*(f"card {n}" for n in range(count)), first=first)
            for event in events:
                event["time"] = 1.7e9
            self.assertEqual(len(read_model._ingest(self.box, events)), count)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        ingest(1, 1)
        self.assertEqual(ingest(100, 1000), ingest(2, 2000))

    def test_reads_are_kept_as_they_came(self):
        read = self.env["auto_id.read"].browse(self.station.scan(CARD)["id"])
        with self.assertRaises(UserError):
            read.code = "other"
        with self.assertRaises(UserError):
            read.unlink()
        with self.assertRaises(UserError):
            read.sudo().write({"state": "found"})

    def test_retention(self):
        read = self.env["auto_id.read"].browse(self.station.scan(CARD)["id"])
        self.env.cr.execute(
            "UPDATE auto_id_read SET create_date = '2020-01-01' WHERE id = %s", (read.id,)
        )
        parameters = self.env["ir.config_parameter"]
        for value in (False, "0", "soon"):
            parameters.set_param("auto_id.read_retention_days", value)
            read._gc_reads()
            self.assertTrue(read.exists())
        parameters.set_param("auto_id.read_retention_days", "365")
        newer = self.station.scan(CARD)["id"]
        read._gc_reads()
        self.assertFalse(read.exists())
        self.assertTrue(read.browse(newer).exists())

    def test_a_station_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        station = self.env["auto_id.station"].create({"name": "There", "company_id": other.id})
        reader = self.box._readers(["scanner-1"])["scanner-1"]
        with self.assertRaises(UserError):
            reader.station_id = station
        reader.station_id = self.station
        with self.assertRaises(ValidationError):
            self.box.company_id = other
