"""Snapshots: where each stream stood at a position, so that a fold need not start from Genesis.

A snapshot is derived from events and never trusted over them: it can always be thrown away. A
history that goes on from one knows of the events up to it only how far each stream had come and
what it had led to; in their places stand stand-ins that say so, until somebody reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Final, Generic, TypeVar, overload

from esbank_core.kernel.append_only import AppendOnly, Continued
from esbank_core.kernel.decider import Decider
from esbank_core.kernel.history import History
from esbank_core.kernel.identity import NOWHERE, EventId, Position, StreamId, Version, event_id
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnreadableEvent, unreadable

Command = TypeVar("Command")
State = TypeVar("State")
Event = TypeVar("Event")
Item = TypeVar("Item")

NOT_READ_YET: Final = "Not read yet."
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Standing(Generic[State]):
    """Where one stream stood: its first and its last event's positions, its version and state."""

    first: Position
    last: Position
    version: Version
    state: State


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[State]):
    """Where every stream stood at ``position``, in order of their first events."""

    position: Position
    standings: Mapping[StreamId, Standing[State]]
    taken: frozenset[EventId] = field(default_factory=frozenset)
    """As ``History.taken``: no new event may be given one of these names."""


def snapshot_of(history: History[State, Event], to: Position) -> Snapshot[State]:
    """The snapshot of a history as of a position."""
    standings = {}
    for stream_id, places in history.places.items():
        first, last = places[0], history.last_place(stream_id, to)
        if first <= to:
            version = history.recorded[last - 1].version
            standings[stream_id] = Standing(first, last, version, history.states[last - 1])
    # A name without a slash is none that a place could have.
    taken = frozenset(name for name in history.taken if "/" in name)
    return Snapshot(to, standings, taken)


def resumed(
    decider: Decider[Command, State, Event], snapshot: Snapshot[State]
) -> History[State, Event]:
    """The history that goes on from a snapshot; all events up to it are still to be read."""
    states: dict[int, State] = {}
    recorded: dict[int, RecordedEvent[Event | Opaque]] = {}
    places: dict[StreamId, AppendOnly[Position]] = {}
    for stream_id, standing in snapshot.standings.items():
        first, last, version = standing.first, standing.last, standing.version
        states[last - 1] = standing.state
        recorded[last - 1] = _stand_in(last, stream_id, version)
        places[stream_id] = AppendOnly(dict.fromkeys((first, last)))
    unread = snapshot.position
    return History(
        decider.evolve,
        decider.initial_state,
        Continued(_Sparse(unread, recorded, lambda place: _stand_in(Position(place + 1)))),
        Continued(_Sparse(unread, states, lambda _: decider.initial_state)),
        places,
        snapshot.taken,
        unread,
    )


def _stand_in(
    position: Position, stream_id: StreamId = NOWHERE, version: Version | None = None
) -> RecordedEvent[UnreadableEvent]:
    if version is None:
        return unreadable("", NOT_READ_YET, position=position, time=_NO_TIME)
    name = event_id(stream_id, version)
    event = UnreadableEvent("", NOT_READ_YET)
    return RecordedEvent(event, name, stream_id, version, position, _NO_TIME)


class _Sparse(Sequence[Item]):
    """A sequence of which only a few items are kept; the others are made when asked for."""

    def __init__(self, length: int, kept: Mapping[int, Item], make: Callable[[int], Item]) -> None:
        self._length = length
        self._kept = kept
        self._make = make

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._length))]
        place = index if index >= 0 else self._length + index
        if not 0 <= place < self._length:
            raise IndexError(f"no item {index} in a sequence of {self._length}")
        kept = self._kept.get(place)
        return self._make(place) if kept is None else kept
