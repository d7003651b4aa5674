"""SQL of anybody's, put to a database in memory, of which nothing lasts and nothing gets out.

An authorizer allows what looks at tables or writes to them, and nothing else; what was written is
rolled back; a progress handler ends what goes on too long, counted in SQLite's own steps and not
by a clock. It needs the standard library alone, so that any Python can be handed this file.

Source: "Defense Against The Dark Arts", "Run-Time Limits" and "Compile-Time Authorization
Callbacks", sqlite.org.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

Value = str | int | float | None

STEPS_BETWEEN: Final = 10_000
"""Steps of SQLite's machine after which it is asked whether it has gone on too long."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one query may be, do and answer."""

    steps: int = 60_000_000
    """Of SQLite's machine: some two or three seconds in a browser."""
    rows: int = 500
    cell: int = 500
    """Characters of one value that are shown."""
    size: int = 500_000
    """Characters of all values together."""
    sql: int = 100_000
    """Bytes of the query."""
    value: int = 1_000_000
    """Bytes of a value that the query makes."""


class Failed(StrEnum):
    """Why a query has no answer."""

    SQLITE = "sqlite"
    """SQLite says why."""
    TOO_LONG = "too long"
    """It took more steps than it may."""
    MEMORY = "memory"
    """It wanted more memory than there is for it."""
    NUMBER = "number"
    """The database was to hold an integer beyond SQLite's, and lacks what came from then on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A query that has no answer; ``text`` is what SQLite says, in its words."""

    why: Failed
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The rows that a query answered with; ``is_cut`` where there were more, or longer ones."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A statement that wrote, and was undone: how many rows it would have changed."""

    rows: int


Outcome = Result | Written | Refused

_ALLOWED: Final = frozenset(
    (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
    )
)
_BOUNDS: Final = (
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_COLUMN, 200),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200),
)
_FORBIDDEN_FUNCTIONS: Final = frozenset(("load_extension", "fts3_tokenizer"))


class Sandbox:
    """A database in memory: fed by us, asked by anybody."""

    def __init__(
        self, schema: Iterable[str], limits: Limits = Limits(), file: bytes | None = None
    ) -> None:
        """Begin a database with the statements of its schema; or go on with one that is a file."""
        self._limits = limits
        self._lacks_a_number = False
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.text_factory = _text
        if file is not None:
            self._connection.deserialize(file)
        for statement in (*schema, "PRAGMA temp_store = MEMORY"):
            self._connection.execute(statement)

    def feed(self, statements: Iterable[tuple[str, Sequence[Value]]]) -> None:
        """Carry out statements of ours, all of them or none.

        Where one has an integer of more than 64 bits, which SQLite does not have, none, and none
        ever after: the database does not answer without what it lacks.

        Raises:
            sqlite3.Error: one of them cannot be carried out.
        """
        if self._lacks_a_number:
            return
        execute = self._connection.execute
        execute("BEGIN")
        try:
            for sql, parameters in statements:
                execute(sql, parameters)
        except OverflowError:
            self._lacks_a_number = True
            execute("ROLLBACK")
            return
        except BaseException:
            execute("ROLLBACK")
            raise
        execute("COMMIT")

    def ask(self, sql: str) -> Outcome:
        """Put one statement of anybody's to the database, and undo whatever it wrote."""
        if self._lacks_a_number:
            return Refused(Failed.NUMBER)
        connection = self._connection
        connection.execute("BEGIN")
        before = {
            category: connection.setlimit(category, limit)
            for category, limit in (
                (sqlite3.SQLITE_LIMIT_SQL_LENGTH, self._limits.sql),
                (sqlite3.SQLITE_LIMIT_LENGTH, self._limits.value),
                *_BOUNDS,
            )
        }
        steps = 0

        def is_too_long() -> bool:
            nonlocal steps
            steps += STEPS_BETWEEN
            return steps > self._limits.steps

        connection.set_progress_handler(is_too_long, STEPS_BETWEEN)
        connection.set_authorizer(_authorize)
        cursor = connection.cursor()
        try:
            return self._outcome(cursor.execute(sql))
        except MemoryError:
            return Refused(Failed.MEMORY)
        except sqlite3.Error as error:
            if steps > self._limits.steps:
                return Refused(Failed.TOO_LONG)
            return Refused(Failed.SQLITE, str(error))
        except (UnicodeError, ValueError, OverflowError) as unfit:  # of which no SQL can be made
            return Refused(Failed.SQLITE, str(unfit))
        finally:
            cursor.close()
            connection.set_authorizer(None)
            connection.set_progress_handler(None, 0)
            for category, limit in before.items():
                connection.setlimit(category, limit)
            if connection.in_transaction:  # some failures have ended it already
                connection.execute("ROLLBACK")

    def file(self) -> bytes:
        """The database as the bytes of an SQLite file."""
        return self._connection.serialize()

    def mark(self, application_id: int) -> None:
        """Have the file say whose it is, as SQLite's ``application_id`` does."""
        self._connection.execute(f"PRAGMA application_id = {application_id:d}")

    def close(self) -> None:
        """Let go of the database; so does whoever lets go of this."""
        self._connection.close()

    def __del__(self) -> None:
        self.close()

    def _outcome(self, cursor: sqlite3.Cursor) -> Outcome:
        if cursor.description is None:
            return Written(max(cursor.rowcount, 0))
        columns = tuple(name[: self._limits.cell] for name, *_ in cursor.description)
        rows: list[tuple[Value, ...]] = []
        size, is_cut = 0, False
        for row in cursor:
            if len(rows) == self._limits.rows or size > self._limits.size:
                is_cut = True
                break
            shown = tuple(_shown(cell, self._limits.cell) for cell in row)
            size += sum(len(cell) if isinstance(cell, str) else 8 for cell in shown)
            rows.append(shown)
        return Result(columns, tuple(rows), is_cut)


def bound_memory(size: int) -> None:
    """Let SQLite have so many bytes and no more, in this process and until it ends."""
    with suppress(sqlite3.Error):  # a library that keeps no count of its memory
        connection = sqlite3.connect(":memory:")
        connection.execute(f"PRAGMA hard_heap_limit = {size:d}")
        connection.close()


def _authorize(action: int, _: str | None, second: str | None, *__: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        is_allowed = second not in _FORBIDDEN_FUNCTIONS
    else:
        is_allowed = action in _ALLOWED
    return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _shown(value: object, longest: int) -> Value:
    """A value as it is shown: bytes as SQL writes them, what is long cut with an ellipsis."""
    if isinstance(value, bytes):
        value = f"x'{value[:longest].hex()}'"
    if isinstance(value, str):
        return value if len(value) <= longest else value[: longest - 1] + "…"
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    return value if isinstance(value, int) else None
