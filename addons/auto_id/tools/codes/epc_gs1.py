"""From GS1 elements to an EPC: only the length of the company prefix is missing in them."""

import functools
import re

from biip import ParseError
from biip.gs1_prefixes import GS1CompanyPrefix

from ..code import CodeError
from . import epc
from .gs1 import Elements


def from_elements(elements: Elements, prefix_length: int | None = None) -> epc.Epc | None:
    """The EPC that means the same, if the elements name a key that has one.

    Without `prefix_length` (6 to 12) GS1's list of company prefixes decides, as far as it goes:
    `None` where it does not know the prefix.
    """
    values = dict(elements)
    for needed, digits_of, build in _KEYS:
        if all(ai in values for ai in needed):
            prefix_length = prefix_length or known_prefix_length(digits_of(values))
            return _made(build, values, prefix_length) if prefix_length else None
    return None


@functools.lru_cache(maxsize=4096)
def known_prefix_length(digits: str) -> int | None:
    """How long the company prefix is with which these digits begin, in the list that biip has."""
    # An asset's number goes on with letters.
    leading = re.match("[0-9]*", digits)
    try:
        found = GS1CompanyPrefix.extract(leading[0] if leading else "")
    except ParseError:
        return None
    return len(found.value) if found and 6 <= len(found.value) <= 12 else None


def _made(build, values: dict[str, str], length: int) -> epc.Epc:
    scheme, *parts = build(values, length)
    if not 6 <= length <= 12:
        raise CodeError("epc_length", "a GS1 Company Prefix has 6 to 12 digits")
    space = "class" if scheme == "lgtin" else "id"
    body = ".".join(map(epc.escape, parts))
    return epc.parse_uri(f"urn:epc:{space}:{scheme}:{body}")


def _item(gtin: str, length: int) -> tuple[str, str]:
    return gtin[1 : 1 + length], gtin[0] + gtin[1 + length : -1]


def _reference(digits: str, length: int, total: int) -> tuple[str, str]:
    return digits[:length], digits[length:total]


_KEYS = (
    (("00",), lambda v: v["00"][1:], lambda v, n: ("sscc", *_item(v["00"], n))),
    (
        ("8006", "21"),
        lambda v: v["8006"][1:],
        lambda v, n: (
            "itip",
            *_item(v["8006"][:14], n),
            v["8006"][14:16],
            v["8006"][16:],
            v["21"],
        ),
    ),
    (("01", "21"), lambda v: v["01"][1:], lambda v, n: ("sgtin", *_item(v["01"], n), v["21"])),
    (("01", "235"), lambda v: v["01"][1:], lambda v, n: ("upui", *_item(v["01"], n), v["235"])),
    (("01", "10"), lambda v: v["01"][1:], lambda v, n: ("lgtin", *_item(v["01"], n), v["10"])),
    (
        ("414",),
        lambda v: v["414"],
        lambda v, n: ("sgln", *_reference(v["414"], n, 12), v.get("254", "0")),
    ),
    (("417",), lambda v: v["417"], lambda v, n: ("pgln", *_reference(v["417"], n, 12))),
    (
        ("8003",),
        lambda v: v["8003"][1:],
        lambda v, n: ("grai", *_reference(v["8003"][1:], n, 12), v["8003"][14:]),
    ),
    (("8004",), lambda v: v["8004"], lambda v, n: ("giai", v["8004"][:n], v["8004"][n:])),
    (("8018",), lambda v: v["8018"], lambda v, n: ("gsrn", *_reference(v["8018"], n, 17))),
    (("8017",), lambda v: v["8017"], lambda v, n: ("gsrnp", *_reference(v["8017"], n, 17))),
    (
        ("253",),
        lambda v: v["253"],
        lambda v, n: ("gdti", *_reference(v["253"], n, 12), v["253"][13:]),
    ),
    (
        ("255",),
        lambda v: v["255"],
        lambda v, n: ("sgcn", *_reference(v["255"], n, 12), v["255"][13:]),
    ),
    (
        ("8010", "8011"),
        lambda v: v["8010"],
        lambda v, n: ("cpi", v["8010"][:n], v["8010"][n:], v["8011"]),
    ),
    (("401",), lambda v: v["401"], lambda v, n: ("ginc", v["401"][:n], v["401"][n:])),
    (("402",), lambda v: v["402"], lambda v, n: ("gsin", *_reference(v["402"], n, 16))),
)
