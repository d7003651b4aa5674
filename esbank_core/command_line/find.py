"""``esbank find``: every moment at which a condition turns true."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

from esbank_core.bank.account import Recorded, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, State
from esbank_core.bank.views import LedgerRow, ledger_row, type_of
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.expression import Own, expression, refuse_misspelt
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.notes import Notes, NoteTaker
from esbank_core.command_line.printing import print_json, print_lines, print_table, written
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.command_line.telling import (
    EVOLVE,
    OwnStates,
    Step,
    Tale,
    failure_members,
    failures_in,
    may_evolve,
    with_tale,
)
from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.ask import CURRENCY, INSTANT, MINOR_UNITS, Column
from esbank_core.questions.bank.todays_rules import begins_without_opening
from esbank_core.questions.moments import Condition, all_of
from esbank_core.questions.moments import Step as OfTheBank
from esbank_core.questions.own.fields import FieldChange, changed_fields
from esbank_core.questions.own.seeking import Seeker
from esbank_core.questions.own.telling import Failure
from esbank_core.questions.wording.conditions import (
    AND,
    EVOLVE_FAILS,
    REFUSED_TODAY,
    banks_own,
    on_state,
    parse_condition,
)

_NEED_ALL: Final = ("balance-below", "amount-at-least", "balance-changed-by", REFUSED_TODAY)
"""Conditions that take the whole history to be understood."""
_MOST_CHANGES: Final = 4
"""Fields that an event changed and that are shown of a moment."""
_WIDEST: Final = 30
"""Characters of such a field."""

CONDITIONS: Final = """\
conditions (several must hold at once, with or without "and" between them):
  balance-below AMOUNT        an account holds less than AMOUNT
  amount-at-least AMOUNT      an event moves AMOUNT or more
  balance-changed-by AMOUNT   one event moved a balance by more than AMOUNT
  event-type NAME             an event is of the type NAME, known or not
  status STATUS               an account becomes open, frozen or closed
  frozen                      the same as: status frozen
  closed-with-money           an account is closed and not empty
  field-equals FIELD VALUE    a field of an event, such as data.note, is VALUE
  field-contains FIELD TEXT   a field of an event has TEXT in it; data.address.city is a field
                              inside of one, causationid one of the event itself
  mentions TEXT               an event has TEXT somewhere
  gap-at-least SPAN           SPAN or more since the latest event before it
  gap-above SPAN              more than SPAN since the latest event before it
  out-of-order                an event is earlier than the one before it
  twice-for-one-cause         an event has the cause, type and account of an earlier one
  refused-today               today's rules would refuse what an event is the outcome of
  without-opening             an account begins without being opened; what only its beginning
                              would tell is not held against today's rules
  evolve-fails                your own evolve raises on an event, or returns nothing
  where EXPRESSION            any Python expression on before, event and after, such as
                              "after.balance - before.balance > 100_00" (minor units) or
                              "event.type == 'MoneyWithdrawn' and event.data.amount > 5000";
                              event.data has what the event carries, by its names in the file,
                              as event.data.to or event.data["to"], and None for any other;
                              state has the fields of the state after, whatever the domain; with
                              --evolve, before and after are your own states

fields of the state after an event are written like state.total; what is said of them lasts.

amounts are written like 20.00, in whole units of each account's currency, and spans of time like
90s, 5m, 2h, 7d or 1d12h.
"""


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    find = command(
        commands, "find", "print every moment at which a condition turns true", CONDITIONS + EVOLVE
    )
    find.add_argument("condition", metavar="CONDITION", nargs="+")
    find.add_argument("--account", metavar="ID", help="only this account, or this stream")
    may_evolve(find)
    find.set_defaults(run=run)


class Moment(NamedTuple):
    """An event at which the condition turned true, and what it shows."""

    recorded: Recorded
    row: LedgerRow | None
    """As the bank's ledger shows it; None where the state is of no account."""
    changes: tuple[FieldChange, ...]
    failure: Failure | None


class Findings(NamedTuple):
    """What was found in a history."""

    moments: list[Moment]
    without_opening: int | None
    notes: Notes
    tale: Tale


def run(given: Namespace) -> int:
    """Print every moment at which a condition turns true."""
    found = with_tale(given, partial(_findings, words=given.condition, stream=given.account))
    tale, moments, cut = found.tale, found.moments, found.without_opening
    if given.json:
        shown = [
            {
                "position": one.recorded.position,
                "id": one.recorded.id,
                "time": one.recorded.time,
                **({} if one.failure is None else {"failure": one.failure.reason}),
            }
            for one in moments
        ]
        without_opening = {} if cut is None else {"without_opening": cut}
        print_json(
            {
                "moments": shown,
                **without_opening,
                **failure_members(tale.telling),
                **found.notes.members(),
                **members_of(tale.provenances),
            }
        )
        return INTACT
    print_lines(sentences_of(tale.provenances))
    if all(one.row is not None for one in moments):
        _print_of_the_bank([one.row for one in moments if one.row is not None])
    else:
        _print_of_any_domain(moments)
    print(f"{counted(len(moments), 'moment')} in {counted(tale.head, 'event')}.")
    if cut:
        print(
            f"Without an opening: {counted(cut, 'account')}, of which only what is known was held "
            "against today's rules."
        )
    print_lines([*failures_in(tale.telling), *found.notes.sentences()])
    return INTACT


