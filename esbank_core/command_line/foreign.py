"""Histories as other event stores have them: told as often as need be, each time from its file.

Events are handed on one by one, in memory for one record at a time, as long as the records stand in
order; where they do not, the same is done once more with what is sorted on disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from typing import TypeVar

from esbank_core.bank.account import CODEC, Readable
from esbank_core.bank.events import Event
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import Provenance
from esbank_core.sources import (
    Dump,
    EventsInOrder,
    EventsSortedOnDisk,
    Mapping,
    OutOfOrder,
    Recognition,
    read_all,
)
from esbank_core.sources.sorting import IN_MEMORY

Result = TypeVar("Result")

Choice = Recognition | Mapping | None


class TwiceError(Exception):
    """An event stands twice in a file of ours: all must be held to see whether it is the same."""


class Foreign:
    """A history in a file that others wrote, or in one of ours that is larger than memory may be.

    ``dump`` opens the file anew each time. What became of its records is ``provenance``, as soon
    as it was read.
    """

    def __init__(
        self,
        known_as: str,
        choice: Choice,
        dump: Callable[[], AbstractContextManager[Dump]],
        *,
        is_ours: bool = False,
    ) -> None:
        self.known_as = known_as
        self._choice = choice
        self._dump = dump
        self._is_ours = is_ours
        self.longest_event: int | None = None
        """Bytes that an event may have, where it is to be written."""
        self._is_in_order = True
        self._provenance: Provenance | None = None

    @property
    def provenance(self) -> Provenance:
        """What became of the records of the file, which has been read."""
        assert self._provenance is not None, "it has been read"
        return self._provenance

    def all(self) -> tuple[Readable, ...]:
        """All events, in memory."""
        with self._dump() as dump:
            dump.longest_event = self.longest_event
            reading = read_all(dump, CODEC, self._choice)
        self._provenance = Provenance(
            self.known_as, reading.outcome, len(reading.events), self._choice
        )
        return reading.events

    def read(self, use: Callable[[Iterator[Readable]], Result]) -> Result:
        """What somebody makes of the events, one after another.

        Where the records turn out not to stand in order, it is done once more, from the first.

        Raises:
            TwiceError: it is of ours, and an event stands in it twice.
        """
        if self._is_in_order:
            try:
                with self._dump() as dump:
                    dump.longest_event = self.longest_event
                    as_they_stand = EventsInOrder(dump, CODEC, self._choice)
                    return self._used(as_they_stand, use, None)
            except OutOfOrder:
                self._is_in_order = False
        try:
            # Without a name: in SQLite's memory as far as that goes, and on disk beyond.
            with self._dump() as dump, closing(sqlite3.connect("")) as database:
                dump.longest_event = self.longest_event
                return self._used(
                    EventsSortedOnDisk(dump, CODEC, database, self._choice), use, database
                )
        except sqlite3.Error as error:
            raise ProblemError(f"{self.known_as} cannot be sorted on disk: {error}.") from None

    def settle(self) -> None:
        """See whether the records stand in order, before somebody uses events only once."""
        self.read(_pass_over)

    def _used(
        self,
        events: EventsInOrder[Event] | EventsSortedOnDisk[Event],
        use: Callable[[Iterator[Readable]], Result],
        database: sqlite3.Connection | None,
    ) -> Result:
        count = 0
        names: set[int] = set()

        def counted() -> Iterator[Readable]:
            nonlocal count
            for recorded in events:
                count += 1
                # An id that says its own place is given once.
                if self._is_ours and recorded.id != f"{recorded.stream_id}/{recorded.version}":
                    name = hash((recorded.attributes.get("source"), recorded.id))
                    if name in names:
                        raise TwiceError
                    names.add(name)
                yield recorded

        result = use(counted())
        self._provenance = Provenance(
            self.known_as,
            events.outcome(),
            count,
            self._choice,
            is_sorted_on_disk=database is not None and _size(database) > IN_MEMORY,
        )
        return result


def _size(database: sqlite3.Connection) -> int:
    """Bytes of a database."""
    ((pages,),) = database.execute("PRAGMA page_count")
    ((size,),) = database.execute("PRAGMA page_size")
    return int(pages) * int(size)


def _pass_over(events: Iterable[object]) -> None:
    for _ in events:
        pass
