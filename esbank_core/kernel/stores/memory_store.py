"""An event store in memory: for tests, for scripts, and to see how little a store is.

It keeps no lines, and yet holds nothing that could not be written as one: what worked in memory
works in a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import is_dataclass
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
from esbank_core.kernel.recorded import OPAQUE, Metadata, RecordedEvent, record
from esbank_core.kernel.stores.store import NoEvents
from esbank_core.kernel.written.codec import Codec, EventType
from esbank_core.kernel.written.line_codec import LineCodec, check_name, is_text

Event = TypeVar("Event")


class MemoryStore(Generic[Event]):
    """A ledger that lasts as long as the process. Safe to share between threads.

    Without a codec, events are taken to be stored under the names of their classes; what no codec
    could write, such as a bare number, has no written form and is kept as it comes.
    """

    def __init__(self, codec: Codec[Event] | None = None) -> None:
        self._form = None if codec is None else LineCodec(codec)
        self._forms: dict[type, LineCodec[Event] | None] = {}
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
            Unwritable: an event could not be written and read back.
        """
        check_name(stream_id)
        happened = tuple(events)  # made before anyone has to wait, whatever it takes
        with self._one_writer:
            version = self._agree(stream_id, expected_version)
            recorded = record(
                happened, metadata, stream_id=stream_id, version=version, position=self.head
            )
            for newcomer in recorded:
                form = self._form or self._form_of(type(newcomer.event))
                if form is not None:
                    form.vouch(newcomer)
            self._ledger.extend(recorded)
            self._streams.setdefault(stream_id, []).extend(recorded)
            return recorded

    def read(self, after: Position = GENESIS) -> Iterator[RecordedEvent[Event]]:
        """Every event after a position, in order of position."""
        return iter(self._ledger[max(after, GENESIS) :])

    def read_stream(
        self, stream_id: StreamId, after: Version = NO_STREAM
    ) -> Iterator[RecordedEvent[Event]]:
        """The events of one stream after a version, in order of version."""
        return iter(self._streams.get(stream_id, [])[max(after, NO_STREAM) :])

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
            Unwritable: the command's name could be no event's cause.
        """
        check_name(command_id)
        if not is_text(stream_id):  # an empty one is no stream, and yet money may be sent to it
            check_name(stream_id)
        with self._one_writer:
            self._agree(stream_id, expected_version)
            self._answers.setdefault((stream_id, command_id), answer)

    def recall(self, stream_id: StreamId, command_id: CommandId) -> NoEvents | None:
        """The remembered answer to a command; None where there is none."""
        return self._answers.get((stream_id, command_id))

    def _agree(self, stream_id: StreamId, expected: Version) -> Version:
        actual = Version(len(self._streams.get(stream_id, ())))
        if actual != expected:
            raise Conflict(stream_id, expected, actual)
        return actual

    def _form_of(self, event_class: type[Event]) -> LineCodec[Event] | None:
        if event_class not in self._forms:
            self._forms[event_class] = _form_by_name(event_class)
        return self._forms[event_class]


def _form_by_name(event_class: type[Event]) -> LineCodec[Event] | None:
    """How a class of events would be written under its own name, if at all."""
    if issubclass(event_class, OPAQUE):
        return LineCodec(Codec([]))
    if not is_dataclass(event_class):
        return None
    try:
        return LineCodec(Codec([EventType(event_class.__name__, event_class)]))
    except TypeError:  # its fields are others than a codec writes
        return None
