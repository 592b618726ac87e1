"""Words of the Core Business Vocabulary 2.0, and how they are written."""

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


BIZ_STEPS = _set(
    "accepting arriving assembling collecting commissioning consigning creating_class_instance "
    "cycle_counting decommissioning departing destroying disassembling dispensing encoding "
    "entering_exiting holding inspecting installing killing loading other packing picking "
    "receiving removing repackaging repairing replacing reserving retail_selling shipping "
    "staging_outbound stock_taking stocking storing transporting unloading unpacking "
    "void_shipping sensor_reporting sampling"
)
DISPOSITIONS = _set(
    "active container_closed damaged destroyed dispensed disposed encoded expired in_progress "
    "in_transit inactive no_pedigree_match non_sellable_other partially_dispensed recalled "
    "reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unknown "
    "available completeness_verified completeness_inferred conformant container_open "
    "mismatch_instance mismatch_class mismatch_quantity needs_replacement non_conformant "
    "unavailable"
)
BIZ_TRANSACTIONS = _set(
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
)
PARTIES = frozenset(("owning_party", "possessing_party", "location"))
KINDS = (
    "ObjectEvent",
    "AggregationEvent",
    "TransformationEvent",
    "TransactionEvent",
    "AssociationEvent",
)
ACTIONS = ("OBSERVE", "ADD", "DELETE")

_LONG = re.compile(
    r"(?:urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt):|https?://ns\.gs1\.org/cbv/(?:BizStep|Disp|BTT|SDT)-)"
    r"([a-z_]+)"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]+")


def short(word: str) -> str:
    """A word of the vocabulary as JSON-LD has it: the bare word, not its URI.

    >>> short("urn:epcglobal:cbv:bizstep:shipping")
    'shipping'
    """
    match = _LONG.fullmatch(word)
    return match[1] if match else word


def is_uri(text: object) -> bool:
    return isinstance(text, str) and len(text) <= 2048 and _URI.fullmatch(text) is not None


def is_word(word: object, words: frozenset[str]) -> bool:
    """Whether ``word`` is one of the vocabulary, or a URI of somebody else's."""
    return isinstance(word, str) and (word in words or (is_uri(word) and not _LONG.match(word)))
