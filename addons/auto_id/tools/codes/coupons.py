"""Coupon codes: AI 8110 (North American coupon code) and AI 8112 (positive offer file)."""

import re
from collections.abc import Callable

from .dates import date_of


class _CouponError(Exception):
    """Carries the code of what is wrong."""


class _Digits:
    """Reads fields of digits, most of which say their own length first."""

    def __init__(self, text: str):
        self.text, self.position = text, 0

    def more(self) -> bool:
        return self.position < len(self.text)

    def starts(self, digit: str) -> bool:
        """Whether an optional field begins here; if so, its digit is taken."""
        found = self.text[self.position : self.position + 1] == digit
        self.position += found
        return found

    def code(self, name: str, allowed: str = "0123456789") -> str:
        if not self.more():
            raise _CouponError(f"coupon_missing_{name}")
        digit = self.text[self.position]
        if digit not in allowed:
            raise _CouponError(f"coupon_invalid_{name}")
        self.position += 1
        return digit

    def exactly(self, count: int, error: str) -> str:
        part = self.text[self.position : self.position + count]
        if len(part) < count:
            raise _CouponError(f"coupon_{error}")
        self.position += count
        return part

    def sized(self, name: str, allowed: str, extra: int = 0) -> None:
        """A digit for the length (plus ``extra``), and that many digits."""
        if not self.more():
            raise _CouponError(f"coupon_missing_{name}_vli")
        if self.text[self.position] not in allowed:
            raise _CouponError(f"coupon_invalid_{name}_length")
        self.position += 1
        self.exactly(int(self.text[self.position - 1]) + extra, f"truncated_{name}")


def _checked(read: Callable[[_Digits], None], text: str) -> str | None:
    if not re.fullmatch(r"[0-9]*", text):
        return "non_digit_character"
    digits = _Digits(text)
    try:
        read(digits)
        return "coupon_excess_data" if digits.more() else None
    except _CouponError as error:
        return str(error)


def positive_offer(text: str) -> str | None:
    """AI 8112: format, funder, offer code, serial number."""
    return _checked(_read_positive_offer, text)


def north_american(text: str) -> str | None:
    """AI 8110: prefix, offer, value, first purchase, and optional fields in ascending order."""
    return _checked(_read_north_american, text)


def _read_positive_offer(digits: _Digits) -> None:
    digits.code("format_code", "01")
    digits.sized("funder", "0123456", 6)
    digits.exactly(6, "truncated_offer_code")
    digits.sized("serial_number", "0123456789", 6)


def _read_north_american(digits: _Digits) -> None:
    digits.sized("gcp", "0123456", 6)
    digits.exactly(6, "truncated_offer_code")
    digits.sized("save_value", "12345")
    _purchase(digits, "1st")
    if digits.starts("1"):
        digits.code("additional_purchase_rules_code", "0123")
        _purchase(digits, "2nd")
        _purchase_prefix(digits, "2nd")
    if digits.starts("2"):
        _purchase(digits, "3rd")
        _purchase_prefix(digits, "3rd")
    _dates(digits)
    if digits.starts("5"):
        digits.sized("serial_number", "0123456789", 6)
    if digits.starts("6"):
        digits.sized("retailer_gcp_or_gln", "1234567", 6)
    if digits.starts("9"):
        digits.code("save_value_code", "01256")
        digits.code("save_value_applies_to_item", "012")
        digits.code("store_coupon_flag")
        digits.code("dont_multiply_flag", "01")


def _purchase(digits: _Digits, which: str) -> None:
    digits.sized(f"{which}_purchase_requirement", "12345")
    digits.code(f"{which}_purchase_requirement_code", "012349")
    digits.exactly(3, f"truncated_{which}_purchase_family_code")


def _purchase_prefix(digits: _Digits, which: str) -> None:
    if not digits.starts("9"):  # 9 says that there is none
        digits.sized(f"{which}_purchase_gcp", "0123456", 6)


def _dates(digits: _Digits) -> None:
    expiration = _date(digits, "3", "expiration_date")
    start = _date(digits, "4", "start_date")
    if expiration and start and expiration < start:
        raise _CouponError("coupon_expiration_before_start")


def _date(digits: _Digits, digit: str, name: str):
    if not digits.starts(digit):
        return None
    text = digits.exactly(6, f"too_short_for_{name}")
    if text[4:] == "00":
        raise _CouponError(f"coupon_invalid_{name}")
    try:
        return date_of(text)
    except ValueError as error:
        raise _CouponError(f"coupon_invalid_{name}") from error
