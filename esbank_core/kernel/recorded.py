"""Recorded events: an event with all that the store knows of it.

Also the two shapes of what a store holds and the domain cannot read: an event of an
unknown type, which is kept untouched, and one whose record is broken, which is kept as
evidence. Neither changes any state, and neither is ever dropped.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from esbank_core.kernel.identity import (
    NOWHERE,
    EventId,
    Position,
    StreamId,
    Version,
    event_id,
    free_event_id,
)

Event = TypeVar("Event", covariant=True)
NewEvent = TypeVar("NewEvent")

NO_ATTRIBUTES: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asked: ``kind`` is CloudEvents' ``authtype`` (``user``, ``system``, …)."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the edge knows of the moment in which events come to be.

    ``time`` is an aware instant. ``correlation_id`` is shared by everything that one
    request led to; ``causation_id`` names the command or event right before.
    """

    time: datetime
    actor: Actor | None = None
    correlation_id: str | None = None
    causation_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedEvent(Generic[Event]):
    """A fact and its place: in its stream (``version``) and in the ledger (``position``).

    ``attributes`` holds what came with the event and means nothing to the kernel
    (CloudEvents extensions of other systems); it goes out again as it came in.
    """

    event: Event
    id: EventId
    stream_id: StreamId
    version: Version
    position: Position
    time: datetime
    actor: Actor | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    attributes: Mapping[str, object] = field(default_factory=lambda: NO_ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a type, or of a schema version, that this program does not know.

    ``data`` is what the event carried, as JSON values; it is ``None`` where there was none.
    """

    type: str
    schema_version: int
    data: object


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """The evidence of a record that is broken or missing: what was found, and why not.

    Where even its stream is lost, it stands in none (``unreadable``).

    ``text`` is the stored text as it stands; it is empty where the record is missing.
    """

    text: str
    reason: str


Opaque = UnknownEvent | UnreadableEvent
OPAQUE: Final = (UnknownEvent, UnreadableEvent)
"""The events that no domain interprets, as ``isinstance`` takes them."""


def record(
    events: Iterable[NewEvent],
    metadata: Metadata,
    *,
    stream_id: StreamId,
    version: Version,
    position: Position,
    taken: Container[EventId] = (),
) -> tuple[RecordedEvent[NewEvent], ...]:
    """Give new events their names and places.

    ``version`` and ``position`` are those of the last event before them, in the stream
    and in the ledger; the first new event takes the next of each. ``taken`` are the names of
    events that stand elsewhere than their names say (``History.taken``). Times are in UTC from
    here on: elsewhere an hour may come twice, and would not be equal to itself.
    """
    time = _in_utc(metadata.time)
    recorded: list[RecordedEvent[NewEvent]] = []
    for event in events:
        version, position = Version(version + 1), Position(position + 1)
        recorded.append(
            RecordedEvent(
                event,
                free_event_id(stream_id, version, taken),
                stream_id,
                version,
                position,
                time,
                metadata.actor,
                metadata.correlation_id,
                metadata.causation_id,
            )
        )
    return tuple(recorded)


def span_of(recorded: Iterable[RecordedEvent[object]]) -> tuple[datetime, datetime]:
    """The earliest and the latest time of events, in whatever order they stand.

    Raises:
        ValueError: there are none.
    """
    times = [event.time for event in recorded]
    return min(times), max(times)


def _in_utc(time: datetime) -> datetime:
    """The same instant in UTC; what is no instant there stays as it is, for a store to refuse."""
    if not isinstance(time, datetime) or time.tzinfo is timezone.utc or time.utcoffset() is None:
        return time
    try:
        return time.astimezone(timezone.utc)
    except OverflowError:
        return time


def unreadable(
    text: str, reason: str, *, position: Position, time: datetime
) -> RecordedEvent[UnreadableEvent]:
    """The evidence of a record of which only its place is known, in no stream.

    ``time`` is that of the event before it: nobody knows its own.
    """
    version = Version(position)
    return RecordedEvent(
        UnreadableEvent(text, reason), event_id(NOWHERE, version), NOWHERE, version, position, time
    )
