from odoo import api, fields, models


class AutoIdReaderAntenna(models.Model):
    """An antenna of an RFID reader: its power, and the part of the place that it sees."""

    _name = "auto_id.reader.antenna"
    _description = "Antenna"
    _order = "reader_id, number"
    _rec_name = "zone"

    reader_id = fields.Many2one("auto_id.reader", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="reader_id.company_id", store=True, index=True)
    number = fields.Integer(required=True, default=1, help="The port that it is plugged into.")
    power = fields.Float(
        "Power (dBm)",
        help="Transmitted power. 0: as the reader is set up. Mind what the law allows.",
    )
    zone = fields.Char(
        size=64, help="What it sees, such as “Shelf 1”. Tags are told to have moved between zones."
    )
    role = fields.Selection(
        [("zone", "Zone"), ("in", "Inside of a Portal"), ("out", "Outside of a Portal")],
        required=True,
        default="zone",
        help="From outside to inside a tag comes in; the other way it goes out.",
    )

    _number_uniq = models.UniqueIndex(
        "(reader_id, number)", "This reader has an antenna with that number already."
    )

    @api.constrains("number", "power", "zone", "role")
    def _check_settings(self):
        self.reader_id._check_settings()

    @api.model_create_multi
    def create(self, vals_list):
        antennas = super().create(vals_list)
        antennas.reader_id.box_id._nudge()
        return antennas

    def write(self, vals):
        self.reader_id.box_id._nudge()
        done = super().write(vals)
        self.reader_id.box_id._nudge()
        return done

    def unlink(self):
        self.reader_id.box_id._nudge()
        return super().unlink()

    def _settings(self):
        """As the box takes them: a list of flat objects."""
        return [
            {
                "number": antenna.number,
                "power": antenna.power,
                "zone": antenna.zone or "",
                "role": antenna.role,
            }
            for antenna in self
        ]
