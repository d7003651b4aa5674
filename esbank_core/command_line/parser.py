"""The whole command line's grammar: every command, each from its own module."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from esbank_core.command_line import (
    ask,
    convert,
    diff,
    find,
    project,
    replay,
    sources,
    sql,
    statement,
    verify,
    what_if,
    write_test,
)
from esbank_core.command_line.grammar import FILES, Parser


def parser() -> ArgumentParser:
    """The parser of the whole command line; ``run`` is the command that it finds."""
    whole = Parser(
        prog="esbank",
        description="Replay, verify and question histories of events.",
        epilog=FILES + "Exit status: 0; 1 where something was found broken; 2 if it could not run.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    looking = (replay, verify, diff, find, what_if, ask, project, sql)
    for command in (*looking, statement, convert, write_test, sources):
        command.add_to(commands)
    return whole
