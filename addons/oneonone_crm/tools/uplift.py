"""What an offer really changed: customers who saw it against a control group that did not.

Shares carry Wilson's interval (1927), their difference Newcombe's (1998, method 10): both hold
for small groups and for shares of 0 and 1, where the textbook interval does not.
"""

from math import sqrt
from typing import NamedTuple

MIN_GROUP = 30
"""A group with fewer customers proves nothing, whatever the interval."""

_Z = 1.96


class Share(NamedTuple):
    """A share with its interval, all 0..1."""

    value: float
    low: float
    high: float
    n: int


class Uplift(NamedTuple):
    """What the offer added, in shares of customers (0.02: two more in a hundred)."""

    offered: Share
    control: Share
    difference: float
    low: float
    high: float
    verdict: str
    """`helps`, `hurts`, `unclear` (the interval holds 0) or `too_few`."""


def share(hits: int, n: int, z: float = _Z) -> Share:
    """The share of customers who bought, with Wilson's interval; 0..1 is open for nobody.

    :raises ValueError: not 0 <= hits <= n
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if not n:
        return Share(0.0, 0.0, 1.0, 0)
    p = hits / n
    scale = 1.0 + z * z / n
    middle = (p + z * z / (2 * n)) / scale
    reach = z * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / scale
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Share(p, 0.0 if hits == 0 else low, 1.0 if hits == n else high, n)


def uplift(offered_hits: int, offered: int, control_hits: int, control: int) -> Uplift:
    """The difference between two groups of customers that chance alone set apart."""
    one, two = share(offered_hits, offered), share(control_hits, control)
    difference = one.value - two.value
    low = difference - sqrt((one.value - one.low) ** 2 + (two.high - two.value) ** 2)
    high = difference + sqrt((one.high - one.value) ** 2 + (two.value - two.low) ** 2)
    low, high = max(-1.0, low), min(1.0, high)
    return Uplift(one, two, difference, low, high, _verdict(one, two, low, high))


def _verdict(one: Share, two: Share, low: float, high: float) -> str:
    if min(one.n, two.n) < MIN_GROUP:
        return "too_few"
    if low > 0:
        return "helps"
    return "hurts" if high < 0 else "unclear"


def group_size(usual: float, wanted: float) -> int:
    """Customers that each group needs to show a change of `usual` by `wanted`, four times in five.

    Two-sided 5 %, power 80 %: n = (1.96 + 0.84)^2 (p(1-p) + q(1-q)) / wanted^2.

    >>> group_size(0.10, 0.03)
    1770
    """
    if not wanted:
        raise ValueError("no change cannot be shown")
    changed = min(max(usual + wanted, 0.0), 1.0)
    spread = usual * (1.0 - usual) + changed * (1.0 - changed)
    return max(MIN_GROUP, round((_Z + 0.84) ** 2 * spread / wanted**2 + 0.5))
