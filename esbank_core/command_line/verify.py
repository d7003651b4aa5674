"""``esbank verify``: whether every event is as it was written."""

from __future__ import annotations

import re
from argparse import Namespace

from esbank_core.bank.account import CODEC
from esbank_core.command_line.exit_status import BROKEN, INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.printing import print_json, printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.reading import named, readable
from esbank_core.command_line.sentences import counted
from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.written.audit import verify as audit


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    verify = command(commands, "verify", "check that every event is as it was written")
    verify.add_argument("--head", metavar="HASH", help="the hash that its history must hold")
    verify.set_defaults(run=run)


def run(given: Namespace) -> int:
    """Check the hash chain, and say where and how it is broken."""
    head = given.head
    if head is not None and not re.fullmatch("[0-9a-f]{64}", head):
        raise ProblemError("A head is a hash of 64 hexadecimal digits, as verify prints it.")
    with readable(given.file) as chunks:
        try:
            found = audit(chunks, CODEC, head)
        except RefusedLine as refused:
            raise ProblemError(f"{named(given.file)}: {refused}") from None
    broken = found.broken
    if given.json:
        evidence = broken and {
            "position": broken.position,
            "kind": broken.kind.value,
            "reason": broken.reason,
        }
        print_json(
            {"ok": found.is_intact, "events": found.events, "head": found.head, "broken": evidence}
        )
    elif broken is None:
        print(f"Intact: {counted(found.events, 'event')}, each as it was written.")
        print(f"Head: {found.head}")
    else:
        print(f"Broken at event {broken.position}: {broken.kind.value}.")
        print(printable(broken.reason))
        print(f"Intact up to event {broken.position - 1}, whose hash is {found.head}.")
    return INTACT if found.is_intact else BROKEN
