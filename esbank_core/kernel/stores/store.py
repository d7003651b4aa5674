"""The event store's protocol: append to a stream, read a stream, read the ledger.

A store keeps order and refuses the stale; it knows no rules. Implementations: in memory
(``memory_store``), in an SQLite file (``sqlite_store``) and, in the page, the browser's
localStorage. Beside the ledger, and never in it, a store remembers how commands were answered
that appended nothing, so that a command asked again is answered as it was the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from esbank_core.kernel.decider import NoEvents
from esbank_core.kernel.identity import (
    GENESIS,
    NO_STREAM,
    CommandId,
    Position,
    StreamId,
    Version,
)
from esbank_core.kernel.recorded import Metadata, Opaque, RecordedEvent

Event = TypeVar("Event")

__all__ = ["EventStore", "NoEvents"]


class EventStore(Protocol[Event]):
    """An append-only ledger of many streams, and the answers that are not in it."""

    @property
    def head(self) -> Position:
        """The position of the last event; Genesis where there is none."""
        ...

    def append(
        self,
        stream_id: StreamId,
        expected_version: Version,
        events: Sequence[Event],
        metadata: Metadata,
    ) -> Sequence[RecordedEvent[Event]]:
        """Write all of ``events`` to the end of a stream, or none of them.

        Raises:
            Conflict: the stream is not at ``expected_version`` (0: must not exist yet).
        """
        ...

    def read(self, after: Position = GENESIS) -> Iterator[RecordedEvent[Event | Opaque]]:
        """Every event after a position, in order of position."""
        ...

    def read_stream(
        self, stream_id: StreamId, after: Version = NO_STREAM
    ) -> Iterator[RecordedEvent[Event | Opaque]]:
        """The events of one stream after a version, in order of version."""
        ...

    def remember(
        self,
        stream_id: StreamId,
        expected_version: Version,
        command_id: CommandId,
        answer: NoEvents,
    ) -> None:
        """Keep how a command to a stream was answered that appended nothing.

        The first answer stays; to remember another one for the same command does nothing.

        Raises:
            Conflict: the stream is not at ``expected_version``, the one decided on.
        """
        ...

    def recall(self, stream_id: StreamId, command_id: CommandId) -> NoEvents | None:
        """The remembered answer to a command; None where there is none."""
        ...
