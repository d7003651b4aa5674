"""What is seen of streams at work: the list, the types, and the lanes of time.

The lanes are drawn by the lab's script from what stands in attributes here; in words they are a
list. A step of the slider moves one line across them, and makes nothing anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from bankpage.labs.contract import Subject
from bankpage.labs.debug.at_work import described
from bankpage.labs.debug.at_work_model import MOST_LISTED, ROWS, AtWork
from bankpage.labs.debug.lanes import Drawing
from bankpage.labs.debug.parts import button, cut
from bankpage.labs.debug.signs import SEVERAL, Signs, sign
from bankpage.labs.debug.source import Filter
from bankpage.paper.figures import local_time
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.account import Ledger
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.deeds import Step
from esbank_core.questions.streams import Chart, Lane, Listing, Mark, SeenStream, SortedBy, Survey

MOST_TYPES: Final = 24
"""Types listed; the filter has all of them to choose from."""

MOST_MARKS_LISTED: Final = 12
"""Marks of a lane that are listed in words."""

_COLUMNS: Final = (
    ("stream", SortedBy.NAME),
    ("events", SortedBy.EVENTS),
    ("first", SortedBy.FIRST_EVENT),
    ("last", SortedBy.LATEST),
    ("last-type", SortedBy.LAST_TYPE),
)


def slots(work: AtWork, chosen: Filter, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The list, the types, the lanes."""
    history = subject.history
    yield Slot("debug-at-work", {"hidden": not history.head})
    yield from _listed(work.listed, work.page, work.signs, chosen, history, phrases)
    yield text("debug-surveying", _surveying(work.survey, history, phrases))
    yield from _types(work.survey, work.signs, chosen, phrases)
    yield from _lanes(work, subject, phrases)


def _surveying(survey: Survey, history: Ledger, phrases: Phrases) -> str:
    if survey.seen >= history.head:
        return ""
    return phrases("debug-surveying", seen=survey.seen, total=history.head)


# The list.


@Remembered
def _listed(
    listing: Listing | None,
    page: int,
    given: Signs,
    chosen: Filter,
    history: Ledger,
    phrases: Phrases,
) -> tuple[Slot, ...]:
    if listing is None:
        return (
            Slot("debug-streams", {}, ()),
            Slot("debug-earlier-streams", {"hidden": True}),
            Slot("debug-later-streams", {"hidden": True}),
            text("debug-streams-note", ""),
        )
    first, last = page * ROWS, min((page + 1) * ROWS, len(listing.best))
    rows = tuple(_row(one, given, chosen, history, phrases) for one in listing.best[first:last])
    table = (
        Element("caption", {"class": "for-ears"}, (phrases("debug-streams-title"),)),
        _heads(listing, phrases),
        Element("tbody", {"role": "rowgroup"}, rows),
    )
    is_leafed = len(listing.best) > ROWS
    return (
        # Where it is narrow its rows wrap (streams.css); it is told as a table all the same.
        Slot("debug-streams", {"role": "table"}, table),
        Slot("debug-earlier-streams", {"hidden": not is_leafed, "disabled": not page}),
        Slot(
            "debug-later-streams",
            {"hidden": not is_leafed, "disabled": last >= len(listing.best)},
        ),
        text("debug-streams-note", _note(listing, (first + 1, last), phrases)),
    )


def _note(listing: Listing, shown: tuple[int, int], phrases: Phrases) -> str:
    """Which of the streams are listed, of how many, and where the others are."""
    if not listing.found:
        return phrases("debug-no-stream", sought=cut(listing.sought)) if listing.sought else ""
    said = "debug-streams-found" if listing.sought else "debug-streams-all"
    first, last = shown
    streams = phrases.counted("debug-streams", listing.looked_at)
    words = phrases(said, first=first, last=last, found=listing.found, streams=streams)
    if listing.found > len(listing.best):
        more = listing.found - len(listing.best)
        words = f"{words} {phrases('debug-streams-more', most=MOST_LISTED, more=more)}"
    return words


def _heads(listing: Listing, phrases: Phrases) -> Element:
    cells = []
    for name, by in _COLUMNS:
        is_chosen = listing.by is by
        # Most events and latest stand first, as one wants them: there the order is descending.
        is_descending = (by in (SortedBy.EVENTS, SortedBy.LATEST)) != listing.is_backward
        order = "descending" if is_descending else "ascending"
        head = button(
            phrases(f"debug-column-{name}"),
            "sort-streams",
            f"debug-sort-{name}",
            **{"data-by": by.value, "class": "debug-sort"},
        )
        cells.append(
            Element(
                "th",
                {
                    "scope": "col",
                    "role": "columnheader",
                    "aria-sort": order if is_chosen else None,
                },
                (head,),
            )
        )
    row = Element("tr", {"role": "row"}, tuple(cells))
    return Element("thead", {"role": "rowgroup"}, (row,))


