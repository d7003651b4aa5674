"""Records of cells: CSV with a header, as PostgreSQL's ``COPY … CSV HEADER`` writes it.

A quote within quotes is doubled; commas and line breaks may stand within them. An empty cell
without quotes is nothing (NULL), one with them an empty text. The separator is the one that the
header uses: comma, semicolon or tab.

Source: RFC 4180, and PostgreSQL's documentation of COPY.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Final, NamedTuple

from esbank_core.sources.layouts.lines import lines_of
from esbank_core.sources.layouts.text import is_spoilt
from esbank_core.sources.layouts.window import LONGEST_RECORD
from esbank_core.sources.records import LONGEST_EVIDENCE, Record, Unplaced, Why

SEPARATORS: Final = (",", "\t", ";", "|")
_EXCELS: Final = re.compile(r'"?sep=."?', re.IGNORECASE)
"""A first line that is for Excel alone."""
_QUOTED: Final = r'"[^"]*(?:""[^"]*)*"'


def separator_of(header: str) -> str:
    """The character that parts the cells of a header: the most frequent outside quotes."""
    bare = re.sub(_QUOTED, "", header)
    return max(SEPARATORS, key=bare.count)


def read_csv(chunks: Iterable[str]) -> Iterator[Record | Unplaced]:
    """One record a row, under the names of the first row."""
    rows = _Rows(chunks)
    header = next(rows, None)
    if header is not None and _EXCELS.fullmatch(header.text):
        header = next(rows, None)
    if header is None:
        return
    cells = _Cells(separator_of(header.text))
    names = _distinct([value or "" for value in cells.of(header.text) or ()])
    rows.is_row = lambda line: len(cells.of(line) or ()) == len(names)
    for number, (line, row, is_whole) in enumerate(rows, start=1):
        values = cells.of(row) if is_whole else None
        if not is_whole:
            why = Why.TOO_LONG if len(row) >= LONGEST_RECORD else Why.CUT_SHORT
            yield Unplaced(number, line, why, "", row[:LONGEST_EVIDENCE])
        elif values is None or len(values) != len(names):
            yield Unplaced(number, line, Why.OTHER_CELLS, "", row[:LONGEST_EVIDENCE])
        elif is_spoilt(row):
            yield Unplaced(number, line, Why.NOT_TEXT, "", row[:LONGEST_EVIDENCE])
        else:
            cells_by_name = zip(names, values, strict=True)
            fields = {name: value for name, value in cells_by_name if value is not None}
            yield Record(number, line, fields)


class _Row(NamedTuple):
    line: int
    text: str
    is_whole: bool
    """Whether its quotes are closed."""


class _Rows:
    """The rows that are not empty, each with the number of its first line.

    A row whose quotes never close, or which grows beyond the longest record, is given with its
    first line. It goes on from the next line that is a row by itself (``is_row``), if any is: the
    quote stood there by mistake, or the file ends within the row.
    """

    def __init__(self, chunks: Iterable[str]) -> None:
        self._lines = lines_of(chunks)
        self._again: list[tuple[int, str]] = []
        self.is_row: Callable[[str], bool] = lambda _: False

    def __iter__(self) -> Iterator[_Row]:
        return self

    def __next__(self) -> _Row:
        while True:
            taken, is_whole = self._next_lines()
            first, text = taken[0]
            if not is_whole:
                self._take_back(taken[1:])
                return _Row(first, text.rstrip("\r"), is_whole=False)
            row = text if len(taken) == 1 else "\n".join(text for _, text in taken)
            row = row.rstrip("\r")
            if row:
                return _Row(first, row, is_whole=len(row) < LONGEST_RECORD)

    def _next_lines(self) -> tuple[list[tuple[int, str]], bool]:
        """The lines of one row, and whether they are a whole one."""
        taken: list[tuple[int, str]] = []
        quotes = length = 0
        while length < LONGEST_RECORD:
            line, text = self._next_line()
            if line < 0:
                break
            taken.append((line, text))
            quotes += text.count('"')
            length += len(text) + 1
            # A quote within a bare cell, as of inches, opens nothing.
            if not quotes % 2 or (len(taken) == 1 and self.is_row(text)):
                return taken, True
        if not taken:
            raise StopIteration
        return taken, False

    def _next_line(self) -> tuple[int, str]:
        if self._again:
            return self._again.pop()
        after = next(self._lines, None)
        return (-1, "") if after is None else after[:2]

    def _take_back(self, lines: list[tuple[int, str]]) -> None:
        start = next((nth for nth, (_, line) in enumerate(lines) if self.is_row(line)), len(lines))
        self._again.extend(reversed(lines[start:]))


class _Cells:
    """Cuts a row, whose quotes are closed, at one separator."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        mark = re.escape(separator)
        # In quotes, bare, or what is no cell at all.
        self._found = re.compile(
            rf"""(?:({_QUOTED})|([^"{mark}][^{mark}]*)?){mark}|(.)""", re.DOTALL
        ).findall

    def of(self, row: str) -> list[str | None] | None:
        """The cells, None for an empty one; None if the row's quotes make no cells."""
        if '"' not in row:
            return [value or None for value in row.split(self._separator)]
        found: list[tuple[str, str, str]] = self._found(row + self._separator)
        if any(map(_garbage, found)):
            return None
        return [
            quoted[1:-1].replace('""', '"') if quoted else bare or None for quoted, bare, _ in found
        ]


_garbage = itemgetter(2)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names of the columns; of two alike, as a join gives them, the second is counted."""
    found: dict[str, int] = {}
    for name in names:
        distinct = name
        while distinct in found:
            found[name] += 1
            distinct = f"{name}_{found[name]}"
        found[distinct] = 1
    return tuple(found)
