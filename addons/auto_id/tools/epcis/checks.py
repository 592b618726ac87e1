"""What the standard asks of an event."""

import re
from typing import TYPE_CHECKING

from . import vocabulary
from .errors import EpcisError

if TYPE_CHECKING:
    from .events import Event, Quantity

_OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_UOM = re.compile(r"[A-Z0-9]{2,3}")
_MOST = 10**15


def check(event: "Event") -> None:
    """Raise :class:`EpcisError` unless the standard allows this event."""
    if event.kind not in vocabulary.KINDS:
        raise EpcisError("unknown_event", f"there is no kind of event {event.kind!r}")
    if event.time.tzinfo is None:
        raise EpcisError("malformed_time", "the time of an event needs its time zone")
    if not isinstance(event.offset, str) or not _OFFSET.fullmatch(event.offset):
        raise EpcisError("malformed_time", "eventTimeZoneOffset must look like +08:00")
    allowed = (None,) if event.kind == "TransformationEvent" else vocabulary.ACTIONS
    if event.action not in allowed:
        raise EpcisError("wrong_action", f"{event.kind}: the action is {event.action!r}")
    _check_words(event)
    _check_uris(event)
    _check_content(event)


def _check_words(event: "Event") -> None:
    words = (
        ("bizStep", (event.biz_step,), vocabulary.BIZ_STEPS),
        ("disposition", (event.disposition,), vocabulary.DISPOSITIONS),
        (
            "bizTransaction",
            [kind or None for kind, _uri in event.biz_transactions],
            vocabulary.BIZ_TRANSACTIONS,
        ),
        ("source", [kind for kind, _uri in event.sources], vocabulary.PARTIES),
        ("destination", [kind for kind, _uri in event.destinations], vocabulary.PARTIES),
    )
    for name, found, known in words:
        for word in found:
            if word is not None and not vocabulary.is_word(word, known):
                raise EpcisError("unknown_word", f"{str(word)[:60]!r} is no {name}")


def _check_uris(event: "Event") -> None:
    quantities = event.quantities + event.output_quantities
    pairs = event.biz_transactions + event.sources + event.destinations
    single = (
        event.parent,
        event.transformation,
        event.read_point,
        event.biz_location,
        event.event_id,
    )
    uris = [*event.epcs, *event.output_epcs, *(one.epc_class for one in quantities)]
    uris += [uri for _kind, uri in pairs] + [uri for uri in single if uri is not None]
    for uri in uris:
        if not vocabulary.is_uri(uri):
            raise EpcisError("malformed_uri", f"{str(uri)[:60]!r} is no URI")
    if len(set(event.epcs)) < len(event.epcs) or len(set(event.output_epcs)) < len(
        event.output_epcs
    ):
        raise EpcisError("repeated_epc", "an item is named twice")
    for one in quantities:
        _check_quantity(one)


def _check_quantity(one: "Quantity") -> None:
    amount = one.quantity
    if amount is not None and (
        isinstance(amount, bool)
        or not isinstance(amount, int | float)
        or not -_MOST < amount < _MOST  # nor not a number
    ):
        raise EpcisError("wrong_quantity", "a quantity must be a number")
    if one.uom is not None and not (isinstance(one.uom, str) and _UOM.fullmatch(one.uom)):
        raise EpcisError("wrong_quantity", "a unit of measure is a code such as KGM")


def _check_content(event: "Event") -> None:
    has_items = bool(event.epcs or event.quantities)
    if event.kind == "TransformationEvent":
        has_outputs = bool(event.output_epcs or event.output_quantities)
        if not (has_items and has_outputs) and not (
            event.transformation and (has_items or has_outputs)
        ):
            raise EpcisError(
                "no_items", "a transformation needs inputs and outputs, or an identifier"
            )
        return
    if event.kind in ("AggregationEvent", "AssociationEvent"):
        if not event.parent and event.action != "OBSERVE":
            raise EpcisError("no_parent", f"a {event.kind} that adds or takes needs its parent")
        if not has_items and event.action != "DELETE":
            raise EpcisError("no_items", f"a {event.kind} needs items")
    elif event.kind == "TransactionEvent" and not event.biz_transactions:
        raise EpcisError("no_transaction", "a TransactionEvent needs a business transaction")
    elif (
        event.kind == "ObjectEvent" and not has_items and not event.others.get("sensorElementList")
    ):
        raise EpcisError("no_items", "an ObjectEvent needs items, or sensor data")
