"""An event store in memory: for tests, for scripts, and to see how little a store is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Generic, TypeVar

from esbank_core.kernel.errors import Conflict
from esbank_core.kernel.identity import (
    GENESIS,
    NO_STREAM,
    CommandId,
    Position,
    StreamId,
    Version,
)
from esbank_core.kernel.recorded import Metadata, RecordedEvent, record
from esbank_core.kernel.stores.store import NoEvents

Event = TypeVar("Event")


class MemoryStore(Generic[Event]):
    """A ledger that lasts as long as the process. Safe to share between threads."""

    def __init__(self) -> None:
        self._ledger: list[RecordedEvent[Event]] = []
        self._streams: dict[StreamId, list[RecordedEvent[Event]]] = {}
        self._answers: dict[tuple[StreamId, CommandId], NoEvents] = {}
        self._one_writer = Lock()

    @property
    def head(self) -> Position:
        """The position of the last event; Genesis where there is none."""
        return Position(len(self._ledger))

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
        with self._one_writer:
            self._agree(stream_id, expected_version)
            recorded = record(
                events,
                metadata,
                stream_id=stream_id,
                version=expected_version,
                position=self.head,
            )
            self._ledger.extend(recorded)
            self._streams.setdefault(stream_id, []).extend(recorded)
            return recorded

    def read(self, after: Position = GENESIS) -> Iterator[RecordedEvent[Event]]:
        """Every event after a position, in order of position."""
        return iter(self._ledger[after:])

    def read_stream(
        self, stream_id: StreamId, after: Version = NO_STREAM
    ) -> Iterator[RecordedEvent[Event]]:
        """The events of one stream after a version, in order of version."""
        return iter(self._streams.get(stream_id, [])[after:])

    def remember(
        self,
        stream_id: StreamId,
        expected_version: Version,
        command_id: CommandId,
        answer: NoEvents,
    ) -> None:
        """Keep how a command to a stream was answered that appended nothing.

        Raises:
            Conflict: the stream is not at ``expected_version``, the one decided on.
        """
        with self._one_writer:
            self._agree(stream_id, expected_version)
            self._answers.setdefault((stream_id, command_id), answer)

    def recall(self, stream_id: StreamId, command_id: CommandId) -> NoEvents | None:
        """The remembered answer to a command; None where there is none."""
        return self._answers.get((stream_id, command_id))

    def _agree(self, stream_id: StreamId, expected: Version) -> None:
        actual = Version(len(self._streams.get(stream_id, ())))
        if actual != expected:
            raise Conflict(stream_id, expected, actual)
