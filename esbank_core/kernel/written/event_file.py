"""The file of events: JSON Lines, each a CloudEvent, in order of position.

Read and written one line at a time, so that a file may be larger than memory. A file is read
whole or refused whole: the refusal names the line, the reason and a remedy, and it is raised,
so that nobody goes on with half a history. Positions and versions follow from the order of the
lines; a line that says otherwise is refused. What reads takes chunks of bytes and what writes
gives lines of text: opening files is for others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar, cast

from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import Position, StreamId, Version
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import format_sequence, from_cloud_event, to_line
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.json_lines import Line, parse_object, read_lines, refused
from esbank_core.kernel.written.own_form import OwnForm

Event = TypeVar("Event")

_WRITE_CLOUD_EVENTS: Final = (
    "A line is a CloudEvents 1.0 event with at least id, source, type, subject, time and data."
)
_KEEP_ORDER: Final = (
    "Put the lines back in the order in which they were written, from the first on, or leave "
    "“sequence” and “streamversion” out of every line: they follow from the order."
)


def read_events(
    chunks: Iterable[bytes], codec: Codec[Event]
) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
    """The events of a file, in order, each at the position and version that follow.

    ``chunks`` are the file's bytes in pieces of any size.

    Raises:
        RefusedLine: the file is not one of events; what was read until then counts for
            nothing.
    """
    own_form = OwnForm(codec)
    versions: dict[StreamId, int] = {}
    for line in read_lines(chunks):
        position = Position(line.number)
        read: RecordedEvent[Event | UnknownEvent] | None = own_form.read(
            line.text, position, versions
        )
        if read is None:
            read = _read_any(line, codec, position, versions)
        yield read


def write_events(
    recorded: Iterable[RecordedEvent[Event | Opaque]],
    codec: Codec[Event],
    head_hash: str = GENESIS_HASH,
) -> Iterator[str]:
    """The lines of a file, each with its line feed, chained from ``head_hash`` on.

    Raises:
        Damage: an event is unreadable, or has no canonical form to make a hash of.
    """
    for recorded_event in recorded:
        event = recorded_event.event
        if isinstance(event, UnreadableEvent):
            raise Damage(f"Event {recorded_event.id} cannot be written: {event.reason}", event.text)
        readable = cast("RecordedEvent[Event | UnknownEvent]", recorded_event)
        try:
            line, head_hash = to_line(readable, codec, head_hash)
        except ValueError as unfit:
            raise Damage(f"Event {recorded_event.id} cannot be written: {unfit}") from unfit
        yield line + "\n"


def _read_any(
    line: Line, codec: Codec[Event], position: Position, versions: dict[StreamId, int]
) -> RecordedEvent[Event | UnknownEvent]:
    document = parse_object(line)
    subject = document.get("subject")
    version = versions.get(StreamId(subject), 0) + 1 if isinstance(subject, str) else 1
    try:
        read = from_cloud_event(document, codec, position=position, version=Version(version))
    except Damage as damage:
        is_misplaced = _is_misplaced(document, position, version)
        remedy = _KEEP_ORDER if is_misplaced else _WRITE_CLOUD_EVENTS
        raise refused(line, damage.reason, remedy) from None
    versions[read.stream_id] = version
    return read


def _is_misplaced(document: Mapping[str, object], position: Position, version: int) -> bool:
    """Whether an event says that it is of another place; ``True`` is not version 1."""
    sequence, given = document.get("sequence"), document.get("streamversion")
    return sequence not in (None, format_sequence(position)) or (
        given is not None and (type(given) is not int or given != version)
    )
