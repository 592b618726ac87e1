"""The kinds of codes that cameras read: our names for them, and those of the two decoders.

Identifiers are those of AIM (ISO/IEC 15424), as scanners send them: `]C1` is GS1-128.
"""

from typing import NamedTuple


class Symbology(NamedTuple):
    """One kind: its names in zbar with their identifiers, and in zxing-cpp."""

    zbar: dict[str, str]
    zxing: tuple[str, ...]


SYMBOLOGIES = {
    "qr": Symbology({"QRCODE": "]Q1"}, ("QRCode", "MicroQRCode", "RMQRCode")),
    "datamatrix": Symbology({}, ("DataMatrix",)),
    "aztec": Symbology({}, ("Aztec",)),
    "pdf417": Symbology({}, ("PDF417",)),
    "ean": Symbology({"EAN13": "]E0", "EAN8": "]E4"}, ("EAN13", "EAN8", "UPCA", "UPCE")),
    "code128": Symbology({"CODE128": "]C0"}, ("Code128",)),
    "code39": Symbology({"CODE39": "]A0"}, ("Code39",)),
    "code93": Symbology({"CODE93": "]G0"}, ("Code93",)),
    "databar": Symbology({"DATABAR": "]e0", "DATABAR_EXP": "]e0"}, ("DataBar", "DataBarExp")),
    "itf": Symbology({"I25": "]I0"}, ("ITF",)),
    "codabar": Symbology({"CODABAR": "]F0"}, ("Codabar",)),
}
GS1 = {"]C0": "]C1", "]Q1": "]Q3"}
"""What a kind is called when its content is GS1, where zbar tells so beside the kind."""

# In a picture of anything, stripes make up a short code of these two every now and then.
UNSAFE = {"itf", "codabar"}
_NAME = f" *(?:{'|'.join(SYMBOLOGIES)}) *"
PATTERN = f"(?i:{_NAME}(?:,{_NAME}){{0,20}})?"
"""What a reader's setting may be: names, comma-separated."""


def chosen(text: str) -> list[Symbology]:
    """The kinds that a reader's setting names, comma-separated; without any, all the safe ones.

    >>> [kind.zxing for kind in chosen("DataMatrix, itf")]
    [('DataMatrix',), ('ITF',)]
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    return [SYMBOLOGIES[name] for name in names or SYMBOLOGIES if names or name not in UNSAFE]
