"""Pictures of codes as a cheap camera at a counter takes them: askew, noisy, unevenly lit."""

import functools
import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

KINDS = {
    "qr": "QRCode",
    "datamatrix": "DataMatrix",
    "aztec": "Aztec",
    "pdf417": "PDF417",
    "code128": "Code128",
    "code39": "Code39",
    "ean13": "EAN13",
    "ean8": "EAN8",
}
SIZE = (1280, 720)
_MARGIN = 24
_MODULE = 5
_BAR_HEIGHT = 130
_PAPER = 235


class Look(NamedTuple):
    """How the camera sees what is held to it.

    :param angle: in degrees; None: another one each time, within a hand's tremble
    :param noise: standard deviation, in grey levels of 256
    :param blur: radius in pixels
    """

    angle: float | None = None
    noise: float = 8
    blur: float = 0.8


BY_HAND = Look()


def picture(
    codes: Sequence[str], kind: str = "qr", look: Look = BY_HAND, seed: int | None = None
) -> Image.Image:
    """A grey picture with these codes side by side; of the counter alone without any.

    >>> picture(["CARD-1", "CARD-2"], seed=1).size
    (1280, 720)
    """
    dice = random.Random(seed)
    scene = Image.new("L", SIZE, dice.randint(90, 150))
    for position, code in enumerate(codes):
        label = symbol(code, kind)
        angle = dice.uniform(-15, 15) if look.angle is None else look.angle
        turned = label.convert("LA").rotate(angle, Image.Resampling.BICUBIC, expand=True)
        room = SIZE[0] // len(codes)
        turned.thumbnail((room, SIZE[1]))
        left = position * room + (room - turned.width) // 2
        scene.paste(turned, (left, (SIZE[1] - turned.height) // 2), turned)
    return _seen(scene.filter(ImageFilter.GaussianBlur(look.blur)), look.noise, dice)


@functools.lru_cache(64)
def symbol(code: str, kind: str) -> Image.Image:
    """A label with this one code, sharp and upright.

    A code with the AIs in brackets, as in `(01)04006381333931`, becomes one of GS1.
    """
    gs1 = {"gs1": True} if code.startswith("(") else {}
    barcode = zxingcpp.create_barcode(code, getattr(zxingcpp.BarcodeFormat, KINDS[kind]), **gs1)
    pixels = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=_MODULE)).squeeze()
    drawn = Image.fromarray(pixels).convert("L")
    if drawn.height < drawn.width // 3:  # stripes
        drawn = drawn.resize((drawn.width, _BAR_HEIGHT))
    label = Image.new("L", (drawn.width + 2 * _MARGIN, drawn.height + 2 * _MARGIN), _PAPER)
    label.paste(drawn, (_MARGIN, _MARGIN))
    return label


def _seen(scene: Image.Image, noise: float, dice: random.Random) -> Image.Image:
    numbers = np.random.default_rng(dice.randrange(2**32))
    light = np.linspace(1, 0.75, scene.width)[None, :]
    grains = numbers.normal(0, noise, (scene.height, scene.width))
    return Image.fromarray(np.clip(np.asarray(scene) * light + grains, 0, 255).astype(np.uint8))
