"""CloudEvents 1.0, ours and anyone's, and EventSourcingDB's, which are some.

They are read by the kernel's own reader, line by line in whatever layout they stand: what is
no valid CloudEvent is refused whole, as a file of events is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.written.codec import Codec
from esbank_core.kernel.written.event_file import read_events
from esbank_core.sources import json_text
from esbank_core.sources.pointers import opened, text_at
from esbank_core.sources.records import Record, Unplaced, Why, evidence_of
from esbank_core.sources.table import ENVELOPES, Recognition, fields_within

Event = TypeVar("Event")


class CloudEvents(NamedTuple):
    """A source whose records are CloudEvents: its name, and the attributes that mark it."""

    name: str
    marks: tuple[str, ...]


CLOUD_EVENTS: Final = CloudEvents("cloudevents", ("/specversion",))
EVENTSOURCINGDB: Final = CloudEvents(
    "eventsourcingdb", ("/specversion", "/predecessorhash", "/hash")
)

_NOTHING_ELSE: Final = frozenset(("heartbeat", "subject", "eventType", "row"))
"""What EventSourcingDB sends between events."""
_CUT_SHORT: Final = ("The file ends in the middle of it.", "Copy the whole file again.")
_INTEGERS: Final = ("streamversion",)
_LONGEST_INTEGER: Final = 15
"""Digits of an integer that is one in JSON as well."""


def recognise(source: CloudEvents, records: Iterable[Record]) -> Recognition:
    """How sure it is that records are CloudEvents of this source: one is enough."""
    sample = list(records)
    for within in ENVELOPES:
        mine = [
            fields
            for record in sample
            if all(mark[1:] in (fields := fields_within(record, within)) for mark in source.marks)
        ]
        if mine:
            certainty = 100 if source is EVENTSOURCINGDB else 90 if within else 99
            return Recognition(source.name, certainty, source.marks, within)
    return Recognition(source.name, 0, source.marks)


class CloudEventsReader:
    """Reads CloudEvents out of records, or of the lines of a file as they stand."""

    def __init__(self, within: tuple[str, ...] = ()) -> None:
        self._within = within
        self._number = 0
        self.passed_over: list[Unplaced] = []
        """What stood between the events and is none; emptied by whoever counts it."""

    def read_text(
        self, text: Iterable[str], codec: Codec[Event]
    ) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events of JSON Lines, as they stand.

        Raises:
            RefusedLine: one is no valid CloudEvent.
        """
        return read_events((chunk.encode("utf-8", "surrogatepass") for chunk in text), codec)

    def read(
        self, records: Iterable[Record | Unplaced], codec: Codec[Event]
    ) -> Iterator[RecordedEvent[Event | UnknownEvent]]:
        """The events of records, in order.

        Raises:
            RefusedLine: one is no valid CloudEvent; the line is the record's number.
        """
        try:
            yield from read_events(self._lines(records), codec)
        except RefusedLine as refused:
            raise RefusedLine(
                self._number, refused.reason, refused.remedy, refused.evidence
            ) from None

    def _lines(self, records: Iterable[Record | Unplaced]) -> Iterator[bytes]:
        """Each event on a line of its own, as the kernel's reader takes them."""
        for record in records:
            self._number = record.number
            if isinstance(record, Unplaced):
                if record.why is Why.CUT_SHORT:
                    raise RefusedLine(record.number, *_CUT_SHORT, record.evidence)
                text = record.evidence
            elif self._within and not self._is_event(record):
                self.passed_over.append(
                    Unplaced(record.number, record.line, Why.NO_EVENT, "", evidence_of(record))
                )
                continue
            else:
                text = self._text_of(record)
            # In JSON, line breaks stand between values alone.
            line = text.replace("\n", " ").replace("\r", " ")
            yield line.encode("utf-8", "surrogatepass") + b"\n"

    def _text_of(self, record: Record) -> str:
        if not record.text and not self._within:
            return _from_cells(record)
        text = text_at(record.text or json_text.compact(dict(record.fields)), self._within)
        if text is not None and text.startswith('"'):  # JSON in a string
            inner = json_text.decode_nearly(text)
            return inner if isinstance(inner, str) else text
        return text or "null"

    def _is_event(self, record: Record) -> bool:
        kind = record.fields.get("type")
        is_between = isinstance(kind, str) and kind in _NOTHING_ELSE
        return "specversion" in fields_within(record, self._within) or not is_between


def _from_cells(record: Record) -> str:
    """A record of cells as the JSON that it stands for."""
    fields: dict[str, object] = dict(record.fields)
    for name in _INTEGERS:
        value = fields.get(name)
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            fields[name] = int(value[:_LONGEST_INTEGER])
    data = fields.get("data")
    if isinstance(data, str):
        found = opened(data)
        if found.written is None:
            fields["data"] = found.value
        else:
            del fields["data"]
            return json_text.compact(fields)[:-1] + f',"data":{found.written}}}'
    return json_text.compact(fields)
