"""``esbank ask``: a question put to a history."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.bank.views import type_of
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.notes import Notes, NoteTaker, notes_on
from esbank_core.command_line.own_question import own_question
from esbank_core.command_line.printing import print_json, print_lines, print_table
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import gist_of, listed
from esbank_core.command_line.telling import Step, Tale, with_tale
from esbank_core.kernel.history import Change
from esbank_core.questions.ask import Answer, Question, ask
from esbank_core.questions.bank.pairs import OneFollowedByAnother
from esbank_core.questions.wording.questions import parse_question

QUESTIONS: Final = """\
questions:
  withdrew-after-deposit [SPAN]     who withdrew within SPAN (5m) of depositing, and when
  followed-by TYPE TYPE SPAN        events of one type followed by another within SPAN
  balances [ACCOUNT]                the balance after every event that moved money
  flows [day|week|month]            what came in and went out (month)
  largest [COUNT]                   the largest movements (10)
  dormant [SPAN]                    open accounts idle for SPAN (90d) at the latest event
  round-trips [SPAN]                money sent and sent back within SPAN (1d)
  FILE.py:CLASS                     a question of your own: a class with the functions
                                    see(change) and answer(), as esbank_core.questions.ask says

spans of time are written like 90s, 5m, 2h, 7d or 1d12h.
"""


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    ask = command(commands, "ask", "put a question to history", QUESTIONS)
    ask.add_argument("question", metavar="QUESTION", nargs="+")
    ask.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Put a question to a history, and print its answer."""
    own = own_question(given.question)
    question = parse_question(given.question) if own is None else own
    asked = with_tale(given, partial(_asked, question=question, spelt=given.question[0]))
    answer, notes, provenances = asked.answer, asked.notes, asked.tale.provenances
    if isinstance(question, OneFollowedByAnother):
        _refuse_misspelt(answer, asked.types)
    if given.json:
        columns = [{"name": column.name, "unit": column.unit} for column in answer.columns]
        print_json(
            {"columns": columns, "rows": answer.rows, **notes.members(), **members_of(provenances)}
        )
        return INTACT
    print_lines(sentences_of(provenances))
    print_table(answer.columns, answer.rows)
    print_lines([gist_of(question, answer), *notes.sentences()])
    return INTACT


class Asked(NamedTuple):
    """What a question was answered with, and what is to be said of it."""

    answer: Answer
    notes: Notes
    types: frozenset[str]
    """Of all events that there are."""
    tale: Tale


def _asked(tale: Tale, *, question: Question[State, Event], spelt: str) -> Asked:
    is_own = ".py:" in spelt

    def use(steps: Iterator[Step]) -> Asked:
        notes = NoteTaker()
        types: set[str] = set()
        for step in steps:
            notes.see(step.recorded)
            types.add(type_of(step.recorded.event))
            question.see(Change(step.before, step.recorded, step.after))
        return Asked(question.answer(), notes.notes(), frozenset(types), tale)

    try:
        if tale.is_held:
            ledger = tale.ledger()
            names = frozenset(type_of(recorded.event) for recorded in ledger.recorded)
            return Asked(ask(ledger, question), notes_on(ledger.recorded), names, tale)
        tale.settle()  # a question cannot see a history twice
        return tale.tell(use)
    except (Exception, SystemExit) as failed:  # whatever the user's own code raises
        if not is_own or isinstance(failed, ProblemError):
            raise
        raise ProblemError(f"{spelt} failed: {type(failed).__name__}: {failed}") from None


def _refuse_misspelt(answer: Answer, types: frozenset[str]) -> None:
    """Refuse types of which there is no event, nor could be one: they follow nothing, silently."""
    known = types | {event_type.name for event_type in CODEC.event_types}
    for name in (answer.gist["first"], answer.gist["then"]):
        if name not in known:
            raise ProblemError(f"No event is of a type {name}; they are {listed(sorted(known))}.")
