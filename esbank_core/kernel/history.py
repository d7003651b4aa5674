"""The whole ledger with every state it ever led to: what a time traveller needs.

Two lists side by side: the recorded events, and the state of each event's own stream
right after it. Any state of the past is then looked up, not folded again: a step in
either direction costs the same after ten events and after a hundred thousand. The price
is one small frozen state for each event, about as much memory as the events themselves.

A history is a value. ``extend`` gives a longer one and leaves the old one as it was;
replaying has no effect but the value it returns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.decider import Decider
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import (
    GENESIS,
    NO_STREAM,
    NOWHERE,
    EventId,
    Position,
    StreamId,
    Version,
)
from esbank_core.kernel.recorded import OPAQUE, Metadata, Opaque, RecordedEvent, record

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")
NewEvent = TypeVar("NewEvent")


@dataclass(frozen=True, slots=True)
class Change(Generic[State, Event]):
    """One step of history: the stream's state before an event, the event, the state after."""

    before: State
    recorded: RecordedEvent[Event | Opaque]
    after: State


@dataclass(frozen=True, slots=True)
class History(Generic[State, Event]):
    """Every recorded event, in order of position from 1 without a gap, and what it led to."""

    evolve: Callable[[State, Event], State]
    initial_state: State
    recorded: AppendOnly[RecordedEvent[Event | Opaque]]
    states: AppendOnly[State]
    """``states[n]`` is the state of the stream of ``recorded[n]``, right after it."""
    places: Mapping[StreamId, AppendOnly[Position]]
    """The positions of each stream's events, ascending; streams in order of first event.

    What stands ``NOWHERE`` is in no stream."""
    taken: frozenset[EventId] = frozenset()
    """The ids of events that stand elsewhere than their ids say; a new event gets none of them."""
    unread: Position = GENESIS
    """Up to here events are still to be read, and stand-ins in their places (``snapshot``)."""

    @classmethod
    def genesis(cls, decider: Decider[Command, State, Event]) -> History[State, Event]:
        """The history in which nothing has happened yet."""
        return cls(decider.evolve, decider.initial_state, AppendOnly(), AppendOnly(), {})

    @property
    def head(self) -> Position:
        """The position of the last event; Genesis where there is none."""
        return Position(len(self.recorded))

    def extend(self, recorded: Iterable[RecordedEvent[Event | Opaque]]) -> History[State, Event]:
        """Return this history and what came after it.

        Raises:
            Damage: an event does not stand at the next position.
        """
        newcomers = list(recorded)
        latest: dict[StreamId, State] = {}
        states: list[State] = []
        places: dict[StreamId, list[Position]] = {}
        evolve = self.evolve
        for position, newcomer in enumerate(newcomers, start=self.head + 1):
            if newcomer.position != position:
                raise Damage(
                    f"Event {newcomer.id} says that it is at position {newcomer.position}, "
                    f"but the ledger continues at {position}."
                )
            stream_id = newcomer.stream_id
            event = newcomer.event
            try:
                state = latest[stream_id]
            except KeyError:
                state = latest[stream_id] = self.state_of(stream_id)
                places[stream_id] = []
            if not isinstance(event, OPAQUE):
                latest[stream_id] = state = evolve(state, event)
            states.append(state)
            places[stream_id].append(newcomer.position)
        places.pop(NOWHERE, None)
        # Their ids are not ``event_id``, which is spelt out: this is done for every event.
        taken = [one.id for one in newcomers if one.id != f"{one.stream_id}/{one.version}"]
        merged = dict(self.places)
        for stream_id, positions in places.items():
            merged[stream_id] = merged.get(stream_id, AppendOnly[Position]()).plus(positions)
        return History(
            self.evolve,
            self.initial_state,
            self.recorded.plus(newcomers),
            self.states.plus(states),
            merged,
            self.taken.union(taken) if taken else self.taken,
            self.unread,
        )

    def until(self, position: Position) -> History[State, Event]:
        """This history as it was up to a position; nothing is folded again."""
        recorded = AppendOnly(self.recorded[:position])
        places = {
            stream_id: AppendOnly(those[: bisect_right(those, position)])
            for stream_id, those in self.places.items()
            if those[0] <= position
        }
        taken = frozenset(one.id for one in recorded if self.taken and one.id in self.taken)
        return History(
            self.evolve,
            self.initial_state,
            recorded,
            AppendOnly(self.states[:position]),
            places,
            taken,
        )

    def recorded_next(
        self, stream_id: StreamId, events: Iterable[NewEvent], metadata: Metadata
    ) -> tuple[RecordedEvent[NewEvent], ...]:
        """New events of a stream, with the names and places with which this history goes on."""
        return record(
            events,
            metadata,
            stream_id=stream_id,
            version=self.version_of(stream_id),
            position=self.head,
            taken=self.taken,
        )

    def at(self, position: Position) -> RecordedEvent[Event | Opaque]:
        """The recorded event at a position, from 1 to ``head``.

        Raises:
            IndexError: there is none.
        """
        if not GENESIS < position <= self.head:
            raise IndexError(f"No event stands at position {position} of {self.head}.")
        return self.recorded[position - 1]

    def last_place(self, stream_id: StreamId, to: Position | None = None) -> Position:
        """The position of a stream's last event up to ``to``; Genesis where there is none."""
        places = self.places.get(stream_id)
        if not places:
            return GENESIS
        if to is None:
            return places[-1]
        count = bisect_right(places, to)
        return places[count - 1] if count else GENESIS

    def state_of(self, stream_id: StreamId, to: Position | None = None) -> State:
        """The state of a stream as of position ``to``, or now."""
        place = self.last_place(stream_id, to)
        return self.states[place - 1] if place else self.initial_state

    def version_of(self, stream_id: StreamId, to: Position | None = None) -> Version:
        """The version of a stream as of position ``to``, or now; 0 before its first event."""
        place = self.last_place(stream_id, to)
        return self.recorded[place - 1].version if place else NO_STREAM

    def stream(self, stream_id: StreamId) -> list[RecordedEvent[Event | Opaque]]:
        """All recorded events of one stream, in order of version."""
        return [self.recorded[place - 1] for place in self.places.get(stream_id, ())]

    def changes(
        self, after: Position = GENESIS, to: Position | None = None
    ) -> Iterator[Change[State, Event]]:
        """Every step of history after a position, up to another or to the end.

        They come in order of position, each at the same cost.
        """
        end = self.head if to is None else to
        latest: dict[StreamId, State] = {}
        steps = zip(self.recorded[after:end], self.states[after:end], strict=True)
        for recorded, state in steps:
            stream_id = recorded.stream_id
            try:
                before = latest[stream_id]
            except KeyError:
                before = self.state_of(stream_id, after) if after else self.initial_state
            yield Change(before, recorded, state)
            latest[stream_id] = state

    def change_at(self, position: Position) -> Change[State, Event]:
        """What the event at a position, from 1 to ``head``, did to its own stream."""
        recorded = self.at(position)
        before = self.state_of(recorded.stream_id, Position(position - 1))
        return Change(before, recorded, self.states[position - 1])
