"""What must hold for a component of a GS1 value beyond its length and characters.

Each linter takes the text of one component and returns the code of what is wrong, or nothing. The
names of linters and codes are those of the GS1 Barcode Syntax Dictionary; the code here is ours.
"""

import calendar
import re

from . import coupons
from .dates import year_of
from .iso_lists import COUNTRIES, COUNTRIES_ALPHA, CURRENCIES, PACKAGE_TYPES

SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_WEIGHTS_82 = {char: value for value, char in enumerate(SET_82)}
_CHECK_PAIR = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = [n for n in range(2, 520) if all(n % d for d in range(2, int(n**0.5) + 1))][:97]


def is_digits(text: str) -> bool:
    """ASCII digits only: `str.isdigit` also takes superscripts and the digits of other scripts."""
    return text.isascii() and text.isdigit()


def has_check_digit(digits: str) -> bool:
    """Whether the last of these ASCII digits is the GS1 check digit of those before it.

    >>> has_check_digit("4006381333931"), has_check_digit("4006381333932")
    (True, False)
    """
    data = digits.encode()
    odd, even = data[-1::-2], data[-2::-2]
    return (sum(odd) + 3 * sum(even) - 48 * (len(odd) + 3 * len(even))) % 10 == 0


def check_digit(digits: str) -> str:
    """The GS1 check digit that belongs behind ``digits``."""
    data = digits.encode()
    odd, even = data[-1::-2], data[-2::-2]
    return str(-(3 * sum(odd) + sum(even) - 48 * (3 * len(odd) + len(even))) % 10)


def check_pair(text: str) -> str:
    """The two check characters that belong behind ``text`` (GMN, MUDI).

    >>> check_pair("1987654Ad4X4bL5ttr2310c")
    '2K'
    """
    weights = reversed(_PRIMES[: len(text)])
    total = sum(_WEIGHTS_82[char] * weight for char, weight in zip(text, weights, strict=True))
    return _CHECK_PAIR[total % 1021 >> 5] + _CHECK_PAIR[total % 1021 & 31]


def csum(text: str) -> str | None:
    if not text:
        return "too_short_for_check_digit"
    if not is_digits(text):
        return "non_digit_character"
    return None if has_check_digit(text) else "incorrect_check_digit"


def csumalpha(text: str) -> str | None:
    if len(text) < 2:
        return "too_short_for_check_pair"
    if len(text) > len(_PRIMES) + 2:
        return "too_long_for_check_pair_implementation"
    if any(char not in _WEIGHTS_82 for char in text[:-2]):
        return "invalid_cset82_character"
    return None if check_pair(text[:-2]) == text[-2:] else "incorrect_check_pair"


def gcppos1(text: str) -> str | None:
    """A key begins with a GS1 Company Prefix, of four digits at least."""
    if len(text) < 4:
        return "too_short_for_key"
    return None if is_digits(text[:4]) else "invalid_gcp_prefix"


def gcppos2(text: str) -> str | None:
    return gcppos1(text[1:])


def _day(text: str, year: int, zero: bool) -> str | None:
    month, day = int(text[-4:-2]), int(text[-2:])
    if not 1 <= month <= 12:
        return "illegal_month"
    least = 0 if zero else 1
    return None if least <= day <= calendar.monthrange(year, month)[1] else "illegal_day"


def _date(text: str, length: int, zero: bool = False) -> str | None:
    if len(text) != length:
        return "date_too_short" if len(text) < length else "date_too_long"
    if not is_digits(text):
        return "non_digit_character"
    year = year_of(int(text[:2])) if length == 6 else int(text[:4])
    return _day(text, max(year, 1), zero)


def yymmdd(text: str) -> str | None:
    return _date(text, 6)


def yymmd0(text: str) -> str | None:
    return _date(text, 6, zero=True)


def yyyymmdd(text: str) -> str | None:
    return _date(text, 8)


def hh(text: str) -> str | None:
    return None if text < "24" else "illegal_hour"


def mi(text: str) -> str | None:
    return None if text < "60" else "illegal_minute"


def ss(text: str) -> str | None:
    return None if text < "60" else "illegal_second"


def hhmi(text: str) -> str | None:
    return hh(text[:2]) or mi(text[2:])


