"""What messages make of the Analytics lab: a question is put slice by slice, at any position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from heapq import nlargest, nsmallest
from itertools import chain
from typing import Final, assert_never

from bankpage.labs.analytics.how import draft_of
from bankpage.labs.analytics.messages import (
    AskedFor,
    ChangeWanted,
    Chosen,
    CsvWanted,
    CsvWentOn,
    EventSought,
    Followed,
    Message,
    MoreWanted,
    SortedBy,
    SortingWentOn,
    WentOn,
)
from bankpage.labs.analytics.model import FIRST_ROWS, Asking, Filing, Given, Model, Order, Sorting
from bankpage.labs.analytics.plot import plot_of
from bankpage.labs.analytics.reading import csv_header, csv_row, currency_place
from bankpage.labs.contract import LookAt, OpenLab, Study, Subject, Turn
from bankpage.paper.effects import Download
from bankpage.paper.occasion import Occasion
from esbank_core.bank.money import CURRENCIES, currency_of
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.questions.ask import MINOR_UNITS, Answer, Asked, Cell, Row
from esbank_core.questions.wording.csv_text import csv_lines
from esbank_core.questions.wording.misread import MisreadError
from esbank_core.questions.wording.questions import Kind, QuestionForm

SLICE: Final = 1_500
"""Events that a question is shown with one message: some 20 ms in a browser."""
SORTED_AT_ONCE: Final = 4_000
"""Rows that are sorted with one message."""
MOST_DIGITS: Final = max(CURRENCIES)
"""Digits of the finest minor unit that there is."""
WRITTEN_AT_ONCE: Final = 500
"""Rows that are written to a file with one message."""
MORE: Final = 4
"""How many times as many rows are shown when more are asked for."""

LabTurn = Turn[Model, Message]


def update(model: Model, message: Message, subject: Subject, occasion: Occasion) -> LabTurn:
    """The next model, and what is asked for."""
    match message:
        case Chosen(form=form):
            return Turn(
                replace(model, form=form, misread=None, defaults=defaults_of(form, subject))
            )
        case AskedFor():
            return _asked(model, message, subject)
        case WentOn(nth=nth):
            return _went_on(model, nth, subject)
        case Followed():
            return _followed(model, subject)
        case SortedBy(column=column):
            return _sorted_by(model, column)
        case SortingWentOn(nth=nth):
            return _sorting_on(model, nth)
        case MoreWanted():
            return _arranged(replace(model, most=model.most * MORE))
        case EventSought(position=position):
            there = Position(min(position, subject.history.head))
            return Turn(replace(model, held=there), wishes=(LookAt(there),))
        case CsvWanted():
            return _file_begun(model, occasion)
        case CsvWentOn(nth=nth):
            return _file_went_on(model, nth, occasion)
        case ChangeWanted():
            given = model.given if model.given and model.given.form is model.form else None
            typed = given.typed if given else defaults_of(model.form, subject).values()
            draft = draft_of(model.form, tuple(typed))
            return Turn(model, wishes=(OpenLab("projection", draft),) if draft else ())
        case _:
            assert_never(message)


def defaults_of(form: QuestionForm, subject: Subject) -> dict[str, str]:
    """What stands in a question's fields at first: of a study of others, types that it has."""
    found = {parameter.name: parameter.default for parameter in form.parameters}
    of_types = [one.name for one in form.parameters if one.kind is Kind.EVENT_TYPE]
    others = strange_types(subject)
    is_foreign = bool(others) and sum(count for _, count in others) == subject.history.head
    if is_foreign:
        names = [name for name, _ in others]
        found |= dict(zip(of_types, names + names[-1:], strict=False))
    return found


def strange_types(subject: Subject) -> list[tuple[str, int]]:
    """The types of events in a study that the bank has no word for, and how many there are."""
    if not isinstance(subject.on_stage, Study):
        return []
    return [
        (one.what, one.count) for one in subject.on_stage.not_understood if one.kind.value == "type"
    ]


# Asking --------------------------------------------------------------------------------------


def _asked(model: Model, message: AskedFor, subject: Subject) -> LabTurn:
    form = message.form
    given = [message.typed.get(one.name, one.default).strip() for one in form.parameters]
    try:
        question = form.make(given)
    except MisreadError as misread:
        return Turn(replace(model, form=form, misread=(misread.code, misread.typed)))
    model = replace(
        model,
        form=form,
        misread=None,
        order=None,
        most=FIRST_ROWS,
        held=GENESIS,
        speaks=True,
        given=None,
        rows=(),
        sorting=None,
    )
    return _begun(model, Asking(form, tuple(given), Asked(question), GENESIS, GENESIS), subject)


def _begun(model: Model, asking: Asking, subject: Subject) -> LabTurn:
    """Put a question to a history, as far as the slider has applied it."""
    asking = replace(
        asking, to=subject.position, total=subject.history.head, milestone=asking.asked.seen + 1
    )
    model = replace(model, asking=asking, asked_times=model.asked_times + 1)
    return _went_on(model, model.asked_times, subject)


