"""Streams at work: what there is in a history of any domain, and how to walk through it.

A survey is taken in slices and is a value: the streams, the types, and where each type stands. From
it come a list to search and sort, lanes of time, and the next event of a type.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import NOWHERE, Position, StreamId
from esbank_core.kernel.recorded import RecordedEvent

Event = TypeVar("Event")

NameOf = Callable[[Event], str]
"""What gives the name of an event's type."""

NONE: Final[AppendOnly[Position]] = AppendOnly()

RESOLUTION: Final = timedelta(microseconds=1)
"""Of the instants here."""


class SeenStream(NamedTuple):
    """A stream as far as it was seen: how many events, from when to when, and the last one's type.

    Times are the earliest and the latest, wherever their events stand.
    """

    stream_id: StreamId
    events: int
    first: datetime
    last: datetime
    last_type: str
    last_position: Position


class SortedBy(StrEnum):
    """By what streams are listed."""

    FIRST_EVENT = "first event"
    """As they began."""
    NAME = "name"
    EVENTS = "events"
    """Those with the most first."""
    LATEST = "latest"
    """Those where something happened last first."""
    LAST_TYPE = "last type"


@dataclass(frozen=True, slots=True)
class Survey:
    """The streams and types of a history, as far as it has been looked at."""

    seen: int = 0
    streams: Mapping[StreamId, SeenStream] = field(default_factory=dict)
    """In order of first event."""
    types: Mapping[str, AppendOnly[Position]] = field(default_factory=dict)
    """The positions of each type's events, ascending; types in order of first event."""
    span: tuple[datetime, datetime] | None = None
    """The earliest and the latest time of any stream's event; None as long as there is none."""

    def fed(self, recorded: Iterable[RecordedEvent[Event]], name_of: NameOf[Event]) -> Survey:
        """The same with the events that come next."""
        seen = self.seen
        streams = dict(self.streams)
        places: dict[str, list[Position]] = {}
        times: list[datetime] = []
        for one in recorded:
            seen += 1
            name = name_of(one.event)
            places.setdefault(name, []).append(one.position)
            stream_id = one.stream_id
            if stream_id == NOWHERE:
                continue
            time = one.time
            times.append(time)
            known = streams.get(stream_id)
            if known is None:
                seen_now = SeenStream(stream_id, 1, time, time, name, one.position)
            else:
                began, ended = min(time, known.first), max(time, known.last)
                events = known.events + 1
                seen_now = SeenStream(stream_id, events, began, ended, name, one.position)
            streams[stream_id] = seen_now
        types = dict(self.types)
        for name, positions in places.items():
            types[name] = types.get(name, NONE).plus(positions)
        span = self.span
        if times:
            times += span or ()
            span = min(times), max(times)
        return Survey(seen, streams, types, span)

    def counts(self) -> list[tuple[str, int]]:
        """How many events there are of each type, the most frequent first."""
        counts = [(name, len(positions)) for name, positions in self.types.items()]
        return sorted(counts, key=lambda one: (-one[1], one[0]))

    def listed(self, sought: str = "", by: SortedBy = SortedBy.FIRST_EVENT) -> list[SeenStream]:
        """The streams that have a text in their name or in their last event's type, in order."""
        return list(Listing(sought, by, most=len(self.streams)).further(self).best)

    def next_of(self, name: str, position: Position) -> Position | None:
        """Where the next event of a type stands after a position; None where there is none."""
        places = self.types.get(name, NONE)
        at = bisect_right(places, position)
        return places[at] if at < len(places) else None

    def before_of(self, name: str, position: Position) -> Position | None:
        """Where the last event of a type stands before a position; None where there is none."""
        places = self.types.get(name, NONE)
        at = bisect_left(places, position)
        return places[at - 1] if at else None


