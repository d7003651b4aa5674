"""What is stored at a position, letter by letter and whatever it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bankpage.live.stored.segments import Name, segment_in, unpack
from bankpage.live.stored.sorting import Append, Packed, SortedOut
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import Position


@dataclass(frozen=True, slots=True)
class StoredLines:
    """Lines by position, as they are stored, whatever they are worth; segments opened if asked."""

    values: Mapping[str, str]
    """Of every key of the ledger."""
    appends: Mapping[Position, str]
    names: Sequence[Name]

    def line_at(self, position: Position) -> str:
        """The line that stands at a position; empty, if there is none."""
        if (alone := self.appends.get(position)) is not None:
            return alone
        for name in self.names:
            if name.first <= position <= name.last:
                try:
                    lines = unpack(segment_in(name, self.values[name.key])).lines
                except Damage:
                    return ""
                return lines[position - name.first]
        return ""


def lines_stored(found: SortedOut) -> StoredLines:
    """The lines that were found, by position."""
    units = found.units.get(found.generation, ())
    appends: dict[Position, str] = {}
    for unit in units:
        if isinstance(unit, Append):
            lines = (unit.entry.value or "").split("\n")
            appends |= {Position(unit.first + nth): line for nth, line in enumerate(lines)}
    return StoredLines(
        {unit.entry.key: unit.entry.value or "" for unit in units},
        appends,
        [unit.name for unit in units if isinstance(unit, Packed)],
    )
