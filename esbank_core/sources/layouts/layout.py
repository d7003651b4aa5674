"""Which layout a text has, told by its beginning, and the records in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, assert_never

from esbank_core.sources.layouts.csv_records import SEPARATORS, read_csv
from esbank_core.sources.layouts.json_records import read_json_lines, read_json_values
from esbank_core.sources.layouts.wrapper import IsRecord
from esbank_core.sources.records import NoRecords, Record, Unplaced, Why

_MOST_LINES: Final = 50
"""Lines at the beginning that are looked at."""
_LONGEST_HEADER: Final = 10_000


class Layout(StrEnum):
    """How the records of a file stand."""

    JSON_LINES = "JSON Lines"
    JSON_ARRAY = "JSON array"
    JSON_OBJECT = "JSON object"
    """One object that holds the records, or one after another over several lines each."""
    CSV = "CSV"
    SQLITE = "SQLite"


def layout_of(head: str, *, is_all: bool) -> Layout:
    """The layout of a text that begins with ``head``; ``is_all`` if it ends there as well.

    Raises:
        NoRecords: there are none in it.
    """
    text = head.lstrip(" \t\r\n\x1e")
    if not text:
        raise NoRecords(Why.NO_RECORDS, 1)
    lines = [line.strip(" \t\r\x1e") for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]]
    if not is_all and len(lines) < _MOST_LINES:
        lines.pop()  # it may go on
    whole = [line for line in lines if line]
    objects = sum(1 for line in whole if line[0] == "{" and line.rstrip(",")[-1] == "}")
    if text[0] == "[":
        return Layout.JSON_ARRAY
    if 2 * objects >= len(whole) and objects > (1 if text[0] == "{" else 0):
        return Layout.JSON_LINES
    if text[0] == "{":
        return Layout.JSON_OBJECT
    header = text[:_LONGEST_HEADER].partition("\n")[0]
    if any(not (c.isprintable() or c in "\t\r") for c in header) or "\ufffd" in header:
        raise NoRecords(Why.NOT_TEXT, 1, header)
    if not any(separator in header for separator in SEPARATORS):
        raise NoRecords(Why.NOT_JSON, 1, header)
    return Layout.CSV


def read_records(
    layout: Layout, chunks: Iterable[str], is_record: IsRecord = lambda _: False
) -> Iterator[Record | Unplaced]:
    """The records of a text of this layout, and what is broken among them."""
    match layout:
        case Layout.JSON_LINES:
            return read_json_lines(chunks)
        case Layout.JSON_ARRAY | Layout.JSON_OBJECT:
            return read_json_values(chunks, is_record)
        case Layout.CSV:
            return read_csv(chunks)
        case Layout.SQLITE:
            raise ValueError(layout)
    assert_never(layout)
