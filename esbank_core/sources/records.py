"""What a file holds, one record at a time, and why one could not be placed among the events.

A record is an object of JSON or a row of cells, whatever wrote it. Codes and values only: the
sentences are those of whoever shows them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from esbank_core.sources.json_text import compact

LONGEST_EVIDENCE: Final = 200
"""Characters of a record that go along with the reason why it has no place."""

ALL_EXACT: Final[Mapping[str, str]] = MappingProxyType({})


class Record(NamedTuple):
    """One record of a file, as it came."""

    number: int
    """From 1, among the records of the file."""
    line: int
    """The line on which it begins, from 1; 0 where there are no lines, as in a database."""
    fields: Mapping[str, object]
    text: str = ""
    """The record as JSON, as it stands in the file; empty where it came in cells."""
    written: Mapping[str, str] = ALL_EXACT
    """The JSON, as it stands, of those fields whose value would change if written again."""


class Why(StrEnum):
    """Why a record has no place among the events."""

    NOT_JSON = "not JSON"
    NOT_TEXT = "not text"
    NOT_AN_OBJECT = "not an object"
    NAME_TWICE = "name twice"
    TOO_LONG = "too long"
    CUT_SHORT = "cut short"
    OTHER_CELLS = "other cells than the header names"
    UNPACKS_TOO_LARGE = "unpacks too large"
    BROKEN_GZIP = "broken gzip"
    BROKEN_DATABASE = "broken database"
    OTHER_RECORD = "another record than the reader's"
    FIELD_MISSING = "field missing"
    OTHER_KIND = "another kind of value"
    HALF_CHARACTER = "half of a character"
    COMMAND = "a command"
    NO_EVENT = "no event"
    NO_RECORDS = "no records"
    REPEATED = "the same event again"
    CONFLICT = "another event under the same id"


class Unplaced(NamedTuple):
    """A record, or what should have been one, that is not among the events."""

    number: int
    line: int
    why: Why
    field: str = ""
    """The pointer to the field that was at fault, where one was."""
    evidence: str = ""
    """The beginning of the record as it was found."""


class Note(StrEnum):
    """What is to be said of an event that did get its place."""

    NO_STREAM = "no stream"
    NO_TIME = "no time"
    OFFSET_ASSUMED = "offset assumed"
    VERSIONS_MISSING = "versions missing"
    SAME_PLACE = "same place in its stream"
    DATA_NOT_OPENED = "data not opened"
    DATA_ELSEWHERE = "data elsewhere"
    KEPT_AS_WRITTEN = "data kept as written"
    ANOTHER_SCHEMA = "another schema"
    INTENT_MISSING = "intent missing"


class Noted(NamedTuple):
    """A note on the event of one record."""

    number: int
    line: int
    note: Note
    field: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there were of a kind, with the first as an example."""

    code: Why | Note
    count: int
    example: Unplaced | Noted


class Tallies:
    """Counts by code, each with the first example; of any number of records in little memory."""

    def __init__(self) -> None:
        self._examples: dict[Why | Note, Unplaced | Noted] = {}
        self._counts: Counter[Why | Note] = Counter()

    def add(self, example: Unplaced | Noted) -> None:
        """Count one more."""
        code = example[2]
        self._counts[code] += 1
        if code not in self._examples:
            self._examples[code] = example

    def all(self) -> tuple[Tally, ...]:
        """Every kind that there was, the most frequent first."""
        return tuple(
            Tally(code, count, self._examples[code]) for code, count in self._counts.most_common()
        )


class NoRecords(Exception):  # noqa: N818 - it says what the file has
    """A file that holds no records at all: ``why`` says what is there instead, ``line`` where."""

    def __init__(self, why: Why, line: int, evidence: str = "") -> None:
        self.why = why
        self.line = line
        self.evidence = evidence[:LONGEST_EVIDENCE]
        super().__init__(f"Line {line}: {why}")


def names_of(records: Iterable[Record]) -> tuple[str, ...]:
    """The names of the fields of several records, in order of first appearance."""
    return tuple(dict.fromkeys(name for record in records for name in record.fields))


def evidence_of(record: Record) -> str:
    """The beginning of a record, as it was found."""
    return (record.text or compact(dict(record.fields)))[:LONGEST_EVIDENCE]
