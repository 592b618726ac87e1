"""A code as a reader delivers it, and the key it is looked up by.

The key is what two readings of one label have in common, whatever the reader adds: white space,
terminators, a symbology identifier, the case of a hexadecimal number.
"""

import hashlib
import re
import string
import unicodedata

MAX_LENGTH = 4096
"""The longest code that is understood, in characters."""

MAX_KEY = 512
"""The longest key; a B-tree row holds at most about 2,700 bytes."""

# Separators that belong to a code (GS1, ISO/IEC 15434) are kept as their control pictures, so that
# a key can be shown, copied, and typed again.
_SEPARATORS = {ord(char): chr(0x2400 + ord(char)) for char in "\x04\x1c\x1d\x1e\x1f"}
_GROUP_SEPARATOR = "\u241d"
# What readers put around a code: white space, STX and ETX, a byte order mark; and a group
# separator at an end, which separates nothing.
_FRAME = string.whitespace + "\x02\x03\u00a0\u3000\ufeff" + _GROUP_SEPARATOR

# ISO/IEC 15424 symbology identifiers: "]", the symbology, one modifier character it knows.
_AIM = re.compile(
    r"\](?:A[0-7]|C[0124]|E[0-7]|F[0-6]|G[0-6]|H[0-9]|I[0-37]|L[0-5]|M[01]|O[45]|P0|Q[0-6]|R[0-3]"
    r"|S[0-2]|U[0-2]|X[0-9A-F]|d[0-6]|e[0-3]|j[0-3]|z[0-9A-C])"
)
_UID = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")
_UID_WITH_COLONS = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){3,}")


class CodeError(ValueError):
    """A text that no tag can carry; ``code`` is empty, too_long or unprintable."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def normalise(text: str) -> str:
    """The key of a code: the same for every way in which a reader may deliver it.

    >>> normalise(" 4006381333931\\r\\n")
    '4006381333931'
    >>> normalise("]C14006381333931")
    '4006381333931'
    >>> normalise("04:a2:2b:1c:5e:61:80")
    '04A22B1C5E6180'
    """
    if len(text) > MAX_LENGTH:
        raise CodeError("too_long", f"{len(text)} characters, at most {MAX_LENGTH} are understood")
    text = text.translate(_SEPARATORS).strip(_FRAME)
    if not text:
        raise CodeError("empty", "the code is empty")
    if not _is_printable(text):
        raise CodeError("unprintable", "the code holds characters that no label carries")
    return _shorten(_upper_uid(_without_symbology(text)))


def printable(text: str, limit: int = MAX_LENGTH) -> str:
    """``text`` as it can be stored and shown: one visible character for each, cut at ``limit``.

    >>> printable("01\\x1d10\\x00")
    '01␝10␀'
    >>> printable("x" * 70000, limit=3)
    'xxx… (70000 characters)'
    """
    shown = "".join(_visible(char) for char in text[:limit])
    return shown if len(text) <= limit else f"{shown}… ({len(text)} characters)"


def as_shown(text: str) -> str:
    """A good code for the screen: as it came, without what the reader put around it."""
    return printable(text.translate(_SEPARATORS).strip(_FRAME))


def _is_printable(text: str) -> bool:
    # U+FFFD is what a decoder leaves of bytes that were no text.
    return "\ufffd" not in text and not any(unicodedata.category(char)[0] == "C" for char in text)


def _visible(char: str) -> str:
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "\u2421"
    return "\ufffd" if unicodedata.category(char)[0] == "C" else char


def _without_symbology(text: str) -> str:
    """Drop a symbology identifier, unless what follows could be one as well."""
    if not _AIM.match(text):
        return text
    rest = text[3:].strip(_FRAME)
    return text if not rest or rest.startswith("]") else rest


def _upper_uid(text: str) -> str:
    if _UID_WITH_COLONS.fullmatch(text):
        return text.replace(":", "").upper()
    return text.upper() if _UID.fullmatch(text) else text


def _shorten(key: str) -> str:
    """A long key by its digest: still one key a code, and short enough for an index."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:64]}…{hashlib.sha256(key.encode()).hexdigest()}"
