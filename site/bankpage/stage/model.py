"""The stage's own model: where the slider looks, whom it shows, how replay plays.

It holds no history. Where the slider looks is a type of its own, so that a command cannot be
decided against the past by mistake.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from esbank_core.kernel.identity import GENESIS, Position, StreamId


@dataclass(frozen=True, slots=True)
class Now:
    """The slider stands at its end, and moves along as events are appended."""


@dataclass(frozen=True, slots=True)
class At:
    """The slider looks at the past: only events up to ``position`` are applied."""

    position: Position


Cursor = Now | At
NOW: Final = Now()


class Speed(StrEnum):
    """How fast replay plays: so many events a second, or the whole history in so many."""

    ONE_A_SECOND = "one-a-second"
    FOUR_A_SECOND = "four-a-second"
    ALL_IN_10_S = "all-in-10-s"
    ALL_IN_30_S = "all-in-30-s"


@dataclass(frozen=True, slots=True)
class Playing:
    """A run of replay: which, and when it was at which position, at what speed from there on."""

    run: int
    since: datetime
    origin: Position


@dataclass(frozen=True, slots=True)
class Stage:
    """How a history is looked at. ``head`` below is the position of that history's last event."""

    cursor: Cursor = NOW
    wanted: Position | None = None
    """Where to look once what stands there has been read."""
    playing: Playing | None = None
    runs: int = 0
    """How many runs of replay there have been; a tick of an earlier run is stale."""
    speed: Speed = Speed.ALL_IN_10_S

    pinned: StreamId | None = None
    """The account that the reader keeps on show, whatever moves."""
    held: StreamId | None = None
    """The account that a command was about, or that was chosen, on show until the slider moves."""

    moves: int = 0
    """How often the slider has moved; the pipeline lights up anew with each."""
    has_travelled: bool = False
    """Whether the last thing that happened was a move, and not a decision."""

    pointed: Position | None = None
    """The event under the pointer, on the slider's line."""
    sought: str = ""
    """What was typed to find an account."""

    on_paper: int = 0
    """How many rows the page has been handed for printing."""
    is_writing: bool = False
    """Whether another slice of them is on its way."""
    is_printing: bool = False
    """Whether the reader waits for the last of them."""

    open_payload: Position | None = None
    only: tuple[Position, ...] | None = None
    """The events that the ledger shows, ascending, where it shows not all of them."""
    middle_row: int = 1
    """The row in the middle of those in sight, where the ledger is too long to show whole."""
    marked: tuple[Position, ...] = ()
    """The events that are marked on the slider's line, ascending."""

    @property
    def is_in_past(self) -> bool:
        """Whether the slider looks at the past."""
        return isinstance(self.cursor, At)

    def position(self, head: Position) -> Position:
        """The position up to which events are applied."""
        return head if isinstance(self.cursor, Now) else self.cursor.position

    def rows(self, head: Position) -> Sequence[int]:
        """The positions of the ledger's rows, in a history that ends at ``head``."""
        return range(1, head + 1) if self.only is None else self.only

    def row_at(self, position: Position) -> int:
        """The row, from 1, of an event; of the last shown before it, where it has none."""
        row = position if self.only is None else bisect_right(self.only, position)
        return max(1, row)


def cursor_at(position: int, head: Position) -> Cursor:
    """The cursor at a position, kept between Genesis and now."""
    return NOW if position >= head else At(Position(max(position, GENESIS)))
