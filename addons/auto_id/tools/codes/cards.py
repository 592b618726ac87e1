"""Numbers of cards and RFID chips: UIDs as readers give them, and TIDs of UHF tags."""

import re

_UID_BYTES = (4, 5, 7, 8, 10)
_SEPARATED = re.compile(r"[0-9A-Fa-f]{2}(?:([:\- ])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2})+")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_DECIMAL = re.compile(r"[0-9]{8,10}|[0-9]{15,17}")
_NXP = "04"


def uid(text: str) -> str | None:
    """The UID in upper-case hexadecimal, if ``text`` is written as only a UID is.

    Digits without a letter may be any number, so they need separators to count.

    >>> uid("04:a2:2b:1c:5e:61:80"), uid("DEADBEEF"), uid("12345678")
    ('04A22B1C5E6180', 'DEADBEEF', None)
    """
    if _SEPARATED.fullmatch(text):
        text = re.sub("[:\\- ]", "", text)
    elif not _HEX.fullmatch(text) or text.isdigit():
        return None
    return text.upper() if len(text) // 2 in _UID_BYTES else None


def reversed_bytes(digits: str) -> str:
    """The same bytes, last first.

    >>> reversed_bytes("04A22B1C")
    '1C2BA204'
    """
    return bytes.fromhex(digits)[::-1].hex().upper()


def other_readings(digits: str) -> list[str]:
    """What else a UID may be: the bytes the other way round, as some readers send them.

    A UID of 7 bytes that begins with its maker (04 is NXP) is the right way round.
    """
    if len(digits) == 14 and digits.startswith(_NXP) and not digits.endswith(_NXP):
        return []
    other = reversed_bytes(digits)
    return [] if other == digits else [other]


def from_decimal(text: str) -> list[str]:
    """The UIDs that a decimal number may stand for, both ways round.

    >>> from_decimal("0045678123")
    ['02B8FE2B', '2BFEB802']
    """
    if not _DECIMAL.fullmatch(text):
        return []
    value, size = int(text), 4 if len(text) <= 10 else 7
    if value >> 8 * size:
        return []
    digits = f"{value:0{2 * size}X}"
    return [digits, *([] if reversed_bytes(digits) == digits else [reversed_bytes(digits)])]


def is_tid(digits: str) -> bool:
    """Whether upper-case hexadecimal digits are the TID of an EPC tag, with a serial number."""
    return digits.startswith("E2") and len(digits) % 4 == 0 and 16 <= len(digits) <= 64
