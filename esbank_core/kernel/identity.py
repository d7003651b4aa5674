"""The names that things go by: ids, versions and positions.

Each is a type of its own, so that a version is never taken for a position nor an
account for an event. They cost nothing at run time: a ``NewType`` is its value.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final, NewType

StreamId = NewType("StreamId", str)
"""The name of one stream; in the bank, the account's id, such as ``ACC-1``."""

EventId = NewType("EventId", str)
"""The name of one recorded event: ``ACC-1/3`` is version 3 of stream ``ACC-1``."""

CommandId = NewType("CommandId", str)
"""The name of one request, given by whoever asks, so that asking twice is one asking."""

Version = NewType("Version", int)
"""An event's place in its stream, from 1; a stream's version is its last event's."""

Position = NewType("Position", int)
"""An event's place in the whole ledger, from 1."""

NO_STREAM: Final = Version(0)
"""The version of a stream that has no event yet."""

GENESIS: Final = Position(0)
"""The position before the first event of the ledger."""


NOWHERE: Final = StreamId("")
"""The stream of none: where an event stands whose own stream cannot be known."""


def event_id(stream_id: StreamId, version: Version) -> EventId:
    """Name the event at ``version`` of a stream; the name never changes."""
    return EventId(f"{stream_id}/{version}")


def free_event_id(stream_id: StreamId, version: Version, taken: Container[EventId]) -> EventId:
    """Name a new event at ``version``, by none of the names that are taken.

    Where an event that now stands elsewhere goes by this place's name already, as after some
    events of a file were left out, the new one is ``ACC-1/3.2``: no place's name, now or ever.
    """
    first = name = EventId(f"{stream_id}/{version}")
    nth = 1
    while name in taken:
        nth += 1
        name = EventId(f"{first}.{nth}")
    return name
