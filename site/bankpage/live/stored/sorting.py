"""Entries by what their keys say they are; what stands under them is not read yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bankpage.live.stored.beside import REJECTED_KEY, read_beside
from bankpage.live.stored.entries import DamagedEntry, Entry, Fault
from bankpage.live.stored.heads import Head, read_head
from bankpage.live.stored.keys import (
    FORMAT_KEY,
    GENERATION_KEY,
    GLANCE_KEY,
    HEAD_KEY,
    LEDGER_KEY,
    OWN_FORMAT,
    SNAPSHOT_KEY,
    number_in,
)
from bankpage.live.stored.segments import Name
from esbank_core.kernel.identity import Position
from esbank_core.kernel.rejected import RejectedCommand


@dataclass(frozen=True, slots=True)
class Append:
    """The entry of one append, by the position of its first event."""

    first: Position
    entry: Entry

    @property
    def place(self) -> tuple[int, int]:
        """What it is sorted by: behind the segment that took its place."""
        return self.first, 1


@dataclass(frozen=True, slots=True)
class Packed:
    """The entry of a segment."""

    name: Name
    entry: Entry

    @property
    def place(self) -> tuple[int, int]:
        """What it is sorted by."""
        return self.name.first, 0


Unit = Append | Packed


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Entries by what their keys say they are."""

    generation: int
    units: Mapping[int, Sequence[Unit]]
    """By generation."""
    head: Head | None
    is_later: bool
    damaged: tuple[DamagedEntry, ...]
    rejected: Mapping[str, RejectedCommand]
    snapshot: str | None


def sorted_out(entries: Iterable[Entry], *, is_part: bool = False) -> SortedOut:
    """Entries by what their keys say they are. ``is_part`` is as for ``read_ledger``."""
    units: dict[int, list[Unit]] = {}
    beside: list[tuple[int, Entry]] = []
    generation, head, is_later, snapshot = 0, None, False, None
    damaged: list[DamagedEntry] = []
    for entry in entries:
        fault: Fault | None = None
        if entry.value is None:
            fault = Fault.NOT_HANDED_OVER
        elif named := LEDGER_KEY.fullmatch(entry.key):
            append = Append(Position(int(named[2])), entry)
            units.setdefault(int(named[1]), []).append(append)
        elif name := Name.of(entry.key):
            units.setdefault(name.generation, []).append(Packed(name, entry))
        elif named := REJECTED_KEY.fullmatch(entry.key):
            beside.append((int(named[1]), entry))
        elif entry.key == GENERATION_KEY:
            generation = number_in(entry.value)
            fault = None if generation else Fault.NO_NUMBER
        elif entry.key == FORMAT_KEY:
            is_later = number_in(entry.value) > OWN_FORMAT
            fault = None if number_in(entry.value) else Fault.NO_NUMBER
        elif entry.key == HEAD_KEY:
            head = read_head(entry.value)
            fault = None if head else Fault.NO_HEAD
        elif entry.key == SNAPSHOT_KEY:
            snapshot = entry.value
        else:
            fault = Fault.NO_GLANCE if entry.key == GLANCE_KEY else Fault.UNKNOWN_KEY
        if fault:
            damaged.append(DamagedEntry(entry, fault))
    # Where the number is lost, the first generation of which there is anything counts.
    generation = generation or min(units, default=1)
    for other, found in units.items():
        if other != generation:
            damaged += (DamagedEntry(unit.entry, Fault.OTHER_GENERATION) for unit in found)
    rejected, unread = read_beside(entry for other, entry in beside if other == generation)
    if generation in units and not is_part:
        units[generation] = _counted(units[generation], head)
    every = (*damaged, *unread)
    return SortedOut(generation, units, head, is_later, every, rejected, snapshot)


def _counted(units: Sequence[Unit], head: Head | None) -> list[Unit]:
    """All of them but segments of an import that was cut off before it counted."""
    reached = max(
        (_end_of(unit) for unit in units if isinstance(unit, Append) or not unit.name.until),
        default=0,
    )
    reached = max(reached, head.position if head else 0)
    return [
        unit
        for unit in units
        if isinstance(unit, Append) or unit.name.until is None or unit.name.until <= reached
    ]


def _end_of(unit: Unit) -> Position:
    return unit.first if isinstance(unit, Append) else unit.name.last
