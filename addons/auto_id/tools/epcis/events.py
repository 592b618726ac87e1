"""One event: what happened, to which items, when, where and why."""

import datetime
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from . import checks, vocabulary
from .errors import EpcisError

_NAMESPACE = uuid.UUID("5f0c2d61-9c1b-5a53-8c5e-6a0b6b1d2c77")

# What the items of an event are called in JSON, by the kind of event.
_ITEMS = {
    "ObjectEvent": {"epcs": "epcList", "quantities": "quantityList"},
    "AggregationEvent": {
        "parent": "parentID",
        "epcs": "childEPCs",
        "quantities": "childQuantityList",
    },
    "TransformationEvent": {
        "transformation": "transformationID",
        "epcs": "inputEPCList",
        "quantities": "inputQuantityList",
        "output_epcs": "outputEPCList",
        "output_quantities": "outputQuantityList",
    },
    "TransactionEvent": {"parent": "parentID", "epcs": "epcList", "quantities": "quantityList"},
    "AssociationEvent": {
        "parent": "parentID",
        "epcs": "childEPCs",
        "quantities": "childQuantityList",
    },
}
_KEPT = (
    "sensorElementList",
    "persistentDisposition",
    "ilmd",
    "certificationInfo",
    "errorDeclaration",
)
"""Parts of the standard that are carried along as they are."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of a class of items; without `uom` it is a count, without `quantity` unknown."""

    epc_class: str
    quantity: float | None = None
    uom: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of one of `KINDS`.

    `epcs` and `quantities` are the objects, children or inputs; `output_...` what a transformation
    gave. `time` is aware; `offset` is the local time zone as `+08:00`. Business transactions,
    sources and destinations are pairs of type (or empty) and URI. `others` holds extensions and
    parts of the standard that are only carried along.
    """

    kind: str
    time: datetime.datetime
    offset: str = "+00:00"
    action: str | None = None
    parent: str | None = None
    transformation: str | None = None
    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    output_epcs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    biz_step: str | None = None
    disposition: str | None = None
    read_point: str | None = None
    biz_location: str | None = None
    biz_transactions: tuple[tuple[str, str], ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    destinations: tuple[tuple[str, str], ...] = ()
    record_time: datetime.datetime | None = None
    event_id: str | None = None
    others: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        checks.check(self)

    def to_json(self) -> dict[str, Any]:
        """The event as an object of an EPCIS document, with an identifier of its own."""
        found: dict[str, Any] = {
            "type": self.kind,
            "eventID": self.event_id or self.own_id(),
            **self._content(),
        }
        if self.record_time:
            found["recordTime"] = _time_text(self.record_time)
        return found

    def own_id(self) -> str:
        """An identifier that follows from what happened: the same event gets the same again."""
        text = json.dumps([self.kind, self._content()], sort_keys=True, ensure_ascii=True)
        return f"urn:uuid:{uuid.uuid5(_NAMESPACE, text)}"

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "eventTime": _time_text(self.time),
            "eventTimeZoneOffset": self.offset,
            "action": self.action,
            "bizStep": self.biz_step,
            "disposition": self.disposition,
            "readPoint": self.read_point and {"id": self.read_point},
            "bizLocation": self.biz_location and {"id": self.biz_location},
            "bizTransactionList": _typed("bizTransaction", self.biz_transactions),
            "sourceList": _typed("source", self.sources),
            "destinationList": _typed("destination", self.destinations),
        }
        for name, key in _ITEMS[self.kind].items():
            value = getattr(self, name)
            if name.endswith("quantities"):
                value = [_quantity_json(quantity) for quantity in value]
            content[key] = list(value) if isinstance(value, tuple) else value
        needs_list = self.kind == "ObjectEvent" and not self.quantities
        kept = {key: value for key, value in content.items() if value}
        if needs_list:
            kept.setdefault("epcList", [])
        return kept | self.others


def from_json(found: Any) -> Event:
    """The event in an object of a document; raises :class:`EpcisError`."""
    if not isinstance(found, dict):
        raise EpcisError("malformed", "an event must be a JSON object")
    kind = found.get("type")
    if not isinstance(kind, str) or kind not in _ITEMS:
        raise EpcisError("unknown_event", f"there is no kind of event {str(kind)[:40]!r}")
    values: dict[str, Any] = {
        "time": read_time(found.get("eventTime"), "eventTime"),
        "offset": found.get("eventTimeZoneOffset", ""),
        "action": found.get("action"),
        "biz_step": _short(found.get("bizStep")),
        "disposition": _short(found.get("disposition")),
        "read_point": _place(found, "readPoint"),
        "biz_location": _place(found, "bizLocation"),
        "biz_transactions": _pairs(found, "bizTransactionList", "bizTransaction"),
        "sources": _pairs(found, "sourceList", "source"),
        "destinations": _pairs(found, "destinationList", "destination"),
        "event_id": found.get("eventID"),
    }
    if "recordTime" in found:
        values["record_time"] = read_time(found["recordTime"], "recordTime")
    for name, key in _ITEMS[kind].items():
        if name.endswith("quantities"):
            values[name] = tuple(map(_quantity, _list(found, key)))
        elif name.endswith("epcs"):
            values[name] = tuple(_list(found, key))
        else:
            values[name] = found.get(key)
    return Event(kind=kind, others=_others(found, kind), **values)


def read_time(text: Any, name: str = "time") -> datetime.datetime:
    """A time with its zone, in UTC; raises :class:`EpcisError`."""
    try:
        time = datetime.datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(datetime.UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise EpcisError("malformed_time", f"{name} must be a time with its time zone") from error


def _time_text(time: datetime.datetime) -> str:
    utc = time.astimezone(datetime.UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def _others(found: dict[str, Any], kind: str) -> dict[str, Any]:
    known = {"type", "eventTime", "eventTimeZoneOffset", "recordTime", "eventID", "action"}
    known |= {"bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList"}
    known |= {"sourceList", "destinationList", "@context", *_ITEMS[kind].values()}
    others = {key: value for key, value in found.items() if key not in known}
    for key in others:
        if key not in _KEPT and not vocabulary.is_uri(key):
            raise EpcisError("unknown_field", f"{key[:60]!r} has no place in a {kind}")
    return others


def _list(found: dict[str, Any], key: str) -> list:
    values = found.get(key, [])
    if not isinstance(values, list):
        raise EpcisError("malformed", f"{key} must be a list")
    return values


def _short(word: Any) -> Any:
    return vocabulary.short(word) if isinstance(word, str) else word


def _place(found: dict[str, Any], key: str) -> Any:
    place = found.get(key)
    if place is None:
        return None
    if not isinstance(place, dict):
        raise EpcisError("malformed", f"{key} must be an object with an id")
    return place.get("id", "")


def _pairs(found: dict[str, Any], key: str, name: str) -> tuple[tuple[str, str], ...]:
    pairs = _list(found, key)
    if not all(isinstance(pair, dict) for pair in pairs):
        raise EpcisError("malformed", f"{key} must be a list of objects")
    return tuple((_short(pair.get("type", "")), pair.get(name, "")) for pair in pairs)


def _typed(name: str, pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [({"type": kind} if kind else {}) | {name: uri} for kind, uri in pairs]


def _quantity(found: Any) -> Quantity:
    if not isinstance(found, dict) or not set(found) <= {"epcClass", "quantity", "uom"}:
        raise EpcisError("malformed", "a quantity has epcClass, quantity and uom")
    return Quantity(found.get("epcClass", ""), found.get("quantity"), found.get("uom"))


def _quantity_json(quantity: Quantity) -> dict[str, Any]:
    found: dict[str, Any] = {"epcClass": quantity.epc_class}
    if quantity.quantity is not None:
        found["quantity"] = quantity.quantity
        if quantity.uom:
            found["uom"] = quantity.uom
    return found
