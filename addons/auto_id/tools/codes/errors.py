"""What is wrong with a code: a code for machines, a sentence for people."""

from ..code import CodeError

TEXTS = {
    "empty": "the code is empty",
    "illegal_day": "there is no such day in that month",
    "illegal_month": "there is no such month",
    "illegal_hour": "there is no such hour",
    "illegal_minute": "there is no such minute",
    "illegal_second": "there is no such second",
    "illegal_zero_value": "zero is not allowed",
    "illegal_zero_prefix": "a zero in front is not allowed",
    "incorrect_check_digit": "the check digit is wrong",
    "incorrect_check_pair": "the two check characters are wrong",
    "incorrect_iban_checksum": "the check digits of the bank account are wrong",
    "incorrect_length": "the length is wrong",
    "invalid_cset39_character": "only A to Z, 0 to 9 and # - / are allowed",
    "invalid_cset64_character": "only letters, digits and - _ = are allowed",
    "invalid_cset82_character": "it holds a character that GS1 does not allow",
    "invalid_gcp_prefix": "it must begin with a GS1 Company Prefix",
    "non_digit_character": "only digits are allowed",
    "not_iso3166": "there is no country with this number",
    "not_iso3166_alpha2": "there is no country with these letters",
    "not_iso4217": "there is no currency with this number",
    "piece_number_exceeds_total": "the number of the piece is above the total",
    "too_long": "it is too long",
    "too_short": "it is too short",
    "too_short_for_key": "it is too short for a GS1 key",
    "zero_piece_number": "the number of the piece is zero",
    "zero_total_pieces": "the total of pieces is zero",
}


def text_of(code: str) -> str:
    """A sentence for ``code``; what has none of its own is readable enough with spaces."""
    return TEXTS.get(code, code.replace("_", " "))


def value_error(ai: str, code: str) -> CodeError:
    """An error of the value behind one Application Identifier."""
    return CodeError(code, f"AI ({ai}): {text_of(code)}")
