"""The command line's grammar, and its help."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Final, NoReturn

from esbank_core.command_line import commands
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.words import CONDITIONS, QUESTIONS

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FILES: Final = """\
FILE holds JSON Lines, each line a CloudEvents 1.0 event, or is an SQLite database that
`esbank convert` wrote; - is standard input. Positions count events from 1; 0 is before the first.
"""


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one sentence what is wrong with the command line."""
        raise ProblemError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> ArgumentParser:
    """The parser of the whole command line; ``run`` is the command that it finds."""
    whole = _Parser(
        prog="esbank",
        description="Replay, verify and question histories of events.",
        epilog=FILES + "Exit status: 0; 1 where something was found broken; 2 if it could not run.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    sub = whole.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    replay = _command(sub, "replay", "print every account as it is, or as it was")
    until = replay.add_mutually_exclusive_group()
    until.add_argument("--to", metavar="POSITION", help="as of a position")
    until.add_argument("--as-of", metavar="INSTANT", help="as of an instant, inclusive")
    replay.add_argument("--account", metavar="ID", help="only this account")
    replay.set_defaults(run=commands.replay)

    verify = _command(sub, "verify", "check that every event is as it was written")
    verify.add_argument("--head", metavar="HASH", help="the hash that its history must hold")
    verify.set_defaults(run=commands.verify)

    diff = _command(sub, "diff", "print what changed between two positions, field by field")
    diff.add_argument("a", metavar="A", help="a position, 0 for Genesis")
    diff.add_argument("b", metavar="B", help="another position")
    diff.set_defaults(run=commands.diff)

    find = _command(sub, "find", "print every moment at which a condition turns true", CONDITIONS)
    find.add_argument("condition", metavar="CONDITION", nargs="+")
    find.add_argument("--account", metavar="ID", help="only this account")
    find.set_defaults(run=commands.find)

    what_if = _command(sub, "what-if", "change history, and decide what came after again")
    what_if.add_argument(
        "--skip", metavar="N", nargs="+", default=[], action="extend", help="leave out event N"
    )
    what_if.add_argument(
        "--change",
        metavar=("N", "DATA"),
        nargs=2,
        default=[],
        action="append",
        help="change data of event N, such as '{\"amount\": 5000}'",
    )
    what_if.add_argument(
        "--insert",
        metavar=("N", "ACCOUNT", "TYPE", "DATA"),
        nargs=4,
        default=[],
        action="append",
        help="insert an event before event N",
    )
    what_if.add_argument("--write", metavar="TARGET", help="write the other history to a file")
    _may_force(what_if)
    what_if.set_defaults(run=commands.tell_what_if)

    ask = _command(sub, "ask", "put a question to history", QUESTIONS)
    ask.add_argument("question", metavar="QUESTION", nargs="+")
    ask.set_defaults(run=commands.ask_question)

    statement = _command(sub, "statement", "print an account's statement")
    statement.add_argument("account", metavar="ACCOUNT")
    statement.add_argument("--since", metavar="INSTANT", help="from this instant on")
    statement.add_argument("--until", metavar="INSTANT", help="up to, and not including, this one")
    statement.set_defaults(run=commands.statement)

    convert = sub.add_parser(
        "convert",
        help="write histories as JSON Lines or as an SQLite database",
        description="Write one or several histories as one, as JSON Lines with a hash chain or, "
        "where TARGET ends in .db, .sqlite or .sqlite3, as an SQLite database. An event that is "
        "there already is skipped; a contradiction stops it. A database that is there is added "
        "to, and never replaced.",
        epilog=FILES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    convert.add_argument("files", metavar="FILE", nargs="+")
    convert.add_argument("target", metavar="TARGET")
    _may_force(convert)
    _may_be_json(convert)
    convert.set_defaults(run=commands.convert)

    test = _command(sub, "test", "write a pytest file that reproduces a moment")
    test.add_argument("--at", metavar="N", required=True, help="the position of the moment")
    test.add_argument("--write", metavar="TARGET", default="-", help="the file to write")
    _may_force(test)
    test.set_defaults(run=commands.write_test)
    return whole


def _command(
    sub: _SubParsersAction[_Parser], name: str, summary: str, epilog: str = ""
) -> ArgumentParser:
    command = sub.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
        epilog="\n".join(filter(None, [epilog, FILES])),
        formatter_class=RawDescriptionHelpFormatter,
    )
    command.add_argument("file", metavar="FILE")
    _may_be_json(command)
    return command


def _may_be_json(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON, for programs")


def _may_force(command: ArgumentParser) -> None:
    command.add_argument("--force", action="store_true", help="replace TARGET if it is there")
