"""``esbank test``: a pytest file that reproduces the moment of one event."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from esbank_core.bank.account import CODEC, Recorded
from esbank_core.bank.states import NoAccount
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command, may_force
from esbank_core.command_line.notes import Notes, NoteTaker, notes_on
from esbank_core.command_line.printing import print_aside, print_json, print_line, print_lines
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.telling import EVOLVE, Step, Tale, may_evolve, with_tale
from esbank_core.command_line.writing import is_standard_output, refuse_to_replace, write_whole
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.questions.bank.as_test import NoStoryError, as_test
from esbank_core.questions.own.as_test import LAST_KNOWN_VALUES, Moment
from esbank_core.questions.own.as_test import as_test as test_of_any_domain
from esbank_core.questions.own.evolving import OwnEvolve
from esbank_core.questions.own.seen import SeenEvent, seen
from esbank_core.questions.own.telling import Failure


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    test = command(commands, "test", "write a pytest file that reproduces a moment", EVOLVE)
    test.add_argument("--at", metavar="N", required=True, help="the position of the moment")
    test.add_argument("--write", metavar="TARGET", default="-", help="the file to write")
    test.add_argument("--anonymous", action="store_true", help="replace names, notes and ids")
    may_force(test)
    may_evolve(test)
    test.set_defaults(run=run)


class Written(NamedTuple):
    """The text of a test, and what is to be said of the events that it is of."""

    position: Position
    text: str
    notes: Notes
    tale: Tale


def run(given: Namespace) -> int:
    """Write a pytest file that reproduces the moment of one event."""
    refuse_to_replace(given.write, may_replace=given.force)
    found = with_tale(given, partial(_written, at=given.at, is_anonymous=given.anonymous))
    is_printed = is_standard_output(given.write)
    if not (given.json and is_printed):
        write_whole(given.write, [found.text], may_replace=given.force)
    said = [*found.notes.sentences(), *sentences_of(found.tale.provenances)]
    if given.json:
        print_json(
            {
                "position": found.position,
                "target": None if is_printed else given.write,
                "test": found.text,
                **found.notes.members(),
                **members_of(found.tale.provenances),
            }
        )
    elif is_printed:
        print_aside(sentences_of(found.tale.provenances))
    else:
        print_line(f"Wrote {given.write}; run it with pytest {given.write}")
        print_lines(said)
    return INTACT


def _written(tale: Tale, *, at: str, is_anonymous: bool) -> Written:
    position = typed.place(at)
    step = tale.tell(partial(_at, position=position))
    typed.refuse_beyond(at, position, tale.head)
    if step is None:
        raise ProblemError(f"{at} is no position of an event; the first is 1.")
    recorded = step.recorded
    is_unknown = isinstance(recorded.event, UnknownEvent) and isinstance(step.after, NoAccount)
    if tale.is_own or is_unknown:
        if is_anonymous:
            raise ProblemError("Only the bank's own events can be told without names.")
        return _of_any_domain(tale, recorded)
    ledger = tale.ledger()
    try:
        text = as_test(ledger, position, is_anonymous=is_anonymous)
    except NoStoryError as unknown:
        raise ProblemError(str(unknown)) from None
    notes = notes_on(ledger.recorded[:position], recorded.stream_id)
    return Written(position, text, notes, tale)


def _at(steps: Iterator[Step], position: Position) -> Step | None:
    found = None
    for step in steps:
        if step.recorded.position == position:
            found = step
    return found


def _of_any_domain(tale: Tale, at: Recorded) -> Written:
    def use(steps: Iterator[Step]) -> tuple[Moment, Notes]:
        events: list[SeenEvent] = []
        notes = NoteTaker(at.stream_id)
        after: object = None
        failure: Failure | None = None
        left_out = 0
        for step in steps:
            recorded = step.recorded
            notes.see(recorded)
            if recorded.stream_id != at.stream_id:
                continue
            after, failure = step.own.after, step.own.failure
            if failure is not None and recorded.position < at.position:
                left_out += 1
            else:
                events.append(seen(recorded, CODEC))
        moment = Moment(at.position, events, left_out, after, failure)
        return moment, notes.notes().about(())

    moment, notes = tale.tell(use, lambda recorded: recorded.position <= at.position)
    own = tale.evolution
    if isinstance(own, OwnEvolve):
        text = test_of_any_domain(moment, own.text, own.name, own.names)
    else:
        text = test_of_any_domain(moment, LAST_KNOWN_VALUES, own.name, {})
    return Written(at.position, text, notes, tale)
