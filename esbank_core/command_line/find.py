"""``esbank find``: every moment at which a condition turns true."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from typing import Final

from esbank_core.bank.views import ledger_row
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.expression import expression
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import print_json, print_lines, print_table
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.questions.ask import CURRENCY, INSTANT, MINOR_UNITS, Column
from esbank_core.questions.bank.todays_rules import begins_without_opening
from esbank_core.questions.moments import moments
from esbank_core.questions.wording.conditions import REFUSED_TODAY, parse_condition

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
  where EXPRESSION            any Python expression on before, event and after, such as
                              "after.balance - before.balance > 100_00" (minor units) or
                              "event.type == 'MoneyWithdrawn' and event.data.amount > 5000";
                              event.data has what the event carries, by its names in the file,
                              as event.data.to or event.data["to"], and None for any other

amounts are written like 20.00, in whole units of each account's currency, and spans of time like
90s, 5m, 2h, 7d or 1d12h.
"""


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    find = command(
        commands, "find", "print every moment at which a condition turns true", CONDITIONS
    )
    find.add_argument("condition", metavar="CONDITION", nargs="+")
    find.add_argument("--account", metavar="ID", help="only this account")
    find.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Print every moment at which a condition turns true."""
    ledger, provenances = load(given)
    account_id = None if given.account is None else typed.account(given.account, ledger)
    condition = parse_condition(
        given.condition, ledger, account_id, partial(expression, ledger=ledger)
    )
    found = list(moments(ledger, condition, account_id))
    notes = notes_on(ledger.recorded, account_id)
    cut = None
    if REFUSED_TODAY in given.condition:
        cut = sum(1 for _ in moments(ledger, begins_without_opening(), account_id))
    if given.json:
        moments_found = [
            {
                "position": change.recorded.position,
                "id": change.recorded.id,
                "time": change.recorded.time,
            }
            for change in found
        ]
        without_opening = {} if cut is None else {"without_opening": cut}
        print_json(
            {
                "moments": moments_found,
                **without_opening,
                **notes.members(),
                **members_of(provenances),
            }
        )
        return INTACT
    print_lines(sentences_of(provenances))
    rows = [(change, ledger_row(change)) for change in found]
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
            for _, row in rows
        ],
    )
    print(f"{counted(len(found), 'moment')} in {counted(ledger.head, 'event')}.")
    if cut:
        print(
            f"Without an opening: {counted(cut, 'account')}, of which only what is known was held "
            "against today's rules."
        )
    print_lines(notes.sentences())
    return INTACT
