"""Three databases that the same commands fed: CRUD, CRUD with an audit table, and events.

Each is what a careful programmer would make of it: the accounts know when they were updated last,
the audit table knows who changed which field, when, from what to what. What each event is to each
of them comes as statements, which are shown and carried out alike. Amounts are in minor units.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, repeat
from typing import Final

from esbank_core.bank.account import CODEC, Ledger, Recorded
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, State
from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import OPAQUE, UnreadableEvent
from esbank_core.kernel.written.times import format_time
from esbank_core.questions.as_of import status_of
from esbank_core.sources.found import written_data


class Twin(StrEnum):
    """The three databases."""

    CRUD = "CRUD"
    AUDITED = "CRUD with an audit table"
    EVENTS = "Events"


_ACCOUNTS: Final = """\
CREATE TABLE accounts (
  id         TEXT    PRIMARY KEY,
  owner      TEXT    NOT NULL,
  currency   TEXT    NOT NULL,
  balance    INTEGER NOT NULL,
  status     TEXT    NOT NULL,
  updated_at TEXT    NOT NULL
) STRICT"""
_AUDIT_LOG: Final = """\
CREATE TABLE audit_log (
  id         INTEGER PRIMARY KEY,
  at         TEXT    NOT NULL,
  actor      TEXT,
  account_id TEXT    NOT NULL,
  field      TEXT    NOT NULL,
  old_value  TEXT,
  new_value  TEXT
) STRICT"""
_EVENTS: Final = """\
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream   TEXT    NOT NULL,
  version  INTEGER NOT NULL,
  type     TEXT    NOT NULL,
  data     TEXT    CHECK (data IS NULL OR json_valid(data)),
  time     TEXT    NOT NULL,
  actor    TEXT,
  UNIQUE (stream, version)
) STRICT"""
_NO_UPDATE: Final = """\
CREATE TRIGGER no_update BEFORE UPDATE ON events BEGIN
  SELECT raise(ABORT, 'events are append-only: none is ever changed');
END"""
_NO_DELETE: Final = """\
CREATE TRIGGER no_delete BEFORE DELETE ON events BEGIN
  SELECT raise(ABORT, 'events are append-only: none is ever deleted');
END"""
# Without it, INSERT OR REPLACE would put another event in the place of one.
_ONLY_APPEND: Final = """\
CREATE TRIGGER only_append BEFORE INSERT ON events
WHEN NEW.position <= (SELECT max(position) FROM events)
  OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version >= NEW.version) BEGIN
  SELECT raise(ABORT, 'events are append-only: a new one stands after all others');
END"""

SCHEMAS: Final[Mapping[Twin, tuple[str, ...]]] = {
    Twin.CRUD: (_ACCOUNTS,),
    Twin.AUDITED: (_ACCOUNTS, _AUDIT_LOG),
    Twin.EVENTS: (_EVENTS, _NO_UPDATE, _NO_DELETE, _ONLY_APPEND),
}
"""The statements that each database begins with."""

TABLES: Final[Mapping[Twin, tuple[str, ...]]] = {
    Twin.CRUD: ("accounts",),
    Twin.AUDITED: ("accounts", "audit_log"),
    Twin.EVENTS: ("events",),
}
"""What each database keeps."""

INSERT_EVENT: Final = (
    "INSERT INTO events (position, stream, version, type, data, time, actor) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_ACCOUNT: Final = (
    "INSERT INTO accounts (id, owner, currency, balance, status, updated_at) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_INSERT_ENTRIES: Final = (
    "INSERT INTO audit_log (at, actor, account_id, field, old_value, new_value) VALUES "
)

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that one of the databases carries out; ``sql`` has a ``?`` for each parameter."""

    twin: Twin
    sql: str
    parameters: tuple[Value, ...]

    @property
    def spelt(self) -> str:
        """The statement as somebody would type it, its values in it."""
        parts = self.sql.split("?")
        literals = chain(map(_literal, self.parameters), repeat(""))
        return "".join(chain.from_iterable(zip(parts, literals, strict=False))) + ";"


def twins_of(history: Ledger) -> tuple[Twin, ...]:
    """The databases that a history can be in: where no event is the bank's, the last alone."""
    is_bank = any(not isinstance(recorded.event, OPAQUE) for recorded in history.recorded)
    return tuple(Twin) if is_bank or not history.head else (Twin.EVENTS,)


