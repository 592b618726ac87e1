"""Dates of GS1 codes: two digits for the year, and day 00."""

import calendar
import datetime


def year_of(two_digits: int, today: datetime.date | None = None) -> int:
    """The year meant by its last two digits: at most 49 years ahead, 50 years back (GS1 7.12)."""
    now = (today or datetime.date.today()).year
    year = now - now % 100 + two_digits
    if year - now >= 51:
        return year - 100
    return year + 100 if now - year >= 50 else year


def date_of(yymmdd: str, today: datetime.date | None = None) -> datetime.date:
    """The day that six digits mean; day 00 is the last of the month.

    >>> date_of("210200")
    datetime.date(2021, 2, 28)
    """
    year, month = year_of(int(yymmdd[:2]), today), int(yymmdd[2:4])
    return datetime.date(year, month, int(yymmdd[4:6]) or calendar.monthrange(year, month)[1])
