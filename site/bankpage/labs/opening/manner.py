"""As what records are read: a source or fields to choose, and the first events that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bankpage.labs.opening import choosing
from bankpage.labs.opening.choosing import BY_HAND, NO_FIELD, TABLES, Reading
from bankpage.labs.opening.refusals import shortened
from bankpage.labs.opening.sourced import NAMES, phrase_of
from bankpage.paper import figures
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.kernel.written.times import format_time
from esbank_core.sources import json_text
from esbank_core.sources.found import Found
from esbank_core.sources.mapping import PARTS
from esbank_core.sources.records import Unplaced

_LONGEST_CELL: Final = 60


def manner(reading: Reading | None, phrases: Phrases) -> Iterator[Slot]:
    """The form, and the preview; empty and hidden where nothing is to be chosen."""
    is_by_hand = reading is not None and reading.by == BY_HAND
    yield Slot("opening-manner", {"hidden": reading is None})
    sources = [(BY_HAND, phrases("opening-by-hand")), *((name, NAMES[name]) for name in TABLES)]
    chosen = reading.by if reading else ""
    yield Slot("opening-by", {}, _options(sources if reading else [], chosen))
    yield Slot("opening-fields", {"hidden": not is_by_hand, "disabled": not is_by_hand})
    pointers = choosing.fields_in(reading) if reading and is_by_hand else ()
    for part in PARTS:
        fields = [(NO_FIELD, phrases("opening-nowhere")), *((one, one) for one in pointers)]
        if part == "data":
            fields.insert(1, ("", phrases("opening-whole-record")))
        value = choosing.field_of(reading, part) if reading else NO_FIELD
        yield Slot(f"opening-part-{part}", {}, _options(fields if is_by_hand else [], value))
    rows = tuple(_row(one, phrases) for one in choosing.previewed(reading)) if reading else ()
    yield Slot("opening-preview", {"hidden": not rows})
    yield Slot("opening-preview-rows", {}, rows)
    missing = phrases("opening-type-missing") if reading and not rows else ""
    yield text("opening-type-missing", missing, hidden=not missing)
    yield Slot("opening-open-so", {"hidden": reading is None, "disabled": not rows})
    has_mapping = is_by_hand and bool(rows)
    yield Slot("opening-save-mapping", {"hidden": not has_mapping})


def _options(choices: list[tuple[str, str]], chosen: str) -> tuple[Node, ...]:
    return tuple(
        Element("option", {"value": value, "selected": value == chosen}, (shortened(words),))
        for value, words in choices
    )


def _row(found: Found | Unplaced, phrases: Phrases) -> Element:
    number = Element("th", {"scope": "row"}, (str(found.number),))
    if isinstance(found, Unplaced):
        why = phrases(
            phrase_of(found.why),
            count=1,
            record=found.number,
            field=found.field,
            evidence=shortened(found.evidence),
        )
        return Element("tr", {}, (number, Element("td", {"colspan": "5"}, (why,))))
    cells = (
        found.stream,
        found.type,
        "" if found.version is None else str(found.version),
        "" if found.time is None else format_time(found.time),
        json_text.compact(found.data),
    )
    return Element("tr", {}, (number, *(Element("td", {}, (_cell(one),)) for one in cells)))


def _cell(words: str) -> str:
    return figures.shortened(words, _LONGEST_CELL)
