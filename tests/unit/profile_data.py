"""The real data of the profile tests and benchmarks: purchase days of customers, as arrays."""

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from oneonone_crm.tools.lifetime_value_histories import Histories, histories

DATA = Path(__file__).resolve().parents[3] / "shared/data"


class Purchases(NamedTuple):
    """One row a customer and day with a purchase, sorted by customer and day."""

    customer: np.ndarray
    """0, 1, 2..."""
    day: np.ndarray
    amount: np.ndarray


def ordinal(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def read(name: str) -> list[dict[str, str]]:
    """The lines of `<name>.csv.gz`.

    :raises FileNotFoundError: the shared data are not on this machine
    """
    with gzip.open(DATA / f"{name}.csv.gz", "rt") as stream:
        return list(csv.DictReader(stream))


def by_day(customer: list[str], day: list[int], amount: list[float]) -> Purchases:
    """Purchases of one customer on one day added up; days that add up to nothing stay."""
    _names, ids = np.unique(customer, return_inverse=True)
    keys, place = np.unique(np.column_stack([ids, day]), axis=0, return_inverse=True)
    return Purchases(keys[:, 0], keys[:, 1], np.bincount(place.reshape(-1), weights=amount))


def cdnow(name: str) -> Purchases:
    """`cdnow_sample` or `cdnow_master`."""
    rows = read(name)
    return by_day(
        [row["customer_id"] for row in rows],
        [ordinal(row["date"]) for row in rows],
        [float(row["amount"]) for row in rows],
    )


def online_retail() -> Purchases:
    """Days of Online Retail's known customers whose purchases, without returns, have a value."""
    rows = [row for row in read("onlineretail_lines") if row["customer_id"]]
    rows = [row for row in rows if float(row["quantity"]) > 0 and float(row["amount"]) > 0]
    return by_day(
        [row["customer_id"] for row in rows],
        [ordinal(row["date"]) for row in rows],
        [float(row["amount"]) for row in rows],
    )


def known_at(purchases: Purchases, day: int) -> tuple[np.ndarray, Histories]:
    """The customers who bought up to a day, and their histories then."""
    seen = purchases.day <= day
    ids, first, n = np.unique(purchases.customer[seen], return_index=True, return_counts=True)
    days = purchases.day[seen]
    start, last = days[first], days[first + n - 1]
    return ids, histories(n - 1, (last - start) / 7.0, (day - start) / 7.0)


def since(purchases: Purchases, ids: np.ndarray, day: int, until: int) -> tuple:
    """Days with a purchase and spend of these customers after a day, up to another."""
    seen = (purchases.day > day) & (purchases.day <= until) & np.isin(purchases.customer, ids)
    place = np.searchsorted(ids, purchases.customer[seen])
    count = np.bincount(place, minlength=len(ids)).astype(float)
    return count, np.bincount(place, weights=purchases.amount[seen], minlength=len(ids))


def spent_until(purchases: Purchases, ids: np.ndarray, day: int, repeats: bool) -> tuple:
    """Number and mean amount of the purchase days of these customers up to a day.

    :param repeats: without the first day of each
    """
    seen = purchases.day <= day
    customer, amount = purchases.customer[seen], purchases.amount[seen]
    first = np.r_[True, customer[1:] != customer[:-1]]
    counted = ~first if repeats else np.ones_like(first)
    place = np.searchsorted(ids, customer[counted])
    count = np.bincount(place, minlength=len(ids))
    total = np.bincount(place, weights=amount[counted], minlength=len(ids))
    return count, total / np.maximum(count, 1)
