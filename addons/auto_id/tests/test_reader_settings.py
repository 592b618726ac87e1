import json

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, tagged

from ..models.auto_id_reader_settings import LISTS
from ..tools import reader_settings
from .common import BoxSide, new_user

KINDS = {
    "Flag": "boolean",
    "Number": "float",
    "Whole": "integer",
    "Choice": "selection",
    "Text": "char",
    "Rows": "one2many",
}


@tagged("post_install", "-at_install")
class TestReaderSettings(BoxSide, TransactionCase):
    def setUp(self):
        super().setUp()
        self.setup_boxes()
        self.env["auto_id.box"]._setup({"identifier": "box-1", "token": self.token}, {})
        self.scanner = self.box._readers(["counter"])["counter"]
        self.tell({"counter": {"driver": "serial", "state": "working"}})

    def tell(self, readers):
        self.box._note_readers(readers)

    def add(self, driver="llrp", place="10.0.0.5", **values):
        return self.env["auto_id.reader"].create(
            {"box_id": self.box.id, "name": "Dock", "driver": driver, "place": place, **values}
        )

    def nudges(self):
        """Messages to the box that are committed now."""
        last = self.env["bus.bus"].sudo().search([], order="id desc", limit=1).id
        self.env.cr.precommit.run()
        found = self.env["bus.bus"].sudo().search([("id", ">", last)])
        return [json.loads(message.message) for message in found]

    def test_each_option_has_its_field(self):
        fields = self.env["auto_id.reader"]._fields
        for driver, options in reader_settings.DRIVERS.items():
            for name, option in options.items():
                with self.subTest(driver=driver, option=name):
                    field = fields[LISTS.get(name, name)]
                    self.assertEqual(field.type, KINDS[type(option).__name__])
                    if field.type == "selection":
                        choices = {value for value, _label in field.selection}
                        self.assertEqual(choices, set(option.values))

    def test_each_option_is_on_the_form(self):
        arch = self.env["auto_id.reader"].get_view(view_type="form")["arch"]
        for options in reader_settings.DRIVERS.values():
            for name in options:
                self.assertIn(f'name="{LISTS.get(name, name)}"', arch)

    def test_a_reader_gets_the_defaults_of_its_driver(self):
        for driver in reader_settings.DRIVERS:
            self.tell({driver: {"driver": driver}})
            reader = self.box.reader_ids.filtered(lambda r, d=driver: r.identifier == d)
            self.assertEqual(reader._settings(), reader_settings.check(driver, {}))

    def test_what_people_set_is_what_the_box_gets(self):
        reader = self.add(
            rssi_min=-60,
            antenna_ids=[
                Command.create({"number": 1, "power": 24, "zone": "Dock", "role": "in"}),
                Command.create({"number": 2}),
            ],
        )
        settings = reader._settings()
        self.assertEqual((settings["place"], settings["rssi_min"]), ("10.0.0.5", -60))
        self.assertEqual(
            settings["antennas"],
            [
                {"number": 1, "power": 24.0, "zone": "Dock", "role": "in"},
                {"number": 2, "power": 0.0, "zone": "", "role": "zone"},
            ],
        )
        self.assertEqual((reader.type, reader.connection), ("rfid", "network"))
        json.dumps(settings)

    def test_a_box_hears_of_a_change_once_and_only_of_changes(self):
        self.env.cr.precommit.run()
        self.scanner.baudrate = "19200"
        self.scanner.prefix = "]C1"
        (message,) = self.nudges()
        self.assertEqual(message["payload"]["device_identifiers"], ["auto_id_agent"])
        self.assertEqual(message["payload"]["action"], "refresh")
        self.scanner.name = "Till"
        self.assertFalse(self.nudges())
        reader = self.add()
        self.assertEqual(len(self.nudges()), 1)
        reader.antenna_ids = [Command.create({"number": 1})]
        self.assertEqual(len(self.nudges()), 1)
        reader.antenna_ids.power = 20
        self.assertEqual(len(self.nudges()), 1)
        reader.unlink()
        self.assertEqual(len(self.nudges()), 1)

    def test_the_form_tells_when_the_settings_are_at_the_box(self):
        version, readers = self.box._reader_settings()
        self.assertEqual(self.box._news_of_settings(""), {"version": version, "readers": readers})
        self.assertEqual(self.scanner.settings_state, "waiting")
        self.assertIsNone(self.box._news_of_settings(version))
        self.assertEqual(self.scanner.settings_state, "arrived")
        self.scanner.parity = "even"
        self.scanner.invalidate_recordset(["settings_state"])
        self.assertEqual(self.scanner.settings_state, "waiting")
        clerk = new_user(self.env, "clerk", "auto_id.group_user")
        self.assertEqual(self.scanner.with_user(clerk).settings_state, "waiting")

    def test_an_archived_reader_is_silent_or_gone(self):
        reader = self.add()
        (reader | self.scanner).action_archive()
        _version, readers = self.box._reader_settings()
        self.assertEqual(list(readers), ["counter"])
        self.assertFalse(readers["counter"]["enabled"])

    def test_wrong_settings_are_refused_with_a_way_out(self):
        with self.assertRaisesRegex(ValidationError, "Silence .* from 0.02 to 10"):
            self.scanner.silence = 99
        with self.assertRaisesRegex(ValidationError, "Prefix of counter"):
            self.scanner.prefix = "x\ny"
        with self.assertRaisesRegex(ValidationError, "needs no address"):
            self.scanner.place = "/dev/ttyUSB0"
        with self.assertRaisesRegex(ValidationError, "Power .* from 0 to 36"):
            self.add().antenna_ids = [Command.create({"number": 1, "power": 90})]
        with self.assertRaisesRegex(ValidationError, "needs an address"):
            self.add().place = ""

    def test_a_place_is_never_a_file_or_a_trick(self):
        for driver, place in (
            ("serial", "/etc/passwd"),
            ("serial", "/dev/../etc/passwd"),
            ("serial", "spy:///dev/ttyUSB0?file=/home/x/.profile"),
            ("serial", "loop://"),
            ("serial", "alt://x?class=os.system"),
            ("serial", "hwgrep://."),
            ("serial", "socket://h:1?logging=debug"),
            ("llrp", "file:///etc/passwd"),
            ("llrp", "host:99999"),
            ("camera", "/dev/mem"),
            ("camera", "../../etc"),
            ("camera", "file:///etc/passwd"),
        ):
            with self.subTest(place=place):
                try:
                    with self.assertRaisesRegex(ValidationError, "cannot have this address"):
                        self.add(driver, place)
                except AssertionError:
                    # What only the box can tell: it refuses every folder that is not its own.
                    self.assertEqual((driver, place), ("camera", "/dev/mem"))

    def test_only_network_readers_are_added_by_hand(self):
        with self.assertRaisesRegex(ValidationError, "Plug it into its box"):
            self.add("keyboard", "")
        with self.assertRaises(ValidationError):
            self.add("serial", "")

    def test_the_form_to_add_a_reader(self):
        manager = new_user(self.env, "manager", "auto_id.group_manager")
        view = "auto_id.auto_id_reader_view_form_add"
        with Form(self.env["auto_id.reader"].with_user(manager), view) as form:
            form.name, form.box_id, form.driver = "Gate", self.box, "camera"
            form.place = "rtsp://door:secret@10.0.0.9/live"
        reader = form.record
        self.assertEqual(reader._settings()["repeat_after"], 3)
        clerk = new_user(self.env, "clerk", "auto_id.group_user")
        with self.assertRaises(AccessError):
            reader.with_user(clerk).place
        with self.assertRaises(AccessError):
            reader.with_user(clerk).fps = 5
        with self.assertRaises(AccessError):
            self.env["auto_id.reader.antenna"].with_user(clerk).create({"reader_id": reader.id})

    def test_antennas_stay_in_their_company(self):
        reader = self.add(antenna_ids=[Command.create({"number": 1})])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_user(self.env, "stranger", "auto_id.group_manager", other)
        with self.assertRaises(AccessError):
            reader.antenna_ids.with_user(stranger).zone = "Mine"
