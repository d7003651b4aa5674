"""A history told event by event, with the state of each event's stream before and after it.

In memory for one state a stream, however long the history is. An event for which a reader's
``evolve`` has no state leaves the state as it was, and is remembered as a failure: the telling
goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from esbank_core.kernel.identity import NOWHERE, Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.kernel.written.codec import Codec
from esbank_core.questions.own.evolving import Evolution, EvolveError
from esbank_core.questions.own.seen import SeenEvent, seen

Event = TypeVar("Event")


class Failure(NamedTuple):
    """An event for which a reader's ``evolve`` has no state."""

    position: Position
    stream_id: StreamId
    type: str
    line: int
    """Of the reader's code, from 1; 0 where it is about no line."""
    reason: str
    exception: str
    """The name of the exception that was raised; empty where none was."""


class Told(NamedTuple, Generic[Event]):
    """One step: the stream's state before an event, the event, the state after."""

    before: object
    recorded: RecordedEvent[Event | Opaque]
    event: SeenEvent
    """The same event as a reader's code saw it, who may have changed it."""
    after: object
    failure: Failure | None


class Telling(Generic[Event]):
    """Tells events one after another; ``states`` is how far each stream has come."""

    def __init__(self, evolution: Evolution, codec: Codec[Event]) -> None:
        self.evolution = evolution
        self.states: dict[StreamId, object] = {}
        self.versions: dict[StreamId, Version] = {}
        self.first_failure: Failure | None = None
        self.failures = 0
        self._codec = codec

    def tell(self, recorded: RecordedEvent[Event | Opaque]) -> Told[Event]:
        """Tell one more event, the next by position."""
        stream_id = recorded.stream_id
        try:
            before = self.states[stream_id]
        except KeyError:
            before = self.evolution.begin()
        event = seen(recorded, self._codec)
        after, failure = before, None
        if stream_id != NOWHERE:
            try:
                after = self.evolution.step(before, event)
            except EvolveError as error:
                failure = Failure(
                    recorded.position,
                    stream_id,
                    event.type,
                    error.line,
                    error.reason,
                    error.exception,
                )
                self.failures += 1
                self.first_failure = self.first_failure or failure
            self.states[stream_id] = after
            self.versions[stream_id] = recorded.version
        return Told(before, recorded, event, after, failure)

    def all(self, history: Iterable[RecordedEvent[Event | Opaque]]) -> Iterator[Told[Event]]:
        """Tell a whole history."""
        return map(self.tell, history)
