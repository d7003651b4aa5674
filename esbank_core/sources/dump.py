"""A file of records, opened: its layout, its first records, and whose they seem to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from esbank_core.sources.known import is_known, recognise
from esbank_core.sources.layouts.layout import Layout, layout_of, read_records
from esbank_core.sources.layouts.text import MOST_UNPACKED, SQLITE, Decoded, Unpacked
from esbank_core.sources.layouts.window import LONGEST_RECORD
from esbank_core.sources.records import NoRecords, Record, Unplaced, Why
from esbank_core.sources.table import Recognition

if TYPE_CHECKING:
    from esbank_core.sources.layouts.sqlite_rows import Database

SAMPLE: Final = 20
"""Records by which a source is recognised."""

_HEAD: Final = 1 << 16
"""Characters in which the first records are looked for, …"""
_LONG_LINE: Final = 1 << 20
"""… with a line end among them, if one is near, …"""
_LONGEST_HEAD: Final = LONGEST_RECORD
"""… and in how many at most, where the first record is a long one."""


class Dump:
    """A file of records. What it holds is read once, by ``records`` or by ``text``.

    One that will not be read to its end is to be closed.
    """

    def __init__(
        self,
        layout: Layout,
        sample: Iterable[Record],
        records: Iterator[Record | Unplaced],
        *,
        text: Iterator[str] | None = None,
        decoded: Decoded | None = None,
        unpacked: Unpacked | None = None,
    ) -> None:
        self.layout = layout
        self.sample: tuple[Record, ...] = tuple(sample)
        """Its first whole records."""
        self.recognitions: tuple[Recognition, ...] = recognise(self.sample)
        """The sources that they may be of, the surest first."""
        self.encoding = decoded.encoding if decoded else ""
        self.is_packed = bool(unpacked and unpacked.is_packed)
        self._records = records
        self._text = text
        self._unpacked = unpacked
        self.longest_event: int | None = None
        """Bytes that an event may have when it is written; longer ones have no place."""
        self.database: Database | None = None
        """What was opened for it, and is closed with it."""

    def close(self) -> None:
        """Let go of what was opened for it; nothing is read after that."""
        if self.database is not None:
            self.database.close()

    def records(self) -> Iterator[Record | Unplaced]:
        """The records, and what is broken among them."""
        number = 0
        for record in self._records:
            number = record.number
            yield record
        if self.trouble is not None:
            yield Unplaced(number + 1, 0, self.trouble)
        self.close()

    @property
    def text(self) -> Iterator[str] | None:
        """The text of the file as it stands, where each line of it is a record of JSON."""
        return self._text if self.layout is Layout.JSON_LINES else None

    @property
    def trouble(self) -> Why | None:
        """What ended a packed file before its end, once it was read that far."""
        return self._unpacked.trouble if self._unpacked else None


def open_dump(chunks: Iterable[bytes], most_unpacked: int = MOST_UNPACKED) -> Dump:
    """Open a file that comes in chunks of bytes, and look at its first records.

    Raises:
        NoRecords: there are none in it.
    """
    unpacked = Unpacked(chunks, most_unpacked)
    decoded = Decoded(unpacked)
    if decoded.head.startswith(SQLITE):
        from esbank_core.sources.layouts import sqlite_rows  # where there is no need, no SQLite

        database = sqlite_rows.open_bytes(decoded.all_bytes())
        try:
            dump = open_database(database)
        except NoRecords:
            database.close()
            raise
        dump.database = database
        return dump
    text = iter(decoded)
    head, least, is_all = "", _HEAD, False
    sample: list[Record] = []
    while not sample and not is_all and len(head) < _LONGEST_HEAD:
        more, is_all = _at_least(text, least)
        head += more
        least = len(head)  # twice as much, if there is no whole record in it
        try:
            layout = layout_of(head, is_all=is_all)
        except NoRecords as none:
            raise NoRecords(unpacked.trouble or none.why, none.line, none.evidence) from None
        sample = _first(read_records(layout, [head], is_known))
    whole = chain([head], text)
    return Dump(
        layout,
        sample,
        read_records(layout, whole, is_known),
        text=whole,
        decoded=decoded,
        unpacked=unpacked,
    )


def open_database(connection: Database, table: str = "") -> Dump:
    """A table of an SQLite database: the one named, else the one that is surest to hold events.

    Raises:
        NoRecords: no table has a row.
    """
    from esbank_core.sources.layouts import sqlite_rows

    best: Dump | None = None
    for name in sqlite_rows.tables_of(connection):
        if table in ("", name):
            sample = _first(sqlite_rows.rows_of(connection, name))
            dump = Dump(Layout.SQLITE, sample, sqlite_rows.rows_of(connection, name))
            if sample and (best is None or _certainty(dump) > _certainty(best)):
                best = dump
    if best is None:
        raise NoRecords(Why.NO_RECORDS, 0, table)
    return best


def _at_least(text: Iterator[str], least: int) -> tuple[str, bool]:
    """At least so many characters more, and a line end among them; whether that is all."""
    pieces: list[str] = []
    count = 0
    has_line = False
    for piece in text:
        pieces.append(piece)
        count += len(piece)
        has_line = has_line or "\n" in piece
        if count >= least and (has_line or count >= _LONG_LINE):
            return "".join(pieces), False
    return "".join(pieces), True


def _first(records: Iterator[Record | Unplaced]) -> list[Record]:
    return [record for record in islice(records, SAMPLE) if isinstance(record, Record)]


def _certainty(dump: Dump) -> int:
    return dump.recognitions[0].certainty if dump.recognitions else 0
