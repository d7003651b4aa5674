"""An event as a reader's own code sees it: a few plain attributes, whatever the event's domain.

Its data is a copy: what a reader's code does to it, it does to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.codec import Codec
from esbank_core.sources.found import data_of

Event = TypeVar("Event")

UNREADABLE = "?"
"""The type of an event of which the record is broken."""


@dataclass(slots=True)
class SeenEvent:
    """What ``evolve(state, event)`` and ``apply(state, event)`` are given."""

    type: str
    data: Any
    """What the event carries, a dictionary as a rule; an empty one where it carries nothing."""
    stream_id: str
    version: int
    """From 1, within the stream."""
    position: int
    """From 1, in the whole history."""
    time: datetime
    """An aware instant, in UTC."""
    actor: str | None
    """The name of whoever asked for it, where that is known."""


def seen(recorded: RecordedEvent[Event | Opaque], codec: Codec[Event]) -> SeenEvent:
    """A recorded event as a reader's own code sees it."""
    event = recorded.event
    data: object
    if isinstance(event, UnreadableEvent):
        kind, data = UNREADABLE, {}
    elif isinstance(event, UnknownEvent):
        kind, data = event.type, _copied(data_of(recorded))
    else:
        encoded = codec.encode(event)
        kind, data = encoded.type, encoded.data
    return SeenEvent(
        kind,
        {} if data is None else data,
        recorded.stream_id,
        recorded.version,
        recorded.position,
        recorded.time,
        recorded.actor.id if recorded.actor else None,
    )


def _copied(value: object) -> object:
    match value:
        case dict():
            return {name: _copied(inner) for name, inner in value.items()}
        case list():
            return [_copied(inner) for inner in value]
        case _:
            return value
