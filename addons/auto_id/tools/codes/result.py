"""A code that was read and understood, as far as that went."""

import functools
from typing import Any

from .. import code as code_tool
from ..code import CodeError
from . import digital_link, epc_gs1, keys
from .epc import Epc
from .gs1 import Elements

ASSOCIATION_ERRORS = frozenset(("required_ai", "excluded_ai", "repeated_ai", "digsig_serial"))


class Code:
    """What a scan means.

    `kind` is gs1, gtin, sscc, digital_link, epc, tid, uid, url, internal, empty or invalid;
    `value` the data without symbology identifier; `ais` the GS1 elements in their order.
    `error` says what is wrong; what is known all the same is there (a tag may be bound to it).
    `alternatives` are other meanings that the scan alone does not exclude: pairs of kind and key.
    """

    def __init__(
        self,
        scan: str,
        kind: str,
        value: str = "",
        symbology: str = "",
        ais: Elements | None = None,
        gtin: str | None = None,
        epc: Epc | None = None,
        error: CodeError | None = None,
        alternatives: tuple[tuple[str, str], ...] = (),
    ):
        self.input = scan
        self.kind = kind
        self.value = value
        self.symbology = symbology
        self.ais = ais or []
        self.epc = epc
        self.error = error
        self.alternatives = alternatives
        self._gtin = gtin

    def __repr__(self) -> str:
        return f"Code({self.kind}, {self.value!r}, ais={self.ais!r}, error={self.error!r})"

    @property
    def usable(self) -> bool:
        """Whether the GS1 elements can be relied on: each is right, a partner may be missing."""
        return self.error is None or self.error.code in ASSOCIATION_ERRORS

    @functools.cached_property
    def _values(self) -> dict[str, str]:
        return dict(self.ais)

    @property
    def gtin(self) -> str | None:
        """The trade item in 14 digits; the content of a logistic unit (AI 02) is none."""
        if self._gtin is not None:
            return self._gtin
        found = self._values.get("01") or self._values.get("03") or self._values.get("8006")
        return found[:14] if found else None

    @property
    def serial(self) -> str | None:
        """The serial number: of its own, or as a component of the key."""
        values = self._values
        found = values.get("21") or values.get("8011")
        if found is None:
            components = (("8003", 14), ("253", 13), ("255", 13))
            found = next((values[ai][at:] for ai, at in components if ai in values), None)
        return found or None

    @property
    def sscc(self) -> str | None:
        """The number of a logistic unit, 18 digits."""
        return self._values.get("00")

    @property
    def lot(self) -> str | None:
        return self._values.get("10")

    @functools.cached_property
    def epc_uri(self) -> str | None:
        """The pure identity URI, where the length of the company prefix is known.

        A lot is a class of items: it has one only if the scan itself was its class URI.
        """
        if self.epc is not None and self.epc.gs1 is None:
            return self.epc.uri()
        try:
            found = epc_gs1.from_elements(self.ais)
        except CodeError:
            return None
        return found.uri() if found and found.scheme != "lgtin" else None

    @property
    def tag_uri(self) -> str | None:
        """The tag URI of what came from a tag."""
        return self.epc.tag_uri() if self.epc else None

    @functools.cached_property
    def digital_link(self) -> str | None:
        """The canonical Digital Link of the same data, if there is one."""
        elements = self._link_elements()
        try:
            return digital_link.build(elements, sort=True) if elements else None
        except CodeError:
            return None

    def _link_elements(self) -> Elements:
        if not self.usable:
            return []
        if self.kind == "gtin":
            return [("01", self._gtin or ""), *self.ais]
        # The EPC of a GLN without extension has the extension 0.
        return [element for element in self.ais if not (self.epc and element == ("254", "0"))]

    @functools.cached_property
    def key(self) -> str | None:
        """The normal form to look up; `None` if there is nothing to look up."""
        found = keys.of_elements(self._link_elements())
        if found:
            return found
        if self.epc is not None:
            return self.epc.uri()
        try:
            return code_tool.normalise(self.value)
        except CodeError:
            return None

    @property
    def all_keys(self) -> list[str]:
        """The key, and those of the alternatives: what a look-up asks for at once."""
        found = [self.key, *(key for _kind, key in self.alternatives)]
        return [key for key in dict.fromkeys(found) if key]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `bin/decode` prints it."""
        plain = {
            "input": self.input,
            "kind": self.kind,
            "symbology": self.symbology or None,
            "ais": [list(element) for element in self.ais],
            "gtin": self.gtin,
            "serial": self.serial,
            "sscc": self.sscc,
            "epc_uri": self.epc_uri,
            "tag_uri": self.tag_uri,
            "digital_link": self.digital_link,
            "error": {"code": self.error.code, "message": self.error.message}
            if self.error
            else None,
        }
        if self.alternatives:
            plain["alternatives"] = [{"kind": kind, "key": key} for kind, key in self.alternatives]
        return plain
