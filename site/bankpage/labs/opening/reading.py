"""One file read: its bytes to events with their lines, a run at a time.

Here alone it is chosen by what a file is read. Lines of events go through the one door that
storage goes through as well, and keep their lines as they stand; so do the rows of a ledger in
SQLite, and events in an array, which have a line each from then on. What other stores dumped is
read by the core's sources, and its lines are those with which it will be exported.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from bankpage.labs.opening.files import File, Manner, Run, Sorting, Step
from bankpage.labs.opening.glimpse import Kind
from bankpage.labs.opening.refusals import (
    LONGEST_EVIDENCE,
    NotKnownError,
    Refusal,
    RefusedError,
    of_line,
    of_no_records,
    of_why,
    refusal,
    shortened,
)
from bankpage.labs.opening.room import MOST_UNPACKED
from esbank_core.bank.account import CODEC, Ledger, Readable
from esbank_core.bank.events import Event
from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.written.event_file import EventReader
from esbank_core.kernel.written.json_lines import (
    LONGEST_LINE,
    ONE_EVENT_A_LINE,
    Lines,
    read_many_lines,
)
from esbank_core.sources import (
    ALL,
    Dump,
    Mapping,
    NoRecords,
    Outcome,
    Reading,
    Recognition,
    Why,
    open_database,
    open_dump,
    read_in_slices,
    read_together,
    shape_of,
)
from esbank_core.sources.cloud_events import CLOUD_EVENTS, EVENTSOURCINGDB
from esbank_core.sources.known import chosen
from esbank_core.sources.layouts.sqlite_rows import tables_of
from esbank_core.sources.layouts.text import Decoded, Unpacked
from esbank_core.sources.reading import Choice
from esbank_core.sources.records import Unplaced

Result = TypeVar("Result")

RUN: Final = 500
"""Events between two looks at whether something else is to be done: some 15 ms of a browser's."""

SORTED_RUN: Final = 1_500
"""The same of events that were read and put in order before."""

_LEDGER: Final = "ledger"
_COLUMNS: Final = frozenset(("position", "stream_id", "version", "line"))
"""What a row of a ledger in SQLite has (``sqlite_tables``)."""

_STRINGS_AND_BLANKS: Final = re.compile(r'("(?:[^"\\]|\\.)*+")|[ \t\r\n]+')


def dumps_of(files: Sequence[File], most_unpacked: int, manner: Manner) -> list[Dump | None]:
    """The records of files, opened; None of a file of events in lines, which is read as it stands.

    Raises:
        RefusedError: there are none in one of them.
    """
    is_part = manner.part != ALL
    return [
        _dump_of(file, MOST_UNPACKED if is_part else most_unpacked)
        if is_part or file.glimpse.kind is not Kind.EVENT_LINES
        else None
        for file in files
    ]


def _dump_of(file: File, most_unpacked: int) -> Dump:
    try:
        return open_dump(file.pieces, most_unpacked)
    except NoRecords as none:
        why = of_no_records(file.name, none)
        if none.why is Why.NO_RECORDS and file.glimpse.kind is Kind.DATABASE:
            why = refusal("database-empty", file.name)
        raise RefusedError(why) from None


def together(dumps: Sequence[Dump | None], manner: Manner) -> list[tuple[Dump, Choice]]:
    """Those of several dumps that may be put together, and by what to read each."""
    if len(dumps) <= 1 or manner.is_asked:
        return []
    pairs: list[tuple[Dump, Choice]] = []
    for dump in filter(None, dumps):
        choice = _choice_among_several(dump, manner)
        name = choice.source if isinstance(choice, Recognition) else ""
        if choice is not None and name not in (CLOUD_EVENTS.name, EVENTSOURCINGDB.name):
            pairs.append((dump, choice))
    return pairs


def unknown_among(
    files: Sequence[File], dumps: Sequence[Dump | None], manner: Manner
) -> NotKnownError | None:
    """The first of several dumps of which nobody knows what it is: it is asked about by itself."""
    for file, dump in zip(files, dumps, strict=True):
        is_dump = dump is not None and dump.sample and _ledger_in(dump) is None
        if len(files) > 1 and dump and is_dump and _choice_among_several(dump, manner) is None:
            return NotKnownError(file.name, dump)
    return None


