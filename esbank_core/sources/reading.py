"""A dump read: its events in order, and an account of what became of every record.

Nothing is dropped in silence: every record is an event or is counted among those without a
place, with the reason and an example. ``read_all`` sorts what does not stand in order, in
memory, and ``EventsSortedOnDisk`` on disk; ``EventsInOrder`` reads in memory for one record at a
time, and says when that will not do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.codec import Codec
from esbank_core.sources.cloud_events import EVENTSOURCINGDB, CloudEvents, CloudEventsReader
from esbank_core.sources.dump import Dump
from esbank_core.sources.eventsourcingdb_hashes import HashCheck, HashVerdict
from esbank_core.sources.found import Found
from esbank_core.sources.json_text import compact
from esbank_core.sources.known import BY_NAME, chosen
from esbank_core.sources.layouts.layout import Layout
from esbank_core.sources.mapping import Mapping, table_of
from esbank_core.sources.numbering import Numbering
from esbank_core.sources.ordering import Arranged, Order, OrderCheck, arrange
from esbank_core.sources.parts import ALL, Part
from esbank_core.sources.pointers import text_at
from esbank_core.sources.record_reader import reader_of
from esbank_core.sources.records import (
    Record,
    Tallies,
    Tally,
    Unplaced,
    Why,
    evidence_of,
)
from esbank_core.sources.sorting import SortedOnDisk
from esbank_core.sources.table import Fields, Recognition, Table, fields_within

if TYPE_CHECKING:
    from esbank_core.sources.layouts.sqlite_rows import Database

Event = TypeVar("Event")

SLICE: Final = 1_000
"""Records that are read between two looks at whether something else is to be done."""

_MOST_PER_CHARACTER: Final = 16
"""Bytes that a character of a record is written with at most."""
_LONGEST_NUMBER: Final = 30
"""Characters of a cell that is no text, at most."""
_BESIDE: Final = 2_000
"""Bytes that a written event has beside what its record says, at most."""

Choice = Recognition | Mapping | None
"""By what to read: a source, a mapping set by hand, or whatever the records seem to be of."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the records of a file."""

    layout: Layout
    encoding: str
    """Empty where there is no text, as in a database."""
    is_packed: bool
    source: str
    """By which reader; empty where the records are of no source that is known."""
    recognitions: tuple[Recognition, ...]
    """What the records may be of, the surest first."""
    order: Order
    records: int
    unplaced: tuple[Tally, ...]
    """Records that are no events, by why, the most frequent first."""
    notes: tuple[Tally, ...]
    """What is to be said of the events."""
    hashes: HashVerdict | None = None
    """What verifying the events' own hashes showed, where they came with some."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[Event]):
    """The events of a file, in order, and what became of its records."""

    events: tuple[RecordedEvent[Event | UnknownEvent], ...]
    outcome: Outcome


def read_all(dump: Dump, codec: Codec[Event], choice: Choice = None) -> Reading[Event]:
    """Read a whole dump.

    Raises:
        RefusedLine: it is of CloudEvents, and one is not valid.
    """
    slices = read_in_slices(dump, codec, choice)
    while True:
        try:
            next(slices)
        except StopIteration as done:
            reading: Reading[Event] = done.value
            return reading


def read_in_slices(
    dump: Dump,
    codec: Codec[Event],
    choice: Choice = None,
    size: int = SLICE,
    part: Part = ALL,
) -> Generator[int, None, Reading[Event]]:
    """Read a dump slice by slice: yields how many records were read, returns the reading.

    Of the events that are not of the ``part``, none is held.

    Raises:
        RefusedLine: it is of CloudEvents, and one is not valid.
    """
    work = _Work(dump, codec, choice)
    if not isinstance(work.source, CloudEvents):
        events, order = yield from _put_together([work], size, part)
        return Reading(tuple(events), work.outcome(order))
    kept: deque[RecordedEvent[Event | UnknownEvent]] = deque(maxlen=part.newest)
    for nth, event in enumerate(work.cloud_events(), start=1):
        if part.takes(event.stream_id, event.time):
            kept.append(event)
        if not nth % size:
            yield work.records
    events = list(kept) if part == ALL else list(_numbered_anew(kept))
    return Reading(tuple(events), work.outcome(Order.AS_THEY_STOOD))


def read_together(
    dumps: Sequence[tuple[Dump, Choice]],
    codec: Codec[Event],
    size: int = SLICE,
    part: Part = ALL,
) -> Generator[int, None, tuple[Reading[Event], ...]]:
    """Read several dumps, none of CloudEvents, as one history, slice by slice.

    The first reading has all events, and what is to be said of them; each has what became of its
    own records. Positions of different stores do not compare: each keeps its own order then, and
    they are put together by time.
    """
    works = [_Work(dump, codec, choice) for dump, choice in dumps]
    events, order = yield from _put_together(works, size, part)
    first, *others = [work.outcome(order) for work in works]
    return Reading(tuple(events), first), *(Reading((), outcome) for outcome in others)


_Recorded = list[RecordedEvent[Event | UnknownEvent]]


def _put_together(
    works: Sequence[_Work[Event]], size: int, part: Part
) -> Generator[int, None, tuple[_Recorded[Event], Order]]:
    """The events of several dumps in one order."""
    first = works[0]
    are_of_one = len({work.source for work in works}) == 1
    most = 2 * part.newest if part.newest else None
    found: list[Found] = []
    before = 0
    for work in works:
        name = work.source.name if work.source else ""
        for nth, one in enumerate(work.found()):
            if not nth % size:
                yield before + work.records
            if part.takes(one.stream, one.time):
                found.append(one if are_of_one else one._replace(group=f"{name} {one.group}"))
                if most is not None and len(found) >= most:
                    arranged = yield from _arranged(found, before + work.records)
                    found = list(arranged.found[-part.newest :] if part.newest else ())
        before += work.records
    arranged = yield from _arranged(found, before)
    del found
    for unplaced in arranged.unplaced:
        first.unplaced.add(unplaced)
    events: _Recorded[Event] = []
    wanted = arranged.found[-part.newest :] if part.newest else arranged.found
    for nth, one in enumerate(wanted):
        events.append(first.numbering.next(one))
        if not nth % size:
            yield before
    return events, arranged.order


def _arranged(found: Iterable[Found], records: int) -> Generator[int, None, Arranged]:
    arranging = arrange(found)
    while True:
        try:
            next(arranging)
        except StopIteration as done:
            arranged: Arranged = done.value
            return arranged
        yield records


def _numbered_anew(
    events: Iterable[RecordedEvent[Event | UnknownEvent]],
) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
    """Events with the places that they have where those before them are missing."""
    versions: dict[StreamId, int] = {}
    for position, event in enumerate(events, start=1):
        version = versions[event.stream_id] = versions.get(event.stream_id, 0) + 1
        yield replace(event, position=Position(position), version=Version(version))


class EventsInOrder(Generic[Event]):
    """The events of a dump whose records stand in order, one by one."""

    def __init__(self, dump: Dump, codec: Codec[Event], choice: Choice = None) -> None:
        self._work = _Work(dump, codec, choice)
        self._check = OrderCheck()

    def __iter__(self) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events, each as soon as its record is read.

        Raises:
            OutOfOrder: a record does not come after those before it: sort them all.
            RefusedLine: they are CloudEvents, and one is not valid.
        """
        work = self._work
        if isinstance(work.source, CloudEvents):
            yield from work.cloud_events()
            return
        for found in work.found():
            unplaced = self._check.see(found)
            if unplaced is None:
                yield work.numbering.next(found)
            else:
                work.unplaced.add(unplaced)

    def outcome(self) -> Outcome:
        """What became of the records so far."""
        return self._work.outcome(self._check.order)


