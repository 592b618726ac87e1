"""EPCIS documents: events on their way between companies."""

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import EpcisError
from .events import Event, from_json

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
MEDIA_TYPE = "application/ld+json"
MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document held: its events, and the places of those that are wrong."""

    events: tuple[Event, ...]
    rejected: tuple[tuple[int, EpcisError], ...]
    context: tuple[Any, ...]


def document(
    events: Iterable[Event], created: datetime.datetime, context: Sequence[Any] = ()
) -> dict[str, Any]:
    """An `EPCISDocument`; `context` says what the prefixes of extensions mean."""
    return _head("EPCISDocument", created, context) | {
        "epcisBody": {"eventList": [event.to_json() for event in events]}
    }


def answer(
    events: Iterable[Event], created: datetime.datetime, context: Sequence[Any] = ()
) -> dict[str, Any]:
    """An `EPCISQueryDocument`: the answer to a simple event query."""
    results = {"eventList": [event.to_json() for event in events]}
    body = {"queryResults": {"queryName": "SimpleEventQuery", "resultsBody": results}}
    return _head("EPCISQueryDocument", created, context) | {"epcisBody": body}


def _head(kind: str, created: datetime.datetime, context: Sequence[Any]) -> dict[str, Any]:
    utc = created.astimezone(datetime.UTC).replace(tzinfo=None)
    return {
        "@context": [CONTEXT, *context],
        "type": kind,
        "schemaVersion": "2.0",
        "creationDate": utc.isoformat(timespec="milliseconds") + "Z",
    }


def parse(body: bytes) -> Parsed:
    """The events of a document, an answer to a query, or a single event.

    Raises :class:`EpcisError` for what is none of these. A wrong event does not take the others
    with it.
    """
    if len(body) > MAX_BYTES:
        raise EpcisError("too_large", f"a document has at most {MAX_BYTES} bytes")
    try:
        found = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise EpcisError("not_json", "the document is not JSON") from error
    if not isinstance(found, dict):
        raise EpcisError("malformed", "a document is a JSON object")
    events: list[Event] = []
    rejected: list[tuple[int, EpcisError]] = []
    for position, item in enumerate(_event_list(found)):
        try:
            events.append(from_json(item))
        except EpcisError as error:
            rejected.append((position, error))
    return Parsed(tuple(events), tuple(rejected), _extra_context(found))


def _refuse(constant: str):
    raise ValueError(f"{constant} is not JSON")


def _event_list(found: dict[str, Any]) -> list:
    path = {
        "EPCISDocument": ("epcisBody", "eventList"),
        "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody", "eventList"),
    }.get(str(found.get("type")))
    if path is None:
        return [found]
    if "@context" not in found:
        raise EpcisError("malformed", "the document has no @context")
    place: Any = found
    for name in path:
        place = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, list):
        raise EpcisError("malformed", f"{'.'.join(path)} must be a list")
    return place


def _extra_context(found: dict[str, Any]) -> tuple[Any, ...]:
    context = found.get("@context", [])
    parts = context if isinstance(context, list) else [context]
    return tuple(part for part in parts if part != CONTEXT)
