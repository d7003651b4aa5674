"""What the Database lab shows: the query, and of each database its answer and what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from bankpage.labs.contract import Subject
from bankpage.labs.database.examples import HONESTLY
from bankpage.labs.database.model import Answer, Model, Standing, Waiting
from bankpage.labs.database.update import examples_for
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.account import Ledger
from esbank_core.kernel.identity import Position
from esbank_core.questions.sql.queries import never_knew
from esbank_core.questions.sql.sandbox import Failed, Refused, Result, Written
from esbank_core.questions.sql.twins import (
    NEWEST,
    SCHEMAS,
    Twin,
    last_command,
    newest,
    statements,
)

NEWEST_SHOWN: Final = 4
"""How many of the newest rows are in sight."""
MOST_EVENTS: Final = 6
"""Of how many events of the last command the statements are shown."""

Cells = tuple[str | int | float | None, ...]


def view(model: Model, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """Every slot of the lab."""
    yield from _of_the_query(model, phrases)
    yield from _of_the_ledger(subject.history, phrases)


@Remembered
def _of_the_query(model: Model, phrases: Phrases) -> tuple[Slot, ...]:
    return (*_query(model, phrases), *_answers(model, phrases))


@Remembered
def _of_the_ledger(history: Ledger, phrases: Phrases) -> tuple[Slot, ...]:
    return tuple(_kept(history, phrases))


def _query(model: Model, phrases: Phrases) -> Iterator[Slot]:
    options = tuple(
        Element(
            "option",
            {"value": name, "selected": name == model.example},
            (phrases(f"database-example-{name or 'own'}"),),
        )
        for name in (*examples_for(model), *(("",) if not model.example else ()))
    )
    yield Slot("database-example", {}, options)
    # What was typed while Python was still coming is not to be lost.
    yield Slot("database-sql", {} if model.text is None else {".value": model.text})
    yield Slot("database-stop", {"disabled": not model.is_running})
    yield text("database-standing", _standing(model, phrases))
    is_foreign = Twin.CRUD not in model.twins
    yield Slot("database-foreign", {"hidden": not is_foreign})
    yield Slot("database-honestly", {"hidden": is_foreign})


def _standing(model: Model, phrases: Phrases) -> str:
    match model.standing:
        case Standing.CLOSED:
            return phrases("database-starting")
        case Standing.FILLING if model.sent == 0 or model.fed == 0:
            return phrases("database-starting")
        case Standing.FILLING:
            return phrases("database-filling", fed=model.fed)
        case Standing.READY:
            return phrases.counted("database-ready", model.fed)
        case Standing.MISSING:
            return phrases("database-missing", reason=model.reason)


def _answers(model: Model, phrases: Phrases) -> Iterator[Slot]:
    for twin in Twin:
        name = twin.name.lower()
        answer = model.answers.get(twin)
        yield Slot(f"database-{name}", {"hidden": twin not in model.twins})
        yield text(
            f"database-{name}-said",
            "" if answer is None else _said(twin, answer, phrases),
            **{"data-answer": _kind(twin, answer)},
        )
        result = answer if isinstance(answer, Result) else None
        yield Slot(f"database-{name}-box", {"hidden": result is None})
        yield Slot(
            f"database-{name}-heads",
            {},
            tuple(Element("th", {"scope": "col"}, (column,)) for column in result.columns)
            if result
            else (),
        )
        yield Slot(f"database-{name}-rows", {}, _rows(result.rows) if result else ())
        is_ready = model.standing is Standing.READY and model.filing is None
        yield Slot(f"database-{name}-file", {"disabled": not is_ready})


def _kind(twin: Twin, answer: Answer | None) -> str | None:
    """By which a status has its looks."""
    match answer:
        case Waiting.NOT_ASKED:
            return "never-knew"
        case Refused() if never_knew(twin, answer):
            return "never-knew"
        case Refused() | Waiting.LATE | Waiting.GONE | Waiting.TOO_LONG | Waiting.UNREADABLE:
            return "refused"
        case _:
            return None


def _said(twin: Twin, answer: Answer, phrases: Phrases) -> str:
    match answer:
        case Result(rows=rows, is_cut=False):
            return phrases.counted("database-rows", len(rows))
        case Result(rows=rows):
            return phrases("database-cut", count=len(rows))
        case Written(rows=rows):
            return phrases.counted("database-written", rows)
        case Refused(why=Failed.SQLITE, text=words) if never_knew(twin, answer):
            return phrases("database-never-knew-what", text=words)
        case Refused(why=Failed.SQLITE, text=words):
            return phrases("database-refused", text=words)
        case Refused(why=Failed.NUMBER):
            return phrases("database-too-large-a-number")
        case Refused(why=Failed.TOO_LONG):
            return phrases("database-too-many-steps")
        case Refused():
            return phrases("database-too-much-memory")
        case _:
            return phrases(f"database-waiting-{answer.name.lower().replace('_', '-')}")


# What the databases keep -----------------------------------------------------------------------


def _kept(history: Ledger, phrases: Phrases) -> Iterator[Slot]:
    """Schemas, newest rows, and what the last command's events are to each database."""
    ran: dict[Twin, list[str]] = {twin: [] for twin in Twin}
    for position in list(last_command(history))[-MOST_EVENTS:]:
        for statement in statements(history.change_at(Position(position))):
            ran[statement.twin].append(statement.spelt)
    for twin in Twin:
        name = twin.name.lower()
        yield text(f"database-{name}-schema", ";\n\n".join(SCHEMAS[twin]) + ";")
        nothing = phrases("database-nothing-ran" if history.head else "database-no-command")
        yield text(f"database-{name}-ran", "\n".join(ran[twin]) or nothing)
        table, columns = NEWEST[twin]
        rows = newest(history, twin, NEWEST_SHOWN)
        yield text(f"database-{name}-newest", phrases("database-newest", table=table))
        yield Slot(
            f"database-{name}-newest-heads",
            {},
            tuple(Element("th", {"scope": "col"}, (column,)) for column in columns),
        )
        empty = Element("td", {"colspan": str(len(columns))}, (phrases("database-no-rows"),))
        yield Slot(
            f"database-{name}-newest-rows",
            {},
            _rows(rows) if rows else (Element("tr", {}, (empty,)),),
        )
    yield Slot("database-honest-rows", {}, tuple(_honest(phrases)))


def _honest(phrases: Phrases) -> Iterator[Node]:
    for question in HONESTLY:
        words = phrases(f"database-honest-{question.name}")
        cells: list[Node] = [Element("th", {"scope": "row"}, (words,))]
        for twin in Twin:
            said = phrases(f"database-honest-{question.name}-{twin.name.lower()}")
            button = Element(
                "button",
                {
                    "type": "button",
                    "class": "button is-quiet",
                    "data-gesture": "database-try",
                    "data-question": question.name,
                    "data-twin": twin.value,
                    "aria-label": phrases("database-try-what", question=words, twin=twin.value),
                },
                (phrases("database-try"),),
            )
            told = Element("p", {}, (said,))
            cells.append(Element("td", {"data-twin": twin.value}, (told, button)))
        yield Element("tr", {}, tuple(cells))


def _rows(rows: Iterable[Cells]) -> tuple[Node, ...]:
    return tuple(Element("tr", {}, tuple(map(_cell, row))) for row in rows)


def _cell(cell: str | int | float | None) -> Element:
    if cell is None:
        return Element("td", {"class": "database-null"}, ("NULL",))
    if isinstance(cell, str):
        return Element("td", {}, (cell,))
    return Element("td", {"class": "is-number"}, (str(cell),))
