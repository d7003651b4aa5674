"""Where moments lie: in which span of time of a histogram, and where on the slider's line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final

from esbank_core.bank.account import Ledger, Recorded
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import span_of

BARS: Final = 60
"""Into how many spans of time the histogram cuts the history."""

MOST_MARKS: Final = 500
"""Marks on the slider's line; more could not be told apart."""


def span(history: Ledger) -> tuple[datetime, datetime]:
    """The times between which a history lies; late rows are among them."""
    known, first, last = 0, datetime.max.replace(tzinfo=timezone.utc), _LONG_AGO
    if _spanned:
        last_event, *told = _spanned[0]
        place = last_event.position
        if place <= history.head and history.recorded[place - 1] is last_event:
            known, first, last = place, *told
    if known < history.head:
        earliest, latest = span_of(history.recorded[known:])
        first, last = min(first, earliest), max(last, latest)
        _spanned[:] = [(history.recorded[-1], first, last)]
    return first, last


_LONG_AGO: Final = datetime.min.replace(tzinfo=timezone.utc)
_spanned: list[tuple[Recorded, datetime, datetime]] = []
"""The history asked about last, by its last event. Only a memory: it grows at its end alone."""


def bars_of(history: Ledger, positions: Iterable[Position]) -> list[int]:
    """In which of the spans of time each of some events lies."""
    first, last = span(history)
    length = max(last - first, timedelta(microseconds=1))
    recorded = history.recorded
    return [
        min((recorded[position - 1].time - first) * BARS // length, BARS - 1)
        for position in positions
    ]


def bar_begins(history: Ledger, bar: int) -> datetime:
    """When a span of time of the histogram begins."""
    first, last = span(history)
    return first + (last - first) * bar / BARS


def marks(moments: Sequence[Position], head: Position) -> tuple[Position, ...]:
    """The moments to mark on a line: of those that would stand in one place, the first."""
    if len(moments) <= MOST_MARKS:
        return tuple(moments)
    first_at: dict[int, Position] = {}
    for position in moments:
        first_at.setdefault(position * MOST_MARKS // (head + 1), position)
    return tuple(first_at.values())