def _findings(tale: Tale, *, words: Sequence[str], stream: str | None) -> Findings:
    latest: list[OwnStates] = []
    """The step that is being looked at, as the reader's domain has it."""

    def own() -> Own:
        return Own(latest[-1].before, latest[-1].after, tale.is_own)

    def state_after(step: OfTheBank[State, Event]) -> object:
        is_theirs = tale.is_own or isinstance(step.after, NoAccount)
        return latest[-1].after if is_theirs else banks_own(step)

    stream_id = None if stream is None else StreamId(stream)
    ledger = tale.ledger() if tale.is_held or _needs_ledger(words) else empty_ledger()
    spelt = [word for word in words if word != EVOLVE_FAILS]
    conditions: list[Condition[State, Event]] = []
    if len(spelt) < len(words):
        if not tale.is_own:
            raise ProblemError(f"{EVOLVE_FAILS} is about an evolve of your own: give --evolve.")
        conditions.append(Condition(lambda _: latest[-1].failure is not None, lasts=False))
        spelt = spelt[1:] if spelt[:1] == [AND] else spelt
        spelt = spelt[:-1] if spelt[-1:] == [AND] else spelt
    if spelt or not conditions:
        conditions.append(
            parse_condition(
                spelt,
                ledger,
                stream_id,
                partial(expression, ledger=ledger if tale.is_held else None, own=own),
                partial(on_state, state_after=state_after),
            )
        )
    condition = conditions[0] if len(conditions) == 1 else all_of(*conditions)
    asks_for_openings = REFUSED_TODAY in words

    def use(steps: Iterator[Step]) -> Findings:
        seeker = Seeker(condition, stream_id)
        openings = Seeker(begins_without_opening(), stream_id)
        moments: list[Moment] = []
        cut = 0
        notes = NoteTaker(stream_id)
        for step in steps:
            latest[:] = [step.own]
            recorded = step.recorded
            notes.see(recorded)
            if seeker.is_moment(step.before, recorded, step.after):
                moments.append(_moment(step, tale))
            if asks_for_openings and openings.is_moment(step.before, recorded, step.after):
                cut += 1
        said = notes.notes().about(()) if tale.is_own else notes.notes()
        return Findings(moments, cut if asks_for_openings else None, said, tale)

    found = tale.tell(use)
    if not found.moments and not tale.is_held and any("where" in word for word in words):
        tale.tell(partial(_refuse_misspelt, words=words))
    if stream is not None:
        typed.refuse_unknown(stream, tale.streams)
    return found


def _moment(step: Step, tale: Tale) -> Moment:
    changes = changed_fields(step.own.before, step.own.after)
    is_unknown = isinstance(step.after, NoAccount) and isinstance(step.recorded.event, OPAQUE)
    row = None
    if not tale.is_own and not is_unknown:
        row = ledger_row(Change(step.before, step.recorded, step.after))
    return Moment(step.recorded, row, changes, step.own.failure)


def _needs_ledger(words: Sequence[str]) -> bool:
    return any(word.partition("=")[0] in _NEED_ALL for word in words)


def _refuse_misspelt(steps: Iterator[Step], words: Sequence[str]) -> None:
    """Where nothing was found, see that what an expression asks for is there at all."""
    spelt = [after for word, after in pairwise(words) if word == "where"]
    spelt += [word.partition("=")[2] for word in words if word.startswith("where=")]
    if spelt:
        refuse_misspelt(spelt[0], (step.recorded for step in steps))
    else:
        for _ in steps:  # to its end, as it is counted
            pass


def _print_of_the_bank(rows: Sequence[LedgerRow]) -> None:
    print_table(
        [
            Column("position", "position"),
            Column("time", INSTANT),
            Column("account"),
            Column("event"),
            Column("flow", MINOR_UNITS),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        ],
        [
            (row.position, row.time, row.account_id, row.type, row.flow, row.balance, row.currency)
            for row in rows
        ],
    )


def _print_of_any_domain(moments: Sequence[Moment]) -> None:
    print_table(
        [
            Column("position", "position"),
            Column("time", INSTANT),
            Column("stream"),
            Column("event"),
            Column("changes"),
        ],
        [
            (
                one.recorded.position,
                one.recorded.time,
                one.recorded.stream_id,
                type_of(one.recorded.event),
                one.failure.reason if one.failure else _shown(one.changes),
            )
            for one in moments
        ],
    )


def _shown(changes: Sequence[FieldChange]) -> str:
    said = ", ".join(
        f"{change.field}: {_value(change.before)} → {_value(change.after)}"
        for change in changes[:_MOST_CHANGES]
    )
    return f"{said}, …" if len(changes) > _MOST_CHANGES else said


def _value(value: object) -> str:
    shown = "none" if value is None else written(value)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"
