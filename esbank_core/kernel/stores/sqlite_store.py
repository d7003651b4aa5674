"""An event store in one SQLite file, for as many threads and processes as there are.

A row holds an event as the line that a file of events holds, hash and all, so nothing is lost
and an export is the lines in order. An append is one transaction: all of it is there, or
nothing (``sqlite_file`` says what a power cut may cost; for a ledger of money in earnest, pay for
``synchronous = FULL``). The columns beside the lines are there to be searched, and not believed:
what is decided on them is what the lines say, or damage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.errors import Conflict, Damage, UnfitLine
from esbank_core.kernel.identity import (
    GENESIS,
    NO_STREAM,
    CommandId,
    EventId,
    Position,
    StreamId,
    Version,
    event_id,
)
from esbank_core.kernel.recorded import Metadata, RecordedEvent, UnknownEvent, record
from esbank_core.kernel.stores.sqlite_file import Execute, SqliteFile
from esbank_core.kernel.stores.sqlite_tables import (
    AFTER_POSITION,
    AFTER_VERSION,
    APPLICATION_ID,
    COUNT_TO,
    EXTENT,
    GAP,
    HASH_AT,
    HEAD,
    INSERT,
    NAME_AT,
    SKIPPING,
    TABLES,
    TO_BE_READ,
    VERSION,
)
from esbank_core.kernel.stores.store import NoEvents
from esbank_core.kernel.written.audit import Audit, Verifier
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import SOURCE
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import parse_text
from esbank_core.kernel.written.line_codec import LineCodec, check_name, is_text
from esbank_core.kernel.written.suspect import Break, Broken, Sign

Event = TypeVar("Event")

_BATCH: Final = 1000
"""Rows fetched at once: no read stays open for long, and memory is bounded."""

_Row = tuple[int, str, int, str]
_Name = tuple[str, str]


class SqliteStore(Generic[Event]):
    """A ledger in a file. Safe to share between threads; a process opens its own.

    A writer that waits for others longer than ``PATIENCE`` gets SQLite's own
    ``sqlite3.OperationalError``, and has written nothing.
    """

    def __init__(
        self,
        path: str,
        codec: Codec[Event],
        *,
        may_write: bool = True,
        known_as: str | None = None,
    ) -> None:
        """Open the ledger at ``path``, or begin one where there is none.

        One that is opened only to be read stays byte for byte as it is. ``known_as`` is what
        sentences call it, if not ``path``.

        Raises:
            Damage: there is something else at ``path``.
            sqlite3.OperationalError: the file cannot be opened.
        """
        self._form = LineCodec(codec)
        self._file = SqliteFile(
            path, APPLICATION_ID, TABLES, may_write=may_write, known_as=known_as
        )
        self._looked_at: tuple[int, Position] | None = None
        self._names: set[_Name] = set()  # of events that stand elsewhere than they say
        self._taken: set[EventId] = set()  # the same, whatever their sources

    def close(self) -> None:
        """Let go of the file. The store is of no more use."""
        self._file.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def head(self) -> Position:
        """The position of the last event; Genesis where there is none."""
        ((head,),) = self._file.rows("SELECT coalesce(max(position), 0) FROM ledger")
        return Position(head)

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
            Damage: the ledger is broken, so that nothing can be decided on it.
            Unwritable: an event could not be read back.
        """
        check_name(stream_id)
        happened = tuple(events)  # made before anyone has to wait, whatever it takes
        with self._file.transaction() as execute:
            head, head_hash = self._head(execute)
            self._look_over(execute)
            version = _agree(execute, stream_id, expected_version)
            recorded = record(
                happened,
                metadata,
                stream_id=stream_id,
                version=version,
                position=head,
                taken=self._taken,
            )
            self._insert(execute, recorded, head_hash)
            return recorded

    def restore(self, recorded: Iterable[RecordedEvent[Event | UnknownEvent]]) -> None:
        """Write events that were recorded elsewhere, with all that was known of them, or none.

        Raises:
            Damage: an event does not stand right after those before it, in the ledger and in
                its stream; or the ledger itself is broken.
            Unwritable: an event could not be read back.
        """
        newcomers = tuple(recorded)  # read before anyone has to wait, even from this very store
        with self._file.transaction() as execute:
            head, head_hash = self._head(execute)
            self._look_over(execute)
            self._insert(execute, self._following(execute, head, newcomers), head_hash)
        self._know_names_of(newcomers)

    def read(self, after: Position = GENESIS) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """Every event after a position, in order of position.

        Raises:
            Damage: a row does not hold the event that stands in its place, or is missing.
        """
        expected: int = max(after, GENESIS)
        versions: dict[str, int] = {}
        for rows in self._batches(after):
            for position, stream_id, version, line in rows:
                expected += 1
                last = versions.get(stream_id, 0 if after <= GENESIS else version - 1)
                if position != expected:
                    raise self._missing(f"Event {expected}")
                recorded = self._decoded(position, stream_id, version, line)
                if version != last + 1:
                    raise self._missing(f"Version {last + 1} of {stream_id}")
                versions[stream_id] = version
                yield recorded

    def read_stream(
        self, stream_id: StreamId, after: Version = NO_STREAM
    ) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events of one stream after a version, in order of version.

        Raises:
            Damage: a row does not hold the event that stands in its place, or the ledger is
                broken in a way that may concern any stream.
        """
        if not is_text(stream_id):
            return
        with self._file.reading() as execute:
            self._look_over(execute)
        last: int = max(after, NO_STREAM)
        while rows := self._file.rows(AFTER_VERSION, stream_id, last, _BATCH):
            for row in rows:
                last += 1
                if row[2] != last:
                    raise self._missing(f"Version {last} of {stream_id}")
                yield self._decoded(*row)
            if len(rows) < _BATCH:
                return

    def lines(self, after: Position = GENESIS) -> Iterator[str]:
        """The ledger as the lines of a file of events, each with its line feed."""
        for rows in self._batches(after):
            for _, _, _, line in rows:
                yield line + "\n"

    def verify(self, known_head: str | None = None) -> Audit:
        """Check the hash chain of the whole ledger, and every row against its line.

        ``known_head`` is as for ``Verifier.genesis``.
        """
        verifier = Verifier.genesis(self._form.codec, known_head)
        for rows in self._batches(GENESIS):
            verifier = verifier.fed(line for _, _, _, line in rows)
        found = verifier.audit()
        differing = self._differing()
        if differing is None or (found.broken and found.broken.position <= differing):
            return found
        head = GENESIS_HASH
        if differing > 1:
            ((head,),) = self._file.rows(HASH_AT, differing - 2)
        return Audit(found.events, head, Broken(differing, Break.ALTERED, Sign.ROW_DIFFERS))

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
        code, sentence = (
            (answer.code, answer.sentence) if isinstance(answer, Rejection) else (None, None)
        )
        with self._file.transaction() as execute:
            self._look_over(execute)
            _agree(execute, stream_id, expected_version)
            execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)",
                (stream_id, command_id, code, sentence),
            )

    def recall(self, stream_id: StreamId, command_id: CommandId) -> NoEvents | None:
        """The remembered answer to a command; None where there is none."""
        if not is_text(stream_id) or not is_text(command_id):
            return None
        rows = self._file.rows(
            "SELECT code, sentence FROM answers WHERE stream_id = ? AND command_id = ?",
            stream_id,
            command_id,
        )
        if not rows:
            return None
        ((code, sentence),) = rows
        return () if code is None else Rejection(code, sentence)

    def _batches(self, after: Position) -> Iterator[list[_Row]]:
        last: int = max(after, GENESIS)
        while rows := self._file.rows(AFTER_POSITION, last, _BATCH):
            yield rows
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def _differing(self) -> Position | None:
        """Which row, counted from 1, is the first that holds another event than its line."""
        for row in self._file.rows(TO_BE_READ, GENESIS):
            try:
                self._decoded(*row)
            except Damage:
                ((count,),) = self._file.rows(COUNT_TO, row[0])
                return Position(count)
        return None

    def _look_over(self, execute: Execute) -> None:
        """Hold the rows against their lines before anything is decided on them.

        Once for the rows that are there, at about a microsecond each, and for what other
        connections have added since; that nothing is gone, whenever they changed anything.
        """
        ((changes,),) = execute("PRAGMA data_version")
        seen = GENESIS
        if self._looked_at is not None:
            changes_seen, seen = self._looked_at
            if changes == changes_seen:
                return
        ((count, first, last),) = execute(EXTENT)
        if first != 1 or count != last:
            ((behind,),) = execute(GAP)
            raise self._missing(f"Event {1 if behind is None or first != 1 else behind - 1}")
        for row in execute(TO_BE_READ, (seen,)).fetchall():
            recorded = self._decoded(*row)
            self._know_names_of([recorded])
        ((skipping,),) = execute(SKIPPING, (seen,))
        if skipping is not None:
            raise self._missing(f"The event before event {skipping} in its stream")
        self._looked_at = changes, Position(last)

    def _know_names_of(self, events: Iterable[RecordedEvent[Event | UnknownEvent]]) -> None:
        for event in events:
            if event.id != event_id(event.stream_id, event.version):
                self._names.add(_name(event))
                self._taken.add(event.id)

    def _is_taken(self, execute: Execute, name: _Name) -> bool:
        """Whether an event goes by this name, that of its place or another."""
        if name in self._names:
            return True
        stream_id, _, version = name[1].rpartition("/")
        place = execute(NAME_AT, (stream_id, version if version.isdecimal() else None))
        return name in place.fetchall()

    def _head(self, execute: Execute) -> tuple[Position, str]:
        """The position and the hash of the last event."""
        for position, head_hash, line in execute(HEAD):
            if not isinstance(head_hash, str):
                raise self._damaged(position, "It has no hash for the next one to follow.", line)
            return Position(position), head_hash
        return GENESIS, GENESIS_HASH

    def _insert(
        self,
        execute: Execute,
        recorded: Iterable[RecordedEvent[Event | UnknownEvent]],
        head_hash: str,
    ) -> None:
        for event in recorded:
            line, head_hash = self._form.write(event, head_hash)
            execute(INSERT, (event.position, event.stream_id, event.version, line))

    def _following(
        self,
        execute: Execute,
        head: Position,
        recorded: Iterable[RecordedEvent[Event | UnknownEvent]],
    ) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events, each held to stand right after those before it."""
        versions: dict[StreamId, int] = {}
        names: set[_Name] = set()
        for position, event in enumerate(recorded, start=head + 1):
            stream_id = event.stream_id
            last = versions.get(stream_id)
            version = 1 + (_version(execute, stream_id) if last is None else last)
            if (event.position, event.version) != (position, version):
                raise Damage(
                    f"Event {event.id} says that it is at position {event.position}, version "
                    f"{event.version}, but the ledger continues at {position}, version {version}."
                )
            versions[stream_id] = version
            name = _name(event)
            if self._is_taken(execute, name) or name in names:
                raise Damage(f"Event {event.id} is in the ledger already, at another place.")
            if event.id != event_id(stream_id, event.version):
                names.add(name)
            yield event

    def _decoded(
        self, position: int, stream_id: str, version: int, line: str
    ) -> RecordedEvent[Event | UnknownEvent]:
        before = {StreamId(stream_id): Version(version - 1)}
        try:
            recorded = self._form.read(line, Position(position), before)
        except UnfitLine as unfit:
            reason = _other_stream(line, stream_id) or unfit.reason
            raise self._damaged(position, reason, line) from None
        if recorded.stream_id != stream_id:
            raise self._damaged(position, f"It is of stream {recorded.stream_id}.", line)
        return recorded

    def _missing(self, what: str) -> Damage:
        return Damage(f"{what} is missing from {self._file.path}.")

    def _damaged(self, position: int, reason: str, line: str) -> Damage:
        return Damage(f"Event {position} of {self._file.path} is broken: {reason}", line)


def _name(recorded: RecordedEvent[Event | UnknownEvent]) -> _Name:
    """What an event is known by to everyone: CloudEvents' pair of source and id."""
    return str(recorded.attributes.get("source", SOURCE)), recorded.id


def _other_stream(line: str, stream_id: str) -> str | None:
    """What is wrong where a line is of another stream than its row."""
    try:
        subject = parse_text(line).get("subject", stream_id)
    except UnfitLine:
        return None
    return None if subject == stream_id else f"It is of stream {subject}."


def _version(execute: Execute, stream_id: StreamId) -> Version:
    ((version,),) = execute(VERSION, (stream_id,))
    return NO_STREAM if version is None else Version(version)


def _agree(execute: Execute, stream_id: StreamId, expected: Version) -> Version:
    actual = _version(execute, stream_id)
    if actual != expected:
        raise Conflict(stream_id, expected, actual)
    return actual
