"""URIs of items and places in events, and what two spellings of one have in common."""

from .. import codes
from ..codes import digital_link, keys

_OWN_LEVEL = frozenset(("00", "414", "417", "8004", "8017", "8018", "401", "402", "8013"))
_QUALIFIED = {"01": ("21", "235"), "8006": ("21",), "03": ("21",), "8010": ("8011",)}
_COMPONENT = {"8003": 14, "253": 13, "255": 13}


def uri_of(elements: list[tuple[str, str]]) -> str | None:
    """The Digital Link that names what these GS1 elements identify, without attributes.

    >>> uri_of([("01", "09506000134352"), ("17", "261231"), ("21", "7")])
    'https://id.gs1.org/01/09506000134352/21/7'
    """
    key = keys.of_elements(elements)
    if key is None:
        return None
    return f"{digital_link.CANONICAL}/" + "/".join(map(digital_link.escape, _parts(key)))


def _parts(key: str) -> list[str]:
    """Identifier and value in turn; only the last value may hold a slash."""
    ai, value, *rest = key.split("/", 2)
    if ai in _COMPONENT or not rest or rest[0].partition("/")[0] not in _qualifiers(ai):
        return [ai, "/".join([value, *rest])]
    return [ai, value, *rest[0].split("/", 1)]


def _qualifiers(ai: str) -> tuple[str, ...]:
    return keys.QUALIFIERS.get(ai, ())


def is_class(elements: list[tuple[str, str]]) -> bool:
    """Whether the elements name a kind or lot of items, rather than one item or place.

    >>> is_class([("01", "09506000134352"), ("10", "A")])
    True
    """
    values = dict(elements)
    if not _OWN_LEVEL.isdisjoint(values):
        return False
    for ai, length in _COMPONENT.items():
        if ai in values:
            return len(values[ai]) == length
    for ai, qualifiers in _QUALIFIED.items():
        if ai in values:
            return not any(name in values for name in qualifiers)
    return True


def key_of(uri: str) -> str:
    """What every spelling of a URI has in common: URN, Digital Link of any domain.

    >>> key_of("urn:epc:id:sgtin:0614141.812345.6789")
    '01/80614141123458/21/6789'
    """
    code = codes.parse(uri)
    return code.key if code.ais and code.usable and code.key else uri
