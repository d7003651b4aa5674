"""Who did what: the actors of a history, what any of them did, and the path of one request.

An actor is who an event says that it was: a claim that came with the command, and no proof.
Everything is found event by event, so that it can be done in slices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Actor, Opaque, RecordedEvent

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Doer:
    """What one actor did: how many events, from how many requests, from when to when.

    A request that led to several events in a row counts once. ``actor`` is None where no event
    says who it was.
    """

    actor: Actor | None
    events: int
    requests: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Deeds:
    """The actors, streams and types of a history, as far as it has been looked at."""

    seen: int = 0
    doers: Mapping[Actor | None, Doer] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)
    request: tuple[Actor | None, str | None] | None = None
    """The actor and the cause of the last event."""

    def fed(
        self,
        recorded: Iterable[RecordedEvent[Event]],
        name_of: Callable[[Event], str],
    ) -> Deeds:
        """The same with the events that come next; ``name_of`` gives the names of their types."""
        seen, request = self.seen, self.request
        types = dict(self.types)
        found: dict[Actor | None, list[RecordedEvent[Event]]] = {}
        requests: dict[Actor | None, int] = {}
        for one in recorded:
            seen += 1
            actor = one.actor
            found.setdefault(actor, []).append(one)
            asked = (actor, one.causation_id)
            if asked != request or one.causation_id is None:
                requests[actor] = requests.get(actor, 0) + 1
                request = asked
            name = name_of(one.event)
            types[name] = types.get(name, 0) + 1
        doers = dict(self.doers)
        for actor, events in found.items():
            times = [one.time for one in events]
            first, last, count = min(times), max(times), len(events)
            asked_for = requests.get(actor, 0)
            if (known := doers.get(actor)) is not None:
                first, last = min(first, known.first), max(last, known.last)
                count, asked_for = count + known.events, asked_for + known.requests
            doers[actor] = Doer(actor, count, asked_for, first, last)
        return Deeds(seen, doers, types, request)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: None where anything will do; ``until`` is not included."""

    actor: Actor | None = None
    stream_id: StreamId | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def among(
        self,
        recorded: Iterable[RecordedEvent[Event]],
        name_of: Callable[[Event], str],
    ) -> list[Position]:
        """The positions of the events that are asked for."""
        actor, stream_id, name = self.actor, self.stream_id, self.type
        since, until = self.since, self.until
        return [
            one.position
            for one in recorded
            if (actor is None or one.actor == actor)
            and (stream_id is None or one.stream_id == stream_id)
            and (name is None or name_of(one.event) == name)
            and (since is None or one.time >= since)
            and (until is None or one.time < until)
        ]


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the path of a request: an event, and what caused it.

    ``depth`` is how many events of the path lead to it. ``cause`` is the event that caused it; None
    for one that a command led to, which ``causation_id`` names.
    """

    position: Position
    depth: int
    cause: Position | None
    causation_id: str | None


def path_of(
    recorded: Sequence[RecordedEvent[Event | Opaque]], position: Position
) -> tuple[Step, ...]:
    """Everything that the request led to which the event at a position belongs to.

    In the order of a graph that is walked along each branch to its end: after each event, those
    that it caused. A cause stands before what it causes; what says otherwise is taken for a
    beginning.
    """
    correlation_id = recorded[position - 1].correlation_id
    if correlation_id is None:
        one = recorded[position - 1]
        return (Step(position, 0, None, one.causation_id),)
    return path_among([one for one in recorded if one.correlation_id == correlation_id])


def path_among(related: Iterable[RecordedEvent[Event | Opaque]]) -> tuple[Step, ...]:
    """The path that some events make, which are given in order of position."""
    place_of: dict[str | None, Position] = {}
    effects: dict[Position | None, list[RecordedEvent[Event | Opaque]]] = {}
    for one in related:
        effects.setdefault(place_of.get(one.causation_id), []).append(one)
        place_of[one.id] = one.position
    steps: list[Step] = []
    todo: list[tuple[int, Position | None, RecordedEvent[Event | Opaque]]] = [
        (0, None, one) for one in reversed(effects.get(None, []))
    ]
    while todo:
        depth, cause, one = todo.pop()
        steps.append(Step(one.position, depth, cause, one.causation_id))
        todo += (
            (depth + 1, one.position, effect) for effect in reversed(effects.get(one.position, []))
        )
    return tuple(steps)
