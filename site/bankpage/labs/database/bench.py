"""The databases on their bench: what the Python that can be thrown away runs, text by text.

It is fed events, asked queries and gives files. Whatever it is told is JSON, and so is all that it
says; it runs no code but SQL, in the core's sandbox.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from esbank_core.bank.account import CODEC, Recorded
from esbank_core.bank.evolve import evolve
from esbank_core.bank.states import NO_ACCOUNT, State
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import Position, StreamId, Version, event_id
from esbank_core.kernel.recorded import (
    OPAQUE,
    Actor,
    RecordedEvent,
    UnknownEvent,
    UnreadableEvent,
)
from esbank_core.kernel.stores.sqlite_tables import APPLICATION_ID, TABLES
from esbank_core.kernel.written.codec import Encoded
from esbank_core.questions.sql.sandbox import (
    Failed,
    Outcome,
    Refused,
    Result,
    Sandbox,
    Written,
    bound_memory,
)
from esbank_core.questions.sql.twins import SCHEMAS, Twin, statements

MEMORY: Final = 320 << 20
"""Bytes that SQLite may have: less than the whole of that Python, so that it hears of it."""
PART: Final = 1_500_000
"""Bytes of a file that are handed over at once."""

PROGRAM: Final = """\
from bankpage.labs.database.bench import Bench

bench = Bench()


def answer(text, tell):
    return bench.answer(text)
"""
"""What the Python that can be thrown away is started with."""

Fed = list[Any]
"""An event as it is fed: position, stream, version, type, schema version, data, time, actor."""


def fed(recorded: Recorded) -> Fed | None:
    """An event as it is fed; None for a record that cannot be read, which no database has."""
    event = recorded.event
    if isinstance(event, UnreadableEvent):
        return None
    actor = recorded.actor.id if recorded.actor else None
    place = [recorded.position, recorded.stream_id, recorded.version]
    return [*place, *CODEC.encode(event), recorded.time.isoformat(), actor]


class Bench:
    """Three databases, or fewer, from when they are begun until they are begun anew."""

    def __init__(self) -> None:
        bound_memory(MEMORY)
        self._databases: dict[Twin, Sandbox] = {}
        self._states: dict[StreamId, State] = {}
        self._lines: list[str] = []
        self._file = b""

    def answer(self, text: str) -> str:
        """What becomes of a text: the answer to it, as one.

        Raises:
            ValueError: it asks for what is not done here.
        """
        told: Mapping[str, Any] = json.loads(text)
        match told["do"]:
            case "begin":
                answer = self._begin(map(Twin, told["twins"]))
            case "feed":
                answer = self._feed(told["events"])
            case "ask":
                answer = _described(self._databases[Twin(told["twin"])].ask(told["query"]))
            case "lines":
                self._lines.extend(told["lines"])
                answer = {"lines": len(self._lines)}
            case "file":
                answer = self._part(Twin(told["twin"]), told["from"])
            case other:
                raise ValueError(f"Nobody does “{other}” here.")
        return json.dumps(answer)

    def _begin(self, twins: Iterable[Twin]) -> dict[str, object]:
        for database in self._databases.values():
            database.close()
        self._databases = {twin: Sandbox(SCHEMAS[twin]) for twin in twins}
        self._states, self._lines, self._file = {}, [], b""
        return {"begun": True}

    def _feed(self, events: Sequence[Fed]) -> dict[str, object]:
        changes = [self._change(event) for event in events]
        told = [statement for change in changes for statement in statements(change)]
        for twin, database in self._databases.items():
            database.feed((one.sql, one.parameters) for one in told if one.twin is twin)
        return {"fed": changes[-1].recorded.position if changes else 0}

    def _change(self, told: Fed) -> Change[State, Any]:
        position, stream, version, kind, schema, data, time, actor = told
        stream_id = StreamId(stream)
        try:
            event = CODEC.decode(Encoded(kind, schema, data))
        except Damage:
            event = UnknownEvent(kind, schema, data)
        recorded: Recorded = RecordedEvent(
            event,
            event_id(stream_id, Version(version)),
            stream_id,
            Version(version),
            Position(position),
            datetime.fromisoformat(time),
            None if actor is None else Actor("user", actor),
        )
        before = self._states.get(stream_id, NO_ACCOUNT)
        after = before if isinstance(event, OPAQUE) else evolve(before, event)
        self._states[stream_id] = after
        return Change(before, recorded, after)

    def _part(self, twin: Twin, start: int) -> dict[str, object]:
        """A part of a database as a file; the first makes it, with the events' lines in it."""
        if start == 0:
            self._file = self._whole(twin)
            self._lines = []
        part = self._file[start : start + PART]
        return {"size": len(self._file), "data": base64.b64encode(part).decode()}

    def _whole(self, twin: Twin) -> bytes:
        """A database as a file. That of the events is a ledger as well, which `esbank` reads."""
        own = self._databases[twin].file()
        if twin is not Twin.EVENTS or not self._lines:
            return own
        copy = Sandbox((), file=own)
        try:
            copy.feed([*((table, ()) for table in TABLES), *self._rows()])
            copy.mark(APPLICATION_ID)
            return copy.file()
        finally:
            copy.close()

    def _rows(self) -> Iterable[tuple[str, tuple[str]]]:
        # Their places are those that the lines say of themselves.
        insert = (
            "INSERT INTO ledger SELECT CAST(json_extract(line, '$.sequence') AS INTEGER), "
            "json_extract(line, '$.subject'), json_extract(line, '$.streamversion'), line "
            "FROM (SELECT ? AS line)"
        )
        return ((insert, (line,)) for line in self._lines)


def _described(outcome: Outcome) -> dict[str, object]:
    match outcome:
        case Result(columns=columns, rows=rows, is_cut=is_cut):
            return {"columns": columns, "rows": rows, "cut": is_cut}
        case Written(rows=count):
            return {"written": count}
        case Refused(why=why, text=text):
            return {"refused": why, "text": text}


def outcome_from(text: str) -> Outcome:
    """What a query came to, as it was described; it is trusted no more than a file.

    Raises:
        ValueError: the text describes no outcome.
    """
    try:
        told: Mapping[str, Any] = json.loads(text)
        if "columns" in told:
            rows = tuple(tuple(map(_plain, row)) for row in told["rows"])
            return Result(tuple(map(str, told["columns"])), rows, bool(told["cut"]))
        if "written" in told:
            return Written(int(told["written"]))
        return Refused(Failed(told["refused"]), str(told["text"]))
    except (KeyError, TypeError, RecursionError) as unfit:
        raise ValueError(f"No outcome of a query is described by it: {unfit}.") from None


def _plain(cell: object) -> str | int | float | None:
    return cell if isinstance(cell, str | int | float | None) else str(cell)