def refuse_mixed(
    files: Sequence[File], dumps: Sequence[Dump | None], pairs: Sequence[tuple[Dump, Choice]]
) -> None:
    """See that not some of several files are of other stores, and some are events in lines.

    Raises:
        RefusedError: they are.
    """
    if 0 < len(pairs) < len(dumps):
        theirs = [dump for dump, _ in pairs]
        are_theirs = [any(dump is one for one in theirs) for dump in dumps]
        ours, other = files[are_theirs.index(False)], files[are_theirs.index(True)]
        raise RefusedError(refusal("mixed", other.name, before=shortened(ours.name)))


def _choice_among_several(dump: Dump, manner: Manner) -> Choice:
    """What was chosen for records of one shape says nothing of those of another."""
    source, shape = chosen(dump.recognitions), shape_of(dump.sample)
    choice = manner.choice
    if isinstance(choice, Mapping) and choice.shape != shape:
        choice = None
    kept = next((mapping for mapping in manner.mappings if mapping.shape == shape), None)
    return choice or kept or source


def steps_together(
    first: File, dumps: Sequence[tuple[Dump, Choice]], manner: Manner
) -> Iterator[Step]:
    """The events of several dumps of other stores', put together in one order.

    Raises:
        RefusedError: there are none of the part that is wanted.
    """
    for dump, _ in dumps:
        dump.longest_event = LONGEST_LINE
    try:
        readings = yield from _sorted(first, read_together(dumps, CODEC, RUN, manner.part))
    finally:
        for dump, _ in dumps:
            dump.close()
    yield from _runs_of(first, readings, manner)


def steps_of(
    file: File, held: Ledger, most_unpacked: int, manner: Manner, dump: Dump | None
) -> Iterator[Step]:
    """The events of a file that goes on from those held, if it says that it does.

    ``dump`` are its records, where they are no lines of events. Of a dump of another store's there
    is the outcome as well.

    Raises:
        NotKnownError: the reader is to say as what the records are to be read.
        RefusedError: it is no history, or what it unpacks to is too large.
    """
    if dump is None:
        try:
            yield from _of_lines(file, held, most_unpacked)
        except NoRecords as none:
            raise RefusedError(of_no_records(file.name, none)) from None
        return
    try:
        yield from _of_dump(file, dump, held, manner)
    finally:
        dump.close()


def _of_lines(file: File, held: Ledger, most_unpacked: int) -> Iterator[Run]:
    """Of lines of events, as they stand: but for white space that a line may end with."""
    reader = EventReader(CODEC, held)
    unpacked = Unpacked(file.pieces, most_unpacked)
    last: Lines | None = None
    try:
        for lines in read_many_lines(_utf_8(unpacked)):
            if lines.is_cut and (file.is_cut or unpacked.trouble is not None):
                break  # within this line, but that is not what is wrong with it
            if "\r" in lines.text:
                text = lines.text.replace("\r\n", "\n").removesuffix("\r")
                lines = lines._replace(text=text)  # noqa: PLW2901
            last = lines
            yield from _runs(reader, lines)
    except RefusedLine as refused:
        is_end = last is not None and last.is_cut
        raise RefusedError(of_line(file.name, refused, is_array=False), is_end=is_end) from None
    if unpacked.trouble is not None and not file.may_end_by(unpacked.trouble):
        raise RefusedError(of_why(file.name, unpacked.trouble, 0, ""), is_end=True)


def _utf_8(chunks: Unpacked) -> Iterator[bytes]:
    """The text of a file as UTF-8, without its mark."""
    decoded = Decoded(chunks)
    if decoded.encoding == "utf-8":
        yield from decoded.as_bytes()
    else:
        for text in decoded:
            yield text.encode("utf-8", "surrogatepass")


def _runs(reader: EventReader[Event], lines: Lines) -> Iterator[Run]:
    texts = lines.text.split("\n")
    start = end = 0
    events: list[Readable] = []
    for run in reader.read(lines):
        events += run
        end += len(run)
        if end - start >= RUN:
            yield Run(events, texts[start:end])
            events, start = [], end
    if events:
        yield Run(events, texts[start:end])


