"""From found events in order to recorded ones: position and version follow from the order.

Our positions and versions count from 1 without a gap, whatever the source counted; its own
stay in the record. An event without a time stands at the time of the one before it.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import EventId, Position, StreamId, Version, event_id
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.cloud_events import NO_TIME, UNTIMED
from esbank_core.kernel.written.codec import Codec, Encoded
from esbank_core.sources.found import BASE64_ATTRIBUTE, Found
from esbank_core.sources.records import Note, Noted, Tallies

Event = TypeVar("Event")

_SCHEMA: Final = "dataschema"


class Numbering(Generic[Event]):
    """Gives events, one after another, their places; and counts what is to be said of them."""

    def __init__(self, codec: Codec[Event], notes: Tallies) -> None:
        self._codec = codec
        self._known = frozenset(event_type.name for event_type in codec.event_types)
        self._notes = notes
        self._position = 0
        self._versions: dict[str, tuple[int, int | None]] = {}
        self._time = NO_TIME

    def next(self, found: Found) -> RecordedEvent[Event | UnknownEvent]:
        """The recorded event that comes next."""
        stream = found.stream
        self._position += 1
        version, before = self._versions.get(stream, (0, None))
        version += 1
        self._versions[stream] = version, found.version
        if found.version is not None:
            self._see_version(found, before)
        for noted in found.notes:
            self._notes.add(noted)
        attributes = found.attributes
        if found.time is not None:
            self._time = found.time
        else:
            attributes = {**attributes, UNTIMED: True}
        event: Event | UnknownEvent = UnknownEvent(found.type, 1, found.data)
        if found.type in self._known and BASE64_ATTRIBUTE not in attributes:
            try:
                event = self._codec.decode(Encoded(found.type, 1, found.data))
                attributes = {name: value for name, value in attributes.items() if name != _SCHEMA}
            except Damage:
                self._note(found, Note.ANOTHER_SCHEMA)
        return RecordedEvent(
            event,
            EventId(found.id) if found.id else event_id(StreamId(stream), Version(version)),
            StreamId(stream),
            Version(version),
            Position(self._position),
            self._time,
            found.actor,
            found.correlation_id,
            found.causation_id,
            attributes,
        )

    def _see_version(self, found: Found, before: int | None) -> None:
        version = found.version or 0
        if before is None:
            if version > 1:
                self._note(found, Note.VERSIONS_MISSING)
        elif version > before + 1:
            self._note(found, Note.VERSIONS_MISSING)
        elif version == before:
            self._note(found, Note.SAME_PLACE)

    def _note(self, found: Found, note: Note) -> None:
        self._notes.add(Noted(found.number, found.line, note, "", found.id))