def _went_on(model: Model, nth: int, subject: Subject) -> LabTurn:
    asking = model.asking
    if asking is None or nth != model.asked_times:
        return Turn(model)
    if not _is_same(asking, subject):
        return _again(model, asking, subject)
    end = Position(min(asking.asked.seen + SLICE, asking.to))
    asked = asking.asked.shown(subject.history, end)
    last = subject.history.at(end) if end else None
    asking = replace(asking, asked=asked, last=last)
    if not asking.is_done and end < asking.milestone:
        return Turn(replace(model, asking=asking), later=WentOn(nth))
    # The first figures at once, then at twice as many events each time, and all at the end; just
    # before that, there is nothing in between worth its time.
    asking = replace(asking, milestone=2 * end if 4 * end <= asking.to else asking.to)
    answer = asked.answer()
    form = asking.form
    given = Given(
        form, asking.typed, answer, plot_of(form.name, answer), end, asking.to, asking.total
    )
    model = replace(model, asking=asking, given=given)
    if asking.is_done:
        return _arranged(model)
    rows = answer.rows[: model.most]
    return Turn(replace(model, rows=rows, sorting=None), later=WentOn(nth))


def _followed(model: Model, subject: Subject) -> LabTurn:
    asking = model.asking
    if asking is None:
        return Turn(model)
    is_same = _is_same(asking, subject)
    if is_same and model.held and model.held == subject.position:
        return Turn(model)
    if is_same and (asking.to, asking.total) == (subject.position, subject.history.head):
        return Turn(model)
    model = replace(model, held=GENESIS, speaks=False)
    if is_same and asking.asked.seen <= subject.position:
        return _begun(model, asking, subject)
    return _again(model, asking, subject)


def _again(model: Model, asking: Asking, subject: Subject) -> LabTurn:
    """Put the same question once more, from Genesis: what it has seen is not to be unseen."""
    fresh = Asked(asking.form.make(asking.typed))
    return _begun(model, replace(asking, asked=fresh, last=None), subject)


def _is_same(asking: Asking, subject: Subject) -> bool:
    """Whether what the question has seen is how the history on the stage begins."""
    seen = asking.asked.seen
    if seen > subject.history.head:
        return False
    return not seen or subject.history.at(seen) is asking.last


# The order of rows ---------------------------------------------------------------------------


def _sorted_by(model: Model, column: int) -> LabTurn:
    if model.given is None or not 0 <= column < len(model.given.answer.columns):
        return Turn(model)
    turns = model.order is not None and model.order.column == column
    is_descending = turns and model.order is not None and not model.order.is_descending
    return _arranged(replace(model, order=Order(column, is_descending)))


def _arranged(model: Model) -> LabTurn:
    """Find the rows that are shown; of very many in slices."""
    if model.given is None:
        return Turn(model)
    if model.order is None:
        return Turn(replace(model, rows=model.given.answer.rows[: model.most], sorting=None))
    model = replace(model, sorting=Sorting(), sorted_times=model.sorted_times + 1)
    return _sorting_on(model, model.sorted_times)


def _sorting_on(model: Model, nth: int) -> LabTurn:
    given, sorting, order = model.given, model.sorting, model.order
    if nth != model.sorted_times or given is None or sorting is None or order is None:
        return Turn(model)
    end = sorting.looked_at + SORTED_AT_ONCE
    some = given.answer.rows[sorting.looked_at : end]
    rows = _first(chain(sorting.rows, some), model.most, order, given.answer)
    if end >= len(given.answer.rows):
        return Turn(replace(model, rows=tuple(rows), sorting=None))
    return Turn(replace(model, sorting=Sorting(tuple(rows), end)), later=SortingWentOn(nth))


def _first(rows: chain[Row], most: int, order: Order, answer: Answer) -> Sequence[Row]:
    """The first of some rows, in an order; amounts by what they are in whole units."""
    take = nlargest if order.is_descending else nsmallest
    at = order.column
    currency = currency_place(answer.columns)
    if currency is None or answer.columns[at].unit != MINOR_UNITS:
        return take(most, rows, key=lambda row: _rank(row[at]))
    return take(most, rows, key=lambda row: _rank(_in_the_finest(row[at], str(row[currency]))))


def _rank(cell: Cell) -> tuple[int, float, str]:
    """By which a cell is sorted among others of its column; what is missing comes first."""
    match cell:
        case None:
            return 0, 0, ""
        case datetime():
            return 1, cell.timestamp(), ""
        case int():
            return 1, cell, ""
        case _:
            return 1, 0, cell.casefold()


def _in_the_finest(cell: Cell, currency: str) -> Cell:
    """An amount in the smallest unit that any currency has, so that all of them compare."""
    if not isinstance(cell, int):
        return cell
    finer: int = 10 ** (MOST_DIGITS - currency_of(currency).digits)
    return cell * finer


# The file ------------------------------------------------------------------------------------


def _file_begun(model: Model, occasion: Occasion) -> LabTurn:
    if model.given is None:
        return Turn(model)
    head = csv_lines(csv_header(model.given.answer), ())
    model = replace(
        model, filing=Filing(model.given, tuple(head)), filed_times=model.filed_times + 1
    )
    return _file_went_on(model, model.filed_times, occasion)


def _file_went_on(model: Model, nth: int, occasion: Occasion) -> LabTurn:
    filing = model.filing
    if filing is None or nth != model.filed_times:
        return Turn(model)
    answer = filing.given.answer
    end = filing.rows + WRITTEN_AT_ONCE
    some = (csv_row(answer, row) for row in answer.rows[filing.rows : end])
    _, *lines = csv_lines((), some)
    parts = (*filing.parts, "".join(lines))
    if end < len(answer.rows):
        return Turn(replace(model, filing=Filing(filing.given, parts, end)), later=CsvWentOn(nth))
    day = occasion.time.date().isoformat()
    file = Download(f"esbank-{filing.given.form.name}-{day}.csv", "".join(parts))
    return Turn(replace(model, filing=None), (file,))
