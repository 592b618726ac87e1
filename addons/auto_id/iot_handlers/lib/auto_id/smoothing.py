"""Turns the raw reports of an RFID reader into what happened to tags.

A reader reports a tag in its field up to hundreds of times a second, and now and then not
for a second or two. What matters is: it arrived, it is still there, it moved to another
antenna, it departed, or, at a portal, it went in or out.

Times are seconds of a steady clock, so a corrected wall clock makes no tag depart. One
pass, no timers: `feed` reports as they come, call `tick` now and then.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import NamedTuple

from .portal import INSIDE, OUTSIDE, Passage


class Report(NamedTuple):
    """One raw read. `rssi` in dBm, `phase` in radians; nothing where the reader tells none."""

    time: float
    code: str
    antenna: int = 0
    rssi: float | None = None
    phase: float | None = None


class Change(NamedTuple):
    """What happened to a tag: the kinds of reads of the wire.

    `count` is how many raw reads this tag had since it came into view.
    """

    kind: str
    time: float
    code: str
    antenna: int
    rssi: float | None
    count: int


class Thresholds(NamedTuple):
    """When a tag counts as there, gone or moved; seconds and dB.

    `zones` gives antennas that cover one place the same number, `sides` makes a portal.
    """

    arrive_reads: int = 2
    arrive_within: float = 1.0
    rssi_min: float | None = None
    depart_after: float = 5.0
    present_every: float = 0.0
    move_after: float = 2.0
    move_margin: float = 6.0
    zones: dict[int, int] = {}
    sides: dict[int, int] = {}
    most_tags: int = 20_000


class _Tag:
    """A tag in view."""

    __slots__ = (
        "antenna",
        "arrivals",
        "count",
        "last",
        "level",
        "passage",
        "rival",
        "seen_at_place",
        "told",
    )

    def __init__(self, report: Report, thresholds: Thresholds):
        self.antenna = report.antenna
        self.arrivals: deque[float] | None = deque(maxlen=thresholds.arrive_reads)
        self.passage = Passage() if thresholds.sides else None
        self.count = 0
        self.last = report.time
        self.level = report.rssi
        self.rival: tuple[int, float] | None = None
        self.seen_at_place = report.time
        self.told = report.time


class Smoother:
    """The tags in view of one reader.

    The least recently seen tag is always first, so departures cost nothing to find. When
    more tags are in view than `most_tags`, that one is taken for departed.

    >>> smoother = Smoother(Thresholds(depart_after=5))
    >>> [c.kind for c in smoother.feed([Report(0.0, "T", 1), Report(0.1, "T", 1)])]
    ['arrived']
    >>> smoother.tick(4), [c.kind for c in smoother.tick(5.2)]
    ([], ['departed'])
    """

    def __init__(self, thresholds: Thresholds):
        self._thresholds = thresholds
        self._tags: OrderedDict[str, _Tag] = OrderedDict()
        self._latest = self._looking_since = float("-inf")

    def __len__(self) -> int:
        return len(self._tags)

    def adopt(self, thresholds: Thresholds) -> list[Change]:
        """Go on with other thresholds; tags in view stay in view.

        A portal knows passes, not tags that are there: to or from it all begins anew.
        """
        changes = []
        if bool(thresholds.sides) != bool(self._thresholds.sides):
            changes = [change for code in [*self._tags] for change in self._leave(code)]
        self._thresholds = thresholds
        for tag in self._tags.values():
            if tag.arrivals is not None:
                tag.arrivals = deque(tag.arrivals, maxlen=thresholds.arrive_reads)
        return changes

    def resume(self, now: float) -> None:
        """The reader was away: no tag departed only because nobody looked."""
        self._looking_since = max(self._latest, now)

    def feed(self, reports: Iterable[Report]) -> list[Change]:
        """What these reports change, in their order."""
        changes: list[Change] = []
        tags, thresholds, least = self._tags, self._thresholds, self._thresholds.rssi_min
        for report in reports:
            if least is not None and report.rssi is not None and report.rssi < least:
                continue
            if report.time < self._latest:
                report = report._replace(time=self._latest)
            else:
                self._latest = report.time
            tag = tags.get(report.code)
            if tag is None:
                tag = tags[report.code] = _Tag(report, thresholds)
                if len(tags) > thresholds.most_tags:
                    changes += self._leave(next(iter(tags)))
            elif report.time - max(tag.last, self._looking_since) > thresholds.depart_after:
                # It was gone for long enough, only nobody called `tick` in between.
                changes += self._leave(report.code)
                tag = tags[report.code] = _Tag(report, thresholds)
            else:
                tags.move_to_end(report.code)
            tag.last = report.time
            tag.count += 1
            if kind := self._seen(tag, report):
                tag.told = report.time
                changes.append(_change(kind, report.time, report.code, tag))
        return changes

    def tick(self, now: float) -> list[Change]:
        """The tags that have departed by now, or ended their pass.

        Reports of a moment before may still be on their way: they keep their own times.
        """
        limit = max(self._latest, now) - self._thresholds.depart_after
        changes: list[Change] = []
        while self._tags and self._looking_since < limit:
            code, tag = next(iter(self._tags.items()))
            if tag.last >= limit:
                break
            changes += self._leave(code)
        return changes

    def _seen(self, tag: _Tag, report: Report) -> str | None:
        """What this read of a tag says, if anything."""
        thresholds = self._thresholds
        if tag.passage is not None:
            side = thresholds.sides.get(report.antenna)
            if side is not None:
                tag.passage.see(report.time, side, report.rssi)
                tag.antenna, tag.level = report.antenna, report.rssi
            return None
        if tag.arrivals is not None:
            return self._arrive(tag, report)
        if self._moves(tag, report):
            return "moved"
        every = thresholds.present_every
        return "present" if every and report.time - tag.told >= every else None

    def _arrive(self, tag: _Tag, report: Report) -> str | None:
        times = tag.arrivals
        times.append(report.time)
        if tag.level is None or (report.rssi is not None and report.rssi >= tag.level):
            tag.antenna, tag.level = report.antenna, report.rssi
        enough = len(times) == times.maxlen
        if not enough or report.time - times[0] > self._thresholds.arrive_within:
            return None
        tag.arrivals = None
        tag.seen_at_place = report.time
        return "arrived"

    def _moves(self, tag: _Tag, report: Report) -> bool:
        """Follow the tag to another zone: clearly stronger there, or no longer seen here."""
        zones, rssi = self._thresholds.zones, report.rssi
        zone = zones.get(report.antenna, -report.antenna)
        if zone == zones.get(tag.antenna, -tag.antenna):
            tag.antenna = report.antenna
            tag.level = _blend(tag.level, rssi)
            tag.seen_at_place = report.time
            return False
        if rssi is not None:
            same = tag.rival is not None and tag.rival[0] == zone
            tag.rival = (zone, _blend(tag.rival[1], rssi) if same else rssi)
        if not self._follows(tag, report.time):
            return False
        tag.antenna, tag.level = report.antenna, rssi
        tag.rival = None
        tag.seen_at_place = report.time
        return True

    def _follows(self, tag: _Tag, time: float) -> bool:
        unseen = time - max(tag.seen_at_place, self._looking_since)
        if unseen >= self._thresholds.move_after:
            return True
        if tag.rival is None or tag.level is None:
            return False
        return tag.rival[1] >= tag.level + self._thresholds.move_margin

    def _leave(self, code: str) -> list[Change]:
        """The last word about a tag; none about one that never arrived."""
        tag = self._tags.pop(code)
        if tag.passage is not None:
            # A pass whose direction cannot be told is told as that: seen, and gone.
            kind = tag.passage.direction() or "departed"
            enough = tag.count >= self._thresholds.arrive_reads
            return [_change(kind, tag.last, code, tag)] if enough else []
        return [] if tag.arrivals is not None else [_change("departed", tag.last, code, tag)]


def _change(kind: str, time: float, code: str, tag: _Tag) -> Change:
    return Change(kind, time, code, tag.antenna, tag.level, tag.count)


def _blend(level: float | None, rssi: float | None) -> float | None:
    """A level that follows reads, but no single one."""
    if rssi is None or level is None:
        return level if rssi is None else rssi
    return level + (rssi - level) * 0.4


def sides(outside: Iterable[int], inside: Iterable[int]) -> dict[int, int]:
    """The antennas of a portal as `Thresholds.sides` wants them; empty without both sides."""
    found = dict.fromkeys(outside, OUTSIDE) | dict.fromkeys(inside, INSIDE)
    return found if set(found.values()) == {OUTSIDE, INSIDE} else {}
