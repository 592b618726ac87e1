"""Which Application Identifiers need each other, and which do not go together.

GS1 judges this over all symbols on one item. A symbol that names nothing (a label's second symbol
with lot and date) is therefore complete for us; a number that only continues a key is not.
"""

from ..code import CodeError
from .ais import IDENTIFIERS
from .gs1 import Elements

CONTINUATIONS = frozenset(("21", "22", "250", "254", "37", "8011", "8019", "8020", "8030"))
"""These continue, count or sign what another names: alone they say nothing."""

_NAMES = frozenset(ai for ai, found in IDENTIFIERS.items() if found.is_key) | {"03"}
_WITH_SERIAL = {"253": 13, "255": 13, "8003": 14}
"""Keys with an optional serial component, and where it begins."""


def check(elements: Elements) -> None:
    """Raise :class:`CodeError` for a combination that GS1 does not allow."""
    if len(elements) == 1 and not IDENTIFIERS[elements[0][0]].requires:
        return
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise CodeError("repeated_ai", f"AI ({ai}) comes twice, with different values")
    present = values.keys()
    for ai in values:
        clash = IDENTIFIERS[ai].excludes & present
        if clash:
            raise CodeError("excluded_ai", f"AI ({ai}) does not go with AI ({min(clash)})")
    is_fragment = _NAMES.isdisjoint(present)
    for ai in values:
        if not is_fragment or ai in CONTINUATIONS:
            _check_required(ai, present)
    if "8030" in values:
        _check_signed(values)


def _check_required(ai: str, present) -> None:
    for condition in IDENTIFIERS[ai].requires:
        if not any(all(choice & present for choice in group) for group in condition):
            wanted = ", ".join("+".join(min(choice) for choice in group) for group in condition)
            raise CodeError("required_ai", f"AI ({ai}) needs one of {wanted} beside it")


def _check_signed(values: dict[str, str]) -> None:
    for ai, length in _WITH_SERIAL.items():
        if ai in values and len(values[ai]) == length:
            raise CodeError("digsig_serial", f"a signed AI ({ai}) needs its serial component")
