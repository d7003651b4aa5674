"""A source as a table: which fields its records have, and what they become.

A source is recognised by marks, the fields that only its records have together. Names are
compared without case and underscores, so that ``global_index``, ``globalIndex`` and
``GLOBAL_INDEX`` are one field: the same table has them all, whichever database or library
wrote the dump.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, NamedTuple

from esbank_core.sources.pointers import Pointer, look, opened, parse_pointer
from esbank_core.sources.records import Note, Record, Why

ENVELOPES: Final[tuple[Pointer, ...]] = ((), ("payload",))
"""Where in a record a source's own fields may stand."""

_SURE: Final = 50
"""Certainty, of 100, that all marks give; the rest is the share of fields that are known."""


class Part(NamedTuple):
    """Where a part of an event stands: at the first pointer that has a value, or at all joined."""

    pointers: tuple[Pointer, ...] = ()
    is_joined: bool = False


def at(*pointers: str) -> Part:
    """The value at the first of these JSON Pointers that has one."""
    return Part(tuple(map(parse_pointer, pointers)))


def joined(*pointers: str) -> Part:
    """The values at all of these JSON Pointers, with slashes between."""
    return Part(tuple(map(parse_pointer, pointers)), is_joined=True)


NOWHERE: Final = Part()

DERIVED: Final = "="
"""How the names of derived values begin, which stand in no record."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What an event is made of, and where in a record it stands."""

    type: Part = NOWHERE
    stream: Part = NOWHERE
    data: Part = NOWHERE
    id: Part = NOWHERE
    version: Part = NOWHERE
    position: Part = NOWHERE
    group: Part = NOWHERE
    """Within which positions compare."""
    time: Part = NOWHERE
    """When it happened; where a source knows that only as the time of recording, that."""
    recorded_time: Part = NOWHERE
    """When it was recorded, where that is another field than ``time``."""
    actor: Part = NOWHERE
    correlation: Part = NOWHERE
    causation: Part = NOWHERE


Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """One source: how its records are recognised, and what their fields become."""

    name: str
    marks: tuple[str, ...]
    """Pointers to what every record has."""
    parts: Parts
    also: tuple[str, ...] = ()
    """Names of further fields that a record may have."""
    required: tuple[str, ...] = ("type",)
    """Parts without which a record has no place."""
    refuses: Callable[[Fields], Why | None] = lambda _: None
    """Why a record of this source is no event, if it is none."""
    derived: Callable[[Fields], Fields] | None = None
    """Values that take more than one field, under names that begin with ``DERIVED``."""
    always: Note | None = None
    """What is to be said of every event of this source."""
    is_binary: bool = False
    """Whether data is a column of bytes: hexadecimal or base64 in text, maybe compressed."""
    oid_is_elsewhere: bool = False
    """Whether a bare number for data is the number of a large object that is not in the dump."""


class Recognition(NamedTuple):
    """How sure a source is that records are its own: of 100, and by which fields."""

    source: str
    certainty: int
    marks: tuple[str, ...]
    within: Pointer = ()
    """Where in each record the source's own fields stand."""


def recognise(table: Table, records: Iterable[Record]) -> Recognition:
    """How sure a table is that these records are its own."""
    sample = list(records)
    best = Recognition(table.name, 0, ())
    for within in ENVELOPES:
        certainties = [_certainty(table, fields_within(record, within)) for record in sample]
        certainty = sum(certainties) // len(certainties) if certainties else 0
        if certainty > best.certainty:
            best = Recognition(table.name, certainty, table.marks, within)
    return best


def fields_within(record: Record, within: Pointer) -> Fields:
    """A source's own fields in a record; none where there is no such envelope."""
    if not within:
        return record.fields
    inner = look(record.fields, within)
    if isinstance(inner, str):
        inner = opened(inner).value
    return inner if isinstance(inner, dict) else {}


def fitted(table: Table, names: Iterable[str]) -> Table:
    """The table with its fields' names as these records spell them."""
    spelt = {_folded(name): name for name in reversed(list(names))}

    def respelt(pointer: Pointer) -> Pointer:
        if not pointer:
            return pointer
        first, *rest = pointer
        return (spelt.get(_folded(first), first), *rest)

    parts = {
        field.name: Part(tuple(map(respelt, part.pointers)), part.is_joined)
        for field in fields(Parts)
        for part in (getattr(table.parts, field.name),)
    }
    return replace(table, parts=Parts(**parts))


def _certainty(table: Table, record: Fields) -> int:
    if not record:
        return 0
    names = {_folded(name): name for name in record}
    for mark in table.marks:
        first, *rest = parse_pointer(mark)
        name = names.get(_folded(first))
        if name is None or (rest and look(record[name], rest) is None):
            return 0
    known = {_folded(first) for first in _first_steps(table)}
    share = sum(1 for name in names if name in known) / len(names)
    return _SURE + round((100 - _SURE) * share)


def _first_steps(table: Table) -> Iterable[str]:
    yield from table.also
    for field in fields(Parts):
        for pointer in getattr(table.parts, field.name).pointers:
            yield from pointer[:1]
    for mark in table.marks:
        yield from parse_pointer(mark)[:1]


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
