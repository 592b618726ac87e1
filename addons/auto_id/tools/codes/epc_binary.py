"""EPCs as tags hold them: hexadecimal and binary, both ways, up to Tag Data Standard 1.13."""

from dataclasses import dataclass

from ..code import CodeError
from . import epc_plus
from .epc import Epc
from .epc_bits import (
    PREFIX_BITS,
    Cage,
    DigitString,
    Number,
    NumberPartition,
    Partition,
    Reader,
    SixBitPartition,
    SixBitText,
    Text,
    TextPartition,
    Writer,
    Zeros,
)
from .linters import check_digit


@dataclass(frozen=True, slots=True)
class Scheme:
    """One binary encoding; `filter_bits` 0 means that it has no filter value."""

    tag: str
    header: int
    filter_bits: int
    fields: tuple

    @property
    def identity(self) -> str:
        return self.tag.partition("-")[0]


SCHEMES = (
    Scheme("gdti-96", 0x2C, 3, (Partition(12, 41), Number(41))),
    Scheme("gsrn-96", 0x2D, 3, (Partition(17, 58), Zeros(24))),
    Scheme("gsrnp-96", 0x2E, 3, (Partition(17, 58), Zeros(24))),
    Scheme("usdod-96", 0x2F, 4, (Cage(8), Number(36))),
    Scheme("sgtin-96", 0x30, 3, (Partition(13, 44), Number(38))),
    Scheme("sscc-96", 0x31, 3, (Partition(17, 58), Zeros(24))),
    Scheme("sgln-96", 0x32, 3, (Partition(12, 41), Number(41))),
    Scheme("grai-96", 0x33, 3, (Partition(12, 44), Number(38))),
    Scheme("giai-96", 0x34, 3, (NumberPartition(25, 82),)),
    Scheme("gid-96", 0x35, 0, (Number(28), Number(24), Number(36))),
    Scheme("sgtin-198", 0x36, 3, (Partition(13, 44), Text(140, 20))),
    Scheme("grai-170", 0x37, 3, (Partition(12, 44), Text(112, 16))),
    Scheme("giai-202", 0x38, 3, (TextPartition(30, 188),)),
    Scheme("sgln-195", 0x39, 3, (Partition(12, 41), Text(140, 20))),
    Scheme("gdti-113", 0x3A, 3, (Partition(12, 41), DigitString(58, 17))),
    Scheme("adi-var", 0x3B, 6, (Cage(6), SixBitText(32), SixBitText(30, 1))),
    Scheme("cpi-96", 0x3C, 3, (NumberPartition(15, 51), Number(31))),
    Scheme("cpi-var", 0x3D, 3, (SixBitPartition(30, 188), Number(40))),
    Scheme("gdti-174", 0x3E, 3, (Partition(12, 41), Text(119, 17))),
    Scheme("sgcn-96", 0x3F, 3, (Partition(12, 41), DigitString(41, 12))),
    Scheme("itip-110", 0x40, 3, (Partition(13, 44), Number(7, 2), Number(7, 2), Number(38))),
    Scheme("itip-212", 0x41, 3, (Partition(13, 44), Number(7, 2), Number(7, 2), Text(140, 20))),
)
BY_HEADER = {scheme.header: scheme for scheme in SCHEMES}
BY_TAG = {scheme.tag: scheme for scheme in SCHEMES}
HEADERS = frozenset(BY_HEADER) | epc_plus.HEADERS

_SERIAL = (1 << 38) - 1
# Of an SGTIN-96 by its partition value: shift and mask of the prefix, mask of the item, digits.
_SGTIN = tuple((44 - bits, (1 << 44 - bits) - 1, digits) for digits, bits in PREFIX_BITS.items())


