"""``esbank diff``: what changed between two positions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from esbank_core.bank.states import NoAccount, State, currency_in
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.notes import Notes, NoteTaker
from esbank_core.command_line.printing import money, print_json, print_lines, print_table, written
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.command_line.telling import (
    EVOLVE,
    Step,
    Tale,
    failure_members,
    failures_in,
    may_evolve,
    with_tale,
)
from esbank_core.kernel.identity import NOWHERE, Position, StreamId
from esbank_core.questions.as_of import fields_of
from esbank_core.questions.ask import Cell, Column
from esbank_core.questions.own.fields import changed_fields


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    diff = command(
        commands, "diff", "print what changed between two positions, field by field", EVOLVE
    )
    diff.add_argument("a", metavar="A", help="a position, 0 for Genesis")
    diff.add_argument("b", metavar="B", help="another position")
    may_evolve(diff)
    diff.set_defaults(run=run)


class Difference(NamedTuple):
    """One field of one stream's state that changed; ``None`` where there was no such field."""

    stream_id: StreamId
    field: str
    before: object
    after: object
    currency: str | None
    """Of the account's balance; None where the state is of another domain."""


class Compared(NamedTuple):
    """What two positions of a history differ in."""

    earlier: Position
    later: Position
    differences: tuple[Difference, ...]
    notes: Notes
    tale: Tale


def run(given: Namespace) -> int:
    """Print what changed between two positions, field by field."""
    found = with_tale(given, partial(_compared, a=given.a, b=given.b))
    tale, notes = found.tale, found.notes
    is_of_any_domain = any(one.currency is None for one in found.differences)
    if given.json:
        changes = [
            {
                "account_id": one.stream_id,
                "field": one.field,
                "before": one.before,
                "after": one.after,
            }
            for one in found.differences
        ]
        print_json(
            {
                "from": found.earlier,
                "to": found.later,
                "changes": changes,
                **({"states": tale.evolution.name} if is_of_any_domain else {}),
                **failure_members(tale.telling),
                **notes.members(),
                **members_of(tale.provenances),
            }
        )
        return INTACT
    print_lines(sentences_of(tale.provenances))
    first = "stream" if is_of_any_domain else "account"
    print_table(
        [Column(first), Column("field"), Column("before"), Column("after")],
        [
            (one.stream_id, one.field, _cell(one, one.before), _cell(one, one.after))
            for one in found.differences
        ],
    )
    print(
        f"{counted(len(found.differences), 'field')} changed from position {found.earlier} to "
        f"{found.later}."
    )
    by = [f"States are {tale.evolution.name}."] if is_of_any_domain and not tale.is_own else []
    print_lines([*by, *failures_in(tale.telling), *notes.sentences()])
    return INTACT


class _States(NamedTuple):
    """The state of a stream at a position, as the bank has it, and as the reader's domain has."""

    account: State
    own: object


def _compared(tale: Tale, *, a: str, b: str) -> Compared:
    earlier, later = typed.place(a), typed.place(b)
    places = sorted((earlier, later))

    def use(steps: Iterator[Step]) -> tuple[list[Mapping[StreamId, _States]], Notes]:
        """The states of the streams that were touched between the two, at either."""
        begun: set[StreamId] = set()
        was: dict[StreamId, _States] = {}
        became: dict[StreamId, _States] = {}
        notes = NoteTaker()
        for step in steps:
            recorded, name = step.recorded, step.recorded.stream_id
            notes.see(recorded)
            if name == NOWHERE:
                continue
            if recorded.position <= places[0]:
                begun.add(name)
                continue
            if name not in became and name in begun:
                was[name] = _States(step.before, step.own.before)
            became[name] = _States(step.after, step.own.after)
        return [was, became], notes.notes().about(()) if tale.is_own else notes.notes()

    at, notes = tale.tell(use, lambda recorded: recorded.position <= places[1])
    for spelt, place in ((a, earlier), (b, later)):
        typed.refuse_beyond(spelt, place, tale.head)
    if later < earlier:
        at.reverse()
    return Compared(earlier, later, tuple(_differences(tale, *at)), notes, tale)


def _differences(
    tale: Tale, was: Mapping[StreamId, _States], became: Mapping[StreamId, _States]
) -> Iterator[Difference]:
    for name in tale.streams:
        before, after = was.get(name), became.get(name)
        accounts = [states.account for states in (before, after) if states is not None]
        known = [account for account in accounts if not isinstance(account, NoAccount)]
        is_account = bool(known) and not tale.is_own
        currency = currency_in(known[-1]).code if is_account else None
        old, new = (
            None if one is None else fields_of(one.account) if is_account else one.own
            for one in (before, after)
        )
        for field, was_so, is_so in changed_fields(old, new):
            yield Difference(name, field, was_so, is_so, currency)


def _cell(difference: Difference, value: object) -> Cell:
    if difference.currency is not None and difference.field == "balance" and isinstance(value, int):
        return money(value, difference.currency)
    return None if value is None else written(value)