def statements(change: Change[State, Event]) -> Iterator[Statement]:
    """What one event is to each of the three databases; to the first two it may be nothing.

    A record that cannot be read is nothing to any of them.
    """
    recorded = change.recorded
    event = recorded.event
    if isinstance(event, UnreadableEvent):
        return
    at = format_time(recorded.time)
    actor = recorded.actor.id if recorded.actor else None
    if not isinstance(event, OPAQUE):
        account_id = recorded.stream_id
        before, after = _columns(change.before), _columns(change.after)
        changed = {name: value for name, value in after.items() if before.get(name) != value}
        if changed:
            write = _write(account_id, before, changed, at)
            yield Statement(Twin.CRUD, *write)
            yield Statement(Twin.AUDITED, *write)
            entries = [
                (at, actor, account_id, name, _text(before.get(name)), _text(value))
                for name, value in changed.items()
            ]
            places = ", ".join(repeat("(?, ?, ?, ?, ?, ?)", len(entries)))
            values = tuple(chain.from_iterable(entries))
            yield Statement(Twin.AUDITED, _INSERT_ENTRIES + places, values)
    encoded = CODEC.encode(event)
    data = written_data(recorded) or json.dumps(encoded.data, ensure_ascii=False)
    place = (recorded.position, recorded.stream_id, recorded.version)
    yield Statement(Twin.EVENTS, INSERT_EVENT, (*place, encoded.type, data, at, actor))


def _write(
    account_id: str, before: Mapping[str, Value], changed: Mapping[str, Value], at: str
) -> tuple[str, tuple[Value, ...]]:
    if not before:
        return _INSERT_ACCOUNT, (account_id, *changed.values(), at)
    assignments = ", ".join(f"{name} = ?" for name in (*changed, "updated_at"))
    return f"UPDATE accounts SET {assignments} WHERE id = ?", (*changed.values(), at, account_id)  # noqa: S608 - names of ours


def _columns(state: State) -> dict[str, Value]:
    """The columns of an account; none before there is one."""
    if isinstance(state, NoAccount):
        return {}
    return {
        "owner": state.owner,
        "currency": state.currency,
        "balance": state.balance,
        "status": status_of(state),
    }


def _text(value: Value) -> str | None:
    return value if value is None else str(value)


def _literal(value: Value) -> str:
    match value:
        case None:
            return "NULL"
        case int():
            return str(value)
        case _:
            return "'" + value.replace("'", "''") + "'"


NEWEST: Final[Mapping[Twin, tuple[str, tuple[str, ...]]]] = {
    Twin.CRUD: ("accounts", ("id", "owner", "balance", "status", "updated_at")),
    Twin.AUDITED: ("audit_log", ("at", "actor", "account_id", "field", "old_value", "new_value")),
    Twin.EVENTS: ("events", ("position", "stream", "type", "data", "time", "actor")),
}
"""Of which table the newest rows are shown, and which of its columns."""

_LED_TO: Final = 20
"""Events before another one among which is looked for what led to it."""

_LOOKED_THROUGH: Final = 200
"""Events from the last one backwards in which the newest rows are sought."""


def newest(history: Ledger, twin: Twin, count: int) -> list[tuple[Value, ...]]:
    """The newest rows of a database, the newest first, as far as the last events tell them."""
    rows: list[tuple[Value, ...]] = []
    told: set[StreamId] = set()
    for position in range(history.head, max(0, history.head - _LOOKED_THROUGH), -1):
        if len(rows) >= count:
            break
        change = history.change_at(Position(position))
        recorded = change.recorded
        for statement in reversed([one for one in statements(change) if one.twin is twin]):
            values = statement.parameters
            if twin is Twin.EVENTS:
                place, stream, _, *rest = values
                rows.append((place, stream, *rest))
            elif statement.sql.startswith(_INSERT_ENTRIES):
                rows.extend(reversed([values[at : at + 6] for at in range(0, len(values), 6)]))
            elif twin is Twin.CRUD and recorded.stream_id not in told:
                told.add(recorded.stream_id)
                held = _columns(change.after)
                shown = (held["owner"], held["balance"], held["status"])
                rows.append((recorded.stream_id, *shown, format_time(recorded.time)))
    return rows[:count]


def last_command(history: Ledger) -> range:
    """The positions from the first event that the last command led to, up to the end.

    What a process manager did about its events belongs to it.
    """
    first = history.head
    while first:
        event = history.at(first)
        before = range(first - 1, max(0, first - _LED_TO), -1)
        cause = next(
            (place for place in before if _led_to(history.at(Position(place)), event)), None
        )
        if cause is None:
            break
        first = Position(cause)
    return range(max(first, 1), history.head + 1)


def _led_to(earlier: Recorded, later: Recorded) -> bool:
    """Whether a later event came of an earlier one, or of the same command."""
    cause = later.causation_id
    return cause is not None and cause in (earlier.id, earlier.causation_id)