def _row(
    one: SeenStream, given: Signs, chosen: Filter, history: Ledger, phrases: Phrases
) -> Element:
    name = cut(described(history, one.stream_id)) or phrases("debug-empty")
    shown = button(
        name,
        "show-stream",
        **{
            "data-stream": one.stream_id,
            "class": "debug-quiet",
            "aria-pressed": "true" if chosen.stream == one.stream_id else "false",
            "title": phrases("debug-show-stream", stream=name),
        },
    )
    last = button(
        local_time(one.last),
        "go",
        **{
            "data-position": str(one.last_position),
            "class": "debug-quiet",
            "title": phrases("debug-see-event", position=one.last_position),
        },
    )
    return Element(
        "tr",
        {"role": "row"},
        (
            Element("th", {"scope": "row", "role": "rowheader"}, (shown,)),
            Element("td", {"role": "cell", "class": "is-number"}, (f"{one.events:,}",)),
            Element("td", {"role": "cell"}, (local_time(one.first),)),
            Element("td", {"role": "cell"}, (last,)),
            Element("td", {"role": "cell"}, (sign(given, one.last_type), f" {cut(one.last_type)}")),
        ),
    )


# The types.


@Remembered
def _types(survey: Survey, given: Signs, chosen: Filter, phrases: Phrases) -> tuple[Slot, ...]:
    counts = survey.counts()
    items = tuple(
        _type(name, count, nth, given, chosen, phrases)
        for nth, (name, count) in enumerate(counts[:MOST_TYPES])
    )
    more = len(counts) - MOST_TYPES
    return (
        Slot("debug-types", {}, items),
        text("debug-types-note", phrases("debug-types-more", count=more) if more > 0 else ""),
    )


def _type(
    name: str, count: int, nth: int, given: Signs, chosen: Filter, phrases: Phrases
) -> Element:
    shown = button(
        cut(name),
        "show-type",
        f"debug-type-{nth}",
        **{
            "data-type": name,
            "class": "debug-quiet",
            "aria-pressed": "true" if chosen.type == name else "false",
            "title": phrases("debug-show-type", type=cut(name)),
        },
    )
    walks = tuple(
        button(
            arrow,
            "walk",
            f"debug-type-{nth}-{to}",
            **{
                "data-to": to,
                "data-type": name,
                "class": "button is-quiet debug-arrow",
                "aria-label": phrases(f"debug-{to}-named", type=cut(name)),
                "title": phrases(f"debug-{to}-named", type=cut(name)),
            },
        )
        for to, arrow in (("type-before", "‹"), ("type-after", "›"))
    )
    counted = Element("span", {"class": "is-number"}, (f"{count:,}",))
    return Element("li", {}, (sign(given, name), shown, counted, *walks))


# The lanes.


