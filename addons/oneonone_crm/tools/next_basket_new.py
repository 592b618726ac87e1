"""What a customer has never bought but others like them did: product to product.

    similarity(i, j) = both / ((buyers_i + shrink)^0.5 · (buyers_j + shrink)^0.8)
    score(j) = Σ decay^rank-strength of i · similarity(i, j) · (1 + trend_j)^new_lift

over the products i the customer bought, and the `neighbours` products j most similar to each.
`both` and `buyers` count customers. Products the customer bought before are left out.

The same in SQL, nightly, from which one customer's list is a join of a few rows:

    WITH own AS (      -- the newest products of each customer
        SELECT partner_id, product_id FROM (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY last DESC, product_id) n
              FROM strength) s WHERE n <= %(history)s
    ), buyers AS (SELECT product_id, COUNT(*) AS buyers FROM own GROUP BY product_id
    ), pairs AS (
        SELECT a.product_id AS i, b.product_id AS j, COUNT(*) AS both
          FROM own a JOIN own b ON a.partner_id = b.partner_id AND a.product_id <> b.product_id
      GROUP BY 1, 2
    ), ranked AS (
        SELECT i, j, both / (POWER(x.buyers + %(shrink)s, 0.5)
                             * POWER(y.buyers + %(shrink)s, 0.8)) AS similarity
          FROM pairs JOIN buyers x ON x.product_id = i JOIN buyers y ON y.product_id = j
    )   -- kept in a table: the first %(neighbours)s of each i by similarity
    SELECT s.partner_id, n.j, SUM(s.strength * n.similarity) * POWER(1 + t.trend, %(new_lift)s)
      FROM strength s JOIN neighbour n ON n.i = s.product_id JOIN trend t ON t.product_id = n.j
     WHERE NOT EXISTS (SELECT FROM strength o WHERE o.partner_id = s.partner_id
                                                AND o.product_id = n.j)
  GROUP BY s.partner_id, n.j, t.trend

Source: Sarwar, Karypis, Konstan and Riedl (2001), "Item-Based Collaborative Filtering"; the
uneven powers after Aiolli (2013), "Efficient Top-N Recommendation".
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from .next_basket import Floats, Ints, Lines, Ranked, Strength, Weights, best, strength, trends


class Neighbours(NamedTuple):
    """Pairs of products that go together, sorted by product, the most similar first."""

    product: Ints
    other: Ints
    similarity: Floats


def neighbours(bought: Lines, weights: Weights) -> Neighbours:
    """For each product, those that its buyers bought more than their sales let expect."""
    matrix = _buyers(bought, weights.history)
    both = (matrix.T @ matrix).tocoo()
    buyers = both.diagonal() + weights.shrink
    apart = both.row != both.col
    i, j, together = both.row[apart], both.col[apart], both.data[apart]
    similarity = together / (buyers[i] ** weights.own_power * buyers[j] ** weights.other_power)
    order = np.lexsort((j, -similarity, i))
    i, j, similarity = i[order].astype(np.int64), j[order].astype(np.int64), similarity[order]
    kept = np.arange(len(i)) - np.searchsorted(i, i) < weights.neighbours
    return Neighbours(i[kept], j[kept], similarity[kept])


def _buyers(bought: Lines, history: int) -> sparse.csr_array:
    """1 where a customer bought a product, for the newest `history` products of each."""
    order = np.lexsort((bought.product, -bought.day, bought.customer))
    pairs = np.column_stack([bought.customer[order], bought.product[order]])
    _pairs, newest = np.unique(pairs, axis=0, return_index=True)
    customer, product = pairs[np.sort(newest)].T
    kept = np.arange(len(customer)) - np.searchsorted(customer, customer) < history
    shape = (int(customer.max()) + 1 if len(customer) else 0, bought.products)
    return sparse.csr_array((np.ones(kept.sum()), (customer[kept], product[kept])), shape)


def new_for_you(
    bought: Lines, near: Neighbours, today: Ints, weights: Weights, limit: int = 10
) -> Ranked:
    """The products that are new to each customer and that they will most likely like.

    :param today: the day to predict for, one a customer, as in `next_basket.usual`
    """
    own = strength(bought.rows(today[bought.customer] >= 0), weights.decay)
    pull = _pull(own, near, bought.products)
    customer, product, score = pull.row, pull.col, pull.data.astype(float)
    sold = np.bincount(bought.product, minlength=bought.products)
    parts = []
    for day, trend in trends(bought, weights.half_life, today[today >= 0]):
        mine = today[customer] == day
        lifted = (1.0 + trend[product[mine]]) ** weights.new_lift
        parts.append((customer[mine], product[mine], score[mine] * lifted))
    return best(parts, sold, limit)


def _pull(own: Strength, near: Neighbours, products: int) -> sparse.coo_array:
    """How strongly each customer is drawn to each product they have not bought."""
    customers = int(own.customer.max()) + 1 if len(own.customer) else 0
    mine = sparse.csr_array((own.strength, own[:2]), (customers, products))
    similar = sparse.csr_array((near.similarity, near[:2]), (products, products))
    drawn = (mine @ similar).tocoo()
    owned = own.customer * products + own.product
    new = ~np.isin(drawn.row.astype(np.int64) * products + drawn.col, owned)
    return sparse.coo_array((drawn.data[new], (drawn.row[new], drawn.col[new])), drawn.shape)


def complements(
    basket: Ints, near: Neighbours, trend: Floats, weights: Weights, limit: int = 10
) -> list[tuple[int, float, int]]:
    """What goes with the products on the counter: product, score, and the one it goes with most."""
    found: dict[int, tuple[float, float, int]] = {}
    basket = np.unique(basket)
    rows = np.isin(near.product, basket) & ~np.isin(near.other, basket)
    for i, j, similarity in zip(*(column[rows].tolist() for column in near), strict=True):
        total, most, reason = found.get(j, (0.0, 0.0, i))
        found[j] = (total + similarity, max(most, similarity), i if similarity > most else reason)
    scored = [
        (j, total * (1.0 + float(trend[j])) ** weights.new_lift, reason)
        for j, (total, _most, reason) in found.items()
    ]
    return sorted(scored, key=lambda row: (-row[1], row[0]))[:limit]
