"""The past as it was: states as of a position, a version or an instant, and what changed.

A position is a place in the ledger, an instant a time on the clock. Where events do not stand
in order of time, the two differ: as of an instant counts every event that had happened by
then, wherever it stands.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from esbank_core.kernel.history import History
from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.instant import Instant, instant_of
from esbank_core.kernel.recorded import OPAQUE, Opaque, RecordedEvent

State = TypeVar("State")
Event = TypeVar("Event")


def states_as_of_position(
    history: History[State, Event], position: Position
) -> dict[StreamId, State]:
    """The state of every stream that had begun by a position, in order of first event."""
    return {
        stream_id: history.state_of(stream_id, position)
        for stream_id, places in history.places.items()
        if places[0] <= position
    }


def states_as_of_instant(
    history: History[State, Event], instant: datetime | Instant
) -> dict[StreamId, State]:
    """The state of every stream that had begun by an instant (an aware one, inclusive)."""
    until = exactly(instant)
    states: dict[StreamId, State] = {}
    for stream_id, places in history.places.items():
        has_skipped = False
        for place in places:
            recorded = history.recorded[place - 1]
            if is_after(recorded, until):
                has_skipped = True
            elif not has_skipped:
                states[stream_id] = history.states[place - 1]
            elif not isinstance(recorded.event, OPAQUE):
                before = states.get(stream_id, history.initial_state)
                states[stream_id] = history.evolve(before, recorded.event)
    return states


def exactly(instant: datetime | Instant) -> Instant:
    """An instant, whatever it is given as."""
    return Instant(instant) if isinstance(instant, datetime) else instant


def is_after(recorded: RecordedEvent[Event | Opaque], instant: Instant) -> bool:
    """Whether an event happened after an instant; of one within its microsecond, as it says."""
    if recorded.time != instant.time:
        return recorded.time > instant.time
    return instant_of(recorded) > instant


def state_as_of_version(
    history: History[State, Event], stream_id: StreamId, version: Version
) -> State:
    """The state of a stream right after its event of that version; at 0, before any event."""
    places = history.places.get(stream_id, ())
    count = bisect_right(places, version, key=lambda place: history.recorded[place - 1].version)
    return history.states[places[count - 1] - 1] if count else history.initial_state


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one stream's state that changed; ``None`` where there was no such field."""

    stream_id: StreamId
    field: str
    before: object
    after: object


def differences(
    history: History[State, Event], earlier: Position, later: Position
) -> tuple[Difference, ...]:
    """What changed between two positions, field by field, in order of stream and field.

    The first field is ``status``, the name of the state's type in words.
    """
    between = history.recorded[min(earlier, later) : max(earlier, later)]
    touched = {recorded.stream_id for recorded in between}
    found: list[Difference] = []
    for stream_id in history.places:
        if stream_id not in touched:
            continue
        before, after = (_fields_at(history, stream_id, at) for at in (earlier, later))
        found.extend(
            Difference(stream_id, field, before.get(field), after.get(field))
            for field in {**before, **after}
            if before.get(field) != after.get(field)
        )
    return tuple(found)


def _fields_at(
    history: History[State, Event], stream_id: StreamId, position: Position
) -> Mapping[str, object]:
    """The fields of a stream's state as of a position; none before the stream had begun."""
    if not history.last_place(stream_id, position):
        return {}
    return fields_of(history.state_of(stream_id, position))


def status_of(state: object) -> str:
    """The name of a state's type in words: ``open``, ``frozen``, ``no account``."""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", type(state).__name__).lower()


def fields_of(state: object) -> Mapping[str, object]:
    """The status of a state, and its fields."""
    if not dataclasses.is_dataclass(state):
        return {"status": status_of(state), "value": state}
    named = {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
    return {"status": status_of(state), **named}