def _lanes(work: AtWork, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    drawing, history = work.drawing, subject.history
    yield from _drawn(drawing.drawn, history, phrases)
    thread = work.thread if work.at == subject.position else None
    yield from _spans(drawing)
    yield _picture(drawing.drawn, thread, subject.position, work.signs, history, phrases)
    yield text("debug-lanes-thread", _thread_said(thread, drawing.drawn, history, phrases))
    yield from _in_words(drawing.drawn, work.are_lanes_listed, history, phrases)


@Remembered
def _drawn(chart: Chart | None, history: Ledger, phrases: Phrases) -> tuple[Slot, ...]:
    if chart is None:
        return (
            Slot("debug-lanes-part", {"hidden": True}),
            Slot("debug-lane-names", {}, ()),
            text("debug-lanes-said", ""),
            text("debug-lanes-since", ""),
            text("debug-lanes-until", ""),
        )
    lanes = chart.lanes
    names = tuple(
        Element("li", {"title": lane.stream_id}, (cut(described(history, lane.stream_id)),))
        for lane in lanes
    )
    events = sum(mark.events for lane in lanes for mark in lane.marks)
    said = phrases(
        "debug-lanes-said",
        events=phrases.counted("debug-events", events),
        streams=phrases.counted("debug-streams", len(lanes)),
        since=local_time(chart.since),
        until=local_time(chart.until),
    )
    return (
        Slot("debug-lanes-part", {"hidden": not lanes}),
        Slot("debug-lane-names", {}, names),
        text("debug-lanes-said", said),
        text("debug-lanes-since", local_time(chart.since)),
        text("debug-lanes-until", local_time(chart.until)),
    )


@Remembered
def _marks(chart: Chart, given: Signs, phrases: Phrases) -> str:
    """The marks as the script draws them: of each lane, place, shape, colour, and what is said."""
    return json.dumps(
        {
            "places": chart.places,
            "lanes": [[_mark(mark, given, phrases) for mark in lane.marks] for lane in chart.lanes],
        }
    )


def _mark(mark: Mark, given: Signs, phrases: Phrases) -> list[object]:
    shape, hue = given.shape(mark.type), given.hue(mark.type)
    if mark.is_mixed:
        shape, hue = SEVERAL, 0
    return [mark.at, shape, hue, mark.events, _mark_said(mark, phrases)]


def _mark_said(mark: Mark, phrases: Phrases) -> str:
    kind = phrases("debug-several-types") if mark.is_mixed else cut(mark.type)
    return phrases.counted("debug-mark", mark.events, position=mark.position, type=kind)


def _picture(
    chart: Chart | None,
    thread: tuple[Step, ...] | None,
    position: Position,
    given: Signs,
    history: Ledger,
    phrases: Phrases,
) -> Slot:
    if chart is None:
        return Slot("debug-lanes", {"data-lanes": None, "data-thread": None, "data-here": None})
    here = None
    if position:
        one = history.at(position)
        row = _rows_of(chart).get(one.stream_id, -1)
        place = chart.place_of(one.time)
        is_in = "" if place is None else "in"
        here = f"{row} {chart.nearest(one.time)} {is_in}"
    return Slot(
        "debug-lanes",
        {
            "data-lanes": _marks(chart, given, phrases),
            "data-thread": _thread(chart, thread, history),
            "data-here": here,
        },
    )


@Remembered
def _rows_of(chart: Chart) -> dict[StreamId, int]:
    return {stream_id: row for row, stream_id in enumerate(chart.streams)}


@Remembered
def _thread(chart: Chart, thread: tuple[Step, ...] | None, history: Ledger) -> str | None:
    """The thread as the script draws it: from which place on which lane to which."""
    if not thread:
        return None
    rows = _rows_of(chart)
    lines = []
    for step in thread:
        if step.cause is None:
            continue
        cause, one = history.at(step.cause), history.at(step.position)
        if cause.stream_id in rows and one.stream_id in rows:
            lines.append(
                [
                    *(rows[cause.stream_id], chart.nearest(cause.time)),
                    *(rows[one.stream_id], chart.nearest(one.time)),
                ]
            )
    return json.dumps(lines)


@Remembered
def _thread_said(
    thread: tuple[Step, ...] | None, chart: Chart | None, history: Ledger, phrases: Phrases
) -> str:
    if thread is None:
        return ""
    if len(thread) == 1:
        return phrases("debug-thread-alone", position=thread[0].position)
    streams = {history.at(step.position).stream_id for step in thread}
    said = phrases(
        "debug-thread-said",
        events=phrases.counted("debug-events", len(thread)),
        streams=phrases.counted("debug-streams", len(streams)),
    )
    beyond = len(streams.difference(chart.streams)) if chart is not None else 0
    return f"{said} {phrases('debug-thread-beyond', count=beyond)}" if beyond else said


@Remembered
def _spans(drawing: Drawing) -> tuple[Slot, ...]:
    is_whole = drawing.span is None and not drawing.is_of_thread
    return (
        Slot("debug-zoom-farther", {"disabled": is_whole}),
        Slot("debug-zoom-whole", {"aria-pressed": "true" if is_whole else "false"}),
        Slot("debug-zoom-thread", {"aria-pressed": "true" if drawing.is_of_thread else "false"}),
    )


@Remembered
def _in_words(
    chart: Chart | None, is_open: bool, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    items: tuple[Node, ...] = ()
    if is_open and chart is not None:
        items = tuple(_lane_in_words(lane, history, phrases) for lane in chart.lanes)
    return (
        Slot("debug-list-lanes", {"aria-expanded": "true" if is_open else "false"}),
        Slot("debug-lanes-list", {"hidden": not items}, items),
    )


def _lane_in_words(lane: Lane, history: Ledger, phrases: Phrases) -> Element:
    marks: list[Node] = [f"{cut(described(history, lane.stream_id))}: "]
    for mark in lane.marks[:MOST_MARKS_LISTED]:
        there = button(
            _mark_said(mark, phrases),
            "go",
            **{"data-position": str(mark.position), "class": "button is-quiet"},
        )
        marks.append(there)
    if more := len(lane.marks[MOST_MARKS_LISTED:]):
        marks.append(f" {phrases('debug-more', count=more)}")
    if not lane.marks:
        marks.append(phrases("debug-nothing-then"))
    return Element("li", {}, tuple(marks))
