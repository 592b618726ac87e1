"""One normal form of a code, whatever form a reader gave it: what a tag is looked up by.

The key of GS1 data is the path of its Digital Link, unescaped: identification key, and the one
qualifier that narrows it most. A lot beside a serial number is an attribute, not identity.
"""

from .gs1 import Elements

QUALIFIERS = {
    "00": (),
    "8018": ("8019",),
    "8017": ("8019",),
    "8006": ("21", "10"),
    "01": ("21", "235", "10"),
    "03": ("21", "10"),
    "8003": (),
    "8004": (),
    "253": (),
    "255": (),
    "8010": ("8011",),
    "414": ("254",),
    "417": (),
    "401": (),
    "402": (),
    "8013": (),
    "415": ("8020",),
}
"""Keys in the order in which they win, each with its qualifiers in the same order."""


def of_elements(elements: Elements) -> str | None:
    """The key of GS1 elements; `None` if they identify nothing.

    >>> of_elements([("01", "09506000134352"), ("17", "261231"), ("10", "A"), ("21", "7")])
    '01/09506000134352/21/7'
    """
    values = dict(elements)
    if values.get("254") == "0":  # the EPC of a GLN without extension
        del values["254"]
    for ai, qualifiers in QUALIFIERS.items():
        if ai in values:
            found = next((name for name in qualifiers if name in values), None)
            base = f"{ai}/{values[ai]}"
            return f"{base}/{found}/{values[found]}" if found else base
    return None
