"""``esbank sql``: SQL put to a history, in each of three databases that its events feed."""

from __future__ import annotations

from argparse import Namespace
from typing import Final, assert_never

from esbank_core.bank.account import Ledger
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import print_cells, print_json, print_lines, printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.questions.sql.queries import never_knew, queries
from esbank_core.questions.sql.sandbox import (
    Failed,
    Limits,
    Outcome,
    Refused,
    Result,
    Sandbox,
    Written,
    bound_memory,
)
from esbank_core.questions.sql.twins import SCHEMAS, Twin, statements, twins_of

LIMITS: Final = Limits(steps=2_000_000_000, rows=100_000, cell=10_000, size=50_000_000)
"""More than on a page: whoever has a terminal can press Ctrl-C."""

MEMORY: Final = 1 << 31
"""Bytes that SQLite may have for the databases and the query together."""

DATABASES: Final = """\
The same history is put into three databases, and the query to each of them:
  crud      accounts (id, owner, currency, balance, status, updated_at), updated in place
  audited   the same, and audit_log (id, at, actor, account_id, field, old_value, new_value)
  events    events (position, stream, version, type, data, time, actor), append-only
Amounts are in minor units. A query of its own for each stands under its name in a comment, alone
on a line: -- CRUD, -- CRUD with an audit table, -- Events. Nothing that a query writes lasts.
"""

_NAMES: Final = {twin.name.lower(): twin for twin in Twin}


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    sql = command(commands, "sql", "put SQL to history, in three databases", DATABASES)
    sql.add_argument("query", metavar="QUERY")
    sql.add_argument(
        "--in", dest="only", choices=list(_NAMES), help="put it to one of the databases alone"
    )
    sql.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Put a query to the databases, and print their answers."""
    ledger, provenances = load(given)
    asked = queries(given.query)
    twins = [twin for twin in twins_of(ledger) if given.only is None or twin is _NAMES[given.only]]
    if not any(twin in asked for twin in twins):
        raise ProblemError("There is no query for any of these databases.")
    bound_memory(MEMORY)
    outcomes = {twin: _outcome(ledger, twin, asked.get(twin)) for twin in twins}
    notes = notes_on(ledger.recorded)
    if given.json:
        documents = {twin.name.lower(): _document(twin, outcomes[twin]) for twin in twins}
        print_json({**documents, **notes.members(), **members_of(provenances)})
        return INTACT
    print_lines(sentences_of(provenances))
    for nth, (twin, outcome) in enumerate(outcomes.items()):
        print_lines([*([""] if nth else []), f"{twin}:"])
        _print(twin, outcome)
    print_lines(notes.sentences())
    return INTACT


def _outcome(ledger: Ledger, twin: Twin, query: str | None) -> Outcome | None:
    """What a database answers; None where it is not asked."""
    if query is None:
        return None
    database = Sandbox(SCHEMAS[twin], LIMITS)
    try:
        database.feed(
            (statement.sql, statement.parameters)
            for change in ledger.changes()
            for statement in statements(change)
            if statement.twin is twin
        )
        return database.ask(query)
    except MemoryError:
        return Refused(Failed.MEMORY)
    finally:
        database.close()


def _print(twin: Twin, outcome: Outcome | None) -> None:
    if not isinstance(outcome, Result):
        print_lines([_sentence(twin, outcome)])
        return
    rows = [["" if cell is None else printable(str(cell)) for cell in row] for row in outcome.rows]
    is_number = [
        bool(outcome.rows) and all(isinstance(cell, int | float | None) for cell in cells)
        for cells in zip(*outcome.rows, strict=True)
    ] or [False] * len(outcome.columns)
    print_cells([printable(name) for name in outcome.columns], rows, is_number)
    print_lines([_sentence(twin, outcome)])


def _sentence(twin: Twin, outcome: Outcome | None) -> str:
    match outcome:
        case None:
            return "This database never knew."
        case Result(rows=rows, is_cut=is_cut):
            return f"{counted(len(rows), 'row')}{', and more' if is_cut else ''}."
        case Written(rows=rows):
            return f"{counted(rows, 'row')} written, and undone: nothing that a query writes lasts."
        case Refused():
            return _refusal(twin, outcome)
        case _:
            assert_never(outcome)


def _refusal(twin: Twin, refused: Refused) -> str:
    match refused.why:
        case Failed.TOO_LONG:
            return "It took too many steps, and was stopped."
        case Failed.MEMORY:
            return "It wanted more memory than there is for it, and was stopped."
        case Failed.NUMBER:
            return "It was not asked: a number of this history is larger than SQLite's can be."
        case Failed.SQLITE if never_knew(twin, refused):
            return f"This database never knew: {refused.text}."
        case Failed.SQLITE:
            return f"SQLite refuses: {refused.text}."
        case _:
            assert_never(refused.why)


def _document(twin: Twin, outcome: Outcome | None) -> dict[str, object]:
    match outcome:
        case None:
            return {"never_knew": True}
        case Result(columns=columns, rows=rows, is_cut=is_cut):
            return {"columns": columns, "rows": rows, "cut": is_cut}
        case Written(rows=count):
            return {"written_and_undone": count}
        case Refused(text=text):
            knew = {"never_knew": True} if never_knew(twin, outcome) else {}
            return {"refused": text or _refusal(twin, outcome), **knew}
        case _:
            assert_never(outcome)
