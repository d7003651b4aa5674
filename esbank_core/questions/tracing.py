"""The thread of one event: everything that belongs to the same request, found in slices.

Events of one request share a correlation id. Where an event has none, its causes are looked for
backward from it by their ids, and from the first of them all that it led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.questions.deeds import Step, path_among

Event = TypeVar("Event")

MOST_RELATED: Final = 1_000
"""Events of a thread whose order of cause is worked out; of more, those nearest to the event."""


@dataclass(frozen=True, slots=True)
class Trace(Generic[Event]):
    """The thread of the event at a position, as far as it is known."""

    position: Position
    correlation_id: str | None
    cause: str | None
    """Backward, the id that is looked for; None where that way is at its end."""
    at: int
    """How many events stand before the next one to look at; backward, before those left."""
    related: tuple[Position, ...] = ()
    """The positions of the events that belong to it, ascending."""
    ids: frozenset[str] = field(default_factory=frozenset)
    """Without a correlation id: the ids of those events."""

    @classmethod
    def of(
        cls, recorded: Sequence[RecordedEvent[Event | Opaque]], position: Position
    ) -> Trace[Event]:
        """The thread of an event before anything was looked at."""
        one = recorded[position - 1]
        if one.correlation_id is not None:
            return cls(position, one.correlation_id, None, 0)
        return cls._from_root(cls(position, None, one.causation_id, position - 1), one)

    def further(
        self, recorded: Sequence[RecordedEvent[Event | Opaque]], limit: int
    ) -> Trace[Event]:
        """The same with some more events looked at."""
        if self.cause is not None:
            return self._back(recorded, limit)
        stop = min(self.at + limit, len(recorded))
        events = recorded[self.at : stop]
        if (wanted := self.correlation_id) is not None:
            more = [one.position for one in events if one.correlation_id == wanted]
            return replace(self, at=stop, related=(*self.related, *more))
        ids = set(self.ids)
        led_to = []
        for one in events:
            if one.causation_id in ids:
                ids.add(one.id)
                led_to.append(one.position)
        return replace(self, at=stop, related=(*self.related, *led_to), ids=frozenset(ids))

    def is_done(self, recorded: Sequence[RecordedEvent[Event | Opaque]]) -> bool:
        """Whether every event was looked at."""
        return self.cause is None and self.at >= len(recorded)

    def steps(self, recorded: Sequence[RecordedEvent[Event | Opaque]]) -> tuple[Step, ...]:
        """The path of the request, of which no more is told than ``MOST_RELATED`` events."""
        return path_among(recorded[position - 1] for position in self._nearest())

    def _nearest(self) -> Sequence[Position]:
        related = self.related
        if len(related) <= MOST_RELATED:
            return related
        before = sum(position <= self.position for position in related)
        first = min(max(before - MOST_RELATED // 2, 0), len(related) - MOST_RELATED)
        return related[first : first + MOST_RELATED]

    def _back(self, recorded: Sequence[RecordedEvent[Event | Opaque]], limit: int) -> Trace[Event]:
        start, cause = max(self.at - limit, 0), self.cause
        root = None
        for one in reversed(recorded[start : self.at]):
            if one.id == cause:
                root, cause = one, one.causation_id
        if start and cause is not None:
            return replace(self._from_root(self, root), cause=cause, at=start)
        return replace(self._from_root(self, root), cause=None, at=self._root_at(root))

    def _root_at(self, root: RecordedEvent[Event | Opaque] | None) -> int:
        return root.position if root is not None else self.related[0]

    @classmethod
    def _from_root(
        cls, trace: Trace[Event], root: RecordedEvent[Event | Opaque] | None
    ) -> Trace[Event]:
        if root is None:
            return trace
        trace = replace(trace, related=(root.position,), ids=frozenset((root.id,)))
        return trace if trace.cause is not None else replace(trace, at=root.position)
