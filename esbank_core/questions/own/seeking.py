"""Moments sought while a history is told: in memory for its streams, however long it is.

What ``questions.moments`` finds in a history that is held, this finds in one that goes by.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.questions.moments import Condition, Step

State = TypeVar("State")
Event = TypeVar("Event")


class Seeker(Generic[State, Event]):
    """Looks at one change after another, in order of position.

    With ``stream_id``, only that stream is looked at, and the event before is the one before in
    that stream.
    """

    def __init__(
        self, condition: Condition[State, Event], stream_id: StreamId | None = None
    ) -> None:
        self._condition = condition
        self._stream_id = stream_id
        self._holding: set[StreamId] = set()
        self._previous: RecordedEvent[Event | Opaque] | None = None
        self._latest: datetime | None = None
        self._met: set[tuple[int, Hashable]] = set()

    def is_moment(
        self, before: State, recorded: RecordedEvent[Event | Opaque], after: State
    ) -> bool:
        """Whether the condition turns true at the next event."""
        stream_id = recorded.stream_id
        if self._stream_id not in (None, stream_id):
            return False
        condition = self._condition
        step = Step(before, recorded, after, self._previous, self._latest)
        is_new = False
        is_again = not condition.again or self._came_before(recorded)
        if is_again and condition.holds(step):
            is_new = stream_id not in self._holding
            if condition.lasts:
                self._holding.add(stream_id)
        else:
            self._holding.discard(stream_id)
        self._previous = recorded
        if self._latest is None or recorded.time > self._latest:
            self._latest = recorded.time
        return is_new

    def _came_before(self, recorded: RecordedEvent[Event | Opaque]) -> bool:
        """Whether each key came with an earlier event; all are noted, for the later ones."""
        came = True
        for nth, key_of in enumerate(self._condition.again):
            key = key_of(recorded)
            came = came and key is not None and (nth, key) in self._met
            if key is not None:
                self._met.add((nth, key))
        return came
