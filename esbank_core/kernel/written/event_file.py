"""The file of events: JSON Lines, each a CloudEvent, in order of position.

Read and written one line at a time, so that a file may be larger than memory. A file is read
whole or refused whole: the refusal names the line, the reason and a remedy, and it is raised,
so that nobody goes on with half a history. Positions and versions follow from the order of the
lines; a line that says otherwise is refused. What reads takes chunks of bytes and what writes
gives lines of text: opening files is for others. Behind the mark of an event that was lost
(``marks``), the next event of a stream may be a later version than the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, Generic, TypeVar, cast

from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.history import History
from esbank_core.kernel.identity import GENESIS, EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import claimed_position
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import (
    Line,
    Lines,
    parse_text,
    read_many_lines,
    refused,
)
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.marks import is_mark

Event = TypeVar("Event")
State = TypeVar("State")


class EventReader(Generic[Event]):
    """Reads a file's lines as they come, so that somebody else may be heard in between.

    A file that says that it begins at a later position goes on from the history ``held``, as the
    next part of a log does, or the same part once more; without one it is refused.
    """

    def __init__(self, codec: Codec[Event], held: History[State, Event] | None = None) -> None:
        self._form = LineCodec(codec)
        self._versions: dict[StreamId, Version] = {}
        self._sequences = _Sequences()
        self._held = held.head if held else GENESIS
        self._first = GENESIS
        self._time = held.recorded[-1].time if held and held.head else None
        self._is_any_lost = False

    def read(self, lines: Lines) -> Iterator[Sequence[RecordedEvent[Event | UnknownEvent]]]:
        """The events of the lines that come next, one for each line, in runs.

        Raises:
            RefusedLine: the file is not one of events; what was read until then counts for
                nothing.
        """
        text, number, start = lines.text, lines.first, 0
        if number == 1 and self._held:
            first = text[: _end_of_line(text, 0)]
            self._first = min(_position_before(first), self._held)
        while start <= len(text):
            position = Position(self._first + number)
            run, start = self._form.read_run(text, start, position, self._versions)
            if run:
                self._time = run[-1].time
                number += len(run)
                yield run
                continue
            end = _end_of_line(text, start)
            yield (self._read_any(Line(number, text[start:end], lines.is_cut), position),)
            number += 1
            start = end + 1

    def _read_any(self, line: Line, position: Position) -> RecordedEvent[Event | UnknownEvent]:
        try:
            read = self._form.read(
                line.text,
                position,
                self._versions,
                # Of a part, what came before is held; importing sees to the rest.
                may_skip=self._is_any_lost or self._first > GENESIS,
                time_before=self._time,
            )
            if read.attributes:
                self._sequences.see(read)
        except UnfitLine as unfit:
            raise refused(line, unfit) from None
        self._is_any_lost = self._is_any_lost or is_mark(read)
        self._time = read.time
        return read


def read_events(
    chunks: Iterable[bytes],
    codec: Codec[Event],
    held: History[State, Event] | None = None,
) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
    """The events of a file, in order, each at the position and version that follow.

    ``chunks`` are the file's bytes in pieces of any size; ``held`` is as for ``EventReader``.

    Raises:
        RefusedLine: the file is not one of events; what was read until then counts for
            nothing.
    """
    reader = EventReader(codec, held)
    for lines in read_many_lines(chunks):
        for run in reader.read(lines):
            yield from run


def _end_of_line(text: str, start: int) -> int:
    feed = text.find("\n", start)
    return len(text) if feed < 0 else feed


def _position_before(text: str) -> Position:
    """The position before the one that a line claims; Genesis where it claims none."""
    try:
        claimed = claimed_position(parse_text(text))
    except UnfitLine:
        return GENESIS
    return Position(max(claimed - 1, GENESIS)) if claimed else GENESIS


class _Sequences:
    """The order that events of others claim, of each source in each stream.

    It may be counted and spelt in any way, but not go backwards; an event that comes again does
    not count.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[object, StreamId], str] = {}
        self._seen: set[tuple[object, EventId]] = set()

    def see(self, recorded: RecordedEvent[Event | UnknownEvent]) -> None:
        """Hold the next event to what was seen.

        Raises:
            UnfitLine: it says that it came before one that stands before it.
        """
        given = recorded.attributes.get("sequence")
        source = recorded.attributes.get("source")
        if given is None or (source, recorded.id) in self._seen:
            return
        self._seen.add((source, recorded.id))
        sequence, key = str(given), (source, recorded.stream_id)
        last = self._last.get(key)
        if last is not None and _is_before(sequence, last):
            raise UnfitLine(
                f"It says that its “sequence” is {sequence!r}, after {last!r} of the same source.",
                "Put the lines in the order in which the events happened, or leave “sequence” "
                "out of every line.",
            )
        self._last[key] = sequence


def _is_before(sequence: str, last: str) -> bool:
    """Whether one comes before the other: as numbers, or both as text and by the numbers in it."""
    if (last, sequence) == _WRAPS_AROUND:
        return False
    if _INTEGER.fullmatch(last) and _INTEGER.fullmatch(sequence):
        return int(sequence) < int(last)
    return sequence < last and _numbers_in(sequence) < _numbers_in(last)


_WRAPS_AROUND: Final = ("2147483647", "-2147483648")
"""The last and the first of CloudEvents' ``sequencetype`` Integer."""


_INTEGER: Final = re.compile("-?[0-9]{1,40}")


def _numbers_in(text: str) -> list[tuple[str, int]]:
    parts = re.split("([0-9]{1,18})", text)
    return [(words, int(number or 0)) for words, number in zip_longest(parts[::2], parts[1::2])]


def write_events(
    recorded: Iterable[RecordedEvent[Event | Opaque]],
    codec: Codec[Event],
    head_hash: str = GENESIS_HASH,
) -> Iterator[str]:
    """The lines of a file, each with its line feed, chained from ``head_hash`` on.

    Raises:
        Damage: an event is unreadable.
        Unwritable: an event could not be read back.
    """
    form = LineCodec(codec)
    for recorded_event in recorded:
        event = recorded_event.event
        if isinstance(event, UnreadableEvent):
            raise Damage(f"Event {recorded_event.id} cannot be written: {event.reason}", event.text)
        readable = cast("RecordedEvent[Event | UnknownEvent]", recorded_event)
        line, head_hash = form.write(readable, head_hash)
        yield line + "\n"
