"""The rows of an SQLite database as records. Of the core, this and the store know SQLite.

A foreign database is data: only its plain tables are read, by statements of ours, an authorizer
refuses whatever else its schema may want to do, and columns that are computed are left alone.
Opening one is for others, who know where it is; one that came as bytes is opened here.

Source: "Defense Against The Dark Arts" and "Database File Format", sqlite.org.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from typing import Final

from esbank_core.sources.records import NoRecords, Record, Unplaced, Why

Database = sqlite3.Connection
"""A database that is open."""

_VERSION_BYTES: Final = slice(18, 20)
"""Where the header says whether a write-ahead log goes with the file (2) or not (1)."""
_NO_LOG: Final = b"\x01\x01"
_BATCH: Final = 500
"""Rows fetched at once."""
_MOST_TABLES: Final = 200

_ALLOWED: Final = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ))
_TABLES: Final = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"


class _InMemory(sqlite3.Connection):
    """A database that ends with whoever has it."""

    def __del__(self) -> None:
        self.close()


def open_bytes(data: bytes) -> Database:
    """A database that came as bytes, in memory; what its write-ahead log held is not in it.

    Raises:
        NoRecords: SQLite cannot read it.
    """
    connection = sqlite3.connect(":memory:", factory=_InMemory)
    without_log = bytearray(data)
    without_log[_VERSION_BYTES] = _NO_LOG
    try:
        connection.deserialize(bytes(without_log))
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except (sqlite3.Error, MemoryError) as broken:
        connection.close()
        raise NoRecords(Why.BROKEN_DATABASE, 0, str(broken)) from None
    return connection


def tables_of(connection: Database) -> tuple[str, ...]:
    """The names of the plain tables of a database.

    Raises:
        NoRecords: SQLite cannot read it.
    """
    _only_reading(connection)
    try:
        tables = connection.execute(_TABLES).fetchmany(_MOST_TABLES)
    except sqlite3.Error as broken:
        raise NoRecords(Why.BROKEN_DATABASE, 0, str(broken)) from None
    return tuple(
        name
        for name, sql in tables
        if not name.startswith("sqlite_") and not str(sql).upper().startswith("CREATE VIRTUAL")
    )


def rows_of(connection: Database, table: str) -> Iterator[Record | Unplaced]:
    """The rows of a table, as they stand; up to the first that SQLite cannot read.

    Bytes are their text where they are UTF-8, and hexadecimal as PostgreSQL writes it else; an
    infinity is its name.
    """
    _only_reading(connection)
    name = table.replace('"', '""')
    number = 0
    try:
        columns = connection.execute(f'PRAGMA table_xinfo("{name}")').fetchall()
        names = [column for _, column, *_, hidden in columns if not hidden]
        cells = ", ".join('"' + column.replace('"', '""') + '"' for column in names)
        cursor = connection.execute(f'SELECT {cells} FROM "{name}"')  # noqa: S608 - quoted names
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                number += 1
                fields = {
                    name: _plain(value)
                    for name, value in zip(names, row, strict=True)
                    if value is not None
                }
                yield Record(number, 0, fields)
    except sqlite3.Error as broken:
        yield Unplaced(number + 1, 0, Why.BROKEN_DATABASE, "", str(broken))


def _only_reading(connection: Database) -> None:
    def authorize(action: int, name: str | None, *_: str | None) -> int:
        is_columns = action == sqlite3.SQLITE_PRAGMA and name == "table_xinfo"
        return sqlite3.SQLITE_OK if action in _ALLOWED or is_columns else sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    connection.text_factory = _text


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # of which JSON has none
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "\\x" + value.hex()
