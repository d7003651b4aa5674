"""How the cells of an answer read, on the page and in a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bankpage.paper.figures import local_time, money
from esbank_core.bank.money import currency_of
from esbank_core.questions.ask import CURRENCY, MILLISECONDS, MINOR_UNITS, Answer, Cell, Column, Row
from esbank_core.questions.wording.csv_text import CsvCell
from esbank_core.questions.wording.times import format_span


def currency_place(columns: Sequence[Column]) -> int | None:
    """Which cell of a row names its currency, if one does."""
    return next((nth for nth, column in enumerate(columns) if column.unit == CURRENCY), None)


def shown_columns(columns: Sequence[Column]) -> tuple[int, ...]:
    """The columns that are shown: a currency stands with its amounts."""
    return tuple(nth for nth, column in enumerate(columns) if column.unit != CURRENCY)


def reading(cell: Cell, column: Column, currency: Cell) -> str:
    """A cell as people read it; times in the zone that the browser is in."""
    match cell:
        case None:
            return ""
        case datetime():
            return local_time(cell)
        case int() if column.unit == MINOR_UNITS:
            return money(cell, currency_of(str(currency)))
        case int() if column.unit == MILLISECONDS:
            return format_span(cell)
        case int():
            return f"{cell:,}"
        case _:
            return cell


def csv_header(answer: Answer) -> tuple[str, ...]:
    """The names of the columns in a file, each with its unit where that is not plain."""
    return tuple(
        f"{column.name}_ms" if column.unit == MILLISECONDS else column.name
        for column in answer.columns
    )


def csv_row(answer: Answer, row: Row) -> tuple[CsvCell, ...]:
    """A row in a file: amounts in whole units, as the currency beside them writes them."""
    at = currency_place(answer.columns)
    currency = "" if at is None else row[at]
    return tuple(
        _decimal(cell, str(currency))
        if isinstance(cell, int) and column.unit == MINOR_UNITS
        else cell
        for cell, column in zip(row, answer.columns, strict=True)
    )


def _decimal(minor_units: int, currency: str) -> str:
    digits = currency_of(currency).digits
    whole, fraction = divmod(abs(minor_units), 10**digits)
    sign = "-" if minor_units < 0 else ""
    return f"{sign}{whole}.{fraction:0{digits}d}" if digits else f"{sign}{whole}"
