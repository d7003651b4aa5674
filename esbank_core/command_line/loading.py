"""Histories in memory: of one file or of several, whoever wrote them."""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from esbank_core.bank.account import CODEC, Ledger, empty_ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.command_line.choosing import choice_in
from esbank_core.command_line.database import at_rest
from esbank_core.command_line.foreign import Foreign
from esbank_core.command_line.opening import opened
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.provenance import Provenance
from esbank_core.command_line.reading import is_database, named
from esbank_core.command_line.writing import STANDARD_STREAM
from esbank_core.kernel.errors import Damage, ImportConflict
from esbank_core.kernel.written.cloud_events import claimed_position
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.importing import Imported, import_events
from esbank_core.kernel.written.json_lines import LONGEST_LINE, parse_text
from esbank_core.sources.reading import Choice


class Merged(NamedTuple):
    """The history that files make together."""

    ledger: Ledger
    skipped: int
    """How many events were there already."""
    provenances: tuple[Provenance, ...]
    """How those files were read that others wrote."""


def load(given: Namespace) -> tuple[Ledger, tuple[Provenance, ...]]:
    """The history in the file that is given, and how it was read if others wrote it.

    Raises:
        ProblemError: it cannot be read, or what is read is no history.
    """
    merged = merge([given.file], choice=choice_in(given))
    return merged.ledger, merged.provenances


def merge(
    paths: Iterable[str],
    held: Ledger | None = None,
    choice: Choice = None,
    *,
    longest_event: int | None = None,
) -> Merged:
    """What is held with the histories of several files.

    The parts of a log may be given in any order; each goes on from those before it. Of what others
    wrote, events of more than ``longest_event`` bytes have no place.

    Raises:
        ProblemError: one cannot be read, is no history, or contradicts those before it.
    """
    ledger, skipped = held or empty_ledger(), 0
    provenances: list[Provenance] = []
    for path in _in_order(paths):
        imported, provenance = at_rest(partial(_imported, path, ledger, choice, longest_event))
        ledger, skipped = imported.history, skipped + imported.skipped
        if provenance is not None:
            provenances.append(provenance)
    return Merged(ledger, skipped, tuple(provenances))


def _imported(
    path: str, held: Ledger, choice: Choice, longest_event: int | None
) -> tuple[Imported[State, Event], Provenance | None]:
    with opened(path, choice) as found:
        if isinstance(found, Foreign):
            found.longest_event = longest_event
        return imported_from(found, path, held)


def imported_from(
    found: Iterator[bytes] | Foreign, path: str, held: Ledger
) -> tuple[Imported[State, Event], Provenance | None]:
    """What is held with what an opened file holds.

    Raises:
        ProblemError: the file contradicts what is held.
        RefusedLine: it is no history.
    """
    with _without_collector():
        try:
            if isinstance(found, Foreign):
                return import_events(held, found.all()), found.provenance
            events = read_events(found, CODEC, held)
            return import_events(held, events), None
        except ImportConflict as conflict:
            raise ProblemError(f"{named(path)}: {conflict}") from None


def _in_order(paths: Iterable[str]) -> list[str]:
    """The files in the order given, but the parts of a log in the order of their positions."""
    given = list(paths)
    return sorted(given, key=_claimed_by) if len(given) > 1 else given


def _claimed_by(path: str) -> int:
    """The position that the first event of a file says it had; 0 where it says none."""
    if path == STANDARD_STREAM or not Path(path).is_file() or is_database(path):
        return 0
    with suppress(OSError, Damage, ValueError), Path(path).open("rb") as file:
        return claimed_position(parse_text(file.readline(LONGEST_LINE).decode())) or 0
    return 0


@contextmanager
def _without_collector() -> Iterator[None]:
    """Loading makes millions of objects and no rubbish: looking for some only takes time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
