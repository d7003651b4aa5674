"""Adding to an SQLite database: all of it or nothing, whoever else is adding to it as well.

A new database is made beside its place, and given its name when it is complete; whoever comes
second adds to the one that is there. No file is removed but what was made here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.command_line.database import BESIDE
from esbank_core.command_line.loading import Merged, merge
from esbank_core.command_line.problem import ProblemError, why
from esbank_core.command_line.writing import (
    STANDARD_STREAM,
    plain_target,
    publish,
    temporary_beside,
)
from esbank_core.kernel.errors import Damage, Unwritable
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.sources.reading import Choice

_ATTEMPTS: Final = 10
"""How often events are added to a database that others are adding to as well."""


def add_to_database(path: str, sources: Sequence[str], choice: Choice = None) -> Merged:
    """Add what is new in several files to an SQLite database, all of it or nothing.

    Returns:
        The history that the database now holds, and how it was merged.

    Raises:
        ProblemError: a file cannot be read, or the database contradicts it or cannot be written.
    """
    for _ in range(_ATTEMPTS):
        target, is_there = plain_target(path)
        try:
            added = (
                _added_to(path, target, sources, choice)
                if is_there
                else _begun(target, sources, choice)
            )
        except OSError as error:
            raise ProblemError(f"{path} cannot be written: {why(error)}.") from None
        except (sqlite3.Error, Damage, Unwritable) as error:
            raise ProblemError(f"{path} cannot be written: {error}") from None
        if added is not None:
            return added
        if STANDARD_STREAM in sources:  # which is gone once it was read
            break
    raise ProblemError(f"{path} is being written to by another program; try again.")


def _begun(target: Path, sources: Sequence[str], choice: Choice) -> Merged | None:
    """A new database with all that is in the sources; None where another one was first."""
    _refuse_lonely_log(target)
    merged = merge(sources, choice=choice, longest_event=LONGEST_LINE)
    with temporary_beside(target) as temporary:
        with SqliteStore(str(temporary), CODEC) as store:
            store.restore(_readable(merged.ledger.recorded))
        return merged if publish(temporary, target) else None


def _refuse_lonely_log(target: Path) -> None:
    """SQLite would take what lies beside a database for its own, though it is of one that is gone.

    Raises:
        ProblemError: such a file is there.
    """
    for name in BESIDE:
        beside = target.with_name(target.name + name)
        if beside.exists() and not target.exists():  # unless somebody was first just now
            raise ProblemError(
                f"{beside} is of a database that is not there any more, and would be taken for a "
                "part of the new one; move it away."
            )


def _added_to(path: str, target: Path, sources: Sequence[str], choice: Choice) -> Merged | None:
    """What is new in the sources behind what is held; None where others were adding as well."""
    held = merge([path]).ledger
    merged = merge(sources, held, choice, longest_event=LONGEST_LINE)
    new = _readable(merged.ledger.recorded[held.head :])
    if new:
        with SqliteStore(str(target), CODEC, known_as=path) as store:
            try:
                store.restore(new)
            except Damage:
                if store.head == held.head:
                    raise
                return None
    return merged


def _readable(recorded: object) -> Sequence[RecordedEvent[Event | UnknownEvent]]:
    """What was read from files, in which nothing is unreadable."""
    return cast("Sequence[RecordedEvent[Event | UnknownEvent]]", recorded)
