"""Rows as CSV: RFC 4180 to the letter, and no cell that a spreadsheet would take for a formula.

Source: RFC 4180, "Common Format and MIME Type for CSV Files"; OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from esbank_core.kernel.written.times import format_time

CsvCell = str | int | datetime | None
"""A datetime is an aware instant, written as RFC 3339 does; None is an empty cell."""

_TO_BE_QUOTED: Final = re.compile('[",\r\n]')
_FORMULA: Final = re.compile(r"[\t\r\n]|[\s\x00-\x1f\ufeff]*[=+\-@＝＋－＠]")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[CsvCell]]) -> str:
    """A header and rows as the text of a CSV file."""
    return "".join(csv_lines(header, rows))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[CsvCell]]) -> Iterator[str]:
    """The same line by line, each with its line break, so that a long one can be made in slices."""
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[CsvCell]) -> str:
    line = ",".join(map(_cell, cells))
    # A line with nothing in it would be no record of one empty cell, but no record at all.
    return (line or '""') + "\r\n"


def _cell(cell: CsvCell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return format_time(cell)
        case int():
            return str(cell)
        case _:
            text = _defused(cell)
            return '"' + text.replace('"', '""') + '"' if _TO_BE_QUOTED.search(text) else text


def _defused(text: str) -> str:
    """A text behind an apostrophe if a spreadsheet would run it; a number is a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
