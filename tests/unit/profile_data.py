"""The real data of the profile tests and benchmarks: purchase days of customers, as arrays."""

import csv
import gzip
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from oneonone_crm.tools.churn import Facts
from oneonone_crm.tools.churn_fit import Cut
from oneonone_crm.tools.lifetime_value_histories import Histories, histories
from oneonone_crm.tools.next_basket import Lines, Ranked, best, lines
from oneonone_crm.tools.next_basket_choice import LastDay

DATA = Path(__file__).resolve().parents[3] / "shared/data"


class Purchases(NamedTuple):
    """One row a customer and day with a purchase, sorted by customer and day."""

    customer: np.ndarray
    """0, 1, 2..."""
    day: np.ndarray
    amount: np.ndarray
    lines: np.ndarray
    units: np.ndarray


def ordinal(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def read(name: str) -> list[dict[str, str]]:
    """The lines of `<name>.csv.gz`.

    :raises FileNotFoundError: the shared data are not on this machine
    """
    with gzip.open(DATA / f"{name}.csv.gz", "rt") as stream:
        return list(csv.DictReader(stream))


def by_day(rows: list[dict[str, str]]) -> Purchases:
    """Purchases of one customer on one day added up; days that add up to nothing stay."""
    _names, ids = np.unique([row["customer_id"] for row in rows], return_inverse=True)
    days = [ordinal(row["date"]) for row in rows]
    keys, place = np.unique(np.column_stack([ids, days]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    sums = (
        np.bincount(place, weights=[float(row[name]) for row in rows])
        for name in ("amount", "quantity")
    )
    amount, units = sums
    return Purchases(keys[:, 0], keys[:, 1], amount, np.bincount(place).astype(float), units)


def cdnow(name: str) -> Purchases:
    """`cdnow_sample` or `cdnow_master`."""
    return by_day(read(name))


def retail_rows() -> list[dict[str, str]]:
    """Online Retail's lines of known customers, without returns."""
    rows = (row for row in read("onlineretail_lines") if row["customer_id"])
    return [row for row in rows if float(row["quantity"]) > 0]


@lru_cache(maxsize=1)
def online_retail() -> Purchases:
    """Online Retail by customer and day, without gifts."""
    return by_day([row for row in retail_rows() if float(row["amount"]) > 0])


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


def churn_cut(purchases: Purchases, day: int, days: int) -> Cut:
    """What was known of customers on a day, and who bought nothing in the days after it."""
    seen = purchases.day <= day
    known = Purchases(*(column[seen] for column in purchases))
    ids, first, n = np.unique(known.customer, return_index=True, return_counts=True)
    row = np.repeat(np.arange(len(ids)), n)
    last = first + n - 1
    longest = np.zeros(len(ids))
    np.maximum.at(longest, row[1:], np.diff(known.day) * (row[1:] == row[:-1]))
    facts = Facts(
        (day - known.day[last]).astype(float),
        n.astype(float),
        (day - known.day[first]).astype(float),
        np.bincount(row, known.amount) / n,
        known.amount[last],
        longest,
        np.bincount(row, known.lines),
        np.bincount(row, known.units),
    )
    came, _spend = since(purchases, ids, day, day + days)
    return Cut(facts, (came == 0).astype(float))


def baskets() -> Lines:
    """Online Retail for next baskets: customers with three shopping days or more, products with
    five buyers or more among them."""
    rows = retail_rows()
    customer = np.unique([row["customer_id"] for row in rows], return_inverse=True)[1]
    product = np.unique([row["product"] for row in rows], return_inverse=True)[1]
    day = np.array([ordinal(row["date"]) for row in rows])
    days = np.unique(np.column_stack([customer, day]), axis=0)
    often = np.bincount(days[:, 0])[customer] >= 3
    bought = lines(customer[often], day[often], product[often])
    pairs = np.unique(np.column_stack([bought.customer, bought.product]), axis=0)
    bought = bought.rows(np.bincount(pairs[:, 1])[bought.product] >= 5)
    return bought._replace(product=np.unique(bought.product, return_inverse=True)[1])


def new_to_them(held: LastDay) -> Lines:
    """The held-out lines of products that the customer had not bought before."""
    size = max(held.before.products, held.test.products)
    known = np.isin(
        held.test.customer * size + held.test.product,
        held.before.customer * size + held.before.product,
    )
    return held.test.rows(~known)


def popular_and_new(held: LastDay, limit: int = 10) -> Ranked:
    """The peer: of the 300 products that sell most, those that the customer has not bought."""
    sold = np.bincount(held.before.product)
    judged, top = np.flatnonzero(held.today >= 0), np.argsort(-sold)[:300]
    customer, product = np.repeat(judged, len(top)), np.tile(top, len(judged))
    owned = held.before.customer * len(sold) + held.before.product
    fresh = ~np.isin(customer * len(sold) + product, owned)
    customer, product = customer[fresh], product[fresh]
    return best([(customer, product, sold[product].astype(float))], sold, limit)
