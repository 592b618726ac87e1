"""Keyboard layouts that a box offers, as it lists them."""

import json

MAX_LAYOUTS = 1500
MAX_TEXT = 80


class LayoutsError(ValueError):
    """No list of layouts."""


def parse(text: str) -> list[dict]:
    """``[{"name", "layout"}, {"name", "layout", "variant"}...]``; what is odd is left out.

    >>> parse('[{"name": "German", "layout": "de", "x": 1}, {"name": 1}, {"name": "No"}]')
    [{'name': 'German', 'layout': 'de'}]

    :raises LayoutsError: if it is no list
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LayoutsError(str(error)) from error
    if not isinstance(found, list):
        raise LayoutsError("no list")
    kept = [_layout(entry) for entry in found[:MAX_LAYOUTS] if isinstance(entry, dict)]
    return [entry for entry in kept if {"name", "layout"} <= entry.keys()]


def _layout(entry: dict) -> dict:
    names = ("name", "layout", "variant")
    return {name: entry[name] for name in names if _is_plain(entry.get(name))}


def _is_plain(text) -> bool:
    return isinstance(text, str) and 0 < len(text) <= MAX_TEXT and text.isprintable()
