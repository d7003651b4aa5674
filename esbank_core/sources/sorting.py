"""The order of events that memory need not hold: worked out by SQLite, in a file of whoever asks.

The same order as ``ordering.arrange`` puts events in. A record is kept as it came and read once
more when its turn comes, so that the file holds the records, and for each what it is sorted by.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, assert_never

from esbank_core.sources.found import Found, content
from esbank_core.sources.json_text import compact
from esbank_core.sources.layouts.json_records import read_object
from esbank_core.sources.ordering import Order, place_of, twice
from esbank_core.sources.records import Record, Unplaced

if TYPE_CHECKING:
    from esbank_core.sources.layouts.sqlite_rows import Database

Read = Callable[[Record], Found | Unplaced]

IN_MEMORY: Final = 1 << 26
"""Bytes of the database that memory holds; what is beyond goes to disk."""

_BEGIN: Final = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = FILE",
    f"PRAGMA cache_size = -{IN_MEMORY >> 10}",
    """CREATE TABLE kept (
        nth INTEGER PRIMARY KEY, number INTEGER, line INTEGER, is_json INTEGER, record TEXT
    )""",
    """CREATE TABLE places (
        nth INTEGER PRIMARY KEY, name TEXT UNIQUE, partition TEXT, position TEXT,
        stream TEXT, version TEXT, time INTEGER
    )""",
    "CREATE TABLE sorted (turn INTEGER PRIMARY KEY, nth INTEGER)",
    "BEGIN",
)
_PLACE: Final = "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?, ?, ?)"
_COUNTS: Final = """
    SELECT count(*), count(position), count(version), count(time), count(DISTINCT partition),
        (SELECT count(*) FROM (SELECT DISTINCT partition, position FROM places))
    FROM places
"""
_MERGED: Final = """
    SELECT nth FROM (
        SELECT nth,
            max(time) OVER (PARTITION BY {by} ORDER BY {place}, nth
                            ROWS UNBOUNDED PRECEDING) AS latest,
            min(nth) OVER (PARTITION BY {by}) AS first,
            row_number() OVER (PARTITION BY {by} ORDER BY {place}, nth) AS turn
        FROM places
    ) ORDER BY latest, first, turn
"""
"""Each group in its own order, and all of them by time as far as that leaves the order be."""
_IN_PLACE: Final = """
    SELECT ranked.nth FROM
        (SELECT nth, {by} AS kind,
            row_number() OVER (PARTITION BY {by} ORDER BY nth) AS turn FROM places) AS stood
        JOIN
        (SELECT nth, {by} AS kind,
            row_number() OVER (PARTITION BY {by} ORDER BY {place}, nth) AS turn FROM places)
            AS ranked USING (kind, turn)
    ORDER BY stood.nth
"""
"""Each group in its own order, in the places that its events stood in."""
_TAKEN: Final = "SELECT number, line, is_json, record FROM kept WHERE nth = ?"
_IN_ORDER: Final = """
    SELECT number, line, is_json, record FROM sorted JOIN kept USING (nth) ORDER BY turn
"""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST: Final = 9_999
"""Digits of a number at most, which is more than a record can hold."""
_COMPLEMENT: Final = str.maketrans("0123456789", "9876543210")


class SortedOnDisk:
    """Takes in records as they come, and gives them back in order.

    ``database`` is empty, and this one's alone; ``read`` is what made the found of a record.
    """

    def __init__(self, database: Database, read: Read) -> None:
        self._database = database
        self._read = read
        self._count = 0
        self._falls = self._rises = False
        self._last: datetime | None = None
        for statement in _BEGIN:
            database.execute(statement)

    def add(self, record: Record, found: Found) -> Unplaced | None:
        """Take in one more; why it has no place, if it was there already."""
        execute, nth = self._database.execute, self._count + 1
        name: str | None = None
        if found.id:
            name = f"id {found.id}"
        elif (place := place_of(found)) is not None:
            name = f"place {place!r}"
        time = found.time
        row = (
            found.group,
            _sortable(found.position),
            found.stream,
            _sortable(found.version),
            None if time is None else (time - _EPOCH) // _MICROSECOND,
        )
        if not execute(_PLACE, (nth, name, *row)).rowcount:
            first = self._first_of(name)
            # A place is no name: two events may claim it.
            if found.id or content(found) == content(first):
                return twice(found, first)
            execute(_PLACE, (nth, None, *row))
        self._count = nth
        text = record.text or compact(dict(record.fields))
        execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?, ?)",
            (nth, record.number, record.line, bool(record.text), text),
        )
        if time is not None and self._last is not None:
            self._falls = self._falls or time < self._last
            self._rises = self._rises or time > self._last
        self._last = time
        return None

    def sort(self) -> Order:
        """Put all that was taken in in order; by what."""
        order = self._order()
        query = ""
        match order:
            case Order.POSITION:
                query = "SELECT nth FROM places ORDER BY position, nth"
            case Order.PARTITION:
                query = self._merged("partition", "position")
            case Order.VERSION:
                query = self._merged("stream", "version")
            case Order.TIME:
                turned = "DESC" if self._falls and not self._rises else "ASC"
                query = f"SELECT nth FROM places ORDER BY time, nth {turned}"  # noqa: S608
            case Order.AS_THEY_STOOD:
                query = "SELECT nth FROM places ORDER BY nth"
            case _:
                assert_never(order)
        self._database.execute(f"INSERT INTO sorted (nth) {query}")
        return order

    def __iter__(self) -> Iterator[Found]:
        """What was found in the records, in order, once they are sorted."""
        for row in self._database.execute(_IN_ORDER):
            yield self._found(*row)

    def _order(self) -> Order:
        (counts,) = self._database.execute(_COUNTS)
        events, positions, versions, times, partitions, places = counts
        if not events:
            return Order.AS_THEY_STOOD
        if positions == places == events:
            return Order.POSITION if partitions == 1 else Order.PARTITION
        if versions == events:
            return Order.VERSION
        return Order.TIME if times == events else Order.AS_THEY_STOOD

    def _merged(self, by: str, place: str) -> str:
        (untimed,) = self._database.execute("SELECT count(*) FROM places WHERE time IS NULL")
        return (_IN_PLACE if untimed[0] else _MERGED).format(by=by, place=place)

    def _first_of(self, name: str | None) -> Found:
        (found,) = self._database.execute("SELECT nth FROM places WHERE name = ?", (name,))
        (row,) = self._database.execute(_TAKEN, found)
        return self._found(*row)

    def _found(self, number: int, line: int, is_json: int, text: str) -> Found:
        if is_json:
            record = read_object(number, line, text)
        else:
            record = Record(number, line, json.loads(text))
        found = record if isinstance(record, Unplaced) else self._read(record)
        assert isinstance(found, Found), "the same record gives the same event"
        return found


def _sortable(number: int | None) -> str | None:
    """A whole number of any size as a text that sorts as it does."""
    if number is None:
        return None
    digits = str(abs(number))
    if number >= 0:
        return f"1{len(digits):04}{digits}"
    return f"0{_LONGEST - len(digits):04}{digits.translate(_COMPLEMENT)}"
