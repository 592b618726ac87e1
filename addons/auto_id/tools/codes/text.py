"""The text of a scan: what a reader puts around it taken off, what no label carries refused."""

import re
import string
import unicodedata

from ..code import MAX_LENGTH, CodeError

_FRAME = string.whitespace + "\x02\x03\u00a0\u3000\ufeff"
_GROUP_SEPARATOR = "\u241d"
# Separators of GS1 (GS) and of ISO/IEC 15434 (RS, EOT and the rest) are part of a code.
_PLAIN = re.compile(r"[\x20-\x7e\x04\x1c-\x1f]*")
_LETTERS_LIKE_OURS = ("CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "COPTIC", "LISU")


def clean(scan: str | bytes) -> str:
    """The text to understand; raises :class:`CodeError`.

    >>> clean(b"\\x024006381333931\\r\\n")
    '4006381333931'
    """
    if len(scan) > MAX_LENGTH:
        raise CodeError("too_long", f"more than {MAX_LENGTH} characters")
    text = _decoded(scan) if isinstance(scan, bytes) else scan
    text = text.strip(_FRAME)
    if not text:
        raise CodeError("empty", "the code is empty")
    if not _PLAIN.fullmatch(text):
        text = text.replace(_GROUP_SEPARATOR, "\x1d")
        _check(text)
    return text


def _decoded(scan: bytes) -> str:
    try:
        return scan.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CodeError("not_utf8", "the bytes are no text in UTF-8") from error


def _check(text: str) -> None:
    for char in text:
        if _PLAIN.fullmatch(char):
            continue
        if char == "\ufffd" or unicodedata.category(char)[0] == "C":
            raise CodeError("unprintable", f"U+{ord(char):04X} is on no label")
        if _is_lookalike(char):
            raise CodeError("lookalike", f"{char!r} (U+{ord(char):04X}) only looks like ASCII")


def _is_lookalike(char: str) -> bool:
    """Digits and letters of other scripts that people cannot tell from ours."""
    if unicodedata.category(char) in ("Nd", "No", "Nl"):
        return True
    folded = unicodedata.normalize("NFKC", char)
    if folded != char and folded.isascii():
        return True
    return unicodedata.name(char, "").startswith(_LETTERS_LIKE_OURS)
