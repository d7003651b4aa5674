"""What goes to standard output: a table for people, or JSON for programs.

Nothing from a file reaches a terminal as it is: a control character in a note could move the
cursor or worse, so it is shown as its escape. What is for programs is UTF-8 wherever it goes; what
is for people is in the encoding of their terminal, and what that lacks is shown as its escape.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import TextIOWrapper
from typing import Final

from esbank_core.bank.money import currency_of, format_money
from esbank_core.kernel.instant import Instant
from esbank_core.kernel.written.times import format_time
from esbank_core.questions.ask import MILLISECONDS, MINOR_UNITS, Cell, Column
from esbank_core.questions.wording.times import format_instant, format_span

WIDEST_CELL: Final = 48
"""Characters of a cell in a table, save in its last column; in JSON nothing is cut."""


def print_json(document: object) -> None:
    """Print one JSON document; an instant in it is written as RFC 3339 does."""
    _speak_utf_8()
    print(escaped_json(json.dumps(document, ensure_ascii=False, default=_as_json)))


def write_documents(lines: Iterable[str]) -> None:
    """Write the lines of a file to standard output: as they are, unless that is a terminal."""
    _speak_utf_8()
    if sys.stdout.isatty():
        lines = (escaped_json(line.rstrip("\n")) + "\n" for line in lines)
    sys.stdout.writelines(lines)


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """Print rows under the names of their columns; nothing at all where there are no rows.

    Amounts are written in the currency that the row's column ``currency`` names.
    """
    names = [column.name for column in columns]
    currency_at = names.index("currency") if "currency" in names else None
    shown = [
        [
            _shown(cell, column, row[currency_at] if currency_at is not None else None)
            for cell, column in zip(row, columns, strict=True)
            if column.name != "currency"
        ]
        for row in rows
    ]
    if not shown:
        return
    kept = [column for column in columns if column.name != "currency"]
    heads = [printable(column.name.replace("_", " ").capitalize()) for column in kept]
    print_cells(
        heads, shown, [column.unit is not None and column.unit != "RFC 3339" for column in kept]
    )


def print_cells(
    heads: Sequence[str], rows: Sequence[Sequence[str]], is_number: Sequence[bool]
) -> None:
    """Print texts under their heads, numbers to the right; all but the last of a row may be cut."""
    shown = [[*map(_cut, cells[:-1]), *cells[-1:]] for cells in rows]
    widths = [max(map(len, cells)) for cells in zip(heads, *shown, strict=True)]
    for cells in [heads, ["-" * width for width in widths], *shown]:
        line = "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, is_number, strict=True)
        )
        print(line.rstrip())


def print_line(text: str) -> None:
    """Print a sentence, fit for a terminal; nothing at all where there is none."""
    if text:
        print(printable(text))


def print_aside(texts: Iterable[str]) -> None:
    """Print sentences to standard error, where standard output is taken by a file."""
    for text in texts:
        sys.stderr.write(f"{printable(text)}\n")


def print_lines(texts: Iterable[str]) -> None:
    """Print several sentences."""
    for text in texts:
        print_line(text)


def printable(text: str) -> str:
    """A text from a file, made fit for a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def escaped_json(text: str) -> str:
    """The same JSON with its control characters, and all that is not printable, as escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in text
    )


def written(value: object) -> str:
    """A value of a reader's domain on one line: a text as it is, all else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def money(minor_units: int, currency: str) -> str:
    """An amount as people read it."""
    return printable(format_money(minor_units, currency_of(currency)).replace("\u00a0", " "))


def _speak_utf_8() -> None:
    """For programs, whatever the terminal is said to speak."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")


def _shown(cell: Cell, column: Column, currency: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return format_time(cell)
        case int() if column.unit == MINOR_UNITS:
            return money(cell, str(currency))
        case int() if column.unit == MILLISECONDS:
            return format_span(cell)
        case _:
            return printable(str(cell))


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"


def _as_json(value: object) -> str:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, Instant):
        return format_instant(value)
    raise TypeError(f"{value!r} has no form in JSON.")
