"""Reading files, standard input and SQLite databases of ours, of which none is changed."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from esbank_core.bank.account import CODEC
from esbank_core.command_line.database import at_rest, reading_database
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.progress import with_progress
from esbank_core.command_line.writing import STANDARD_STREAM
from esbank_core.kernel.errors import Damage, RefusedLine
from esbank_core.kernel.written.audit import Audit, verify

CHUNK: Final = 1 << 16
"""Bytes read at a time."""

_SQLITE_HEADER: Final = b"SQLite format 3\x00"


@contextmanager
def readable(path: str) -> Iterator[Iterator[bytes]]:
    """The bytes of a file in chunks, with a progress bar where someone is looking.

    Raises:
        ProblemError: the file cannot be read.
    """
    with problems_with(path):
        if is_database(path):
            with reading_database(path) as store:
                yield with_progress((line.encode() for line in store.lines()), None)
        elif path == STANDARD_STREAM:
            yield with_progress(chunks_of(sys.stdin.buffer), None)
        else:
            with Path(path).open("rb") as file:
                yield with_progress(chunks_of(file), os.fstat(file.fileno()).st_size)


@contextmanager
def problems_with(path: str) -> Iterator[None]:
    """Say of what cannot be read why it cannot.

    Raises:
        ProblemError: it cannot.
    """
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
        with problems_with(path), reading_database(path) as store:
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


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """What a file holds from here on."""
    while chunk := file.read(CHUNK):
        yield chunk
