"""Moments: every event at which a condition turns true, found by looking at each event once.

Not by bisection: an account can be overdrawn for a day and be fine before and after, and a
search by halves walks past it. A condition that lasts (a balance below zero) has a moment
where it begins, and another when it begins again; one that is over as it happens (a large
withdrawal, a gap in time) has a moment each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from esbank_core.kernel.history import Change, History
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Opaque, RecordedEvent

State = TypeVar("State")
Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Step(Generic[State, Event]):
    """What a condition looks at: one change, and what was looked at before it, if anything.

    ``previous`` is the event at the position before, ``latest`` the latest time so far: where
    events do not stand in order of time, the two differ.
    """

    change: Change[State, Event]
    previous: RecordedEvent[Event | Opaque] | None
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Condition(Generic[State, Event]):
    """What is looked for, and whether it lasts until something ends it."""

    holds: Callable[[Step[State, Event]], bool]
    lasts: bool


def when(
    predicate: Callable[[State, Event | Opaque, State], bool], *, lasts: bool = True
) -> Condition[State, Event]:
    """A condition from any predicate on the state before, the event, and the state after.

    With ``lasts=False`` each event for which it holds is a moment, also right after another.
    """
    return Condition(
        lambda step: predicate(step.change.before, step.change.recorded.event, step.change.after),
        lasts,
    )


def all_of(*conditions: Condition[State, Event]) -> Condition[State, Event]:
    """The condition that all of these hold at once; it lasts if each of them does."""
    return Condition(
        lambda step: all(condition.holds(step) for condition in conditions),
        all(condition.lasts for condition in conditions),
    )


def moments(
    history: History[State, Event],
    condition: Condition[State, Event],
    stream_id: StreamId | None = None,
) -> Iterator[Change[State, Event]]:
    """Every change at which a condition turns true, in order of position.

    A lasting condition is followed stream by stream. With ``stream_id``, only that stream is
    looked at, and the event before is the one before in that stream.
    """
    holding: set[StreamId] = set()
    previous: RecordedEvent[Event | Opaque] | None = None
    latest: datetime | None = None
    changes = (
        history.changes()
        if stream_id is None
        else (history.change_at(place) for place in history.places.get(stream_id, ()))
    )
    for change in changes:
        own_stream = change.recorded.stream_id
        if condition.holds(Step(change, previous, latest)):
            if own_stream not in holding:
                yield change
            if condition.lasts:
                holding.add(own_stream)
        else:
            holding.discard(own_stream)
        previous = change.recorded
        latest = previous.time if latest is None else max(latest, previous.time)
