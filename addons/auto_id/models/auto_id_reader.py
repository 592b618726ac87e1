from odoo import api, fields, models

TYPES = [
    ("scanner", "Scanner"),
    ("rfid", "RFID Reader"),
    ("nfc", "NFC Reader"),
    ("camera", "Camera"),
    ("keyboard", "Keyboard Scanner"),
    ("other", "Other"),
]
CONNECTIONS = [
    ("serial", "Serial Line"),
    ("direct", "USB"),
    ("network", "Network"),
    ("bluetooth", "Bluetooth"),
    ("other", "Other"),
]


class AutoIdReader(models.Model):
    """A device on a box that reads codes: reported by the box, or added here with its address."""

    _name = "auto_id.reader"
    _description = "Reader"
    _order = "box_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="As the box reported it; rename it as you like.")
    active = fields.Boolean(default=True)
    box_id = fields.Many2one(
        "auto_id.box",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self._default_box(),
    )
    company_id = fields.Many2one(related="box_id.company_id", store=True, index=True)
    identifier = fields.Char(
        required=True, readonly=True, copy=False, help="What the box calls the device."
    )
    reported_name = fields.Char(readonly=True, help="The name that the box gives the device.")
    type = fields.Selection(TYPES, required=True, readonly=True, default="other")
    connection = fields.Selection(CONNECTIONS, required=True, readonly=True, default="other")
    manufacturer = fields.Char(readonly=True)
    connected = fields.Boolean(
        readonly=True, help="Whether the box listed it when it last reported its devices."
    )
    station_id = fields.Many2one(
        "auto_id.station",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The place this reader serves: what it reads counts as read there.",
    )
    last_read_at = fields.Datetime("Last Read", readonly=True)

    _identifier_uniq = models.UniqueIndex(
        "(box_id, identifier)", "This box has a reader with that identifier already."
    )

    @api.model
    def _default_box(self):
        """The box of these companies, where there is but one."""
        boxes = self.env["auto_id.box"].search([("state", "=", "paired")], limit=2)
        return boxes if len(boxes) == 1 else boxes.browse()

    @api.model
    def _values_of_device(self, device):
        """Field values of a device as the box describes it, whatever is missing or strange."""
        kind, connection = device.get("type"), device.get("connection")
        return {
            "reported_name": str(device.get("name") or "")[:128] or False,
            "type": kind if kind in dict(TYPES) else "other",
            "connection": connection if connection in dict(CONNECTIONS) else "other",
            "manufacturer": str(device.get("manufacturer") or "")[:128] or False,
            "connected": True,
        }

    def _write_changed(self, values):
        """Write what differs; a name follows what the box says until a person changes it.

        :return: the readers that were written
        """
        written = self.browse()
        for reader in self:
            changed = {name: value for name, value in values.items() if reader[name] != value}
            if changed.get("reported_name") and reader.name in (
                reader.identifier,
                reader.reported_name,
            ):
                changed["name"] = changed["reported_name"]
            if changed:
                reader.write(changed)
                written |= reader
        return written

    def action_open_reads(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("auto_id.auto_id_read_action")
        return {**action, "domain": [("reader_id", "=", self.id)], "context": {}}