def sgtin96(value: int) -> tuple[str, str]:
    """GTIN of 14 digits and serial number of the 96 bits of an SGTIN-96: the hot path of a portal.

    >>> sgtin96(0x3034257BF7194E4000001A85)
    ('80614141123458', '6789')
    """
    partition = value >> 82 & 7
    if partition == 7:
        raise CodeError("epc_partition", "the EPC has a partition value that does not exist")
    shift, mask, length = _SGTIN[partition]
    body = value >> 38 & 0xFFFFFFFFFFF
    prefix, item = f"{body >> shift:0{length}}", f"{body & mask:0{13 - length}}"
    if len(prefix) + len(item) != 13:
        raise CodeError("epc_value", "a number of the EPC has too many digits")
    digits = item[0] + prefix + item[1:]
    return digits + check_digit(digits), str(value & _SERIAL)


def decode_hex(text: str) -> Epc:
    """The EPC of hexadecimal digits, with or without the protocol word in front.

    Raises :class:`CodeError` for what is none.

    >>> decode_hex("3034257BF7194E4000001A85").uri()
    'urn:epc:id:sgtin:0614141.812345.6789'
    """
    value, bits = int(text, 16), 4 * len(text)
    try:
        return decode(value, bits)
    except CodeError:
        words = value >> bits - 5
        if bits < 112 or bits != 16 + 16 * words:
            raise
        return decode(value & (1 << bits - 16) - 1, bits - 16)


def decode(value: int, bits: int) -> Epc:
    """The EPC in the highest of ``bits`` bits; what follows it must be zero."""
    if bits < 8:
        raise CodeError("epc_too_short", "an EPC begins with a header of 8 bits")
    header = value >> bits - 8
    if header in epc_plus.HEADERS:
        return epc_plus.decode(value, bits)
    scheme = BY_HEADER.get(header)
    if scheme is None:
        raise CodeError("epc_header", f"no EPC scheme has the header {header:02X}")
    reader = Reader(value, bits)
    reader.take(8)
    found_filter = reader.take(scheme.filter_bits) if scheme.filter_bits else None
    parts = [part for field in scheme.fields for part in field.decode(reader)]
    if reader.rest():
        raise CodeError("epc_too_long", "data follows the EPC")
    return Epc.checked(scheme.identity, tuple(parts), found_filter, scheme.tag)


def encode(epc: Epc, tag: str | None = None, filter_value: int | None = None) -> tuple[str, Epc]:
    """Hexadecimal digits in whole words, and the EPC as it is on that tag.

    `tag` names the scheme (`sgtin-96`); without it, the shortest one that holds the EPC is taken.
    Raises :class:`CodeError` where it does not fit.
    """
    schemes = _candidates(epc, tag)
    if filter_value is None:
        filter_value = epc.filter or 0
    error = CodeError("epc_not_encodable", f"no tag encoding holds {epc.scheme}")
    for scheme in schemes:
        try:
            return _encode(epc, scheme, filter_value)
        except CodeError as found:
            error = found
    raise error


def _candidates(epc: Epc, tag: str | None) -> list[Scheme]:
    tag = tag or epc.tag
    if tag is None:
        # GDTI-113 is deprecated: read, and written on demand only.
        return [s for s in SCHEMES if s.identity == epc.scheme and s.tag != "gdti-113"]
    scheme = BY_TAG.get(tag)
    if scheme is None or scheme.identity != epc.scheme:
        raise CodeError("epc_scheme", f"{tag!r} is no tag encoding of {epc.scheme}")
    return [scheme]


def _encode(epc: Epc, scheme: Scheme, filter_value: int) -> tuple[str, Epc]:
    writer = Writer()
    writer.put(scheme.header, 8)
    if scheme.filter_bits:
        writer.put(filter_value, scheme.filter_bits)
    texts = list(epc.parts)
    for field in scheme.fields:
        field.encode(writer, texts)
    padding = -writer.bits % 16
    digits = f"{writer.value << padding:0{(writer.bits + padding) // 4}X}"
    kept = filter_value if scheme.filter_bits else None
    return digits, Epc(epc.scheme, epc.parts, kept, scheme.tag)