_KEYS: Final[Mapping[SortedBy, Callable[[SeenStream], str | int]]] = {
    SortedBy.NAME: lambda stream: stream.stream_id,
    SortedBy.EVENTS: lambda stream: -stream.events,
    SortedBy.LATEST: lambda stream: -stream.last_position,
    SortedBy.LAST_TYPE: lambda stream: stream.last_type,
}
"""What streams are put in order by; by their first event they stand as they are."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The streams that come first in some order, among those that a text is found in.

    It is made in slices and never holds more than ``most`` streams, however many there are.
    """

    sought: str = ""
    by: SortedBy = SortedBy.FIRST_EVENT
    is_backward: bool = False
    most: int = 1_000
    looked_at: int = 0
    """How many streams of the survey were looked at."""
    found: int = 0
    """How many of them the text is found in."""
    best: tuple[SeenStream, ...] = ()
    """The first of them, in order."""

    def further(
        self,
        survey: Survey,
        limit: int | None = None,
        described: Callable[[StreamId], str] = str,
    ) -> Listing:
        """The same with some more streams looked at, in the words of ``described``."""
        stop = len(survey.streams) if limit is None else self.looked_at + limit
        looked_at = list(islice(survey.streams.values(), self.looked_at, stop))
        wanted = self.sought.casefold()
        found = looked_at
        if wanted:
            found = [
                one
                for one in looked_at
                if wanted in described(one.stream_id).casefold()
                or wanted in one.last_type.casefold()
            ]
        return replace(
            self,
            looked_at=self.looked_at + len(looked_at),
            found=self.found + len(found),
            best=self._first_of((*self.best, *found)),
        )

    def is_done(self, survey: Survey) -> bool:
        """Whether every stream was looked at."""
        return self.looked_at >= len(survey.streams)

    def _first_of(self, streams: tuple[SeenStream, ...]) -> tuple[SeenStream, ...]:
        key = _KEYS.get(self.by)
        if key is not None and self.is_backward:
            return tuple(nlargest(self.most, streams, key))
        if key is not None:
            return tuple(nsmallest(self.most, streams, key))
        # As they began: the survey has them so.
        return streams[-self.most :] if self.is_backward else streams[: self.most]


class Mark(NamedTuple):
    """One or several events of a stream that fall together on a lane."""

    at: int
    """From 0 up to the number of places on a lane, that one not included."""
    events: int
    position: Position
    """Of the first of them."""
    type: str
    """Of the first of them."""
    is_mixed: bool = False
    """Whether they are of several types."""


class Lane(NamedTuple):
    """A stream over time."""

    stream_id: StreamId
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Some streams as rows over a span of time, each with its events as marks.

    Of ``places`` there are so many that the instant ``until`` falls on the last of them. What
    happened before or after that span is left out. It is drawn in slices.
    """

    streams: tuple[StreamId, ...]
    since: datetime
    until: datetime
    places: int
    marks: Mapping[StreamId, Mapping[int, Mark]] = field(default_factory=dict)
    """By stream and by place, as far as events were looked at."""

    def place_of(self, time: datetime) -> int | None:
        """Where an instant falls on a lane; None where it is not in the span."""
        if not self.since <= time <= self.until:
            return None
        return self._nearest(time)

    def nearest(self, time: datetime) -> int:
        """The same; for what is not in the span, its nearer end."""
        return self._nearest(min(max(time, self.since), self.until))

    def _nearest(self, time: datetime) -> int:
        at = (time - self.since) * self.places // max(self.until - self.since, RESOLUTION)
        return min(at, self.places - 1)

    def fed(self, recorded: Iterable[RecordedEvent[Event]], name_of: NameOf[Event]) -> Chart:
        """The same with some more events; of each stream, in order of position."""
        drawn: dict[StreamId, dict[int, Mark]] = {}
        wanted = set(self.streams)
        for one in recorded:
            stream_id = one.stream_id
            if stream_id not in wanted or (at := self.place_of(one.time)) is None:
                continue
            marks = drawn.get(stream_id)
            if marks is None:
                marks = drawn[stream_id] = dict(self.marks.get(stream_id, {}))
            known, name = marks.get(at), name_of(one.event)
            if known is None:
                marks[at] = Mark(at, 1, one.position, name)
            else:
                is_mixed = known.is_mixed or known.type != name
                marks[at] = known._replace(events=known.events + 1, is_mixed=is_mixed)
        return replace(self, marks={**self.marks, **drawn})

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Every stream's lane, each with its marks in order of time."""
        return tuple(
            Lane(
                stream_id, tuple(mark for _, mark in sorted(self.marks.get(stream_id, {}).items()))
            )
            for stream_id in self.streams
        )


def lanes(
    recorded: Iterable[RecordedEvent[Event]],
    streams: Sequence[StreamId],
    since: datetime,
    until: datetime,
    places: int,
    name_of: NameOf[Event],
) -> tuple[Lane, ...]:
    """Some streams as rows, each with its events as marks, in order of time: a ``Chart``'s."""
    return Chart(tuple(streams), since, until, places).fed(recorded, name_of).lanes
