"""What the symbology identifier (ISO/IEC 15424) in front of a scan promises about its data."""

import re

GS1, EAN, ITF, PLAIN, UNKNOWN = "gs1", "ean", "itf", "plain", "unknown"

_GS1 = frozenset(("]C1", "]e0", "]e1", "]e2", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]J4"))
_EAN = {"]E0": (13, 12, 8), "]E1": (2,), "]E2": (5,), "]E3": (15, 18), "]E4": (8,)}
_ITF = frozenset(("]I0", "]I1", "]I3"))
# As `auto_id.tools.code` knows them, and DotCode and Han Xin with all their modifiers.
_AIM = re.compile(
    r"\](?:A[0-7]|C[0124]|E[0-4]|F[0-6]|G[0-6]|H[0-9]|I[0-37]|J[0-5]|L[0-5]|M[01]|O[45]|P0|Q[0-6]"
    r"|R[0-3]|S[0-2]|U[0-2]|X[0-9A-F]|d[0-6]|e[0-3]|h[0-3]|j[0-3]|z[0-9A-C])"
)


def split(text: str) -> tuple[str, str]:
    """The symbology identifier, if one is there, and the data behind it.

    >>> split("]C10109506000134352")
    (']C1', '0109506000134352')
    """
    return (text[:3], text[3:]) if _AIM.match(text) else ("", text)


def family(identifier: str) -> str:
    """How data with this identifier is to be read."""
    if not identifier:
        return UNKNOWN
    if identifier in _GS1:
        return GS1
    if identifier in _EAN:
        return EAN
    return ITF if identifier in _ITF else PLAIN


def ean_lengths(identifier: str) -> tuple[int, ...]:
    """How many digits may stand behind the identifier of an EAN or UPC.

    `]E0` promises 13; readers that leave out the leading zero of a UPC-A send 12, and a UPC-E as it
    is 8. `]E3` has an add-on of 2 or 5 behind its 13.
    """
    return _EAN[identifier]
