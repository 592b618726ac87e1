"""EPCIS 2.0: events of traceability as GS1's JSON-LD. Pure Python.

`Event` is what happened, to which items, where and why. `documents` carries events, `query` finds
them by the parameters of the standard's simple event query, `identifiers` names items and places.
"""

from .errors import EpcisError
from .events import Event, Quantity

__all__ = ["EpcisError", "Event", "Quantity"]
