"""``esbank test``: a pytest file that reproduces the moment of one event."""

from __future__ import annotations

from argparse import Namespace

from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command, may_force
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import print_json, print_line, print_lines
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.writing import is_standard_output, refuse_to_replace, write_whole
from esbank_core.questions.bank.as_test import NoStoryError, as_test


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    test = command(commands, "test", "write a pytest file that reproduces a moment")
    test.add_argument("--at", metavar="N", required=True, help="the position of the moment")
    test.add_argument("--write", metavar="TARGET", default="-", help="the file to write")
    test.add_argument("--anonymous", action="store_true", help="replace names, notes and ids")
    may_force(test)
    test.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Write a pytest file that reproduces the moment of one event."""
    refuse_to_replace(given.write, may_replace=given.force)
    ledger, provenances = load(given)
    position = typed.position(given.at, ledger)
    try:
        text = as_test(ledger, position, is_anonymous=given.anonymous)
    except NoStoryError as unknown:
        raise ProblemError(str(unknown)) from None
    is_printed = is_standard_output(given.write)
    notes = notes_on(ledger.recorded[:position], ledger.at(position).stream_id)
    if not (given.json and is_printed):
        write_whole(given.write, [text], may_replace=given.force)
    if given.json:
        target = None if is_printed else given.write
        print_json(
            {
                "position": position,
                "target": target,
                "test": text,
                **notes.members(),
                **members_of(provenances),
            }
        )
    elif not is_printed:
        print_line(f"Wrote {given.write}; run it with pytest {given.write}")
        print_lines([*notes.sentences(), *sentences_of(provenances)])
    return INTACT
