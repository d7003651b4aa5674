"""``esbank project``: a read model in the reader's own Python, folded from a history.

The file is the one that the page's Projection lab takes and gives, unchanged.
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from pathlib import Path
from types import ModuleType
from typing import Final, assert_never

from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.loading import load
from esbank_core.command_line.notes import notes_on
from esbank_core.command_line.printing import print_cells, print_json, print_line, printable
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.sentences import counted
from esbank_core.kernel.identity import Position
from esbank_core.programs.faults import Fault, FaultError, What
from esbank_core.programs.program import MODULE, Program
from esbank_core.programs.run import Run
from esbank_core.programs.shown import Shown, Table, Tree, as_json, shown

PROGRAMS: Final = """\
PROGRAM is a file of Python, which is run. It has at module level one of
  initial, apply(state, event)    a read model of all events
  initial, evolve(state, event)   the state of each stream
  a class with see(change) and answer()
An event has type, data (a dictionary), stream_id, version, position, time and actor.
"""


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    project = command(commands, "project", "fold a read model of your own", PROGRAMS)
    project.add_argument("program", metavar="PROGRAM")
    project.add_argument("--to", type=int, metavar="POSITION", help="as of POSITION, not of now")
    project.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Fold a program of the reader's own over a history, and print what it makes of it."""
    path = Path(given.program)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error) if isinstance(error, OSError) else "it is not UTF-8"
        raise ProblemError(f"{path} cannot be read: {reason}.") from None
    ledger, provenances = load(given)
    to = ledger.head if given.to is None else Position(given.to)
    if not 0 <= to <= ledger.head:
        raise ProblemError(f"There is no position {to}; the last event is at {ledger.head}.")
    sys.modules[MODULE] = ModuleType(MODULE)  # where dataclasses look up their annotations
    try:
        running = Run(Program.read(text, path.name), time.perf_counter)
        running.bring_to(ledger, to)
        result = running.result()
    except FaultError as failed:
        raise ProblemError(sentence(failed.fault, path.name)) from None
    notes = notes_on(ledger.recorded[:to])
    if given.json:
        document = {"checkpoint": running.checkpoint, "read_model": as_json(result)}
        print_json({**document, **notes.members(), **members_of(provenances)})
        return INTACT
    for said in sentences_of(provenances):
        print_line(said)
    _print(shown(result))
    print_line(f"Checkpoint {running.checkpoint} of {ledger.head}.")
    for said in notes.sentences():
        print_line(said)
    return INTACT


def sentence(fault: Fault, name: str) -> str:
    """What is wrong with a program, and where in it."""
    line = "" if fault.line is None else f", line {fault.line}"
    place = f"{name}{line}"
    event = "" if fault.position is None else f" at event {fault.position}"
    match fault.what:
        case What.RAISED:
            words = f": {fault.message}" if fault.message else ""
            return f"{place} failed{event}: {fault.error}{words}"
        case What.RETURNED_NONE:
            return f"{place} returned None{event}; the state after the event is to be returned."
        case What.NO_PROGRAM:
            return (
                f"{name} has nothing to run: no apply(state, event), no evolve(state, event), and "
                "no class with see and answer."
            )
        case What.TWO_PROGRAMS:
            return f"{name} has both apply and evolve; only one of them can be run."
        case What.NO_INITIAL:
            return f"{name} has no “initial”, the state before the first event."
        case _:
            assert_never(fault.what)


def _print(found: Shown) -> None:
    if isinstance(found, Table):
        heads = [printable(column) for column in found.columns]
        rows = [[printable(cell) for cell in row] for row in found.rows]
        are_numbers = [all(_is_number(cell) for cell in cells) for cells in zip(*rows, strict=True)]
        print_cells(heads, rows, are_numbers or [False] * len(heads))
    else:
        _print_tree(found, "")
    if isinstance(found, Table) and found.left_out:
        print_line(f"{counted(found.left_out, 'row')} more.")


def _print_tree(tree: Tree, indent: str) -> None:
    name = f"{tree.name}: " if tree.name else ""
    print_line(f"{indent}{name}{tree.value}")
    for under in tree.under:
        _print_tree(under, f"{indent}  ")
    if tree.left_out:
        print_line(f"{indent}  … {tree.left_out} more")


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()
