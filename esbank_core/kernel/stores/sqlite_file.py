"""An SQLite file that is one program's own: opened, begun, locked and asked, by many at once.

The write-ahead log lets readers read while one writer writes, and is synchronised at checkpoints
only (``synchronous = NORMAL``): what was acknowledged survives the death of the process, whereas
a power cut may cost the last transactions, whole ones, and damages nothing.

Source: "Write-Ahead Logging", "PRAGMA synchronous" and "URI Filenames", sqlite.org.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from esbank_core.kernel.errors import Damage

Execute = Callable[..., sqlite3.Cursor]

PATIENCE: Final = 30.0
"""Seconds that a writer waits for the others before it gives up."""

_ATTEMPTS: Final = 20
"""How often the write-ahead log is turned on while others are in the way."""


class SqliteFile:
    """A database file. Safe to share between threads; a process opens its own."""

    def __init__(
        self,
        path: str,
        application_id: int,
        tables: tuple[str, ...],
        *,
        may_write: bool,
        known_as: str | None = None,
    ) -> None:
        """Open the file at ``path``; begin it with ``tables`` where it is none yet.

        A file that is opened to be read is left as it is, and so is what stands beside it.
        ``known_as`` is what sentences call it, if not ``path``.

        Raises:
            Damage: there is something else at ``path``.
            sqlite3.OperationalError: the file cannot be opened.
        """
        self.path: Final = known_as or path
        self._application_id = application_id
        self._one_at_a_time = Lock()
        self.connection: Final = sqlite3.connect(
            path if may_write else _to_read(path),
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,
            uri=not may_write,
        )
        try:
            self._open(tables, may_write=may_write)
        except BaseException:
            self.connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        """Everything or nothing, with no other writer in between."""
        execute = self.connection.execute
        with self._one_at_a_time:
            execute("BEGIN IMMEDIATE")
            try:
                yield execute
                execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Execute]:
        """Ask several things, with no other thread in between.

        Raises:
            Damage: the file is not a whole database.
        """
        try:
            with self._one_at_a_time:
                yield self.connection.execute
        except sqlite3.DatabaseError as error:
            # Its subclasses say that the question was wrong, or that others are in the way.
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise Damage(f"{self.path} is not a whole SQLite database: {error}.") from error

    def rows(self, query: str, *parameters: object) -> list[Any]:
        """All that one question is answered with.

        Raises:
            Damage: the file is not a whole database.
        """
        with self.reading() as execute:
            return execute(query, parameters).fetchall()

    def _open(self, tables: tuple[str, ...], *, may_write: bool) -> None:
        ((application_id,),) = self.rows("PRAGMA application_id")
        is_ours = application_id == self._application_id
        if may_write:
            if not is_ours:
                self._begin(tables)
            self._write_ahead()
            self.rows("PRAGMA synchronous = NORMAL")
        elif not is_ours:
            raise self._not_ours(self.rows("SELECT 1 FROM sqlite_schema LIMIT 1"))

    def _write_ahead(self) -> None:
        """Turn the write-ahead log on, which it stays for good."""
        for _ in range(_ATTEMPTS):
            try:
                self.rows("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                # Others are opening the same new file. This is the one statement for which
                # SQLite does not wait by itself; for an empty transaction it does.
                with self.transaction():
                    pass
            else:
                return
        # Whoever opens the file next will turn it on. Without it, it is only slower.

    def _begin(self, tables: tuple[str, ...]) -> None:
        """Make the tables, unless another process was first or they do not belong here."""
        with self.transaction() as execute:
            ((application_id,),) = execute("PRAGMA application_id")
            others = execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            if application_id == self._application_id:
                return
            if application_id or others:
                raise self._not_ours(others=True)
            for statement in tables:
                execute(statement)
            execute(f"PRAGMA application_id = {self._application_id}")

    def _not_ours(self, others: object) -> Damage:
        if others:
            return Damage(f"{self.path} is a database, but not a ledger of this program.")
        return Damage(
            f"{self.path} is an empty database: it holds no ledger. Where it was copied, what it "
            "held may stand in a file beside the original, whose name ends in -wal."
        )


def _to_read(path: str) -> str:
    """The address of a file that is read and left alone.

    Without a write-ahead log beside it nobody has it open, and it is taken for unchangeable, so
    that SQLite makes no files there either, which it does for any other reader.
    """
    address = Path(path).absolute().as_uri() + "?mode=ro"
    return address if Path(f"{path}-wal").exists() else address + "&immutable=1"
