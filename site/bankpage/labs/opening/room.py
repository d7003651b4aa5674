"""How much there is room for: told by what a file seems to hold, before it is fetched whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bankpage.labs.opening.glimpse import Glimpse, Kind

MOST_BYTES: Final = 128 << 20
"""Bytes of text. Lines are kept as they are, and their events are three times as large again."""

MOST_EVENTS: Final = 250_000

MOST_SEARCHED: Final = 768 << 20
"""Bytes of files out of which a part is read: they are held until they are read."""

MOST_UNPACKED: Final = 16 << 30
"""Bytes that they may unpack to, which are not held."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much files seem to hold."""

    bytes: int
    events: int | None
    """None where that cannot be told from their beginnings."""
    may_be_cut: bool
    """Whether their first part can be read without the rest."""
    may_be_searched: bool = True
    """Whether any other part can be read out of all of it."""

    @property
    def fits(self) -> bool:
        """Whether there is room for all of it."""
        return self.bytes <= MOST_BYTES and (self.events or 0) <= MOST_EVENTS


def extent_of(files: Iterable[tuple[Glimpse, int]]) -> Extent:
    """How much several files seem to hold, by what was seen of each and by its bytes."""
    size = events = whole = 0
    is_known = may_be_cut = True
    for glimpse, packed in files:
        unpacked = int(packed * glimpse.expands)
        size += unpacked
        whole += packed
        events += unpacked // glimpse.per_event if glimpse.per_event else 0
        is_known = is_known and bool(glimpse.per_event)
        may_be_cut = may_be_cut and glimpse.kind is not Kind.DATABASE
    return Extent(size, events if is_known else None, may_be_cut, whole <= MOST_SEARCHED)
