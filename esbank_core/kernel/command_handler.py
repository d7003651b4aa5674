"""Carrying out a command against a store: read, decide, append, and again on a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from esbank_core.kernel.decider import Decider, Rejection
from esbank_core.kernel.errors import Conflict
from esbank_core.kernel.identity import NO_STREAM, StreamId
from esbank_core.kernel.recorded import OPAQUE, Metadata, RecordedEvent
from esbank_core.kernel.store import EventStore

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
) -> Sequence[RecordedEvent[Event]] | Rejection:
    """Decide a command on what its stream says now, and append what was decided.

    Returns:
        The recorded events, or the rejection; a rejection appends nothing.

    Raises:
        Conflict: the stream moved on between reading and appending, every time.
    """
    state, version = decider.initial_state, NO_STREAM
    for attempt in range(ATTEMPTS):
        for recorded in store.read_stream(stream_id, after=version):
            version = recorded.version
            if not isinstance(recorded.event, OPAQUE):
                state = decider.evolve(state, recorded.event)
        decided = decider.decide(command, state)
        if isinstance(decided, Rejection):
            return decided
        try:
            return store.append(stream_id, version, decided, metadata)
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")
