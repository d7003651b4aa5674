"""Carrying out a command against a store: read, decide, append, and again on a conflict.

A command with an id is carried out once, however often it is asked. Its id stands in the
ledger as the cause of its events, so the events themselves tell that it was done; where it
led to none, the store remembers the answer beside the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from esbank_core.kernel.decider import Decider, Rejection
from esbank_core.kernel.errors import Conflict
from esbank_core.kernel.identity import NO_STREAM, CommandId, StreamId
from esbank_core.kernel.recorded import OPAQUE, Metadata, Opaque, RecordedEvent
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
    state, version = decider.initial_state, NO_STREAM
    caused: list[RecordedEvent[Event | Opaque]] = []
    for attempt in range(ATTEMPTS):
        for recorded in store.read_stream(stream_id, after=version):
            version = recorded.version
            if not isinstance(recorded.event, OPAQUE):
                state = decider.evolve(state, recorded.event)
            if command_id is not None and recorded.causation_id == command_id:
                caused.append(recorded)
        if caused:
            return caused
        # Only after the stream was read: an answer that is remembered from now on is one to
        # this very version, or the append will conflict.
        if command_id is not None:
            answered = store.recall(stream_id, command_id)
            if answered is not None:
                return answered
        decided = decider.decide(command, state)
        try:
            if not isinstance(decided, Rejection) and len(decided):
                return store.append(stream_id, version, decided, metadata)
            answer = decided if isinstance(decided, Rejection) else ()
            if command_id is not None:
                store.remember(stream_id, version, command_id, answer)
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return answer
    raise AssertionError("unreachable: the last attempt returns or raises")
