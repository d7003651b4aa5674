"""``esbank what-if``: change history, and decide what came after again."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from typing import Final

from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, balance_in, currency_in
from esbank_core.bank.views import type_of
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command, may_force
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import print_json, print_lines, print_table
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.command_line.writing import is_standard_output, write_whole
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.kernel.written.event_file import write_events
from esbank_core.questions.ask import CURRENCY, MINOR_UNITS, Column
from esbank_core.questions.bank.as_test import NoStoryError
from esbank_core.questions.bank.what_if import (
    ChangeTo,
    Edit,
    EditedTwiceError,
    Insert,
    LeaveOut,
    Outcome,
    WhatIf,
    what_if,
)

_OUTCOMES: Final = {
    Outcome.SAME: "same",
    Outcome.DIFFERENT: "different",
    Outcome.REJECTED: "would now be rejected",
    Outcome.LEFT_OUT: "left out",
    Outcome.CHANGED: "changed",
    Outcome.INSERTED: "inserted",
}


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    what_if = command(commands, "what-if", "change history, and decide what came after again")
    what_if.add_argument(
        "--skip", metavar="N", nargs="+", default=[], action="extend", help="leave out event N"
    )
    what_if.add_argument(
        "--change",
        metavar=("N", "DATA"),
        nargs=2,
        default=[],
        action="append",
        help="change data of event N, such as '{\"amount\": 5000}'",
    )
    what_if.add_argument(
        "--insert",
        metavar=("N", "ACCOUNT", "TYPE", "DATA"),
        nargs=4,
        default=[],
        action="append",
        help="insert an event before event N",
    )
    what_if.add_argument("--write", metavar="TARGET", help="write the other history to a file")
    may_force(what_if)
    what_if.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Tell a history again with some edits, and say what the rules would make of the rest."""
    ledger, provenances = load(given)
    edits: list[Edit] = [LeaveOut(typed.position(nth, ledger)) for nth in given.skip]
    for nth, data in given.change:
        position = typed.position(nth, ledger)
        edits.append(ChangeTo(position, _changed(ledger, position, data)))
    for nth, account, type_name, data in given.insert:
        if not ledger.head:
            raise ProblemError("A history without events has no time at which to insert one.")
        if nth != str(ledger.head + 1):
            typed.position(nth, ledger)
        event = typed.event(type_name, typed.json_object(data))
        edits.append(Insert(Position(int(nth)), StreamId(account), event))
    if not edits:
        raise ProblemError("What if what? Give --skip, --change or --insert.")
    try:
        told = what_if(ledger, edits)
    except EditedTwiceError as contradiction:
        raise ProblemError(str(contradiction)) from None
    is_printed = given.write is not None and is_standard_output(given.write)
    if given.json and is_printed:
        raise ProblemError("Standard output cannot take both the history and --json.")
    if given.write is not None:
        lines = write_events(told.alternative.recorded, CODEC)
        write_whole(given.write, lines, may_replace=given.force)
    notes = notes_on(ledger.recorded)
    if given.json:
        print_json({**_as_document(told), **notes.members(), **members_of(provenances)})
    elif not is_printed:
        print_lines(sentences_of(provenances))
        _print_what_if(told)
        print_lines(notes.sentences())
    return INTACT


def _changed(ledger: Ledger, position: Position, data: str) -> Event:
    """The event at a position with some of its data changed."""
    event = ledger.at(position).event
    if isinstance(event, OPAQUE):
        raise ProblemError(str(NoStoryError(position)))
    encoded = CODEC.encode(event)
    before = encoded.data if isinstance(encoded.data, dict) else {}
    return typed.event(encoded.type, {**before, **typed.json_object(data)})


def _as_document(told: WhatIf) -> dict[str, object]:
    return {
        "first_divergence": told.first_divergence,
        "steps": [
            {
                "position": step.original and step.original.position,
                "id": step.original and step.original.id,
                "account_id": step.original.stream_id
                if step.original
                else step.instead[0].stream_id,
                "type": type_of((step.original or step.instead[0]).event),
                "outcome": step.outcome.value,
                "why": step.rejection and step.rejection.sentence,
            }
            for step in told.steps
        ],
        "accounts": [
            {
                "account_id": account,
                "currency": currency,
                "balance": was,
                "would_be": would_be,
            }
            for account, currency, was, would_be in _balances(told)
        ],
    }


def _print_what_if(told: WhatIf) -> None:
    print_table(
        [
            Column("position", "position"),
            Column("account"),
            Column("event"),
            Column("outcome"),
            Column("why"),
        ],
        [
            (
                None if step.original is None else step.original.position,
                (step.original or step.instead[0]).stream_id,
                type_of((step.original or step.instead[0]).event),
                _OUTCOMES[step.outcome],
                None if step.rejection is None else step.rejection.sentence,
            )
            for step in told.steps
            if step.outcome is not Outcome.SAME
        ],
    )
    outcomes = Counter(step.outcome for step in told.steps)
    counts = ", ".join(
        f"{outcomes[outcome]} {_OUTCOMES[outcome]}" for outcome in Outcome if outcomes[outcome]
    )
    print(f"{counted(len(told.steps), 'event')} told again: {counts}.")
    print_table(
        [
            Column("account"),
            Column("balance", MINOR_UNITS),
            Column("would_be", MINOR_UNITS),
            Column("currency", CURRENCY),
        ],
        [
            (account, was, would_be, currency)
            for account, currency, was, would_be in _balances(told)
            if was != would_be
        ],
    )
    where = told.first_divergence
    print("The two histories are the same." if where is None else f"They part at position {where}.")


def _balances(told: WhatIf) -> list[tuple[StreamId, str, int, int]]:
    accounts = {**told.original.places, **told.alternative.places}
    found = []
    for account in accounts:
        was, would_be = told.original.state_of(account), told.alternative.state_of(account)
        shown = would_be if isinstance(was, NoAccount) else was
        found.append((account, currency_in(shown).code, balance_in(was), balance_in(would_be)))
    return found
