"""GTINs of 8, 12, 13 and 14 digits, and the short form of UPC-E."""

from .linters import check_digit, has_check_digit, is_digits

LENGTHS = (8, 12, 13, 14)


def to_gtin14(digits: str) -> str | None:
    """The GTIN in 14 digits, if these ASCII digits are one.

    >>> to_gtin14("4006381333931"), to_gtin14("4006381333932")
    ('04006381333931', None)
    """
    if len(digits) in LENGTHS and is_digits(digits) and has_check_digit(digits):
        return digits.zfill(14)
    return None


def from_upc_e(digits: str) -> str | None:
    """The GTIN in 14 digits behind a UPC-E of 8 digits (number system 0 or 1).

    >>> from_upc_e("01234565")
    '00012345000065'
    """
    if len(digits) != 8 or not is_digits(digits) or digits[0] not in "01":
        return None
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    if last in "012":
        upc = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        upc = body[:3] + "00000" + body[3:5]
    elif last == "4":
        upc = body[:4] + "00000" + body[4]
    else:
        upc = body[:5] + "0000" + last
    return (system + upc + check).zfill(14) if check_digit(system + upc) == check else None
