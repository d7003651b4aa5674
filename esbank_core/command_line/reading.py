"""Reading histories from files, standard input and SQLite databases, of which none is changed."""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.command_line.database import at_rest, reading_database
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.progress import with_progress
from esbank_core.command_line.writing import STANDARD_STREAM
from esbank_core.kernel.errors import Damage, ImportConflict, RefusedLine
from esbank_core.kernel.written.audit import Audit, verify
from esbank_core.kernel.written.cloud_events import claimed_position
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.importing import Imported, import_events
from esbank_core.kernel.written.json_lines import LONGEST_LINE, parse_text

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

    The parts of a log may be given in any order; each goes on from those before it.

    Raises:
        ProblemError: one cannot be read, is no history, or contradicts those before it.
    """
    ledger, skipped = held or empty_ledger(), 0
    for path in _in_order(paths):
        imported = at_rest(partial(_imported, path, ledger))
        ledger, skipped = imported.history, skipped + imported.skipped
    return ledger, skipped


def _imported(path: str, held: Ledger) -> Imported[State, Event]:
    with readable(path) as chunks, _without_collector():
        try:
            events = read_events(chunks, CODEC, held)
            return import_events(held, events)
        except ImportConflict as conflict:
            raise ProblemError(f"{named(path)}: {conflict}") from None


@contextmanager
def readable(path: str) -> Iterator[Iterator[bytes]]:
    """The bytes of a file in chunks, with a progress bar where someone is looking.

    Raises:
        ProblemError: the file cannot be read.
    """
    with _problems(path):
        if is_database(path):
            with reading_database(path) as store:
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
        raise ProblemError(f"{named(path)} cannot be read: {why(error)}.") from None
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

    def audited_database() -> Audit:
        with _problems(path), reading_database(path) as store:
            return store.verify(known_head)

    return at_rest(audited_database)


def named(path: str) -> str:
    """What a file is called in a sentence."""
    return "standard input" if path == STANDARD_STREAM else path


def is_database(path: str) -> bool:
    """Whether a plain file is there and holds an SQLite database.

    What is no plain file, such as a pipe, is not looked into: it can be read only once.
    """
    if path == STANDARD_STREAM or not Path(path).is_file():
        return False
    with suppress(OSError), Path(path).open("rb") as file:
        return file.read(len(_SQLITE_HEADER)) == _SQLITE_HEADER
    return False


def _in_order(paths: Iterable[str]) -> list[str]:
    """The files in the order given, but the parts of a log in the order of their positions."""
    given = list(paths)
    return sorted(given, key=_claimed_by) if len(given) > 1 else given


def _claimed_by(path: str) -> int:
    """The position that the first event of a file says it had; 0 where it says none."""
    if path == STANDARD_STREAM or not Path(path).is_file() or is_database(path):
        return 0
    with suppress(OSError, Damage), Path(path).open("rb") as file:
        return claimed_position(parse_text(file.readline(LONGEST_LINE).decode())) or 0
    return 0


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
