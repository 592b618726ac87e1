"""What each Application Identifier may hold, compiled from the table."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import linters
from .ai_table import ROWS

CHARACTERS = {
    "N": "0-9",
    "X": "!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z",
    "Y": "#\\-/0-9A-Z",
    "Z": "\\-0-9A-Z_a-z=",
}
SET_ERRORS = {
    "N": "non_digit_character",
    "X": "invalid_cset82_character",
    "Y": "invalid_cset39_character",
    "Z": "invalid_cset64_character",
}
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")

Linter = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a value: its set of characters, its length, what else must hold."""

    kind: str
    least: int
    most: int
    optional: bool
    linters: tuple[Linter, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One Application Identifier.

    `length` is that of a value of predefined length, else 0. `requires` holds conditions, each a
    tuple of groups; a group is a tuple of sets, and is met when each set shows up. `qualifiers` is
    `None` for what is no primary key of a Digital Link.
    """

    ai: str
    length: int
    is_key: bool
    is_attribute: bool
    components: tuple[Component, ...]
    matches: Callable[[str], re.Match | None]
    checks: tuple[tuple[int, int | None, Linter], ...]
    requires: tuple[tuple[tuple[frozenset[str], ...], ...], ...]
    excludes: frozenset[str]
    qualifiers: tuple[tuple[str, ...], ...] | None

    def error(self, value: str) -> str | None:
        """The code of what is wrong with ``value``, if anything is."""
        if not self.matches(value):
            return self._format_error(value)
        for start, end, check in self.checks:
            part = value[start:end]
            if part and (code := check(part)):
                return code
        return None

    def _format_error(self, value: str) -> str:
        """Which character or length is wrong, for a value that does not match."""
        position = 0
        for component in self.components:
            part = value[position : position + component.most]
            if not part and component.optional:
                break
            if re.search(f"[^{CHARACTERS[component.kind]}]", part):
                return SET_ERRORS[component.kind]
            if len(part) < component.least:
                return "too_short"
            position += len(part)
        return "too_long" if position < len(value) else "incorrect_length"


def _identifiers(text: str) -> Iterator[str]:
    stems, slash, digits = text.partition("/")
    for stem in stems.split(","):
        first, _dash, last = (digits if slash else stem).partition("-")
        width = 1 if slash else len(first)
        for number in range(int(first), int(last or first) + 1):
            yield (stem if slash else "") + f"{number:0{width}}"


def _components(tokens: list[str]) -> tuple[Component, ...]:
    found = []
    for token in tokens:
        match = _COMPONENT.fullmatch(token.replace("],", ",", 1))
        if match is None:  # a mistake in the table: better at import than at the counter
            raise ValueError(f"component {token}")
        optional, kind, variable, most, names = match.groups()
        found.append(
            Component(
                kind,
                1 if variable else int(most),
                int(most),
                bool(optional),
                tuple(linters.LINTERS[name] for name in names.split(",")[1:]),
            )
        )
    return tuple(found)


def _matcher(components: tuple[Component, ...]) -> Callable[[str], re.Match | None]:
    pattern = ""
    for part in reversed(components):
        one = f"[{CHARACTERS[part.kind]}]{{{part.least},{part.most}}}{pattern}"
        pattern = f"(?:{one})?" if part.optional else one
    return re.compile(pattern).fullmatch


def _checks(components: tuple[Component, ...]) -> tuple[tuple[int, int | None, Linter], ...]:
    checks, start = [], 0
    for part in components:
        end = start + part.most if part.least == part.most else None
        checks += [(start, end, linter) for linter in part.linters]
        start += part.most
    return tuple(checks)


def _rows() -> Iterator[tuple[str, str, list[str], list[tuple[str, str]]]]:
    for row in ROWS.strip().splitlines():
        names, flags, *rest = row.split()
        spec = [token for token in rest if token[0] in "NXYZ["]
        attributes = [token.partition("=")[::2] for token in rest if token[0] not in "NXYZ["]
        for ai in _identifiers(names):
            yield ai, flags, spec, attributes


_KNOWN = frozenset(ai for ai, *_rest in _rows())


def _expand(pattern: str) -> frozenset[str]:
    known = re.compile(pattern.replace("n", "[0-9]")).fullmatch
    return frozenset(ai for ai in _KNOWN if known(ai))


def _excluded(ai: str, values: list[str]) -> frozenset[str]:
    patterns = [ai[:-1] + "n" if text == "self" else text for v in values for text in v.split(",")]
    return frozenset().union(*map(_expand, patterns)) - {ai}


def _required(values: list[str]) -> tuple[tuple[tuple[frozenset[str], ...], ...], ...]:
    return tuple(
        tuple(tuple(map(_expand, group.split("+"))) for group in value.split(","))
        for value in values
    )


def _qualifiers(values: list[str]) -> tuple[tuple[str, ...], ...] | None:
    if not values:
        return None
    return tuple(tuple(sequence.split(",")) for sequence in values[0].split("|") if sequence)


def _identifier(ai: str, flags: str, spec: list[str], attributes: list) -> Identifier:
    components = _components(spec)
    gathered: dict[str, list[str]] = {"req": [], "ex": [], "dlpkey": []}
    for name, value in attributes:
        gathered[name].append(value)
    return Identifier(
        ai=ai,
        length=sum(part.most for part in components) if "*" in flags else 0,
        is_key="!" in flags,
        is_attribute="?" in flags,
        components=components,
        matches=_matcher(components),
        checks=_checks(components),
        requires=_required(gathered["req"]),
        excludes=_excluded(ai, gathered["ex"]),
        qualifiers=_qualifiers(gathered["dlpkey"]),
    )


IDENTIFIERS: dict[str, Identifier] = {row[0]: _identifier(*row) for row in _rows()}
"""All identifiers by their digits."""

LENGTHS: dict[str, int] = {ai[:2]: len(ai) for ai in IDENTIFIERS} | {"23": 3}
"""How long an identifier is, by its first two digits; GS1 gives each pair one length."""
assert all(LENGTHS[ai[:2]] == len(ai) for ai in IDENTIFIERS)
