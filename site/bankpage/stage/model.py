"""The stage's own model: where the slider looks, how replay plays, which rows are in sight.

It holds no history. Where the slider looks is a type of its own, so that a command cannot be
decided against the past by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from esbank_core.kernel.identity import GENESIS, Position


@dataclass(frozen=True, slots=True)
class Now:
    """The slider stands at its end, and moves along as events are appended."""


@dataclass(frozen=True, slots=True)
class At:
    """The slider looks at the past: only events up to ``position`` are applied."""

    position: Position


Cursor = Now | At
NOW: Final = Now()


class Speed(Enum):
    """How long each event stays on show while replay plays, in milliseconds."""

    SLOW = 1600
    NORMAL = 700
    FAST = 250


@dataclass(frozen=True, slots=True)
class Stage:
    """How a history is looked at. ``head`` below is the position of that history's last event."""

    cursor: Cursor = NOW
    playing: int | None = None
    """Which run of replay is playing, if one is; a tick of an earlier run is stale."""
    runs: int = 0
    speed: Speed = Speed.NORMAL

    open_payload: Position | None = None
    middle_row: int = 1
    """The row in the middle of those in sight, where the ledger is too long to show whole."""

    @property
    def is_in_past(self) -> bool:
        """Whether the slider looks at the past."""
        return isinstance(self.cursor, At)

    def position(self, head: Position) -> Position:
        """The position up to which events are applied."""
        return head if isinstance(self.cursor, Now) else self.cursor.position


def cursor_at(position: int, head: Position) -> Cursor:
    """The cursor at a position, kept between Genesis and now."""
    return NOW if position >= head else At(Position(max(position, GENESIS)))
