"""Lanes of time: which span of it is drawn, and how far the drawing has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from esbank_core.bank.account import Ledger
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position
from esbank_core.questions.deeds import Step
from esbank_core.questions.streams import RESOLUTION, Chart, Mark

PLACES: Final = 120
"""Into how many places a lane is cut; what falls on one of them is one mark."""

DRAWN: Final = 2_500
"""Events drawn with one message: some 15 ms in a browser."""

CLOSER: Final = 4
"""How many times less time is drawn, one step closer."""

MARGIN: Final = 0.05
"""What is drawn before and after a thread, of the time that it takes."""

Span = tuple[datetime, datetime]
"""From when to when."""


class Zoom(StrEnum):
    """Another span of time."""

    CLOSER = "closer"
    FARTHER = "farther"
    WHOLE = "whole"
    THREAD = "thread"
    """The time that the thread of the event in view takes, whichever event that is."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, and what is being drawn instead of it."""

    span: timedelta | None = None
    """How much time; None for the whole of it, or for that of the thread."""
    middle: datetime | None = None
    is_of_thread: bool = False
    chart: Chart | None = None
    seen: int = 0
    """How many events the history had when the chart was begun."""
    nth: int = 0
    """How many of its lanes are drawn."""
    offset: int = 0
    """How many events of the next lane are."""
    drawn: Chart | None = None
    """The chart that was finished last."""

    def zoomed(
        self,
        zoom: Zoom,
        whole: Span,
        history: Ledger,
        at: Position,
        thread: tuple[Step, ...] | None,
    ) -> Drawing:
        """The same with another span of time to be drawn."""
        since, until = self.window(whole, history, at, thread)
        match zoom:
            case Zoom.WHOLE:
                return replace(self, span=None, is_of_thread=False)
            case Zoom.THREAD:
                return replace(self, span=None, is_of_thread=True)
            case Zoom.CLOSER:
                middle = history.at(at).time if at else since + (until - since) / 2
                span = max((until - since) / CLOSER, PLACES * RESOLUTION)
            case Zoom.FARTHER:
                middle, span = since + (until - since) / 2, (until - since) * CLOSER
        if span >= whole[1] - whole[0]:
            return replace(self, span=None, is_of_thread=False)
        return replace(self, span=span, middle=middle, is_of_thread=False)

    def window(
        self, whole: Span, history: Ledger, at: Position, thread: tuple[Step, ...] | None
    ) -> Span:
        """From when to when it is to be drawn; the event in view is never outside."""
        first, last = whole
        if self.is_of_thread and thread:
            times = [history.at(step.position).time for step in thread]
            first_of, last_of = min(times), max(times)
            margin = max((last_of - first_of) * MARGIN, PLACES * RESOLUTION)
            return _from(first_of, -margin), _from(last_of, margin)
        if self.span is None or self.middle is None:
            return first, last
        middle, half = self.middle, self.span / 2
        if at and abs((time := history.at(at).time) - middle) > half:
            middle = time
        since = min(max(_from(middle, -half), first), _from(last, -self.span))
        return since, _from(since, self.span)

    def is_as(self, wanted: Chart, seen: int) -> bool:
        """Whether it is of these streams, this time and so many events."""
        chart = self.chart
        return (
            chart is not None
            and self.seen == seen
            and (chart.streams, chart.since, chart.until)
            == (wanted.streams, wanted.since, wanted.until)
        )

    def begun(self, wanted: Chart, seen: int) -> Drawing:
        """The same with another chart to be drawn."""
        return replace(self, chart=wanted, seen=seen, nth=0, offset=0)

    @property
    def is_done(self) -> bool:
        """Whether the chart is finished."""
        return self.chart is None or self.nth >= len(self.chart.streams)

    def further(self, history: Ledger) -> Drawing:
        """The same drawn a slice further."""
        chart, nth, offset, room = self.chart, self.nth, self.offset, DRAWN
        if chart is None:
            return self
        while room and nth < len(chart.streams):
            places = history.places.get(chart.streams[nth], ())
            some = places[offset : offset + room]
            chart = chart.fed((history.recorded[position - 1] for position in some), type_of)
            offset, room = offset + len(some), room - len(some)
            if offset >= len(places):
                nth, offset = nth + 1, 0
        drawing = replace(self, chart=chart, nth=nth, offset=offset)
        return replace(drawing, drawn=chart) if drawing.is_done else drawing

    def mark_near(self, row: int, share: float) -> Mark | None:
        """The mark of a lane, by its number from 0, that is nearest to a part of its length."""
        if self.drawn is None or not 0 <= row < len(self.drawn.streams):
            return None
        marks = self.drawn.marks.get(self.drawn.streams[row], {})
        wanted = share * self.drawn.places
        return min(marks.values(), key=lambda mark: abs(mark.at + 0.5 - wanted), default=None)


def _from(time: datetime, by: timedelta) -> datetime:
    """A moment later or earlier, as far as the calendar goes."""
    try:
        return time + by
    except OverflowError:
        return time
