from odoo import fields, models

from ..tools import reader_settings

LAYOUTS = [
    ("us", "English (US)"),
    ("uk", "English (UK)"),
    ("de", "German"),
    ("ch", "Swiss"),
    ("fr", "French"),
    ("be", "Belgian"),
    ("ca", "Canadian (French)"),
    ("es", "Spanish"),
    ("latam", "Spanish (Latin America)"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
    ("br", "Portuguese (Brazil)"),
    ("dk", "Danish"),
    ("no", "Norwegian"),
    ("se", "Swedish, Finnish"),
    ("cz", "Czech"),
    ("hu", "Hungarian"),
    ("tr", "Turkish"),
    ("jp", "Japanese"),
]
SPEEDS = sorted(reader_settings.SPEEDS, key=int)


class AutoIdReader(models.Model):
    """One field for each option of `tools/reader_settings.py`, with the words that people read."""

    _inherit = "auto_id.reader"  # pylint: disable=consider-merging-classes-inherited

    # All readers
    enabled = fields.Boolean(
        default=True, help="Switch off to have it read nothing, without unplugging it."
    )
    repeat_after = fields.Float(
        "Same Code Again After (s)",
        help="The same code counts again only when it was away for so many seconds. 0: each time.",
    )
    prefix = fields.Char(help="Taken off the beginning of a code that has it.")
    suffix = fields.Char(help="Taken off the end of a code that has it.")

    # Serial scanners
    baudrate = fields.Selection(
        [("auto", "Automatic"), *((speed, speed) for speed in SPEEDS)],
        "Speed (Baud)",
        default="auto",
        help="Automatic: the speed that the configuration of the box names; if it names none, the "
        "usual speeds are tried until codes are readable, and the right one is remembered.",
    )
    bytesize = fields.Selection([("8", "8"), ("7", "7")], "Data Bits", default="8")
    parity = fields.Selection([("none", "None"), ("even", "Even"), ("odd", "Odd")], default="none")
    stopbits = fields.Selection([("1", "1"), ("2", "2")], "Stop Bits", default="1")
    framing = fields.Selection(
        [
            ("auto", "Automatic"),
            ("line", "One Code a Line"),
            ("stx_etx", "Between STX and ETX"),
            ("fixed", "Fixed Length"),
            ("silence", "Ended by Silence"),
        ],
        "End of a Code",
        default="auto",
        help="Automatic serves scanners that end a code with CR, LF, NUL or ETX, and those that "
        "send nothing after it.",
    )
    code_length = fields.Integer("Length (Bytes)", default=10, help="Of each code.")
    silence = fields.Float(
        "Silence (s)",
        default=0.25,
        digits=(8, 3),
        help="So long without a byte ends a code that has no end mark.",
    )
    checksum = fields.Selection(
        [
            ("none", "None"),
            ("lrc", "LRC After ETX"),
            ("xor_hex", "Last Two Hexadecimal Digits"),
        ],
        default="none",
        help="A code whose checksum is wrong is counted as an error and not delivered.",
    )

    # RFID readers
    session = fields.Selection(
        [("0", "S0"), ("1", "S1"), ("2", "S2"), ("3", "S3")],
        default="1",
        help="How long a tag keeps still after it was read. S0: it answers at once again, for few "
        "tags that move fast. S2 and S3: for many tags.",
    )
    tag_population = fields.Integer(
        "Tags in View", default=32, help="About how many tags the reader sees at a time."
    )
    mode_index = fields.Integer(
        "Reader Mode", help="The number of a mode in the reader's manual. 0: its own choice."
    )
    window = fields.Float(
        "Departed After (s)",
        default=3.0,
        help="A tag that was not seen for so many seconds has departed.",
    )
    arrived_after = fields.Integer(
        "Arrived After (Reports)",
        default=1,
        help="So many reports make a tag one that has arrived. More keep stray tags out.",
    )
    rssi_min = fields.Float(
        "Weakest Signal (dBm)", default=-100.0, help="Weaker reports are left out. -100: none is."
    )
    present_every = fields.Float(
        "Still There Every (s)", help="Tell again and again that a tag is there. 0: never."
    )
    move_margin = fields.Float(
        "Moves From (dB)",
        default=6.0,
        help="A tag has moved when another zone sees it stronger by so much.",
    )
    portal = fields.Boolean(
        help="Tell by the antennas inside and outside whether a tag comes in or goes out."
    )
    keep_raw_minutes = fields.Integer(
        "Keep Raw Reports (Minutes)",
        help="For audits the box keeps each single report for so long. 0: it keeps none.",
    )
    keepalive = fields.Integer(
        "Sign of Life (s)", default=5, help="How often the reader says that it is there."
    )
    gpo_accept = fields.Integer(
        "Output When Accepted", help="Output of the reader that a lamp or gate is on. 0: none."
    )
    gpo_refuse = fields.Integer(
        "Output When Refused", help="Output of the reader that a lamp or siren is on. 0: none."
    )

    # Cameras and keyboard scanners
    claimed = fields.Boolean(
        "Use as a Reader",
        help="A camera or a keyboard that is plugged into a box is left alone until this is "
        "switched on: people may type on it. What is known as a scanner serves at once.",
    )

    # Cameras
    resolution = fields.Selection(
        [("640x480", "640 × 480"), ("1280x720", "1280 × 720"), ("1920x1080", "1920 × 1080")],
        default="1280x720",
        help="What a camera at the box is asked for. More shows smaller codes and takes longer.",
    )
    fps = fields.Float("Pictures a Second", default=10.0)
    formats = fields.Char(
        "Kinds of Codes",
        help="Which to look for, separated by commas: qr, datamatrix, aztec, pdf417, ean, code128, "
        "code39, code93, databar, itf, codabar. Empty: all but the last two, which stripes of any "
        "kind are sometimes taken for. Fewer kinds are found faster.",
    )
    region = fields.Char(
        help="Part of the picture to look at, in percent: left, top, width, height, such as "
        "25,25,50,50. Empty: all of it."
    )
    several = fields.Boolean(
        "Several Codes", default=True, help="Read all codes in a picture, not only one."
    )

    # Keyboard scanners
    layout = fields.Selection(
        LAYOUTS,
        "Keyboard Layout",
        default="us",
        help="The layout that the scanner types for, as its manual or set-up code says.",
    )
    end_keys = fields.Selection(
        [("enter", "Enter"), ("tab", "Tab"), ("enter_tab", "Enter or Tab")],
        "End Key",
        default="enter",
        help="The key that the scanner presses after a code. Enter of the keypad counts, too.",
    )
    grab = fields.Boolean(
        "Keep Its Keys",
        default=True,
        help="What it types reaches nobody else on the box.",
    )

    # NFC readers
    reversed_uid = fields.Boolean(
        "Reversed UID", help="Deliver the bytes of the number of a card in reversed order."
    )
    ndef = fields.Boolean(
        "Read NDEF", default=True, help="Deliver the text or link on a tag in place of its number."
    )
