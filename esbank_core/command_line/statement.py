"""``esbank statement``: an account's statement between two instants."""

from __future__ import annotations

from argparse import Namespace

from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import money, print_json, print_lines, print_table, printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import about
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.instant import instant_of
from esbank_core.questions.ask import CURRENCY, INSTANT, MINOR_UNITS, Column
from esbank_core.questions.bank.statement import BackwardsPeriodError, NoSuchAccountError
from esbank_core.questions.bank.statement import statement as statement_of
from esbank_core.questions.wording.times import format_instant, parse_instant


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    statement = command(commands, "statement", "print an account's statement")
    statement.add_argument("account", metavar="ACCOUNT")
    statement.add_argument(
        "--since", metavar="INSTANT", help="from this instant on; a date is its beginning, in UTC"
    )
    statement.add_argument(
        "--until", metavar="INSTANT", help="up to, and not including, this instant or day"
    )
    statement.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Print an account's statement between two instants."""
    since = None if given.since is None else parse_instant(given.since)
    until = None if given.until is None else parse_instant(given.until)
    ledger, provenances = load(given)
    try:
        found = statement_of(ledger, StreamId(given.account), since, until)
    except NoSuchAccountError as unknown:
        raise ProblemError(str(unknown)) from None
    except BackwardsPeriodError as backwards:
        raise ProblemError(
            f"The statement would end, at {format_instant(backwards.until)}, before it begins, at "
            f"{format_instant(backwards.since)}: --until must not be earlier than --since."
        ) from None
    currency = found.currency
    events = (
        recorded for recorded in ledger.recorded if until is None or instant_of(recorded) < until
    )
    notes = notes_on(events, found.account_id)
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
                        "about": about(entry),
                        "flow": entry.flow,
                        "balance": entry.balance,
                    }
                    for entry in found.entries
                ],
                "closing": found.closing,
                **notes.members(),
                **members_of(provenances),
            }
        )
        return INTACT
    print_lines(sentences_of(provenances))
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
            (entry.time, entry.type, about(entry), entry.flow, entry.balance, currency)
            for entry in found.entries
        ],
    )
    print(f"In {money(found.money_in, currency)}, out {money(found.money_out, currency)}")
    print(f"Closing balance  {money(found.closing, currency)}")
    print_lines(notes.sentences())
    return INTACT
