import runpy
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..tools import signing
from .common import BoxSide


@tagged("post_install", "-at_install")
class TestBox(BoxSide, TransactionCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()

    def bind(self):
        self.env["auto_id.box"]._setup({"identifier": "box-1", "token": self.token}, {})

    def test_a_token_is_issued_for_a_new_box_too(self):
        token = self.env["auto_id.box"]._issue_token(name="From make run")
        box = self.env["auto_id.box"].search([("name", "=", "From make run")])
        self.assertEqual(box.pending_hash, signing.digest(token))

    def test_a_connected_box_is_kept_for_its_reads(self):
        self.bind()
        with self.assertRaises(UserError):
            self.box.unlink()
        self.env["auto_id.box"].create({"name": "Never used"}).unlink()

    def test_last_seen_is_not_written_all_the_time(self):
        self.bind()
        seen = self.box.last_seen
        self.box.last_seen = seen.replace(year=seen.year - 1)
        self.env.flush_all()
        self.box._touch()
        self.assertGreaterEqual(self.box.last_seen, seen)
        with self.assertQueryCount(0):
            self.box._touch()

    def test_buttons_open_what_they_count(self):
        self.box._readers(["scanner-1"])
        self.assertEqual(self.box.reader_count, 1)
        found = self.env["auto_id.reader"].search(self.box.action_open_readers()["domain"])
        self.assertEqual(found, self.box.reader_ids)
        self.assertEqual(self.box.action_open_reads()["res_model"], "auto_id.read")

    def test_old_layouts_are_replaced(self):
        self.bind()
        layouts = [{"name": "German", "layout": "de"}]
        self.box._note_layouts(layouts)
        self.assertEqual(self.box.keyboard_layouts, layouts)
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.box._note_layouts(layouts)
            self.env.flush_all()

    def test_channels_of_before_go_on_as_digests(self):
        """Boxes that are connected when the add-on is upgraded stay connected."""
        self.env.cr.execute("ALTER TABLE auto_id_box ADD COLUMN channel varchar")
        self.env.cr.execute(
            "UPDATE auto_id_box SET channel = 'auto_id.box:secret' WHERE id = %s", [self.box.id]
        )
        self.migrate("pre-channel")
        self.assertEqual(self.box.channel_hash, signing.digest("auto_id.box:secret"))

    def test_boxes_of_before_have_a_health(self):
        self.bind()
        revoked = self.env["auto_id.box"].create({"name": "Revoked"})
        revoked.action_revoke()
        revoked.action_archive()
        boxes = self.box | revoked
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE auto_id_box SET health = 'waiting' WHERE id IN %s", [tuple(boxes.ids)]
        )
        self.migrate("post-health")
        self.assertEqual(boxes.mapped("health"), ["working", "revoked"])

    def migrate(self, script):
        """Run a migration, as an upgrade from the version before it does."""
        self.env.flush_all()
        self.env.invalidate_all()
        path = Path(__file__).parents[1] / f"migrations/19.0.1.1.0/{script}.py"
        runpy.run_path(str(path))["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.flush_all()
        self.env.invalidate_all()
