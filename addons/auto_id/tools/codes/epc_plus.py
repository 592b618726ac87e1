"""EPCs of Tag Data Standard 2: the "+" schemes, which hold GS1 elements without a prefix length.

The "++" schemes of version 2.3 are read too; the host name behind their EPC is left alone, as is
the data of further identifiers that may follow an EPC whose first bit says so.
"""

import math

from ..code import CodeError
from .ais import IDENTIFIERS
from .epc import Epc
from .epc_bits import Reader
from .errors import value_error

_BASE_64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODE_40 = " ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
_DATES = ("11", "13", "15", "16", "17", "7006", "7007")


def _digits(reader: Reader, count: int) -> str:
    """Decimal digits of 4 bits each."""
    codes = [reader.take(4) for _ in range(count)]
    if max(codes) > 9:
        raise CodeError("epc_value", "a digit of the EPC is above 9")
    return "".join(map(str, codes))


def _variable(reader: Reader, length_bits: int) -> str:
    """Text that says how it is encoded and how long it is."""
    encoding = reader.take(3)
    length = reader.take(length_bits)
    if encoding == 0:
        return _integer(reader, length)
    if encoding in (1, 2):
        text = "".join(f"{reader.take(4):X}" for _ in range(length))
        return text if encoding == 1 else text.lower()
    if encoding == 3:
        return "".join(_BASE_64[reader.take(6)] for _ in range(length))
    if encoding == 4:
        return "".join(chr(reader.take(7)) for _ in range(length))
    if encoding == 5:
        return _code_40(reader, length)
    raise CodeError("epc_value", "the EPC has a text in an encoding that does not exist")


def _integer(reader: Reader, length: int) -> str:
    """Digits as one number, in as many bits as that many nines need."""
    text = str(reader.take(math.ceil(math.log2(10**length)) if length else 0)).zfill(length)
    if len(text) > max(length, 1):
        raise CodeError("epc_value", "a number of the EPC has too many digits")
    return text if length else ""


def _code_40(reader: Reader, length: int) -> str:
    text = ""
    for _ in range(math.ceil(length / 3)):
        code = reader.take(16) - 1
        if not 0 <= code < 64000:
            raise CodeError("epc_value", "a text of the EPC is malformed")
        text += _CODE_40[code // 1600] + _CODE_40[code // 40 % 40] + _CODE_40[code % 40]
    return text[:length]


def _delimited(reader: Reader) -> str:
    """Digits that end themselves, or go over into text."""
    digits = ""
    while (code := reader.take(4)) <= 9:
        digits += str(code)
    if code == 15:
        return digits
    if code == 14:
        return digits + _variable(reader, 5)
    raise CodeError("epc_value", "a digit of the EPC is above 9")


def _serial(ai: str):
    return lambda reader: [(ai, _variable(reader, 5))]


def _gdti(reader: Reader):
    return [("253", _digits(reader, 13) + _variable(reader, 5))]


def _grai(reader: Reader):
    return [("8003", _digits(reader, 14) + _variable(reader, 5))]


def _gcn(reader: Reader):
    return [("255", _digits(reader, 13) + _integer(reader, reader.take(4)))]


def _cpi(reader: Reader):
    return [("8010", _delimited(reader)), ("8011", _integer(reader, reader.take(4)))]


def _giai(reader: Reader):
    return [("8004", _delimited(reader))]


def _fixed(ai: str, count: int):
    return lambda reader: [(ai, _digits(reader, count))]


def _date(reader: Reader):
    """The date that comes first, for readers that only want to know what has expired."""
    kind = reader.take(4)
    if kind >= len(_DATES):
        raise CodeError("epc_value", "the EPC has a kind of date that does not exist")
    return [(_DATES[kind], f"{reader.take(7):02}{reader.take(4):02}{reader.take(5):02}")]


_SCHEMES = {
    "sgtin+": ((0xF7, 0xFD), (_fixed("01", 14), _serial("21"))),
    "dsgtin+": ((0xFB, 0xFC), (_date, _fixed("01", 14), _serial("21"))),
    "sscc+": ((0xF9, 0xEF), (_fixed("00", 18),)),
    "sgln+": ((0xF2, 0xE9), (_fixed("414", 13), _serial("254"))),
    "grai+": ((0xF1, 0xEB), (_grai,)),
    "giai+": ((0xFA, 0xEE), (_giai,)),
    "gsrn+": ((0xF4, 0xE7), (_fixed("8018", 18),)),
    "gsrnp+": ((0xF5, 0xE8), (_fixed("8017", 18),)),
    "gdti+": ((0xF6, 0xEA), (_gdti,)),
    "cpi+": ((0xF0, 0xE6), (_cpi,)),
    "sgcn+": ((0xF8, 0xEC), (_gcn,)),
    "itip+": ((0xF3, 0xED), (_fixed("8006", 18), _serial("21"))),
}
_BY_HEADER = {
    header: (name + "+" * place, fields)
    for name, (headers, fields) in _SCHEMES.items()
    for place, header in enumerate(headers)
}
HEADERS = frozenset(_BY_HEADER)


def decode(value: int, bits: int) -> Epc:
    """The EPC in the highest of ``bits`` bits; raises :class:`CodeError`.

    >>> decode(0xF73795211411234538566CB0AFC4, 112).elements()
    [('01', '79521141123453'), ('21', '32a/b')]
    """
    reader = Reader(value, bits)
    name, fields = _BY_HEADER[reader.take(8)]
    more = reader.take(1)
    found_filter = reader.take(3)
    elements = [element for field in fields for element in field(reader)]
    if not more and not name.endswith("++") and reader.rest():
        raise CodeError("epc_too_long", "data follows the EPC")
    for ai, text in elements:
        error = IDENTIFIERS[ai].error(text)
        if error:
            raise value_error(ai, error)
    return Epc(name, filter=found_filter, tag=name, gs1=tuple(_key_first(elements)))


def _key_first(elements: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(elements, key=lambda element: element[0] in _DATES)
