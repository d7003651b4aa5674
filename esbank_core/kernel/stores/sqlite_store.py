"""An event store in one SQLite file, for as many threads and processes as there are.

A row holds an event as the line that a file of events holds, hash and all, so nothing is lost
and an export is the lines in order. An append is one transaction: all of it is there, or
nothing. The write-ahead log lets readers read while one writer writes, and is synchronised at
checkpoints only (``synchronous = NORMAL``): what was acknowledged survives the death of the
process, whereas a power cut may cost the last appends, whole ones, and damages nothing. For a
ledger of money in earnest, pay for ``FULL``.

Source: "Write-Ahead Logging" and "PRAGMA synchronous", sqlite.org.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

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
from esbank_core.kernel.stores.store import NoEvents
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import SOURCE
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import parse_text
from esbank_core.kernel.written.line_codec import LineCodec, check_name, is_text

Event = TypeVar("Event")

APPLICATION_ID: Final = 0x65736231
"""By which SQLite's ``application_id`` tells a ledger from any other database: "esb1"."""

PATIENCE: Final = 30.0
"""Seconds that a writer waits for the others before it gives up."""

_ATTEMPTS: Final = 20
"""How often the write-ahead log is turned on while others are in the way."""

_BATCH: Final = 1000
"""Rows fetched at once: no read stays open for long, and memory is bounded."""

_TABLES: Final = (
    """
    CREATE TABLE ledger (
        position  INTEGER PRIMARY KEY,
        stream_id TEXT    NOT NULL,
        version   INTEGER NOT NULL,
        line      TEXT    NOT NULL,
        UNIQUE (stream_id, version)
    ) STRICT
    """,
    """
    CREATE TABLE answers (
        stream_id  TEXT NOT NULL,
        command_id TEXT NOT NULL,
        code       TEXT,  -- of the rejection; NULL where nothing had to happen
        sentence   TEXT,
        PRIMARY KEY (stream_id, command_id)
    ) STRICT, WITHOUT ROWID
    """,
    f"PRAGMA application_id = {APPLICATION_ID}",
)
_HEAD: Final = (
    "SELECT position, CASE WHEN json_valid(line) THEN json_extract(line, '$.chainhash') END, line "
    "FROM ledger ORDER BY position DESC LIMIT 1"
)
_EXTENT: Final = (
    "SELECT count(*), coalesce(min(position), 1), coalesce(max(position), 0) FROM ledger"
)
_GAP: Final = (
    "SELECT min(position) FROM ledger AS here WHERE position > 1 AND NOT EXISTS "
    "(SELECT 1 FROM ledger WHERE position = here.position - 1)"
)
_SKIPPING: Final = """
    SELECT min(position) FROM ledger AS here WHERE position > ? AND version > 1 AND NOT EXISTS (
        SELECT 1 FROM ledger AS before WHERE before.stream_id = here.stream_id
        AND before.version = here.version - 1 AND before.position < here.position
    )
    """
_TO_BE_READ: Final = """
    SELECT position, stream_id, version, line FROM ledger WHERE position > ? AND NOT CASE
        WHEN json_valid(line) THEN json_extract(line, '$.subject') IS stream_id
            AND json_extract(line, '$.streamversion') IS version
            AND json_extract(line, '$.sequence') IS printf('%012d', position)
            AND json_extract(line, '$.id') IS stream_id || '/' || version
        ELSE FALSE END
    ORDER BY position
    """
"""The rows that do not stand where their lines say, or go by another name than that place's."""

_NAME_AT: Final = (
    "SELECT json_extract(line, '$.source'), json_extract(line, '$.id') FROM ledger "
    "WHERE stream_id = ? AND version = ?"
)
_VERSION: Final = "SELECT max(version) FROM ledger WHERE stream_id = ?"
_INSERT: Final = "INSERT INTO ledger VALUES (?, ?, ?, ?)"
_AFTER_POSITION: Final = (
    "SELECT position, stream_id, version, line FROM ledger "
    "WHERE position > ? ORDER BY position LIMIT ?"
)
_AFTER_VERSION: Final = (
    "SELECT position, stream_id, version, line FROM ledger "
    "WHERE stream_id = ? AND version > ? ORDER BY version LIMIT ?"
)

_Row = tuple[int, str, int, str]
_Name = tuple[str, str]
_Execute = Callable[..., sqlite3.Cursor]


