"""What reading by a source or a mapping would make of the first records, before all are read.

For whoever sets a mapping by hand: which fields there are, with a value of each, and what the first
three events would be. A mapping is changed one part at a time, and is a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from esbank_core.kernel.recorded import Actor
from esbank_core.sources.cloud_events import CloudEvents
from esbank_core.sources.found import Found, data_found
from esbank_core.sources.json_text import compact
from esbank_core.sources.known import BY_NAME
from esbank_core.sources.mapping import PARTS, Mapping, shape_of, suggested_mapping, table_of
from esbank_core.sources.pointers import Pointer, found_in
from esbank_core.sources.record_reader import reader_of
from esbank_core.sources.records import Record, Unplaced
from esbank_core.sources.table import Recognition, Table

MOST_PREVIEWED: Final = 3
LONGEST_EXAMPLE: Final = 60
"""Characters of a field's value."""


class FieldFound(NamedTuple):
    """A field that records have, and the beginning of a value of it."""

    pointer: Pointer
    example: str


class Previewed(NamedTuple):
    """What one record would become."""

    number: int
    line: int
    stream: str
    type: str
    version: int | None
    position: int | None
    time: datetime | None
    actor: Actor | None
    correlation_id: str | None
    causation_id: str | None
    data: object


def fields_found(sample: Sequence[Record]) -> tuple[FieldFound, ...]:
    """The fields of records, nested ones and those within JSON in texts too."""
    found = found_in(record.fields for record in sample)
    return tuple(FieldFound(pointer, _example(value)) for pointer, value in found.items())


def mapping_to_begin_with(sample: Sequence[Record]) -> Mapping:
    """The mapping that the names of fields suggest; else the first field, for the type."""
    suggested = suggested_mapping(sample)
    if suggested is not None:
        return suggested
    first = next(iter(found_in(record.fields for record in sample)), ())
    return Mapping(type=first, data=(), shape=shape_of(sample))


def with_part(mapping: Mapping, part: str, pointer: Pointer | None) -> Mapping:
    """The mapping with another field for one of its parts; None for nowhere.

    Raises:
        ValueError: it has no such part, or the type would stand nowhere.
    """
    match part:
        case "type" if pointer is None:
            raise ValueError(part)
        case _ if part not in PARTS:
            raise ValueError(part)
        case "type" if pointer is not None:
            return replace(mapping, type=pointer)
        case "stream":
            return replace(mapping, stream=pointer)
        case "version":
            return replace(mapping, version=pointer)
        case "position":
            return replace(mapping, position=pointer)
        case "time":
            return replace(mapping, time=pointer)
        case "data":
            return replace(mapping, data=pointer)
        case "actor":
            return replace(mapping, actor=pointer)
        case "correlation":
            return replace(mapping, correlation=pointer)
        case _:
            return replace(mapping, causation=pointer)


def preview(
    sample: Sequence[Record], choice: Recognition | Mapping
) -> tuple[Previewed | Unplaced, ...]:
    """What the first records would become, by a source or a mapping.

    Of CloudEvents, which are read as they are, there is no preview.
    """
    within: Pointer = ()
    table: Table
    if isinstance(choice, Mapping):
        table = table_of(choice)
    else:
        source = BY_NAME[choice.source]
        if isinstance(source, CloudEvents):
            return ()
        table, within = source, choice.within
    read = reader_of(table, sample, within)
    return tuple(_previewed(read(record)) for record in islice(sample, MOST_PREVIEWED))


def _previewed(found: Found | Unplaced) -> Previewed | Unplaced:
    if isinstance(found, Unplaced):
        return found
    return Previewed(
        found.number,
        found.line,
        found.stream,
        found.type,
        found.version,
        found.position,
        found.time,
        found.actor,
        found.correlation_id,
        found.causation_id,
        data_found(found),
    )


def _example(value: object) -> str:
    text = value if isinstance(value, str) else compact(value)
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"
