"""From one record to one event, by a table: the same steps for every source.

Data that would change if it were written again is kept as its own JSON bytes
(``data_base64``, which ``found.data_of`` looks into).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.written.cloud_events import ABSENT
from esbank_core.kernel.written.times import format_time
from esbank_core.sources import json_text
from esbank_core.sources.found import (
    BASE64_ATTRIBUTE,
    RECORD_ATTRIBUTE,
    RECORDED_TIME_ATTRIBUTE,
    Found,
)
from esbank_core.sources.instants import Instant, parse_instant
from esbank_core.sources.pointers import (
    Opened,
    Pointer,
    by_name,
    format_pointer,
    look,
    opened,
)
from esbank_core.sources.record_data import (
    as_it_stood,
    inexact_at,
    is_large,
    opened_cells,
    unpacked,
    without,
)
from esbank_core.sources.records import Note, Noted, Record, Unplaced, Why, evidence_of, names_of
from esbank_core.sources.table import Fields, Part, Table, fields_within, fitted

_WHOLE: Final = re.compile(r"-?[0-9]{1,20}(?:\.0+)?", re.ASCII)
"""A whole number; tables that knew nothing better write it with a fraction of 0."""
_NO_CHARACTER: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(p + 0xFFFE) + chr(p + 0xFFFF) for p in range(0, 0x110000, 0x10000))
    + "]"
)
"""What no CloudEvents attribute may hold."""
_LARGEST_NAME: Final = 10**100
_MISSING: Final = (None, "")

Reader = Callable[[Record], Found | Unplaced]


class _MisfitError(Exception):
    """Why a record has no place, and which field is at fault."""

    def __init__(self, why: Why, pointer: Pointer = ()) -> None:
        super().__init__(why)
        self.why = why
        self.pointer = pointer


def reader_of(table: Table, sample: Sequence[Record], within: Pointer = ()) -> Reader:
    """What reads the records of one source, spelt as those of the sample are."""
    inner = [Record(r.number, r.line, fields_within(r, within)) for r in sample]
    return _RecordReader(fitted(table, names_of(inner)), within).read


class _RecordReader:
    def __init__(self, table: Table, within: Pointer) -> None:
        parts = table.parts
        self._table = table
        self._within = within
        self._data = parts.data.pointers[0] if parts.data.pointers else None
        self._required = frozenset(table.required)
        self._noted_first: dict[Note, Noted] = {}
        self._inexact: dict[str, str] = {}
        """Texts of JSON in the record at hand that their values are not exactly, by field."""
        every = (
            *(parts.type, parts.stream, parts.id, parts.version, parts.position, parts.group),
            *(parts.time, parts.recorded_time, parts.actor, parts.correlation, parts.causation),
        )
        # What pointers lead into is opened once a record, if it is a text.
        self._containers = tuple(
            dict.fromkeys(
                pointer[0] for part in every for pointer in part.pointers if len(pointer) > 1
            )
        )
        # What is looked for by name in a list of names and values, as Kafka's headers are written.
        self._listed = frozenset(self._containers) - {
            pointer[0]
            for part in every
            for pointer in part.pointers
            if len(pointer) > 1 and pointer[1].isdecimal()
        }

    def read(self, record: Record) -> Found | Unplaced:
        """The event of one record, or why there is none."""
        try:
            return self._found(record)
        except _MisfitError as misfit:
            return Unplaced(
                record.number,
                record.line,
                misfit.why,
                format_pointer((*self._within, *misfit.pointer)) if misfit.pointer else "",
                evidence_of(record),
            )

    def _found(self, record: Record) -> Found:
        table, parts = self._table, self._table.parts
        fields = fields_within(record, self._within) if self._within else record.fields
        if not fields:
            raise _MisfitError(Why.OTHER_RECORD)
        noted: list[tuple[Note, Pointer]] = []
        attributes: dict[str, object] = {"source": table.name}
        view = self._opened(fields)
        if why := table.refuses(view):
            raise _MisfitError(why)

        type_name = self._text("type", parts.type, view)
        if type_name is None:
            raise self._other_record(fields)
        stream = self._text("stream", parts.stream, view)
        if stream is None:
            stream = table.name
            noted.append((Note.NO_STREAM, _first(parts.stream)))
        version = self._whole("version", parts.version, view)
        position = self._whole("position", parts.position, view)
        group = self._text("group", parts.group, view) or "" if parts.group.pointers else ""
        event_id = self._text("id", parts.id, view) or ""
        instant = self._instant("time", parts.time, view)
        recorded = self._instant("recorded_time", parts.recorded_time, view)
        if instant is None:
            instant, recorded = recorded, None
        if instant is None:
            noted.append((Note.NO_TIME, _first(parts.time)))
        elif instant.is_assumed:
            noted.append((Note.OFFSET_ASSUMED, _first(parts.time)))
        if recorded is not None and recorded != instant:
            attributes[RECORDED_TIME_ATTRIBUTE] = format_time(recorded.time)
        actor_id = self._text("actor", parts.actor, view) if parts.actor.pointers else None

        attributes["dataschema"] = _schema(table.name, type_name)
        data = self._read_data(record, fields, view, noted)
        value = data.value
        if data.written is not None:
            value = None
            attributes["data"] = ABSENT
            noted.append((Note.KEPT_AS_WRITTEN, self._data or ()))
            attributes[BASE64_ATTRIBUTE] = b64encode(
                data.written.encode("utf-8", "backslashreplace")
            ).decode()
        attributes[RECORD_ATTRIBUTE] = self._rest(record)
        if table.always is not None:
            noted.append((table.always, ()))
        return Found(
            record.number,
            record.line,
            event_id,
            stream,
            type_name,
            value,
            version,
            position,
            group,
            None if instant is None else instant.time,
            None if actor_id is None else Actor("user", actor_id),
            self._text("correlation", parts.correlation, view),
            self._text("causation", parts.causation, view),
            attributes,
            tuple(self._noted(record, note, pointer) for note, pointer in noted) if noted else (),
        )

    def _opened(self, fields: Fields) -> Mapping[str, object]:
        """The fields, with what pointers lead into opened where it is a text."""
        derived = self._table.derived
        if not self._containers and derived is None:
            return fields
        view = dict(fields)
        inexact = self._inexact = {}
        for name in self._containers:
            value = view.get(name)
            if type(value) is str:
                found = self._opened_data(value)
                if found.written is not None:
                    inexact[name] = found.written
                view[name] = value = found.value
            if type(value) is list and name in self._listed:
                view[name] = by_name(value)
        if derived is not None:
            view.update(derived(view))
        return view

    def _other_record(self, fields: Fields) -> _MisfitError:
        """Why there is no type: the record is another's, or its field is not there."""
        pointer = _first(self._table.parts.type)
        is_there = bool(pointer) and pointer[0] in fields
        return _MisfitError(Why.FIELD_MISSING if is_there else Why.OTHER_RECORD, pointer)

    def _value(self, name: str, part: Part, view: Fields) -> object:
        """The value of a part; None where there is none.

        Raises:
            _MisfitError: there is none, and no event of this source is without.
        """
        value: object = None
        pointers = part.pointers
        if len(pointers) == 1:
            (pointer,) = pointers
            value = view.get(pointer[0])
            if len(pointer) > 1 and value is not None:
                value = look(value, pointer[1:])
            if value is not None and value != "":
                return value
        elif part.is_joined:
            values = [look(view, pointer) for pointer in pointers]
            if not any(value in _MISSING for value in values):
                value = "/".join(map(_plain_text, values, pointers))
        else:
            last = pointers[-1]
            for pointer in pointers:
                value = view.get(pointer[0])
                if len(pointer) > 1 and value is not None:
                    value = look(value, pointer[1:])
                if value is not None and value != "" and (pointer is last or _is_plain(value)):
                    return value
        if value in _MISSING:
            if name in self._required:
                raise _MisfitError(Why.FIELD_MISSING, _first(part))
            return None
        return value

    def _text(self, name: str, part: Part, view: Fields) -> str | None:
        pointers = part.pointers
        if not pointers:
            return None
        if len(pointers) == 1 and len(pointers[0]) == 1:
            plain = view.get(pointers[0][0])
            if type(plain) is str and plain and plain.isprintable():
                return plain  # which is most of them
        value = self._value(name, part, view)
        return None if value is None else _plain_text(value, pointers[0])

    def _whole(self, name: str, part: Part, view: Fields) -> int | None:
        if not part.pointers:
            return None
        value = self._value(name, part, view)
        if value is None or type(value) is int:
            return value
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value.partition(".")[0])
        if isinstance(value, float) and value.is_integer():
            return int(value)
        raise _MisfitError(Why.OTHER_KIND, _first(part))

    def _instant(self, name: str, part: Part, view: Fields) -> Instant | None:
        if not part.pointers:
            return None
        value = self._value(name, part, view)
        if value is None:
            return None
        instant = parse_instant(value)
        if instant is None:
            raise _MisfitError(Why.OTHER_KIND, _first(part))
        return instant

    def _read_data(
        self, record: Record, fields: Fields, view: Fields, noted: list[tuple[Note, Pointer]]
    ) -> Opened:
        pointer = self._data
        if pointer is None:
            return Opened(None)
        value: object
        if not pointer:
            value = fields if record.text else opened_cells(fields)
        else:
            value = view.get(pointer[0]) if len(pointer) == 1 else look(view, pointer)
        written = self._inexact_text(record, pointer)
        if written is not None:
            return Opened(value, written)
        found = Opened(value)
        if isinstance(value, str):
            found = self._opened_data(value)
            if not found.is_json:
                noted.append((self._note_on(value), pointer))
        elif self._table.oid_is_elsewhere and type(value) is int:
            noted.append((Note.DATA_ELSEWHERE, pointer))
        if not record.text and found.written is None and is_large(found.value):
            return Opened(found.value, json_text.compact(found.value))
        if record.written and found.written is None:
            return Opened(found.value, inexact_at(record.text, (*self._within, *pointer)))
        return found

    def _inexact_text(self, record: Record, pointer: Pointer) -> str | None:
        """The JSON of data in a text, or in a cell's envelope, that is not exactly its value."""
        if pointer and (text := self._inexact.get(pointer[0])) is not None:
            return inexact_at(text, pointer[1:])
        if self._within and not record.text:
            cell = record.fields.get(self._within[0])
            if isinstance(cell, str) and opened(cell).written is not None:
                return inexact_at(cell, pointer)
        return None

    def _opened_data(self, text: str) -> Opened:
        found = opened(text)
        if found.is_json or not self._table.is_binary:
            return found
        inner = unpacked(text)
        return found if inner is None else opened(inner)

    def _note_on(self, text: str) -> Note:
        is_oid = self._table.oid_is_elsewhere and text.isdecimal()
        return Note.DATA_ELSEWHERE if is_oid else Note.DATA_NOT_OPENED

    def _rest(self, record: Record) -> str:
        """The record as it came, as JSON, without what became the data."""
        pointer = None if self._data is None else (*self._within, *self._data)
        if not record.written:
            return json_text.compact(without(record.fields, pointer))
        whole = pointer[0] if pointer and len(pointer) == 1 else None
        return (
            "{"
            + ",".join(
                f"{json_text.quoted(name)}:{as_it_stood(record, name, value)}"
                for name, value in record.fields.items()
                if name != whole and pointer != ()
            )
            + "}"
        )

    def _noted(self, record: Record, note: Note, pointer: Pointer) -> Noted:
        """A note; its first example stands for all that are only counted."""
        first = self._noted_first.get(note)
        if first is None:
            shown = format_pointer((*self._within, *pointer)) if pointer else ""
            evidence = evidence_of(record)
            first = Noted(record.number, record.line, note, shown, evidence)
            self._noted_first[note] = first
        return first


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _first(part: Part) -> Pointer:
    return part.pointers[0] if part.pointers else ()


def _plain_text(value: object, pointer: Pointer) -> str:
    """A text, or a whole number as one; what is no character in it, or controls, is escaped.

    Raises:
        _MisfitError: it is anything else.
    """
    if type(value) is int and abs(value) < _LARGEST_NAME:
        return str(value)
    if not isinstance(value, str):
        raise _MisfitError(Why.OTHER_KIND, pointer)
    return value if value.isprintable() else _NO_CHARACTER.sub(_escaped, value)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


@lru_cache(maxsize=1024)
def _schema(source: str, type_name: str) -> str:
    """A name for the schema of another store's events: not one of ours, whatever the type's."""
    return f"urn:{source}:{quote(type_name, safe='')}"
