"""``esbank convert``: several histories as one, in the form that the target's name says."""

from __future__ import annotations

from argparse import Namespace, RawDescriptionHelpFormatter

from esbank_core.bank.account import CODEC
from esbank_core.command_line.adding import add_to_database
from esbank_core.command_line.database import is_for_database
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import FILES, Commands, may_be_json, may_force
from esbank_core.command_line.printing import print_json, print_line
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.reading import merge
from esbank_core.command_line.sentences import counted
from esbank_core.command_line.writing import is_standard_output, refuse_to_replace, write_whole
from esbank_core.kernel.written.event_file import write_events


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    convert = commands.add_parser(
        "convert",
        help="write histories as JSON Lines or as an SQLite database",
        description="Write one or several histories as one, as JSON Lines with a hash chain or, "
        "where TARGET ends in .db, .sqlite or .sqlite3, as an SQLite database. An event that is "
        "there already is skipped; a contradiction stops it. The parts of a log that was rotated "
        "go on from one another, in whichever order they are given. A database that is there is "
        "added to, and never replaced; nor is a pipe or a terminal, which is written to.",
        epilog=FILES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    convert.add_argument("files", metavar="FILE", nargs="+")
    convert.add_argument("target", metavar="TARGET")
    may_force(convert)
    may_be_json(convert)
    convert.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Write one or several histories as one, in the form that the target's name says."""
    is_printed = is_standard_output(given.target)
    if given.json and is_printed:
        raise ProblemError("Standard output cannot take both the history and --json.")
    if is_for_database(given.target):
        ledger, skipped = add_to_database(given.target, given.files)
    else:
        refuse_to_replace(given.target, may_replace=given.force)
        ledger, skipped = merge(given.files)
        write_whole(given.target, write_events(ledger.recorded, CODEC), may_replace=given.force)
    if given.json:
        print_json({"target": given.target, "events": ledger.head, "skipped": skipped})
    elif not is_printed:
        again = f"; {counted(skipped, 'event')} were there already" if skipped else ""
        print_line(f"{given.target} holds {counted(ledger.head, 'event')}{again}.")
    return INTACT