class SqliteStore(Generic[Event]):
    """A ledger in a file. Safe to share between threads; a process opens its own.

    A writer that waits for others longer than ``PATIENCE`` gets SQLite's own
    ``sqlite3.OperationalError``, and has written nothing.
    """

    def __init__(self, path: str, codec: Codec[Event]) -> None:
        """Open the ledger at ``path``, or begin one where there is none.

        Raises:
            Damage: there is something else at ``path``.
            sqlite3.OperationalError: the file cannot be opened.
        """
        self._path = path
        self._form = LineCodec(codec)
        self._one_at_a_time = Lock()
        self._looked_at: tuple[int, Position] | None = None
        self._names: set[_Name] = set()  # of events that stand elsewhere than they say
        self._taken: set[EventId] = set()  # the same, whatever their sources
        self._connection = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            self._open()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file. The store is of no more use."""
        self._connection.close()

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
        ((head,),) = self._rows("SELECT coalesce(max(position), 0) FROM ledger")
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
        with self._transaction() as execute:
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
        with self._transaction() as execute:
            head, head_hash = self._head(execute)
            self._look_over(execute)
            self._insert(execute, self._following(execute, head, newcomers), head_hash)
            self._looked_at = None

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
        with self._one_at_a_time, self._whole_database():
            self._look_over(self._connection.execute)
        last: int = max(after, NO_STREAM)
        while rows := self._rows(_AFTER_VERSION, stream_id, last, _BATCH):
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
        with self._transaction() as execute:
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
        rows = self._rows(
            "SELECT code, sentence FROM answers WHERE stream_id = ? AND command_id = ?",
            stream_id,
            command_id,
        )
        if not rows:
            return None
        ((code, sentence),) = rows
        return () if code is None else Rejection(code, sentence)

    def _open(self) -> None:
        ((application_id,),) = self._rows("PRAGMA application_id")
        if application_id != APPLICATION_ID:
            self._begin()
        self._write_ahead()
        self._rows("PRAGMA synchronous = NORMAL")

    def _write_ahead(self) -> None:
        """Turn the write-ahead log on, which it stays for good."""
        for _ in range(_ATTEMPTS):
            try:
                self._rows("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                # Others are opening the same new file. This is the one statement for which
                # SQLite does not wait by itself; for an empty transaction it does.
                with self._transaction():
                    pass
            else:
                return
        # Whoever opens the ledger next will turn it on. Without it, it is only slower.

    def _begin(self) -> None:
        """Make the tables, unless another process was first or they do not belong here."""
        with self._transaction() as execute:
            ((application_id,),) = execute("PRAGMA application_id")
            ((tables,),) = execute("SELECT count(*) FROM sqlite_schema")
            if application_id == APPLICATION_ID:
                return
            if application_id or tables:
                raise Damage(f"{self._path} is a database, but not a ledger of this program.")
            for statement in _TABLES:
                execute(statement)

    @contextmanager
    def _transaction(self) -> Iterator[_Execute]:
        """Everything or nothing, with no other writer in between."""
        execute = self._connection.execute
        with self._one_at_a_time:
            execute("BEGIN IMMEDIATE")
            try:
                yield execute
                execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    execute("ROLLBACK")
                raise

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        with self._one_at_a_time, self._whole_database():
            return self._connection.execute(query, parameters).fetchall()

    @contextmanager
    def _whole_database(self) -> Iterator[None]:
        """Say what is wrong with the file, where it is that."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            # Its subclasses say that the question was wrong, or that others are in the way.
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise Damage(f"{self._path} is not a whole SQLite database: {error}.") from error

    def _batches(self, after: Position) -> Iterator[list[_Row]]:
        last: int = max(after, GENESIS)
        while rows := self._rows(_AFTER_POSITION, last, _BATCH):
            yield rows
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def _look_over(self, execute: _Execute) -> None:
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
        ((count, first, last),) = execute(_EXTENT)
        if first != 1 or count != last:
            ((behind,),) = execute(_GAP)
            raise self._missing(f"Event {1 if behind is None or first != 1 else behind - 1}")
        for row in execute(_TO_BE_READ, (seen,)).fetchall():
            recorded = self._decoded(*row)
            if recorded.id != event_id(recorded.stream_id, recorded.version):
                self._names.add(_name(recorded))
                self._taken.add(recorded.id)
        ((skipping,),) = execute(_SKIPPING, (seen,))
        if skipping is not None:
            raise self._missing(f"The event before event {skipping} in its stream")
        self._looked_at = changes, Position(last)

    def _is_taken(self, execute: _Execute, name: _Name) -> bool:
        """Whether an event goes by this name, that of its place or another."""
        if name in self._names:
            return True
        stream_id, _, version = name[1].rpartition("/")
        place = execute(_NAME_AT, (stream_id, version if version.isdecimal() else None))
        return name in place.fetchall()

    def _head(self, execute: _Execute) -> tuple[Position, str]:
        """The position and the hash of the last event."""
        for position, head_hash, line in execute(_HEAD):
            if not isinstance(head_hash, str):
                raise self._damaged(position, "It has no hash for the next one to follow.", line)
            return Position(position), head_hash
        return GENESIS, GENESIS_HASH

    def _insert(
        self,
        execute: _Execute,
        recorded: Iterable[RecordedEvent[Event | UnknownEvent]],
        head_hash: str,
    ) -> None:
        for event in recorded:
            line, head_hash = self._form.write(event, head_hash)
            execute(_INSERT, (event.position, event.stream_id, event.version, line))

    def _following(
        self,
        execute: _Execute,
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
        return Damage(f"{what} is missing from {self._path}.")

    def _damaged(self, position: int, reason: str, line: str) -> Damage:
        return Damage(f"Event {position} of {self._path} is broken: {reason}", line)


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


def _version(execute: _Execute, stream_id: StreamId) -> Version:
    ((version,),) = execute(_VERSION, (stream_id,))
    return NO_STREAM if version is None else Version(version)


def _agree(execute: _Execute, stream_id: StreamId, expected: Version) -> Version:
    actual = _version(execute, stream_id)
    if actual != expected:
        raise Conflict(stream_id, expected, actual)
    return actual
