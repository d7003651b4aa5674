"""SQLite databases, read without a byte of them changing.

A database of which nobody is writing is read where it lies, as SQLite's ``immutable`` has it: no
lock, no file beside it. Where a write-ahead log or a journal lies beside it, it is read through a
copy of both.

Source: "Uniform Resource Identifiers" and "Write-Ahead Logging", sqlite.org.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.command_line.problem import ProblemError
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.stores.sqlite_tables import APPLICATION_ID

BESIDE: Final = ("-wal", "-journal")
"""What SQLite keeps beside a database that is being written to, or was when a program died."""

_ATTEMPTS: Final = 10
"""How often a database is read that others are writing to."""

_PAUSE: Final = 0.05
"""Seconds between two of them."""

_HEADER: Final = 100
"""Bytes with which a database begins, a counter of changes among them."""

_APPLICATION_ID: Final = slice(68, 72)
"""Where among them it stands whose database it is."""

_WAL_HEADER: Final = 32
"""Bytes with which a write-ahead log begins, another time otherwise."""


def is_for_database(path: str) -> bool:
    """Whether a file's name asks for an SQLite database."""
    return Path(path).suffix.lower() in (".db", ".sqlite", ".sqlite3")


class ChangedWhileReadError(ProblemError):
    """Others wrote to a database while it was read, so that it is not known what was read."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is being written to without a pause; read it later.")


@contextmanager
def reading_database(path: str) -> Iterator[SqliteStore[Event]]:
    """A ledger in a database, to be read; nothing becomes of the database.

    Raises:
        ChangedWhileReadError: others wrote to it, and what was read counts for nothing.
    """
    with (
        _untouched(path) as (database, may_write),
        SqliteStore(str(database), CODEC, may_write=may_write, known_as=path) as store,
    ):
        yield store


@contextmanager
def reading_foreign_database(path: str) -> Iterator[sqlite3.Connection]:
    """A database of somebody else's, to be read; nothing becomes of it.

    Raises:
        ChangedWhileReadError: others wrote to it, and what was read counts for nothing.
    """
    with _untouched(path) as (database, may_write):
        how = "" if may_write else "?mode=ro&immutable=1"
        address = f"{database.as_uri()}{how}"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            yield connection


def is_foreign(path: str) -> bool:
    """Whether a database says that it is no ledger of ours."""
    with Path(path).open("rb") as file:
        return file.read(_HEADER)[_APPLICATION_ID] != APPLICATION_ID.to_bytes(4, "big")


@contextmanager
def _untouched(path: str) -> Iterator[tuple[Path, bool]]:
    """Where a database can be read so that nothing becomes of it, and whether that is a copy.

    Raises:
        ChangedWhileReadError: others wrote to it, and what was read counts for nothing.
    """
    database = Path(path).resolve()  # which is where SQLite puts its log as well
    if any(_lies_beside(database, name) for name in BESIDE):
        with tempfile.TemporaryDirectory(prefix="esbank-") as folder:
            copy = Path(folder, "copy")
            if not _copied(database, copy):
                raise ChangedWhileReadError(path)
            yield copy, True
        return
    before = _state_of(database)
    try:
        yield database, False
    except (Damage, sqlite3.Error):
        if _state_of(database) != before:
            raise ChangedWhileReadError(path) from None
        raise
    if _state_of(database) != before:
        raise ChangedWhileReadError(path)


Result = TypeVar("Result")


def at_rest(read: Callable[[], Result]) -> Result:
    """What reading comes to, once nobody writes in the meantime.

    Raises:
        ChangedWhileReadError: others do not stop writing.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return read()
        except ChangedWhileReadError:
            time.sleep(_PAUSE)
    return read()


def _lies_beside(database: Path, name: str) -> bool:
    beside = database.with_name(database.name + name)
    return beside.exists() and beside.stat().st_size > 0


def _copied(database: Path, copy: Path) -> bool:
    """Copy a database with what lies beside it; whether nobody wrote to it in the meantime."""
    before = _state_of(database)
    shutil.copyfile(database, copy)
    for name in BESIDE:
        Path(f"{copy}{name}").unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            shutil.copyfile(database.with_name(database.name + name), f"{copy}{name}")
    return _state_of(database) == before


def _state_of(database: Path) -> tuple[int, int, bytes, bytes]:
    """What changes when pages are written: of the log behind it, only where it begins anew."""
    found = database.stat()
    with database.open("rb") as file:
        header = file.read(_HEADER)
    log = b""
    with suppress(FileNotFoundError), database.with_name(database.name + "-wal").open("rb") as file:
        log = file.read(_WAL_HEADER)
    return found.st_size, found.st_mtime_ns, header, log
