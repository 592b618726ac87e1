"""The simple event query of EPCIS 2.0: its parameters, and which events they ask for.

Items and places are compared by what their URIs have in common, so a query by URN finds an event
that has the Digital Link.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import vocabulary
from .errors import EpcisError
from .events import Event, read_time
from .identifiers import key_of

_TIMES = ("GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime")
_WORDS = {
    "eventType": "kind",
    "EQ_action": "action",
    "EQ_bizStep": "biz_step",
    "EQ_disposition": "disposition",
    "EQ_eventID": "event_id",
}
_PLACES = {
    "EQ_readPoint": "read_point",
    "EQ_bizLocation": "biz_location",
    "EQ_transformationID": "transformation",
}
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(\S+)")
_NUMBERS = ("eventCountLimit", "maxEventCount", "perPage")
_ORDERS = ("eventTime", "recordTime")
ITEM_PARAMETERS = (
    "MATCH_epc",
    "MATCH_parentID",
    "MATCH_inputEPC",
    "MATCH_outputEPC",
    "MATCH_anyEPC",
    "MATCH_epcClass",
    "MATCH_inputEPCClass",
    "MATCH_outputEPCClass",
    "MATCH_anyEPCClass",
)


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters that were checked: each condition by its name, and how much is wanted."""

    times: Mapping[str, datetime.datetime]
    words: Mapping[str, frozenset[str]]
    keys: Mapping[str, frozenset[str]]
    typed: Mapping[tuple[str, str], frozenset[str]]
    numbers: Mapping[str, int]
    order_by: str = "eventTime"
    descending: bool = True

    def matches(self, event: Event) -> bool:
        """Whether this event is asked for."""
        return (
            self._in_time(event)
            and all(_word(event, name) in wanted for name, wanted in self.words.items())
            and all(
                not wanted.isdisjoint(keys_of(event, name)) for name, wanted in self.keys.items()
            )
            and all(self._has(event, *which) for which in self.typed)
        )

    def _in_time(self, event: Event) -> bool:
        for name, limit in self.times.items():
            time = event.time if name.endswith("eventTime") else event.record_time
            if time is None or (time < limit if name.startswith("GE") else time >= limit):
                return False
        return True

    def _has(self, event: Event, attribute: str, kind: str) -> bool:
        wanted = self.typed[attribute, kind]
        return any(
            found == kind and key_of(uri) in wanted for found, uri in getattr(event, attribute)
        )


def _word(event: Event, name: str) -> str | None:
    if name == "EQ_eventID":
        return event.event_id or event.own_id()
    return getattr(event, _WORDS[name])


def parse(parameters: Iterable[tuple[str, Any]]) -> Query:
    """Check the parameters of a query; a text may hold several values, parted by `|`.

    Raises :class:`EpcisError` with code `query_parameter`.
    """
    times, words, keys, typed, numbers = {}, {}, {}, {}, {}
    order: dict[str, Any] = {}
    for name, value in parameters:
        values = _values(name, value)
        match = _TYPED.fullmatch(name)
        if name in _TIMES:
            times[name] = read_time(values[0], name)
        elif name in _WORDS:
            words[name] = frozenset(_known_words(name, values))
        elif name in _PLACES or name in ITEM_PARAMETERS:
            keys[name] = frozenset(map(key_of, values))
        elif match:
            attribute = {"bizTransaction": "biz_transactions"}.get(match[1], f"{match[1]}s")
            typed[attribute, vocabulary.short(match[2])] = frozenset(map(key_of, values))
        elif name in _NUMBERS:
            numbers[name] = _number(name, values[0])
        elif name in ("orderBy", "orderDirection"):
            order |= _order(name, values[0])
        else:
            raise _error(f"{name[:60]!r} is not supported")
    return Query(times, words, keys, typed, numbers, **order)


def _values(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list) else str(value).split("|")
    if not values or not all(isinstance(one, str) and one for one in values):
        raise _error(f"{name[:60]!r} needs a value")
    return values


def _known_words(name: str, values: list[str]) -> Iterator[str]:
    allowed = {"eventType": vocabulary.KINDS, "EQ_action": vocabulary.ACTIONS}.get(name)
    for value in values:
        if allowed and value not in allowed:
            raise _error(f"{value[:60]!r} is no value of {name}")
        yield vocabulary.short(value)


def _number(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or not int(value):
        raise _error(f"{name} must be a whole number above zero")
    return int(value)


def _order(name: str, value: str) -> dict[str, Any]:
    if name == "orderBy":
        if value not in _ORDERS:
            raise _error(f"events are ordered by {' or '.join(_ORDERS)}")
        return {"order_by": value}
    if value not in ("ASC", "DESC"):
        raise _error("orderDirection is ASC or DESC")
    return {"descending": value == "DESC"}


def _error(message: str) -> EpcisError:
    return EpcisError("query_parameter", message)


def keys_of(event: Event, parameter: str) -> set[str]:
    """What a parameter of `ITEM_PARAMETERS` or a place is compared with: keys of this event."""
    return {key_of(uri) for uri in _uris(event, parameter) if uri}


def _uris(event: Event, parameter: str) -> list[str | None]:
    if parameter in _PLACES:
        return [getattr(event, _PLACES[parameter])]
    classes = [one.epc_class for one in event.quantities]
    output_classes = [one.epc_class for one in event.output_quantities]
    is_transformation = event.kind == "TransformationEvent"
    inputs = list(event.epcs) if is_transformation else []
    input_classes = classes if is_transformation else []
    return {
        "MATCH_epc": [] if is_transformation else list(event.epcs),
        "MATCH_parentID": [event.parent],
        "MATCH_inputEPC": inputs,
        "MATCH_outputEPC": list(event.output_epcs),
        "MATCH_anyEPC": [event.parent, *event.epcs, *event.output_epcs],
        "MATCH_epcClass": [] if is_transformation else classes,
        "MATCH_inputEPCClass": input_classes,
        "MATCH_outputEPCClass": output_classes,
        "MATCH_anyEPCClass": classes + output_classes,
    }[parameter]
