"""Moments: every event at which a condition turns true, found by looking at each event once.

Not by bisection: an account can be overdrawn for a day and be fine before and after, and a
search by halves walks past it. A condition that lasts (a balance below zero) has a moment
where it begins, and another when it begins again; one that is over as it happens (a large
withdrawal, a gap in time) has a moment each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, NamedTuple, TypeVar

from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.history import Change, History
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Opaque, RecordedEvent

State = TypeVar("State")
Event = TypeVar("Event")

SLICE: Final = 1_000
"""Events looked at in one go by who asks for moments one after another."""


class Step(NamedTuple, Generic[State, Event]):
    """What a condition looks at: one change, and what was looked at before it, if anything.

    ``previous`` is the event at the position before, ``latest`` the latest time so far: where
    events do not stand in order of time, the two differ.
    """

    before: State
    recorded: RecordedEvent[Event | Opaque]
    after: State
    previous: RecordedEvent[Event | Opaque] | None
    latest: datetime | None

    @property
    def change(self) -> Change[State, Event]:
        """The change by itself."""
        return Change(self.before, self.recorded, self.after)


Key = Callable[[RecordedEvent[Event | Opaque]], Hashable | None]


@dataclass(frozen=True, slots=True)
class Condition(Generic[State, Event]):
    """What is looked for, and whether it lasts until something ends it.

    With ``again``, it is only what comes again: an event that has each of these keys in common
    with an earlier one. A key of None is in common with nothing.
    """

    holds: Callable[[Step[State, Event]], bool]
    lasts: bool
    again: tuple[Key[Event], ...] = ()


def when(
    predicate: Callable[[State, Event | Opaque, State], bool], *, lasts: bool = True
) -> Condition[State, Event]:
    """A condition from any predicate on the state before, the event, and the state after.

    With ``lasts=False`` each event for which it holds is a moment, also right after another.
    """
    return Condition(lambda step: predicate(step.before, step.recorded.event, step.after), lasts)


def all_of(*conditions: Condition[State, Event]) -> Condition[State, Event]:
    """The condition that all of these hold at once; it lasts if each of them does."""
    predicates = [condition.holds for condition in conditions]
    return Condition(
        lambda step: all(holds(step) for holds in predicates),
        all(condition.lasts for condition in conditions),
        tuple(key for condition in conditions for key in condition.again),
    )


@dataclass(frozen=True, slots=True)
class Scan(Generic[State, Event]):
    """How far a history has been searched, and the moments so far: a value, to be taken further.

    With ``stream_id``, only that stream is looked at, and the event before is the one before in
    that stream. ``seen`` counts the events looked at; ``streams`` are those with a moment.
    """

    condition: Condition[State, Event]
    stream_id: StreamId | None = None
    seen: int = 0
    moments: AppendOnly[Position] = field(default_factory=AppendOnly)
    streams: frozenset[StreamId] = frozenset()
    holding: frozenset[StreamId] = frozenset()
    """The streams in which a lasting condition holds now."""
    states: Mapping[StreamId, State] = field(default_factory=dict, repr=False)
    """The state of each stream after the events looked at."""
    previous: RecordedEvent[Event | Opaque] | None = None
    latest: datetime | None = None
    _first: dict[tuple[int, Hashable], Position] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Where each key of ``again`` was met first. Only a memory, and shared by what goes on from
    here: a position once noted stays right, for whoever goes over the same history again."""

    def total(self, history: History[State, Event]) -> int:
        """How many events there are to look at."""
        if self.stream_id is None:
            return history.head
        return len(history.places.get(self.stream_id, ()))

    def is_done(self, history: History[State, Event]) -> bool:
        """Whether every event has been looked at."""
        return self.seen >= self.total(history)

    def further(self, history: History[State, Event], events: int) -> Scan[State, Event]:
        """The scan after so many events more of the history, or of the same grown longer."""
        start, stop = self.seen, min(self.seen + events, self.total(history))
        if self.stream_id is None:
            recorded, states = history.recorded[start:stop], history.states[start:stop]
        else:
            places = history.places.get(self.stream_id, AppendOnly[Position]())[start:stop]
            recorded = [history.recorded[place - 1] for place in places]
            states = [history.states[place - 1] for place in places]
        holds, lasts, again = self.condition.holds, self.condition.lasts, self.condition.again
        previous, latest, initial_state = self.previous, self.latest, history.initial_state
        holding = set(self.holding)
        known = dict(self.states)
        found: list[Position] = []
        streams: set[StreamId] = set()
        for one, after in zip(recorded, states, strict=True):
            stream_id = one.stream_id
            before = known.get(stream_id, initial_state)
            known[stream_id] = after
            is_again = not again or self._came_before(one)
            if is_again and holds(Step(before, one, after, previous, latest)):
                if stream_id not in holding:
                    found.append(one.position)
                    streams.add(stream_id)
                if lasts:
                    holding.add(stream_id)
            elif holding:
                holding.discard(stream_id)
            previous = one
            if latest is None or one.time > latest:
                latest = one.time
        return Scan(
            self.condition,
            self.stream_id,
            stop,
            self.moments.plus(found),
            self.streams | streams,
            frozenset(holding),
            known,
            previous,
            latest,
            self._first,
        )

    def _came_before(self, recorded: RecordedEvent[Event | Opaque]) -> bool:
        """Whether each key came with an earlier event; all are noted, for the later ones."""
        firsts = [
            None if key is None else self._first.setdefault((nth, key), recorded.position)
            for nth, key in enumerate(key_of(recorded) for key_of in self.condition.again)
        ]
        return all(first is not None and first < recorded.position for first in firsts)


def moments(
    history: History[State, Event],
    condition: Condition[State, Event],
    stream_id: StreamId | None = None,
) -> Iterator[Change[State, Event]]:
    """Every change at which a condition turns true, in order of position.

    A lasting condition is followed stream by stream. With ``stream_id``, only that stream is
    looked at, and the event before is the one before in that stream.
    """
    scan = Scan(condition, stream_id)
    while not scan.is_done(history):
        told = len(scan.moments)
        scan = scan.further(history, SLICE)
        for position in scan.moments[told:]:
            yield history.change_at(position)
