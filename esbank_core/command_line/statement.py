"""``esbank statement``: an account's statement between two instants."""

from __future__ import annotations

from argparse import Namespace

from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.printing import money, print_json, print_table, printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.reading import load
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.ask import CURRENCY, INSTANT, MINOR_UNITS, Column
from esbank_core.questions.bank.statement import NoSuchAccountError
from esbank_core.questions.bank.statement import statement as statement_of
from esbank_core.questions.wording.times import parse_instant


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    statement = command(commands, "statement", "print an account's statement")
    statement.add_argument("account", metavar="ACCOUNT")
    statement.add_argument("--since", metavar="INSTANT", help="from this instant on")
    statement.add_argument("--until", metavar="INSTANT", help="up to, and not including, this one")
    statement.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Print an account's statement between two instants."""
    since = None if given.since is None else parse_instant(given.since)
    until = None if given.until is None else parse_instant(given.until)
    try:
        found = statement_of(load(given.file), StreamId(given.account), since, until)
    except NoSuchAccountError as unknown:
        raise ProblemError(str(unknown)) from None
    currency = found.currency
    if given.json:
        print_json(
            {
                "account_id": found.account_id,
                "owner": found.owner,
                "currency": currency,
                "since": since,
                "until": until,
                "opening": found.opening,
                "entries": [
                    {
                        "position": entry.position,
                        "time": entry.time,
                        "type": entry.type,
                        "about": entry.about,
                        "flow": entry.flow,
                        "balance": entry.balance,
                    }
                    for entry in found.entries
                ],
                "closing": found.closing,
            }
        )
        return INTACT
    print(printable(f"Account {found.account_id}, {found.owner or 'owner unknown'}"))
    print(f"Opening balance  {money(found.opening, currency)}")
    print_table(
        [
            Column("time", INSTANT),
            Column("event"),
            Column("about"),
            Column("flow", MINOR_UNITS),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        ],
        [
            (entry.time, entry.type, entry.about, entry.flow, entry.balance, currency)
            for entry in found.entries
        ],
    )
    print(f"In {money(found.money_in, currency)}, out {money(found.money_out, currency)}")
    print(f"Closing balance  {money(found.closing, currency)}")
    return INTACT
