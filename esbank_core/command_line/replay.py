"""``esbank replay``: every account as it is, or as it was."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from esbank_core.bank.account import Ledger
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import print_json, print_lines, print_table
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.kernel.identity import GENESIS, Position, StreamId, Version
from esbank_core.kernel.instant import Instant
from esbank_core.questions.as_of import (
    is_after,
    states_as_of_instant,
    states_as_of_position,
    status_of,
)
from esbank_core.questions.ask import CURRENCY, MINOR_UNITS, Column
from esbank_core.questions.wording.times import parse_as_of


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    replay = command(commands, "replay", "print every account as it is, or as it was")
    until = replay.add_mutually_exclusive_group()
    until.add_argument("--to", metavar="POSITION", help="as of a position")
    until.add_argument(
        "--as-of",
        metavar="INSTANT",
        help="as of an instant, inclusive; as of a date, the end of that day in UTC",
    )
    replay.add_argument("--account", metavar="ID", help="only this account")
    replay.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Print every account as of a position or an instant."""
    ledger, provenances = load(given)
    if given.as_of is not None:
        as_of = parse_as_of(given.as_of)
        states = states_as_of_instant(ledger, as_of)
        to, versions = _reached(ledger, as_of)
        events = [recorded for recorded in ledger.recorded if not is_after(recorded, as_of)]
    else:
        to = ledger.head if given.to is None else typed.position(given.to, ledger, lowest=GENESIS)
        states = states_as_of_position(ledger, to)
        versions = {account: ledger.version_of(account, to) for account in states}
        events = list(ledger.recorded[:to])
    if given.account is not None:
        typed.account(given.account, ledger)
        states = {account: state for account, state in states.items() if account == given.account}
    notes = notes_on(events, given.account)
    if given.json:
        accounts = [
            {
                "account_id": account,
                "owner": _owner(state),
                "currency": currency_in(state).code,
                "balance": balance_in(state),
                "status": status_of(state),
                "version": versions[account],
            }
            for account, state in states.items()
        ]
        print_json(
            {"position": to, "accounts": accounts, **notes.members(), **members_of(provenances)}
        )
        return INTACT
    print_lines(sentences_of(provenances))
    print_table(
        [
            Column("account"),
            Column("owner"),
            Column("status"),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
            Column("version", "version"),
        ],
        [
            (
                account,
                _owner(state),
                status_of(state),
                balance_in(state),
                currency_in(state).code,
                versions[account],
            )
            for account, state in states.items()
        ],
    )
    print(f"Position {to} of {ledger.head}." if to else "Genesis: nothing has happened yet.")
    print_lines(notes.sentences())
    return INTACT


def _reached(ledger: Ledger, as_of: Instant) -> tuple[Position, Mapping[StreamId, Version]]:
    """The last position, and each account's last version, that had happened by an instant."""
    position, versions = GENESIS, dict[StreamId, Version]()
    for recorded in ledger.recorded:
        if not is_after(recorded, as_of):
            position = recorded.position
            versions[recorded.stream_id] = recorded.version
    return position, versions


def _owner(state: State) -> str:
    return "" if isinstance(state, NoAccount) else state.owner
