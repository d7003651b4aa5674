"""Records of which nobody knows what they are, or said to be other ones: read as the reader says.

By a source, or by fields chosen one by one: a mapping, which is kept for records of the same shape
and goes along as a file. What would become of the first records is shown meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bankpage.labs.opening.sourced import NAMES
from esbank_core.sources import Mapping as FieldMapping
from esbank_core.sources import Recognition, shape_of, suggested_mapping
from esbank_core.sources.found import Found
from esbank_core.sources.known import BY_NAME
from esbank_core.sources.mapping import NAME, PARTS, table_of
from esbank_core.sources.pointers import Pointer, format_pointer, found_in, parse_pointer
from esbank_core.sources.reading import Choice
from esbank_core.sources.record_reader import reader_of
from esbank_core.sources.records import Record, Unplaced
from esbank_core.sources.table import Table

PREVIEWED: Final = 3
"""Records that are shown as the events that they would be."""

BY_HAND: Final = NAME
"""What is chosen instead of a source, where the fields are chosen one by one."""

NO_FIELD: Final = "-"
"""What is chosen for a part that stands nowhere; the empty pointer is the record itself."""

TABLES: Final = tuple(name for name in NAMES if isinstance(BY_NAME.get(name), Table))
"""The sources that records can be read as, whatever they seem to be."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How records are to be read: as whose, and with which fields where they are nobody's."""

    sample: tuple[Record, ...]
    recognitions: tuple[Recognition, ...]
    by: str
    mapping: FieldMapping | None
    """None, as long as no field is chosen for the type."""


def begun(
    sample: tuple[Record, ...],
    recognitions: tuple[Recognition, ...],
    kept: Iterable[FieldMapping],
) -> Reading:
    """What to begin with: what was set for such records, else what they seem to be, or a guess."""
    mapping = _kept_for(sample, kept)
    source = next((one.source for one in recognitions if one.source in TABLES), BY_HAND)
    return Reading(
        sample, recognitions, BY_HAND if mapping else source, mapping or suggested_mapping(sample)
    )


def _kept_for(sample: tuple[Record, ...], kept: Iterable[FieldMapping]) -> FieldMapping | None:
    """What was set for such records; or for others that have all the fields that it chooses."""
    shape = shape_of(sample)
    mappings = tuple(kept)
    found = {(), *found_in(record.fields for record in sample)}
    alike = (
        replace(one, shape=shape)
        for one in mappings
        if all(pointer in found for part in PARTS if (pointer := getattr(one, part)) is not None)
    )
    return next((one for one in mappings if one.shape == shape), None) or next(alike, None)


def changed(reading: Reading, fields: Mapping[str, str]) -> Reading:
    """The same with what is chosen now.

    Raises:
        ValueError, KeyError: that is no choice that is offered.
    """
    by = fields["by"]
    if by != BY_HAND and by not in TABLES:
        raise ValueError(f"Nothing is read as “{by}”.")
    if by != BY_HAND or reading.by != BY_HAND:
        return replace(reading, by=by)  # the fields were not there to be chosen
    chosen = {
        part: parse_pointer(fields[part])
        for part in PARTS
        if fields.get(part) not in (None, NO_FIELD)
    }
    if "type" not in chosen:
        return replace(reading, mapping=None)
    shape = shape_of(reading.sample)
    return replace(reading, mapping=FieldMapping(**chosen, shape=shape))


def choice_of(reading: Reading) -> Choice:
    """By what the whole file is to be read; None where nothing is chosen yet."""
    if reading.by == BY_HAND:
        return reading.mapping
    known = (one for one in reading.recognitions if one.source == reading.by)
    return next(known, Recognition(reading.by, 0, ()))


def fields_in(reading: Reading) -> tuple[str, ...]:
    """The fields that were found, nested ones too, as pointers."""
    return tuple(map(format_pointer, found_in(record.fields for record in reading.sample)))


def field_of(reading: Reading, part: str) -> str:
    """The field that is chosen for a part."""
    pointer: Pointer | None = getattr(reading.mapping, part) if reading.mapping else None
    return NO_FIELD if pointer is None else format_pointer(pointer)


def previewed(reading: Reading) -> tuple[Found | Unplaced, ...]:
    """The first records as the events that they would be, or why they would be none."""
    choice = choice_of(reading)
    first = reading.sample[:PREVIEWED]
    if isinstance(choice, FieldMapping):
        return tuple(map(reader_of(table_of(choice), reading.sample), first))
    table = BY_NAME.get(choice.source) if choice else None
    if choice is None or not isinstance(table, Table):
        return ()
    return tuple(map(reader_of(table, reading.sample, choice.within), first))