def _of_dump(file: File, dump: Dump, held: Ledger, manner: Manner) -> Iterator[Step]:
    source, shape = chosen(dump.recognitions), shape_of(dump.sample)
    kept = next((mapping for mapping in manner.mappings if mapping.shape == shape), None)
    choice = manner.choice or kept
    if manner.part != ALL and (ledger := _ledger_in(dump)):
        lines = open_dump(
            f"{text}\n".encode("utf-8", "surrogatepass") for text in _rows(file, ledger)
        )
        yield from _of_dump(file, lines, held, manner)
        return
    if choice is None and (ledger := _ledger_in(dump)):
        texts = _rows(file, ledger)
    elif choice is None and source and _is_plain(source, dump) and manner.part == ALL:
        texts = _elements(file, dump)
    elif manner.is_asked or not (choice or source):
        if not dump.sample:
            raise RefusedError(_nothing_in(file, dump))
        raise NotKnownError(file.name, dump)
    else:
        dump.longest_event = LONGEST_LINE
        slices = read_in_slices(dump, CODEC, choice, RUN, manner.part)
        reading = yield from _sorted(file, slices)
        yield from _runs_of(file, (reading,), manner)
        return
    reader = EventReader(CODEC, held)
    number = 1
    while some := list(islice(texts, RUN)):
        try:
            yield from _runs(reader, Lines(number, "\n".join(some), is_cut=False))
        except RefusedLine as refused:
            raise RefusedError(of_line(file.name, refused, is_array=True)) from None
        number += len(some)


def _is_plain(source: Recognition, dump: Dump) -> bool:
    """Whether records are CloudEvents as they stand in JSON, with nothing around or beside them."""
    is_json = all(record.text for record in dump.sample)
    return source.source == CLOUD_EVENTS.name and not source.within and is_json


def _sorted(file: File, slices: Generator[int, None, Result]) -> Generator[Step, None, Result]:
    """Of what other stores dumped: all of it is put in order before there is a first event."""
    while True:
        try:
            yield Sorting(next(slices))
        except StopIteration as done:
            result: Result = done.value
            return result
        except RefusedLine as refused:
            raise RefusedError(of_line(file.name, refused, is_array=True)) from None


def _runs_of(file: File, readings: Sequence[Reading[Event]], manner: Manner) -> Iterator[Step]:
    events = readings[0].events
    if not events:
        if manner.part != ALL:
            raise RefusedError(refusal("portion", file.name))
        raise RefusedError(refusal("unplaced", file.name, _first_of(readings[0].outcome)))
    for reading in readings:
        yield reading.outcome
    for start in range(0, len(events), SORTED_RUN):
        yield Run(events[start : start + SORTED_RUN], None)


def _first_of(outcome: Outcome) -> str:
    return outcome.unplaced[0].example.evidence if outcome.unplaced else ""


def _nothing_in(file: File, dump: Dump) -> Refusal:
    """Why there is no record in a file."""
    first = next(iter(dump.records()), None)
    if isinstance(first, Unplaced):
        return of_why(file.name, first.why, first.line, first.evidence)
    return refusal("blank", file.name)


def _ledger_in(dump: Dump) -> Dump | None:
    """The table of a database in which a ledger of ours stands; None where there is none."""
    database = dump.database
    if database is None or _LEDGER not in tables_of(database):
        return None
    ledger = open_database(database, _LEDGER)
    return ledger if ledger.sample[0].fields.keys() == _COLUMNS else None


def _rows(file: File, dump: Dump) -> Iterator[str]:
    """The lines that the rows of a ledger hold."""
    for record in dump.records():
        if isinstance(record, Unplaced):
            raise RefusedError(of_why(file.name, record.why, record.line, record.evidence))
        line = record.fields.get("line")
        if not isinstance(line, str) or "\n" in line:
            evidence = str(line)[:LONGEST_EVIDENCE]
            odd = RefusedLine(record.number, "Its row holds no line.", ONE_EVENT_A_LINE, evidence)
            raise RefusedError(of_line(file.name, odd, is_array=True))
        yield line


def _elements(file: File, dump: Dump) -> Iterator[str]:
    """A line for each record of JSON, which says the same as it did, letter by letter in texts."""
    for record in dump.records():
        if isinstance(record, Unplaced):
            why = record.why
            if why is Why.CUT_SHORT and dump.trouble is not None:
                why = dump.trouble  # which is what cut it short
            if file.may_end_by(why):
                return
            said = of_why(file.name, why, record.line, record.evidence)
            raise RefusedError(said, is_end=why in (Why.CUT_SHORT, Why.UNPACKS_TOO_LARGE))
        text = record.text
        is_spaced = "\n" in text or "\r" in text or '": ' in text
        yield _STRINGS_AND_BLANKS.sub(r"\1", text) if is_spaced else text
