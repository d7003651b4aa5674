"""``esbank diff``: what changed between two positions."""

from __future__ import annotations

from argparse import Namespace

from esbank_core.bank.account import Ledger
from esbank_core.bank.states import currency_in
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import money, print_json, print_lines, print_table
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.kernel.identity import GENESIS, StreamId
from esbank_core.questions.as_of import differences
from esbank_core.questions.ask import Cell, Column


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    diff = command(commands, "diff", "print what changed between two positions, field by field")
    diff.add_argument("a", metavar="A", help="a position, 0 for Genesis")
    diff.add_argument("b", metavar="B", help="another position")
    diff.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Print what changed between two positions, field by field."""
    ledger, provenances = load(given)
    earlier, later = (
        typed.position(position, ledger, lowest=GENESIS) for position in (given.a, given.b)
    )
    found = differences(ledger, earlier, later)
    notes = notes_on(ledger.recorded[: max(earlier, later)])
    if given.json:
        changes = [
            {
                "account_id": difference.stream_id,
                "field": difference.field,
                "before": difference.before,
                "after": difference.after,
            }
            for difference in found
        ]
        print_json(
            {
                "from": earlier,
                "to": later,
                "changes": changes,
                **notes.members(),
                **members_of(provenances),
            }
        )
        return INTACT
    print_lines(sentences_of(provenances))
    columns = [Column("account"), Column("field"), Column("before"), Column("after")]
    print_table(
        columns,
        [
            (
                difference.stream_id,
                difference.field,
                _field(ledger, difference.stream_id, difference.field, difference.before),
                _field(ledger, difference.stream_id, difference.field, difference.after),
            )
            for difference in found
        ],
    )
    print(f"{counted(len(found), 'field')} changed from position {earlier} to {later}.")
    print_lines(notes.sentences())
    return INTACT


def _field(ledger: Ledger, account: StreamId, field: str, value: object) -> Cell:
    if field == "balance" and isinstance(value, int):
        return money(value, currency_in(ledger.state_of(account)).code)
    return None if value is None else str(value)
