"""The file of events: JSON Lines, each a CloudEvent, in order of position.

Read and written one line at a time, so that a file may be larger than memory. A file is read
whole or refused whole: the refusal names the line, the reason and a remedy, and it is raised,
so that nobody goes on with half a history. Positions and versions follow from the order of the
lines; a line that says otherwise is refused. What reads takes chunks of bytes and what writes
gives lines of text: opening files is for others. Behind the mark of an event that was lost
(``marks``), the next event of a stream may be a later version than the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar, cast

from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import read_lines, refused
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.marks import is_mark

Event = TypeVar("Event")


def read_events(
    chunks: Iterable[bytes], codec: Codec[Event]
) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
    """The events of a file, in order, each at the position and version that follow.

    ``chunks`` are the file's bytes in pieces of any size.

    Raises:
        RefusedLine: the file is not one of events; what was read until then counts for
            nothing.
    """
    form = LineCodec(codec)
    versions: dict[StreamId, Version] = {}
    is_any_lost = False
    for line in read_lines(chunks):
        position = Position(line.number)
        try:
            read = form.read(line.text, position, versions, may_skip=is_any_lost)
        except UnfitLine as unfit:
            raise refused(line, unfit) from None
        is_any_lost = is_any_lost or is_mark(read)
        yield read


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
