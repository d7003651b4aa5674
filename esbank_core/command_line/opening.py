"""A file told by what it holds: JSON Lines or a database of ours, or records of others."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Final

from esbank_core.command_line.database import is_foreign, reading_foreign_database
from esbank_core.command_line.foreign import Foreign
from esbank_core.command_line.printing import printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import without_records
from esbank_core.command_line.reading import (
    chunks_of,
    is_database,
    named,
    problems_with,
    readable,
)
from esbank_core.command_line.writing import STANDARD_STREAM
from esbank_core.sources.cloud_events import CLOUD_EVENTS
from esbank_core.sources.dump import Dump, open_database, open_dump
from esbank_core.sources.known import chosen
from esbank_core.sources.layouts.layout import Layout
from esbank_core.sources.layouts.text import GZIP
from esbank_core.sources.reading import Choice
from esbank_core.sources.records import NoRecords, names_of
from esbank_core.sources.table import Recognition

LARGE: Final = 1 << 28
"""Bytes beyond which a file of ours is told as it is read, and not held in memory."""

_OURS: Final = Recognition(CLOUD_EVENTS.name, 100, CLOUD_EVENTS.marks)
_MOST_NAMES: Final = 12


@contextmanager
def opened(
    path: str, choice: Choice = None, *, may_be_told: bool = False
) -> Iterator[Iterator[bytes] | Foreign]:
    """A file by what it holds: the bytes of JSON Lines of ours, or a foreign history.

    With ``may_be_told``, JSON Lines of ours that are large come as a foreign history does.

    Raises:
        ProblemError: the file cannot be read, or its records are of nothing that is known.
    """
    with problems_with(path):
        if is_database(path):
            if is_foreign(path):
                with dump_of_database(path) as dump:
                    choice = _choice_for(path, dump, choice)
                yield Foreign(named(path), choice, partial(dump_of_database, path))
                return
            with readable(path) as lines:
                yield lines
            return
        with readable(path) as chunks:
            seen: list[bytes] = []
            dump_or_none = _foreign_dump(path, _remembered(chunks, seen), seen, choice)
            if dump_or_none is None:
                if not (may_be_told and choice is None and _is_large(path)):
                    yield chain(seen, chunks)
                    return
                large = Foreign(named(path), _OURS, partial(_dump_of_file, path), is_ours=True)
                yield large
                return
            choice = _choice_for(path, dump_or_none, choice)
            dump_or_none.close()
            if path == STANDARD_STREAM or not Path(path).is_file():
                # It can be read but once: a copy can be read again.
                with tempfile.TemporaryFile() as copy:
                    copy.writelines(chain(seen, chunks))
                    yield Foreign(named(path), choice, partial(_dump_of_copy, path, copy))
                return
        yield Foreign(named(path), choice, partial(_dump_of_file, path))


@contextmanager
def dump_of(path: str) -> Iterator[Dump]:
    """A file of records, whoever wrote it.

    Raises:
        ProblemError: it cannot be read, or holds no records.
    """
    with problems_with(path):
        if is_database(path):
            with dump_of_database(path) as dump:
                yield dump
        else:
            with _dump_of_file(path) as dump:
                yield dump


@contextmanager
def dump_of_database(path: str) -> Iterator[Dump]:
    """A database of somebody else's.

    Raises:
        ProblemError: no table of it has a row.
    """
    with reading_foreign_database(path) as database, _with_records(path):
        yield open_database(database)


@contextmanager
def _dump_of_file(path: str) -> Iterator[Dump]:
    with readable(path) as chunks, _with_records(path):
        yield open_dump(chunks)


@contextmanager
def _dump_of_copy(path: str, copy: IO[bytes]) -> Iterator[Dump]:
    copy.seek(0)
    with _with_records(path):
        yield open_dump(chunks_of(copy))


@contextmanager
def _with_records(path: str) -> Iterator[None]:
    try:
        yield
    except NoRecords as none:
        raise ProblemError(f"{named(path)}: {without_records(none)}.") from None


def _foreign_dump(
    path: str, chunks: Iterable[bytes], seen: list[bytes], choice: Choice
) -> Dump | None:
    """The records of others in a file; None where it is one of ours, or broken as one of ours."""
    try:
        dump = open_dump(chunks)
    except NoRecords as none:
        if choice is None and not (seen and seen[0].startswith(GZIP)):
            return None
        raise ProblemError(f"{named(path)}: {without_records(none)}.") from None
    if choice is not None:
        return dump
    source = chosen(dump.recognitions)
    if source is None:
        return dump if dump.sample else None
    is_ours = (
        source.source == CLOUD_EVENTS.name
        and not source.within
        and not dump.is_packed
        and dump.encoding == "utf-8"
        and not seen[0].startswith(codecs.BOM_UTF8)
        and (dump.layout is Layout.JSON_LINES or _is_first_line(dump, seen))
    )
    return None if is_ours else dump


def _is_large(path: str) -> bool:
    return path != STANDARD_STREAM and Path(path).is_file() and Path(path).stat().st_size > LARGE


def _is_first_line(dump: Dump, seen: Iterable[bytes]) -> bool:
    """Whether the first record is the first line: the only one, or the others are broken."""
    line = next(filter(None, map(bytes.strip, b"".join(seen).split(b"\n"))), b"")
    return line == dump.sample[0].text.encode("utf-8", "surrogatepass")


def _choice_for(path: str, dump: Dump, choice: Choice) -> Choice:
    """By what to read a dump: where a reader was chosen by name, as it was recognised.

    Raises:
        ProblemError: nothing was chosen, and its records are of nothing that is known.
    """
    if choice is None and chosen(dump.recognitions) is None:
        names = names_of(dump.sample)
        more = ", …" if len(names) > _MOST_NAMES else ""
        raise ProblemError(
            f"{named(path)}: its records are of no source that is known. They have "
            f"{printable(', '.join(names[:_MOST_NAMES]))}{more}; esbank sources {path} suggests a "
            "mapping to read them with."
        )
    if isinstance(choice, Recognition):
        return next((one for one in dump.recognitions if one.source == choice.source), choice)
    return choice


def _remembered(chunks: Iterable[bytes], seen: list[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        seen.append(chunk)
        yield chunk
