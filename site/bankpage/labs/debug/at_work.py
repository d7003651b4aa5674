"""Streams at work, worked on: what each message makes of them, and what there is to do later.

All that takes long is done slice by slice with one kind of message: what there is to do is seen
from what is known and what is wanted, and is done in order. While the slider moves, nothing is.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import Final

from bankpage.labs.contract import LookAt, Subject, Turn
from bankpage.labs.debug.at_work_model import (
    MOST_LISTED,
    ROWS,
    AllToggled,
    AtWork,
    AtWorkMessage,
    ComparedWith,
    GoesOn,
    LanesToggled,
    Leafed,
    LineToggled,
    MoreDifferences,
    PathCopied,
    Pointed,
    RecordToggled,
    Sought,
    Steered,
    Walked,
    Zoomed,
)
from bankpage.labs.debug.lanes import PLACES
from bankpage.labs.debug.payload import DIFFERENCES, UNFOLDED_AT_MOST, Comparison, Unfolding
from bankpage.labs.debug.signs import SHAPES, signs
from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import NOWHERE, Position, StreamId
from esbank_core.questions.streams import Chart, Listing, SortedBy
from esbank_core.questions.tracing import Trace

REST_MS: Final = 80
"""How long the slider has to rest before the event in view is looked into."""

SURVEYED: Final = 2_500
"""Events surveyed with one message: some 15 ms in a browser, where there are many streams."""

LISTED: Final = 2_000
"""Streams looked at with one message, for the list."""

TRACED: Final = 20_000
"""Events looked at with one message, for the thread of one."""

MOST_OF_THREAD: Final = 8
"""Streams of a thread that are shown as lanes besides those that are listed."""


def update(work: AtWork, message: AtWorkMessage, subject: Subject) -> Turn[AtWork, AtWorkMessage]:
    """What a message makes of it."""
    match message:
        case GoesOn(run=run):
            return _gone_on(work, subject) if run == work.run else Turn(work)
        case Sought(text=text, by=by):
            return begun(replace(work, listing=_wanted(work.listing, text, by), page=0))
        case Leafed(is_forward=is_forward):
            pages = -(-len(work.listed.best) // ROWS) if work.listed else 1
            page = min(max(work.page + (1 if is_forward else -1), 0), max(pages - 1, 0))
            return begun(replace(work, page=page))
        case Walked(to=to, type=name):
            there = way(work, to, subject, name)
            return Turn(work) if there is None else Turn(work, wishes=(LookAt(there),))
        case Zoomed(zoom=zoom):
            whole = work.survey.span
            if whole is None:
                return Turn(work)
            drawing = work.drawing.zoomed(zoom, whole, subject.history, work.at, work.thread)
            return begun(replace(work, drawing=drawing))
        case Pointed(row=row, share=share):
            mark = work.drawing.mark_near(row, share)
            return Turn(work) if mark is None else Turn(work, wishes=(LookAt(mark.position),))
        case Steered(to=to):
            there = steered(work, to, subject)
            return Turn(work) if there is None else Turn(work, wishes=(LookAt(there),))
        case LanesToggled():
            return Turn(replace(work, are_lanes_listed=not work.are_lanes_listed))
        case LineToggled(path=path, is_open=is_open, is_for_more=is_for_more):
            unfolding = work.unfolding
            if is_for_more:
                unfolding = unfolding.with_more(path)
            else:
                unfolding = unfolding.toggled(path, is_open=is_open)
            return Turn(replace(work, unfolding=unfolding))
        case AllToggled(is_open=is_open):
            return Turn(replace(work, unfolding=Unfolding(UNFOLDED_AT_MOST if is_open else 0)))
        case RecordToggled():
            return Turn(replace(work, is_record_open=not work.is_record_open))
        case ComparedWith(is_anywhere=is_anywhere):
            compared = replace(work, is_anywhere=is_anywhere, comparison=None)
            return begun(replace(compared, differences=DIFFERENCES))
        case MoreDifferences():
            return Turn(replace(work, differences=work.differences + DIFFERENCES))
        case PathCopied(path=path):
            return Turn(replace(work, copied=path))


def _wanted(listing: Listing, text: str | None, by: SortedBy | None) -> Listing:
    sought = listing.sought if text is None else text
    is_again = by is listing.by
    return Listing(
        sought,
        by or listing.by,
        is_backward=listing.is_backward if by is None else is_again and not listing.is_backward,
        most=MOST_LISTED,
    )


# Where one can go from the event in view.

WAYS: Final = (*("stream-before", "stream-after", "type-before", "type-after", "cause", "effect"),)


def way(work: AtWork, to: str, subject: Subject, name: str = "") -> Position | None:
    """Where a way leads to from the slider's event; None where it leads nowhere.

    Raises:
        ValueError: there is no such way.
    """
    history, position = subject.history, subject.position
    if to not in WAYS:
        raise ValueError(f"“{to}” leads nowhere.")
    if to.startswith("type-") and (name or position):
        name = name or type_of(history.at(position).event)
        is_on = to == "type-after"
        return (work.survey.next_of if is_on else work.survey.before_of)(name, position)
    if not position:
        return None
    if to.startswith("stream-"):
        one = history.at(position)
        places = history.places.get(one.stream_id, ())
        next_at = bisect_left(places, position) + (1 if to == "stream-after" else -1)
        return places[next_at] if 0 <= next_at < len(places) else None
    if work.at != position or work.thread is None:
        return None
    if to == "cause":
        return next((one.cause for one in work.thread if one.position == position), None)
    return next((one.position for one in work.thread if one.cause == position), None)


_ALONG: Final = {"left": "stream-before", "right": "stream-after"}
_ACROSS: Final = {"up": -1, "down": 1}


def steered(work: AtWork, to: str, subject: Subject) -> Position | None:
    """Where an arrow key leads to: along the lane, or to the event of another that is nearest.

    Raises:
        KeyError: it is no arrow.
    """
    chart = work.drawing.drawn
    if chart is None or not chart.streams:
        return None
    if not subject.position:
        first = work.drawing.mark_near(0, 0)
        return None if first is None else first.position
    if to in _ALONG:
        return way(work, _ALONG[to], subject)
    direction = _ACROSS[to]
    one = subject.history.at(subject.position)
    here = chart.streams.index(one.stream_id) if one.stream_id in chart.streams else -1
    share = (chart.nearest(one.time) + 0.5) / chart.places
    beyond = range(here + direction, len(chart.streams) if direction > 0 else -1, direction)
    marks = (work.drawing.mark_near(row, share) for row in beyond)
    return next((mark.position for mark in marks if mark is not None), None)


# What there is to do, one slice after the other.


def begun(work: AtWork) -> Turn[AtWork, AtWorkMessage]:
    """The same with a message on its way, so that it goes on with whatever there is to do."""
    if work.is_waiting:
        return Turn(work)
    return Turn(replace(work, is_waiting=True), later=GoesOn(work.run))


def moved(work: AtWork) -> Turn[AtWork, AtWorkMessage]:
    """What becomes of it where the slider has moved: once that rests, the event is looked into."""
    turn = begun(work)
    return replace(turn, pause=REST_MS if turn.later is not None else 0)


def _gone_on(work: AtWork, subject: Subject) -> Turn[AtWork, AtWorkMessage]:
    if subject.position != work.at:
        if subject.position != work.resting:
            resting = replace(work, resting=subject.position)
            return Turn(resting, later=GoesOn(work.run), pause=REST_MS)
        return Turn(_looked_into(work, subject), later=GoesOn(work.run))
    for does in (_traced, _surveyed, _listed, _drawn, _compared):
        further = does(work, subject.history)
        if further is not None:
            return Turn(further, later=GoesOn(work.run))
    return Turn(replace(work, is_waiting=False))


def _looked_into(work: AtWork, subject: Subject) -> AtWork:
    return replace(
        work,
        at=subject.position,
        trace=None,
        thread=None,
        comparison=None,
        differences=DIFFERENCES,
        copied=None,
    )


def _traced(work: AtWork, history: Ledger) -> AtWork | None:
    if not work.at or work.thread is not None:
        return None
    trace = work.trace or Trace[Event].of(history.recorded, work.at)
    trace = trace.further(history.recorded, TRACED)
    thread = trace.steps(history.recorded) if trace.is_done(history.recorded) else None
    return replace(work, trace=trace, thread=thread)


def _surveyed(work: AtWork, history: Ledger) -> AtWork | None:
    start = work.survey.seen
    if start >= history.head:
        return None
    survey = work.survey.fed(history.recorded[start : start + SURVEYED], type_of)
    same_types = len(survey.types) == len(work.survey.types)
    given = work.signs if same_types and len(survey.types) <= len(SHAPES) else signs(survey)
    return replace(
        work,
        survey=survey,
        counted={name: len(places) for name, places in survey.types.items()},
        signs=given,
        listing=_wanted(work.listing, None, None),
    )


def _listed(work: AtWork, history: Ledger) -> AtWork | None:
    if work.listing is work.listed or not history.head:
        return None
    listing = work.listing.further(work.survey, LISTED, lambda name: described(history, name))
    listed = listing if listing.is_done(work.survey) else work.listed
    pages = -(-len(listed.best) // ROWS) if listed else 1
    return replace(work, listing=listing, listed=listed, page=min(work.page, max(pages - 1, 0)))


def described(history: Ledger, stream_id: StreamId) -> str:
    """A stream by its name, and by its owner where it is an account."""
    state = history.state_of(stream_id)
    owner = "" if isinstance(state, NoAccount) else state.owner
    return f"{stream_id} {owner}".strip()


def _drawn(work: AtWork, history: Ledger) -> AtWork | None:
    survey, drawing = work.survey, work.drawing
    if survey.span is None:
        return None
    since, until = drawing.window(survey.span, history, work.at, work.thread)
    wanted = Chart(_streams_to_draw(work, history), since, until, PLACES)
    if not drawing.is_as(wanted, survey.seen):
        drawing = drawing.begun(wanted, survey.seen)
    elif drawing.is_done:
        return None
    return replace(work, drawing=drawing.further(history))


def _streams_to_draw(work: AtWork, history: Ledger) -> tuple[StreamId, ...]:
    """Those that are listed, and below them those that the thread leads through besides."""
    streams = dict.fromkeys(one.stream_id for one in work.rows)
    most = len(streams) + MOST_OF_THREAD
    for step in work.thread or ():
        if len(streams) >= most:
            break
        streams.setdefault(history.at(step.position).stream_id)
    streams.pop(NOWHERE, None)
    return tuple(streams)


def _compared(work: AtWork, history: Ledger) -> AtWork | None:
    if not work.at:
        return None
    comparison = work.comparison or Comparison(work.at, work.is_anywhere)
    if comparison.is_done:
        return None
    return replace(work, comparison=comparison.further(history, work.survey))


# What becomes of it where the subject is another.


def about(run: int, before: AtWork, subject: Subject) -> Turn[AtWork, AtWorkMessage]:
    """Streams at work on another history; how the reader likes to see them stays."""
    kept = AtWork(
        run=run,
        at=subject.position,
        resting=subject.position,
        is_anywhere=before.is_anywhere,
        are_lanes_listed=before.are_lanes_listed,
        is_record_open=before.is_record_open,
    )
    return begun(kept)


def grown(work: AtWork) -> Turn[AtWork, AtWorkMessage]:
    """What becomes of it where the history has grown: what came to it is looked at as well."""
    return begun(replace(work, trace=None, thread=None))
