"""Where moments lie: in which span of time of a histogram, and where on the slider's line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from esbank_core.bank.account import Ledger
from esbank_core.kernel.identity import Position

BARS: Final = 60
"""Into how many spans of time the histogram cuts the history."""

MOST_MARKS: Final = 500
"""Marks on the slider's line; more could not be told apart."""


def bar_of(history: Ledger, position: Position) -> int:
    """In which of the spans of time an event lies; what is out of order, at either end."""
    first, last = history.recorded[0].time, history.recorded[-1].time
    span = max(last - first, timedelta(microseconds=1))
    bar = (history.recorded[position - 1].time - first) * BARS // span
    return min(max(bar, 0), BARS - 1)


def bar_begins(history: Ledger, bar: int) -> timedelta:
    """How long after the first event a span of time of the histogram begins."""
    return (history.recorded[-1].time - history.recorded[0].time) * bar / BARS


def marks(moments: Sequence[Position], head: Position) -> tuple[Position, ...]:
    """The moments to mark on a line: of those that would stand in one place, the first."""
    if len(moments) <= MOST_MARKS:
        return tuple(moments)
    first_at: dict[int, Position] = {}
    for position in moments:
        first_at.setdefault(position * MOST_MARKS // (head + 1), position)
    return tuple(first_at.values())
