"""Turns the keystrokes of a scanner that plays a keyboard into the text it means.

Only key events go in, only text comes out: what ends a code becomes a carriage return, which
`framing` takes for a border. Beside plain characters scanners use, for what a layout lacks,
control characters (Ctrl and ] is GS1's group separator), Alt with a number on the keypad as on
Windows, and dead keys.
"""

import unicodedata
from typing import NamedTuple

from .layouts import ALT_GR, LAYOUTS, PLAIN, SHIFT

EV_SYN, EV_KEY, EV_LED = 0x00, 0x01, 0x11
SYN_DROPPED = 3
LED_CAPS_LOCK = 1
UP, DOWN = 0, 1

TAB, ENTER, KEYPAD_ENTER, CAPS_LOCK, F8, RIGHT_ALT = 15, 28, 96, 58, 66, 100
SHIFTS, CONTROLS, ALTS = {42, 54}, {29, 97}, {56, RIGHT_ALT}
KEYPAD_DIGITS = {82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6"} | {
    71: "7",
    72: "8",
    73: "9",
}
# A scanner never means Home or an arrow: NumLock is as the code needs it.
KEYPAD = KEYPAD_DIGITS | {55: "*", 74: "-", 78: "+", 83: ".", 95: ",", 98: "/", 117: "="}

END = "\r"
GROUP_SEPARATOR = "\x1d"
END_KEYS = {
    "enter": {ENTER, KEYPAD_ENTER},
    "tab": {TAB},
    "enter_tab": {ENTER, KEYPAD_ENTER, TAB},
}

# What a dead key is when it stands alone.
_SPACING = {
    "\u0300": "`",
    "\u0301": "´",
    "\u0302": "^",
    "\u0303": "~",
    "\u0308": "¨",
    "\u030a": "°",
    "\u030c": "ˇ",
    "\u0327": "¸",
}
_LONGEST_NUMBER = 8
_US = LAYOUTS["us"].characters()


class Event(NamedTuple):
    """One `struct input_event` of Linux; the time in seconds of any steady clock."""

    time: float
    type: int
    code: int
    value: int


class Typist:
    """The state of one keyboard: what is held down, CapsLock, a number or an accent begun.

    :param caps_lock: whether it is on at the beginning; the scanner sees the light, too
    """

    def __init__(self, layout: str = "us", end_keys: str = "enter", *, caps_lock: bool = False):
        self._characters = LAYOUTS[layout].characters()
        self._ends = END_KEYS[end_keys]
        self._caps_lock = caps_lock
        self._held: set[int] = set()
        self._number = ""
        self._accent = ""

    def type(self, event: Event) -> str:
        r"""The text that this event adds; mostly none or one character.

        >>> typist = Typist("de")
        >>> [typist.type(Event(0, EV_KEY, code, value)) for code in (21, 28) for value in (1, 0)]
        ['z', '', '\r', '']
        """
        if event.type == EV_LED and event.code == LED_CAPS_LOCK:
            self._caps_lock = bool(event.value)
        elif event.type == EV_KEY and event.value == UP:
            return self._release(event.code)
        elif event.type == EV_KEY and event.value == DOWN:  # repeats of a held key are no text
            return self._press(event.code)
        return ""

    def forget(self) -> None:
        """Events were lost: nobody knows what is held down."""
        self._held.clear()
        self._number = self._accent = ""

    def _release(self, code: int) -> str:
        self._held.discard(code)
        if code in ALTS and self._number:
            number, self._number = self._number, ""
            return self._accented(_by_number(number))
        return ""

    def _press(self, code: int) -> str:
        self._held.add(code)
        if code == CAPS_LOCK:
            self._caps_lock = not self._caps_lock
        if code in self._ends:
            return self._accented(END)
        if code in KEYPAD_DIGITS and self._held & ALTS:
            self._number = (self._number + KEYPAD_DIGITS[code])[:_LONGEST_NUMBER]
            return ""
        return self._accented(self._character(code))

    def _character(self, code: int) -> str:
        if code == F8:  # what Ctrl and ] is where a layout has no such key
            return GROUP_SEPARATOR
        if code in KEYPAD:
            return KEYPAD[code]
        if code == TAB:
            return "\t"
        if self._held & CONTROLS and not self._held & ALTS:
            return self._control(code)
        # Ctrl and Alt together are AltGr to Windows.
        if RIGHT_ALT in self._held or (self._held & CONTROLS and self._held & ALTS):
            return self._characters.get((code, ALT_GR), "")
        if self._held & ALTS:
            return ""
        return self._characters.get((code, self._level(code)), "")

    def _level(self, code: int) -> int:
        plain = self._characters.get((code, PLAIN), "")
        shifted = bool(self._held & SHIFTS)
        return SHIFT if shifted != (self._caps_lock and plain.isalpha()) else PLAIN

    def _control(self, code: int) -> str:
        r"""Ctrl with a letter or one of ``@[\]^_``; by its place on a US keyboard if need be."""
        level = SHIFT if self._held & SHIFTS else PLAIN
        for characters in (self._characters, _US):
            character = characters.get((code, level), "").upper()
            if "@" <= character <= "_" and len(character) == 1:
                return chr(ord(character) - 64)
        return ""

    def _accented(self, character: str) -> str:
        """The character with the accent of the dead key before it, if there was one."""
        if not character:
            return ""
        accent, self._accent = self._accent, ""
        if character in _SPACING or unicodedata.combining(character):
            self._accent = character
            return _SPACING.get(accent, "")
        if not accent:
            return character
        if character == " ":
            return _SPACING.get(accent, "")
        composed = unicodedata.normalize("NFC", character + accent)
        return composed if len(composed) == 1 else _SPACING.get(accent, "") + character


def _by_number(digits: str) -> str:
    """What Alt with this number gives on Windows: with a leading 0 as in its Western code page.

    Control characters are meant as such, whatever a PC would show.

    >>> _by_number("029"), _by_number("0128"), _by_number("130"), _by_number("21345")
    ('\\x1d', '€', 'é', '卡')
    """
    number = int(digits)
    if number < 32 or 0x100 <= number < 0xD800 or 0xE000 <= number < 0x110000:
        return chr(number)
    if number > 0xFF:
        return ""
    return bytes([number]).decode("cp1252" if digits.startswith("0") else "cp437", "replace")