class EventsSortedOnDisk(Generic[Event]):
    """The events of a dump in order, of which memory holds one at a time: the others are on disk.

    ``database`` is empty, and serves for nothing else; its errors are SQLite's own.
    """

    def __init__(
        self, dump: Dump, codec: Codec[Event], database: Database, choice: Choice = None
    ) -> None:
        self._work = _Work(dump, codec, choice)
        self._database = database
        self._order = Order.AS_THEY_STOOD

    def __iter__(self) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events, once all records are read and sorted.

        Raises:
            RefusedLine: they are CloudEvents, which stand in order, and one is not valid.
        """
        work = self._work
        if isinstance(work.source, CloudEvents):
            yield from work.cloud_events()
            return
        taken = SortedOnDisk(self._database, work.read)
        for record, found in work.placed():
            unplaced = taken.add(record, found)
            if unplaced is not None:
                work.unplaced.add(unplaced)
        self._order = taken.sort()
        for found in taken:
            yield work.numbering.next(found)

    def outcome(self) -> Outcome:
        """What became of the records so far."""
        return self._work.outcome(self._order)


class _Work(Generic[Event]):
    """What a reading goes through, whether it sorts or not."""

    def __init__(self, dump: Dump, codec: Codec[Event], choice: Choice) -> None:
        self._dump = dump
        self._codec = codec
        self.source, self._within = _source(dump, choice)
        self.read = self._reader()
        self.records = 0
        self.unplaced = Tallies()
        self.notes = Tallies()
        self.numbering = Numbering(codec, self.notes)
        self._hashes = HashCheck() if self.source is EVENTSOURCINGDB else None

    def found(self) -> Iterator[Found]:
        """The events that records say they are, as they stand."""
        for _, found in self.placed():
            yield found

    def placed(self) -> Iterator[tuple[Record, Found]]:
        """The records that say which event they are, with that event, as they stand."""
        read = self.read
        for record in self._dump.records():
            self.records += 1
            if isinstance(record, Unplaced):
                self.unplaced.add(record)
                continue
            found = read(record)
            if isinstance(found, Found) and not self._fits(record, found):
                found = Unplaced(record.number, record.line, Why.TOO_LONG, "", evidence_of(record))
            if isinstance(found, Unplaced):
                self.unplaced.add(found)
            else:
                yield record, found

    def cloud_events(self) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events of a dump of CloudEvents."""
        reader = CloudEventsReader(self._within)
        text = self._dump.text
        if text is not None and self._hashes is None and not self._within:
            for event in reader.read_text(text, self._codec):
                self.records += 1
                yield event
        else:
            for event in reader.read(self._seen(self._dump.records()), self._codec):
                while reader.passed_over:
                    self.unplaced.add(reader.passed_over.pop())
                yield event
        while reader.passed_over:
            self.unplaced.add(reader.passed_over.pop())
        if self._dump.trouble is not None and text is not None:
            self.unplaced.add(Unplaced(self.records + 1, 0, self._dump.trouble))

    def _fits(self, record: Record, found: Found) -> bool:
        """Whether an event can be written, where that matters."""
        longest = self._dump.longest_event
        if longest is None:
            return True
        size = len(record.text) or sum(map(_size, record.fields.values()))
        if _MOST_PER_CHARACTER * size < longest - _BESIDE:
            return True
        # Quotes and what else is escaped within the text of a record count twice.
        # A stream is named twice, and once more where it is all that names the event.
        names = (found.stream, found.stream, found.id or found.stream, found.type)
        others = (found.actor and found.actor.id, found.correlation_id, found.causation_id)
        written = (found.data, dict(found.attributes), names, others)
        return len(compact(written).encode("utf-8", "replace")) + _BESIDE <= longest

    def outcome(self, order: Order) -> Outcome:
        dump = self._dump
        return Outcome(
            dump.layout,
            dump.encoding,
            dump.is_packed,
            self.source.name if self.source else "",
            dump.recognitions,
            order,
            self.records,
            self.unplaced.all(),
            self.notes.all(),
            self._hashes.verdict if self._hashes else None,
        )

    def _reader(self) -> Callable[[Record], Found | Unplaced]:
        if isinstance(self.source, Table):
            return reader_of(self.source, self._dump.sample, self._within)
        return _of_no_source

    def _seen(self, records: Iterable[Record | Unplaced]) -> Iterator[Record | Unplaced]:
        for record in records:
            self.records += 1
            if self._hashes is not None and isinstance(record, Record):
                event = fields_within(record, self._within)
                if "specversion" in event:
                    self._hashes.see(event, partial(self._data_sent, record, event))
            yield record

    def _data_sent(self, record: Record, event: Fields) -> str | None:
        """The data of an event, letter by letter as they stand in the file."""
        sent = event.get("data")
        if record.text:
            sent = text_at(record.text, (*self._within, "data"))
        return sent if isinstance(sent, str) else None


def _size(cell: object) -> int:
    return len(cell) if isinstance(cell, (str, bytes)) else _LONGEST_NUMBER


def _source(dump: Dump, choice: Choice) -> tuple[Table | CloudEvents | None, tuple[str, ...]]:
    if isinstance(choice, Mapping):
        return table_of(choice), ()
    recognition = choice or chosen(dump.recognitions)
    if recognition is None:
        return None, ()
    return BY_NAME[recognition.source], recognition.within


def _of_no_source(record: Record) -> Unplaced:
    return Unplaced(record.number, record.line, Why.OTHER_RECORD, "", evidence_of(record))