def hhmi9999(text: str) -> str | None:
    """9999 says that there is no time (GS1 General Specifications, AI 4324 and 4325)."""
    return None if text == "9999" else hhmi(text)


def pieceoftotal(text: str) -> str | None:
    if len(text) < 2 or len(text) % 2:
        return "invalid_length_for_piece_of_total"
    if not is_digits(text):
        return "non_digit_character"
    piece, total = int(text[: len(text) // 2]), int(text[len(text) // 2 :])
    if not piece:
        return "zero_piece_number"
    if not total:
        return "zero_total_pieces"
    return None if piece <= total else "piece_number_exceeds_total"


def posinseqslash(text: str) -> str | None:
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if match is None:
        return "position_in_sequence_malformed"
    if match[1][0] == "0" or match[2][0] == "0":
        return "illegal_zero_prefix"
    return None if int(match[1]) <= int(match[2]) else "position_exceeds_end"


def pcenc(text: str) -> str | None:
    broken = re.search(r"%(?![0-9A-Fa-f]{2})", text)
    if broken is None and "%00" in text:
        return "illegal_null_character"
    return "invalid_percent_sequence" if broken else None


def iban(text: str) -> str | None:
    if not re.fullmatch(r"[0-9A-Z]*", text):
        return "invalid_iban_character"
    if len(text) <= 10:
        return "iban_too_short"
    if text[:2] not in COUNTRIES_ALPHA:
        return "illegal_iban_country_code"
    rest = int("".join(str(int(char, 36)) for char in text[4:] + text[:4]))
    return None if rest % 97 == 1 else "incorrect_iban_checksum"


def latitude(text: str) -> str | None:
    return None if text <= "1800000000" else "invalid_latitude"


def longitude(text: str) -> str | None:
    return None if text <= "3600000000" else "invalid_longitude"


def mediatype(text: str) -> str | None:
    return None if "01" <= text <= "10" or "80" <= text <= "99" else "invalid_media_type"


def iso3166(text: str) -> str | None:
    return None if text in COUNTRIES else "not_iso3166"


def winding(text: str) -> str | None:
    return None if text in ("0", "1", "9") else "invalid_winding_direction"


def _one_of(values: frozenset[str] | str, code: str):
    return lambda text: None if text in values else code


def _matching(pattern: str, code: str):
    matches = re.compile(pattern).fullmatch
    return lambda text: None if matches(text) else code


LINTERS = {
    "couponcode": coupons.north_american,
    "couponposoffer": coupons.positive_offer,
    "csum": csum,
    "csumalpha": csumalpha,
    "gcppos1": gcppos1,
    "gcppos2": gcppos2,
    "hasnondigit": _matching(r".*[^0-9].*", "requires_non_digit_character"),
    "hh": hh,
    "hhmi": hhmi,
    "hhmi9999": hhmi9999,
    "hyphen": _matching(r"-+", "not_hyphen"),
    "iban": iban,
    "importeridx": _matching(r"[-0-9A-Z_a-z]", "invalid_import_idx_character"),
    "iso3166": iso3166,
    "iso3166999": _one_of(COUNTRIES | {"999"}, "not_iso3166_or_999"),
    "iso3166alpha2": _one_of(COUNTRIES_ALPHA, "not_iso3166_alpha2"),
    "iso4217": _one_of(CURRENCIES, "not_iso4217"),
    "iso5218": _one_of(frozenset("0129"), "invalid_biological_sex_code"),
    "latitude": latitude,
    "longitude": longitude,
    "mediatype": mediatype,
    "mi": mi,
    "nonzero": _matching(r".*[^0].*", "illegal_zero_value"),
    "nozeroprefix": _matching(r"0|[^0].*", "illegal_zero_prefix"),
    "packagetype": _one_of(PACKAGE_TYPES, "invalid_package_type"),
    "pcenc": pcenc,
    "pieceoftotal": pieceoftotal,
    "posinseqslash": posinseqslash,
    "ss": ss,
    "winding": winding,
    "yesno": _one_of(frozenset("01"), "not_zero_or_one"),
    "yymmd0": yymmd0,
    "yymmdd": yymmdd,
    "yyyymmdd": yyyymmdd,
    "zero": _matching(r"0+", "not_zero"),
}
