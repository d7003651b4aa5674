"""Streams at work: what there is in a history of any domain, and how to walk through it.

A survey is taken in slices and is a value: the streams, the types, and where each type stands. From
it come a list to search and sort, lanes of time, and the next event of a type.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import NOWHERE, Position, StreamId
from esbank_core.kernel.recorded import RecordedEvent

Event = TypeVar("Event")

NameOf = Callable[[Event], str]
"""What gives the name of an event's type."""

NONE: Final[AppendOnly[Position]] = AppendOnly()


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
    """The positions of each type's events, ascending."""

    def fed(self, recorded: Iterable[RecordedEvent[Event]], name_of: NameOf[Event]) -> Survey:
        """The same with the events that come next."""
        seen = self.seen
        streams = dict(self.streams)
        places: dict[str, list[Position]] = {}
        for one in recorded:
            seen += 1
            name = name_of(one.event)
            places.setdefault(name, []).append(one.position)
            stream_id = one.stream_id
            if stream_id == NOWHERE:
                continue
            events, first, last = 1, one.time, one.time
            if (known := streams.get(stream_id)) is not None:
                events += known.events
                first, last = min(first, known.first), max(last, known.last)
            streams[stream_id] = SeenStream(stream_id, events, first, last, name, one.position)
        types = dict(self.types)
        for name, positions in places.items():
            types[name] = types.get(name, NONE).plus(positions)
        return Survey(seen, streams, types)

    def counts(self) -> list[tuple[str, int]]:
        """How many events there are of each type, the most frequent first."""
        counts = [(name, len(positions)) for name, positions in self.types.items()]
        return sorted(counts, key=lambda one: (-one[1], one[0]))

    def listed(self, sought: str = "", by: SortedBy = SortedBy.FIRST_EVENT) -> list[SeenStream]:
        """The streams that have a text in their name or in their last event's type, in order."""
        wanted = sought.casefold()
        found = [
            stream
            for stream in self.streams.values()
            if wanted in stream.stream_id.casefold() or wanted in stream.last_type.casefold()
        ]
        match by:
            case SortedBy.NAME:
                found.sort(key=lambda stream: stream.stream_id)
            case SortedBy.EVENTS:
                found.sort(key=lambda stream: -stream.events)
            case SortedBy.LATEST:
                found.sort(key=lambda stream: -stream.last_position)
            case SortedBy.LAST_TYPE:
                found.sort(key=lambda stream: stream.last_type)
            case SortedBy.FIRST_EVENT:
                pass
        return found

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


class Mark(NamedTuple):
    """One or several events of a stream that fall together on a lane."""

    at: int
    """From 0 up to the number of places on a lane, that one not included."""
    events: int
    position: Position
    """Of the first of them."""
    type: str
    """Of the first of them."""


class Lane(NamedTuple):
    """A stream over time."""

    stream_id: StreamId
    marks: tuple[Mark, ...]


def lanes(
    recorded: Iterable[RecordedEvent[Event]],
    streams: Sequence[StreamId],
    since: datetime,
    until: datetime,
    places: int,
    name_of: NameOf[Event],
) -> tuple[Lane, ...]:
    """Some streams as rows, each with its events as marks, in order of time.

    Of ``places`` there are so many that the instant ``until`` falls on the last of them. What
    happened before or after that span is left out.
    """
    span = (until - since).total_seconds()
    found: dict[StreamId, dict[int, Mark]] = {stream_id: {} for stream_id in streams}
    for one in recorded:
        marks = found.get(one.stream_id)
        if marks is None or not since <= one.time <= until:
            continue
        share = (one.time - since).total_seconds() / span if span else 0.0
        at = min(int(share * places), places - 1)
        known = marks.get(at)
        if known is None:
            marks[at] = Mark(at, 1, one.position, name_of(one.event))
        else:
            marks[at] = known._replace(events=known.events + 1)
    return tuple(
        Lane(stream_id, tuple(marks[at] for at in sorted(marks)))
        for stream_id, marks in found.items()
    )
