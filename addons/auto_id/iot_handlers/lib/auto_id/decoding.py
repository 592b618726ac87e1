"""Finds codes in pictures, with the best decoder that this box has.

zxing-cpp reads every kind of code; it is a compiled package, so a box has it only if somebody
installed it there. pyzbar comes along with the drivers and needs the system's libzbar0.
"""

import ctypes
import importlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PIL import Image, ImageFilter

from .symbologies import GS1, Symbology, chosen

HELP = (
    "no decoder for pictures: on the box, apt install libzbar0, "
    "or pip install zxing-cpp, which reads DataMatrix, too"
)
_TILT = 45
_WHITE = 255
_ZBAR_GS1 = 1
_ZBAR_ENABLE = 0
_ALL_KINDS = 0


class Found(NamedTuple):
    """One code in a picture, and its kind as AIM names it."""

    text: str
    symbology: str


Decode = Callable[[Image.Image], list[Found]]


def decoder(formats: str = "") -> Decode:
    """A function that finds the codes in a grey picture.

    :param formats: the kinds to look for, as `symbologies.chosen` takes them
    :raises OSError: when this box has no decoder, or none for any of these kinds
    """
    kinds = chosen(formats)
    for build in (_zxing, _zbar):
        try:
            return build(kinds)
        except ImportError:
            continue
    raise OSError(HELP)


def soft(picture: Image.Image) -> Image.Image:
    """The picture without the grain of a dim room, in which zbar finds no stripes at all.

    Decoders are twice as fast on it; the finest codes are lost.
    """
    return picture.filter(ImageFilter.BoxBlur(1))


def sharp(picture: Image.Image) -> Image.Image:
    return picture


def tilted(picture: Image.Image) -> Image.Image:
    """The picture turned by an eighth: decoders miss stripes that lie across both axes."""
    return soft(picture).rotate(_TILT, expand=True, fillcolor=_WHITE)


VIEWS = (soft, sharp, tilted)
"""The ways to look at a picture; what one of them does not find another may."""


def region(picture: Image.Image, text: str) -> Image.Image:
    """The part that a reader's setting names: left, top, width and height in percent.

    >>> region(Image.new("L", (200, 100)), "50,0,50,20").size
    (100, 20)
    """
    if not text:
        return picture
    left, top, width, height = (int(part) / 100 for part in text.split(","))
    x, y = int(left * picture.width), int(top * picture.height)
    right, bottom = min(left + width, 1) * picture.width, min(top + height, 1) * picture.height
    return picture.crop((x, y, max(x + 1, round(right)), max(y + 1, round(bottom))))


def distinct(found: Sequence[Found]) -> list[Found]:
    """Each code once: a code that lies twice in a picture is one code."""
    return list({one.text: one for one in found if one.text}.values())


def _zxing(kinds: Sequence[Symbology]) -> Decode:
    zxing: Any = importlib.import_module("zxingcpp")
    names = [name for kind in kinds for name in kind.zxing if hasattr(zxing.BarcodeFormat, name)]

    def decode(picture: Image.Image) -> list[Found]:
        # Made each time: kept, it makes zxing-cpp complain when the box ends.
        formats = zxing.barcode_formats_from_str(",".join(names))
        results = zxing.read_barcodes(picture, formats, text_mode=zxing.TextMode.Plain)
        return distinct([Found(one.text, one.symbology_identifier) for one in results if one.valid])

    return decode


def _zbar(kinds: Sequence[Symbology]) -> Decode:
    """pyzbar's own `decode` does not tell that a content is GS1: what it wraps is used here."""
    zbar: Any = importlib.import_module("pyzbar.wrapper")
    identifiers = {
        int(zbar.ZBarSymbol[name]): identifier
        for kind in kinds
        for name, identifier in kind.zbar.items()
    }
    if not identifiers:
        raise OSError("these kinds of codes need zxing-cpp on the box: pip install zxing-cpp")
    modifiers = zbar.zbar_function(
        "zbar_symbol_get_modifiers", ctypes.c_uint, ctypes.POINTER(zbar.zbar_symbol)
    )
    scanner = zbar.zbar_image_scanner_create()
    zbar.zbar_set_verbosity(0)
    zbar.zbar_image_scanner_set_config(scanner, _ALL_KINDS, _ZBAR_ENABLE, 0)
    for kind in identifiers:
        zbar.zbar_image_scanner_set_config(scanner, kind, _ZBAR_ENABLE, 1)

    def decode(picture: Image.Image) -> list[Found]:
        pixels = picture.tobytes()
        image = zbar.zbar_image_create()
        try:
            zbar.zbar_image_set_format(image, int.from_bytes(b"Y800", "little"))
            zbar.zbar_image_set_size(image, *picture.size)
            zbar.zbar_image_set_data(image, ctypes.cast(pixels, ctypes.c_void_p), len(pixels), None)
            zbar.zbar_scan_image(scanner, image)
            return distinct([_found(symbol) for symbol in _symbols(zbar, image)])
        finally:
            zbar.zbar_image_destroy(image)

    def _found(symbol: Any) -> Found:
        length = zbar.zbar_symbol_get_data_length(symbol)
        data = ctypes.string_at(zbar.zbar_symbol_get_data(symbol), length)
        identifier = identifiers.get(symbol.contents.type, "")
        if modifiers(symbol) & _ZBAR_GS1:
            identifier = GS1.get(identifier, identifier)
        return Found(data.decode("utf-8", "backslashreplace"), identifier)

    return decode


def _symbols(zbar: Any, image: Any) -> list[Any]:
    found, symbol = [], zbar.zbar_image_first_symbol(image)
    while symbol:
        found.append(symbol)
        symbol = zbar.zbar_symbol_next(symbol)
    return found
