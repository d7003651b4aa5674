"""What the grammars of the commands have in common: the file, ``--json``, ``--force``."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter, _SubParsersAction
from typing import Final, NoReturn, TypeAlias

from esbank_core.command_line.choosing import may_choose
from esbank_core.command_line.problem import ProblemError

FILES: Final = """\
FILE holds JSON Lines, each line a CloudEvents 1.0 event, or is an SQLite database that
`esbank convert` wrote, or a dump of another event store (JSON Lines, a JSON array, CSV or SQLite,
packed or not), as `esbank sources` lists them; - is standard input. Positions count events from 1;
0 is before the first.
"""


class Parser(ArgumentParser):
    """A parser that says in one sentence what is wrong with the command line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            ProblemError: always.
        """
        raise ProblemError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


Commands: TypeAlias = "_SubParsersAction[Parser]"
"""Where a command adds its grammar."""


def command(commands: Commands, name: str, summary: str, epilog: str = "") -> ArgumentParser:
    """Begin the grammar of a command that reads one file and may print JSON."""
    begun = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
        epilog="\n".join(filter(None, [epilog, FILES])),
        formatter_class=RawDescriptionHelpFormatter,
    )
    begun.add_argument("file", metavar="FILE")
    may_be_json(begun)
    may_choose(begun)
    return begun


def may_be_json(command: ArgumentParser) -> None:
    """Add ``--json``."""
    command.add_argument("--json", action="store_true", help="print JSON, for programs")


def may_force(command: ArgumentParser) -> None:
    """Add ``--force``."""
    command.add_argument("--force", action="store_true", help="replace TARGET if it is there")
