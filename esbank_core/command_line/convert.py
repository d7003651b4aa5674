"""``esbank convert``: several histories as one, in the form that the target's name says."""

from __future__ import annotations

from argparse import Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from esbank_core.bank.account import CODEC, Readable, empty_ledger
from esbank_core.command_line.adding import add_to_database
from esbank_core.command_line.choosing import choice_in, may_choose
from esbank_core.command_line.database import at_rest, is_for_database
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.foreign import Foreign
from esbank_core.command_line.grammar import FILES, Commands, may_be_json, may_force
from esbank_core.command_line.loading import Merged, imported_from, merge
from esbank_core.command_line.opening import opened
from esbank_core.command_line.printing import print_aside, print_json, print_line, print_lines
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import Provenance, members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.command_line.writing import is_standard_output, refuse_to_replace, write_whole
from esbank_core.kernel.written.event_file import write_events
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.sources.reading import Choice


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    convert = commands.add_parser(
        "convert",
        help="write histories as JSON Lines or as an SQLite database",
        description="Write one or several histories as one, as JSON Lines with a hash chain or, "
        "where TARGET ends in .db, .sqlite or .sqlite3, as an SQLite database. An event that is "
        "there already is skipped; a contradiction stops it. The parts of a log that was rotated "
        "go on from one another, in whichever order they are given. A database that is there is "
        "added to, and never replaced; nor is a pipe or a terminal, which is written to. A dump of "
        "another event store is written with every field of its records.",
        epilog=FILES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    convert.add_argument("files", metavar="FILE", nargs="+")
    convert.add_argument("target", metavar="TARGET")
    may_force(convert)
    may_be_json(convert)
    may_choose(convert)
    convert.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Write one or several histories as one, in the form that the target's name says."""
    is_printed = is_standard_output(given.target)
    if given.json and is_printed:
        raise ProblemError("Standard output cannot take both the history and --json.")
    choice = choice_in(given)
    if is_for_database(given.target):
        merged = add_to_database(given.target, given.files, choice)
        written = Written(merged.ledger.head, merged.skipped, merged.provenances)
    else:
        refuse_to_replace(given.target, may_replace=given.force)
        written = at_rest(partial(_write, given.files, given.target, choice, force=given.force))
    if given.json:
        document = {"target": given.target, "events": written.events, "skipped": written.skipped}
        print_json({**document, **members_of(written.provenances)})
    elif is_printed:
        print_aside(sentences_of(written.provenances))
    else:
        print_lines(sentences_of(written.provenances))
        again = f"; {counted(written.skipped, 'event')} were there already"
        print_line(
            f"{given.target} holds {counted(written.events, 'event')}"
            f"{again if written.skipped else ''}."
        )
    return INTACT


class Written(NamedTuple):
    """What a target holds now, and how it came to it."""

    events: int
    skipped: int
    provenances: tuple[Provenance, ...]


def _write(files: list[str], target: str, choice: Choice, *, force: bool) -> Written:
    """Write JSON Lines; what one file of others holds goes through memory one by one."""
    if len(files) == 1:
        with opened(files[0], choice) as found:
            if isinstance(found, Foreign):
                found.longest_event = LONGEST_LINE
                if is_standard_output(target):
                    found.settle()  # what is printed cannot be taken back

                def write(events: Iterator[Readable]) -> None:
                    write_whole(target, write_events(events, CODEC), may_replace=force)

                found.read(write)
                return Written(found.provenance.events, 0, (found.provenance,))
            imported, _ = imported_from(found, files[0], empty_ledger())
            merged = Merged(imported.history, imported.skipped, ())
    else:
        merged = merge(files, choice=choice, longest_event=LONGEST_LINE)
    write_whole(target, write_events(merged.ledger.recorded, CODEC), may_replace=force)
    return Written(merged.ledger.head, merged.skipped, merged.provenances)
