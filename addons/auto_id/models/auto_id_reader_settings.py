import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import reader_settings

DRIVERS = [
    ("serial", "Serial Scanner"),
    ("llrp", "RFID Reader (LLRP)"),
    ("camera", "Camera"),
    ("keyboard", "Keyboard Scanner"),
    ("nfc", "NFC Reader"),
]
# What a reader that is configured, not plugged in, is called: type and connection.
PLACED_AS = {"serial": "scanner", "llrp": "rfid", "camera": "camera"}
LISTS = {"antennas": "antenna_ids"}
OPTIONS = {name for options in reader_settings.DRIVERS.values() for name in options}
SETTINGS = {LISTS.get(name, name) for name in OPTIONS} | {"driver", "place", "active"}
"""The fields that the box is told of."""


class AutoIdReader(models.Model):
    """The settings of a reader: its box gets them within a second, without a restart.

    Their types, bounds and defaults stand in `tools/reader_settings.py`: a field here has the name
    of its option. Which of them count follows from the driver.
    """

    _inherit = "auto_id.reader"  # pylint: disable=consider-merging-classes-inherited

    driver = fields.Selection(
        DRIVERS, readonly=True, help="The driver that serves it on the box, as the box says."
    )
    is_placed = fields.Boolean(
        "Configured Here",
        readonly=True,
        copy=False,
        help="It was added here with its address. All others are found where they are plugged in.",
    )
    place = fields.Char(
        "Address",
        groups="auto_id.group_manager",
        help="Where the box finds it. Serial scanner: /dev/ttyUSB0, /dev/serial/by-id/…, "
        "socket://host:port or rfc2217://host:port. RFID reader: host or host:port. Camera: "
        "/dev/video0, rtsp://…, http://…, or a folder of pictures below the box's own.",
    )
    antenna_ids = fields.One2many(
        "auto_id.reader.antenna",
        "reader_id",
        "Antennas",
        help="Without any, all antennas of the reader are used as they are set up there.",
    )

    settings_state = fields.Selection(
        [("arrived", "At the Box"), ("waiting", "On Their Way")],
        "Settings",
        compute="_compute_settings_state",
        help="Whether the box works with these settings by now. It gets them within a second if it "
        "is up, and when it comes back if it is not.",
    )

    @api.depends("box_id.settings_version", "driver")
    def _compute_settings_state(self):
        for box, readers in self.grouped("box_id").items():
            # sudo: a place may hold the password of a camera, which not everybody may read.
            known = box.settings_version
            version, _settings = box.sudo()._reader_settings() if known else ("", None)
            readers.settings_state = "arrived" if known and known == version else "waiting"

    @api.constrains(*(SETTINGS - {"active", "antenna_ids"}), "is_placed")
    def _check_settings(self):
        for reader in self:
            if reader.is_placed != bool(reader.place):
                raise ValidationError(reader._explain_presence())
            if not reader.driver:
                continue
            try:
                reader._settings()
            except reader_settings.SettingsError as error:
                raise ValidationError(reader._explain(error)) from error

    def _explain_presence(self):
        if self.is_placed:
            return self.env._(
                "%(reader)s needs an address, as it is not plugged into its box.", reader=self.name
            )
        return self.env._(
            "%(reader)s is plugged into its box and needs no address. Add a network reader for one "
            "that is not.",
            reader=self.name,
        )

    def _explain(self, error):
        """What is wrong with a setting and what would be right, in the user's language."""
        if error.option == "place":
            return self._explain_place()
        name, _dot, column = error.option.partition(".")
        fields_of = self.antenna_ids._fields if column else self._fields
        label = fields_of[column or LISTS.get(name, name)]._description_string(self.env)
        option = reader_settings.DRIVERS[self.driver][name]
        option = option.options[column] if column else option
        if hasattr(option, "low"):
            return self.env._(
                "%(label)s of %(reader)s must be from %(low)s to %(high)s.",
                label=label,
                reader=self.name,
                low=option.low,
                high=option.high,
            )
        return self.env._(
            "%(label)s of %(reader)s cannot be that. The help of the field says what it may be.",
            label=label,
            reader=self.name,
        )

    def _explain_place(self):
        expected = {
            "serial": self.env._(
                "Write /dev/ttyUSB0, /dev/serial/by-id/…, socket://host:port or "
                "rfc2217://host:port."
            ),
            "llrp": self.env._("Write the address of the reader: host or host:port."),
            "camera": self.env._(
                "Write /dev/video0, rtsp://host/path, http://host/path, or the name of a folder "
                "of pictures below the box's own folder."
            ),
        }
        return self.env._(
            "%(reader)s cannot have this address. %(expected)s",
            reader=self.name,
            expected=expected.get(self.driver, ""),
        )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create([self._complete(vals) for vals in vals_list])
        made._nudge_boxes()
        return made

    def write(self, vals):
        if SETTINGS.isdisjoint(vals):
            return super().write(vals)
        done = super().write(vals)
        self._nudge_boxes()
        return done

    def unlink(self):
        self._nudge_boxes()
        return super().unlink()

    def _nudge_boxes(self):
        self.filtered("driver").box_id._nudge()

    @api.model
    def _complete(self, vals):
        """Values of a new reader: the box names those that it found, people place the others."""
        vals = {**reader_settings.defaults(vals.get("driver")), **vals}
        if vals.get("identifier"):
            return vals
        driver = vals.get("driver")
        if driver not in reader_settings.PLACED:
            raise ValidationError(
                self.env._(
                    "Such a reader cannot be added by hand. Plug it into its box, and it appears."
                )
            )
        return {
            **vals,
            "identifier": f"{driver}-{secrets.token_hex(4)}",
            "is_placed": True,
            "type": PLACED_AS[driver],
            "connection": "network" if "/dev/" not in (vals.get("place") or "") else "direct",
        }

    def _settings(self):
        """The settings of this reader as its box gets them: one flat JSON object, checked.

        :raises SettingsError: for a value that no reader may get
        """
        self.ensure_one()
        values = {
            name: self._option(name, option)
            for name, option in reader_settings.DRIVERS.get(self.driver, {}).items()
        }
        values["enabled"] = self.enabled and self.active
        return reader_settings.check(self.driver, {**values, "place": self.place or ""})

    def _option(self, name, option):
        if name in LISTS:
            return self[LISTS[name]]._settings()
        value = self[name]
        return value or "" if isinstance(option, reader_settings.Text) else value
