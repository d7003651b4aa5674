"""Carrying out a command against a store: the loop of I/O around the command machine.

A command with an id is carried out once, however often it is asked. Its id stands in the
ledger as the cause of its events, so the events themselves tell that it was done; where it
led to none, the store remembers the answer beside the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar, assert_never

from esbank_core.kernel.command_machine import (
    Answered,
    Appending,
    Asked,
    Known,
    Remembering,
    Request,
    Step,
)
from esbank_core.kernel.decider import Decider, Rejection
from esbank_core.kernel.errors import Conflict
from esbank_core.kernel.identity import CommandId, StreamId
from esbank_core.kernel.recorded import Metadata, Opaque, RecordedEvent
from esbank_core.kernel.stores.store import EventStore

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")

ATTEMPTS: Final = 8
"""How often a command is decided anew when others keep appending to the same stream."""


def handle(
    store: EventStore[Event],
    decider: Decider[Command, State, Event],
    stream_id: StreamId,
    command: Command,
    metadata: Metadata,
    command_id: CommandId | None = None,
) -> Sequence[RecordedEvent[Event | Opaque]] | Rejection:
    """Decide a command on what its stream says now, and append what was decided.

    A command with a ``command_id`` that the stream has seen before appends nothing, and is
    answered as it was the first time. The id is the causation id of its events.

    Returns:
        The recorded events, or the rejection; a rejection appends nothing.

    Raises:
        Conflict: the stream moved on between reading and appending, every time.
    """
    if command_id is not None:
        metadata = replace(metadata, causation_id=command_id)
    return carry_out(store, decider, Request(command, stream_id, command_id), metadata)


def carry_out(
    store: EventStore[Event],
    decider: Decider[Command, State, Event],
    request: Request[Command],
    metadata: Metadata,
) -> Sequence[RecordedEvent[Event | Opaque]] | Rejection:
    """Do what the command machine says until it has an answer.

    Raises:
        Conflict: the stream moved on between reading and appending, every time.
    """
    read: dict[StreamId, Known[State, Event]] = {}
    step: Step[Command, State, Event] = Asked(request)
    while True:
        match step:
            case Asked(request=asked):
                start = read.get(asked.stream_id) or Known(decider.initial_state)
                newer = store.read_stream(asked.stream_id, after=start.version)
                known = read[asked.stream_id] = start.read_on(decider.evolve, newer, asked.id)
                # Only after the stream was read: an answer that is remembered from now on is one
                # to this very version, or what is written next will conflict.
                if asked.id is not None and not known.caused:
                    known = replace(known, answered=store.recall(asked.stream_id, asked.id))
                step = step.decide(decider, known)
            case Appending() | Remembering() as writing:
                try:
                    step = _written(store, writing, metadata)
                except Conflict:
                    step = again = writing.overtaken()
                    if again.conflicts >= ATTEMPTS:
                        raise
            case Answered(answer=answer):
                return answer
            case _:
                assert_never(step)


def _written(
    store: EventStore[Event],
    writing: Appending[Command, State, Event] | Remembering[Command, State, Event],
    metadata: Metadata,
) -> Step[Command, State, Event]:
    stream_id, version = writing.decided.request.stream_id, writing.decided.version
    if isinstance(writing, Appending):
        return writing.appended(store.append(stream_id, version, writing.events, metadata))
    store.remember(stream_id, version, writing.command_id, writing.answer)
    return writing.remembered()
