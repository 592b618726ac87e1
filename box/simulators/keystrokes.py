"""What a scanner set to play a keyboard types for a code.

It knows the same layouts as the driver; what a layout lacks it types as scanners do: control
characters with Ctrl, accents by dead keys, and the rest by Alt and a number, as on Windows.
"""

import functools
import runpy
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

_LIBRARY = Path(__file__).resolve().parents[2] / "addons/auto_id/iot_handlers/lib/auto_id"
_LAYOUTS = runpy.run_path(str(_LIBRARY / "layouts.py"))["LAYOUTS"]
LAYOUTS = tuple(_LAYOUTS)

CONTROL, SHIFT, ALT, ALT_GR, ENTER, SPACE = 29, 42, 56, 100, 28, 57
_HOLDS = {0: None, 1: SHIFT, 2: ALT_GR}  # by level
_CONTROL_KEYS = {"\x1d": 27, "\x04": 32, "\x1c": 43, "\x02": 48}  # ] D \ B on a US keyboard
_KEYPAD = dict(zip("0123456789", (82, 79, 80, 81, 75, 76, 77, 71, 72, 73), strict=True))
_EVENT = struct.Struct("llHHi")
_ALONE = dict(zip("`´^~¨°ˇ¸", "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327", strict=True))

Stroke = int | tuple[int, int]
"""A key that is pressed and released, or (key, 1) pressed or (key, 0) released only."""


def keystrokes(text: str, layout: str = "us") -> Iterator[Stroke]:
    """The strokes for this text.

    >>> list(keystrokes("aA"))
    [30, (42, 1), 30, (42, 0)]
    """
    for character in text:
        yield from _strokes(character, layout)


def transitions(strokes: Iterable[Stroke]) -> Iterator[tuple[int, int]]:
    """(key, 1 pressed or 0 released) for each thing that a finger does.

    >>> list(transitions([30, (42, 1)]))
    [(30, 1), (30, 0), (42, 1)]
    """
    for stroke in strokes:
        if isinstance(stroke, int):
            yield from ((stroke, 1), (stroke, 0))
        else:
            yield stroke


def input_events(strokes: Iterable[Stroke]) -> bytes:
    """The strokes as `struct input_event`, each with a report; nobody looks at their time."""
    return b"".join(
        _EVENT.pack(0, 0, 1, key, value) + _EVENT.pack(0, 0, 0, 0, 0)
        for key, value in transitions(strokes)
    )


@functools.cache
def _places(layout: str) -> dict[str, tuple[int, int]]:
    """{character: (key, level)}, the easiest way to type it."""
    found: dict[str, tuple[int, int]] = {}
    for key, level, character in _LAYOUTS[layout].entries():
        found.setdefault(character, (key, level))
    return found


def _strokes(character: str, layout: str) -> Iterator[Stroke]:
    places = _places(layout)
    if character in places:
        yield from _press(*places[character])
    elif character in _CONTROL_KEYS:
        yield from _hold(CONTROL, [_CONTROL_KEYS[character]])
    elif _ALONE.get(character) in places:
        yield from _press(*places[_ALONE[character]])
        yield SPACE
    elif all(part in places for part in _parts(character)):
        letter, accent = _parts(character)
        yield from _press(*places[accent])
        yield from _press(*places[letter])
    else:
        yield from _hold(ALT, [_KEYPAD[digit] for digit in _number(character)])


def _parts(character: str) -> tuple[str, str]:
    """Letter and accent; what has none is no letter of a keyboard."""
    parts = unicodedata.normalize("NFD", character)
    return (parts[0], parts[1]) if len(parts) == 2 else ("\0", "\0")


def _number(character: str) -> str:
    """How Windows calls it: in its Western code page with a leading 0, else as Unicode."""
    try:
        return f"0{character.encode('cp1252')[0]}"
    except UnicodeEncodeError:
        return str(ord(character))


def _press(key: int, level: int) -> Iterator[Stroke]:
    yield from _hold(_HOLDS[level], [key])


def _hold(modifier: int | None, strokes: list[int]) -> Iterator[Stroke]:
    if modifier is None:
        yield from strokes
    else:
        yield (modifier, 1)
        yield from strokes
        yield (modifier, 0)
