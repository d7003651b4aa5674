"""Reading histories from files, standard input and SQLite; writing them whole or not at all."""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, cast

from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.progress import with_progress
from esbank_core.kernel.errors import Damage, ImportConflict, RefusedLine, Unwritable
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.audit import Audit, verify
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.importing import import_events

STANDARD_STREAM: Final = "-"
CHUNK: Final = 1 << 16
"""Bytes read at a time."""

_SQLITE_HEADER: Final = b"SQLite format 3\x00"


def load(path: str) -> Ledger:
    """The history in a file or a database, or on standard input.

    Raises:
        ProblemError: it cannot be read, or what is read is no history.
    """
    ledger, _ = merge([path])
    return ledger


def merge(paths: Iterable[str], held: Ledger | None = None) -> tuple[Ledger, int]:
    """What is held with the histories of several files, and how many events were there already.

    Raises:
        ProblemError: one cannot be read, is no history, or contradicts those before it.
    """
    ledger, skipped = held or empty_ledger(), 0
    for path in paths:
        with readable(path) as chunks, _without_collector():
            events = read_events(chunks, CODEC, ledger)
            try:
                imported = import_events(ledger, events)
            except ImportConflict as conflict:
                raise ProblemError(f"{named(path)}: {conflict}") from None
        ledger, skipped = imported.history, skipped + imported.skipped
    return ledger, skipped


@contextmanager
def readable(path: str) -> Iterator[Iterator[bytes]]:
    """The bytes of a file in chunks, with a progress bar where someone is looking.

    Raises:
        ProblemError: the file cannot be read.
    """
    with _problems(path):
        if is_database(path):
            with SqliteStore(path, CODEC, may_write=False) as store:
                yield with_progress((line.encode() for line in store.lines()), None)
        elif path == STANDARD_STREAM:
            yield with_progress(_chunks(sys.stdin.buffer), None)
        else:
            with Path(path).open("rb") as file:
                yield with_progress(_chunks(file), os.fstat(file.fileno()).st_size)


@contextmanager
def _problems(path: str) -> Iterator[None]:
    """Say of what cannot be read why it cannot."""
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise ProblemError(f"{named(path)} cannot be read: {_why(error)}.") from None
    except sqlite3.Error as error:
        raise ProblemError(f"{path} cannot be read: {error}.") from None
    except RefusedLine as refused:
        raise ProblemError(f"{named(path)}: {refused}") from None
    except Damage as damage:
        raise ProblemError(damage.reason) from None


def audited(path: str, known_head: str | None) -> Audit:
    """How far the history in a file or a database is what was written.

    Raises:
        ProblemError: it cannot be read, or carries no hashes.
    """
    if not is_database(path):
        with readable(path) as chunks:
            return verify(chunks, CODEC, known_head)
    with _problems(path), SqliteStore(path, CODEC, may_write=False) as store:
        return store.verify(known_head)


def named(path: str) -> str:
    """What a file is called in a sentence."""
    return "standard input" if path == STANDARD_STREAM else path


def is_database(path: str) -> bool:
    """Whether a file is there and holds an SQLite database."""
    if path == STANDARD_STREAM:
        return False
    with suppress(OSError), Path(path).open("rb") as file:
        return file.read(len(_SQLITE_HEADER)) == _SQLITE_HEADER
    return False


def write_whole(path: str, lines: Iterable[str], *, may_replace: bool) -> None:
    """Write a file that appears under its name only when it is complete.

    Raises:
        ProblemError: it cannot be written, or is there already and must not be replaced.
    """
    if path == STANDARD_STREAM:
        sys.stdout.writelines(lines)
        return
    target = Path(path)
    refuse_to_replace(path, may_replace=may_replace)
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=target.parent, delete=False
        ) as file:
            temporary = file.name
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(target)
    except OSError as error:
        raise ProblemError(f"{path} cannot be written: {_why(error)}.") from None
    except (Damage, Unwritable) as unfit:
        raise ProblemError(f"{path} is not written: {unfit}") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def is_for_database(path: str) -> bool:
    """Whether a file's name asks for an SQLite database."""
    return Path(path).suffix.lower() in (".db", ".sqlite", ".sqlite3")


def add_to_database(path: str, sources: Sequence[str]) -> tuple[Ledger, int]:
    """Add what is new in several files to an SQLite database, all of it or nothing.

    Returns:
        The history that the database now holds, and how many events were there already.

    Raises:
        ProblemError: a file cannot be read, or the database contradicts it or cannot be written.
    """
    was_there = Path(path).exists()
    held = load(path) if was_there else empty_ledger()
    ledger, skipped = merge(sources, held)
    new = cast("Sequence[RecordedEvent[Event | UnknownEvent]]", ledger.recorded[held.head :])
    try:
        with SqliteStore(path, CODEC) as store:
            store.restore(new)
    except (sqlite3.Error, Damage, Unwritable) as error:
        if not was_there:
            Path(path).unlink(missing_ok=True)
        raise ProblemError(f"{path} cannot be written: {error}") from None
    return ledger, skipped


def refuse_to_replace(path: str, *, may_replace: bool) -> None:
    """Refuse a target that is there already, unless it may be replaced.

    Raises:
        ProblemError: it is there and must not be replaced.
    """
    if path != STANDARD_STREAM and Path(path).exists() and not may_replace:
        raise ProblemError(f"{path} is there already; --force replaces it.")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


@contextmanager
def _without_collector() -> Iterator[None]:
    """Loading makes millions of objects and no rubbish: looking for some only takes time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _why(error: OSError) -> str:
    what = error.strerror or str(error)
    return what[:1].lower() + what[1:]
