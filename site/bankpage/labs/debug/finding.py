"""Find: every moment at which conditions hold, searched slice by slice, and the way among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Final

from bankpage.labs.contract import AskStates, Gesture, LookAt, Mark, Subject, Turn, Wish
from bankpage.labs.debug.by_evolve import condition_of, known_events
from bankpage.labs.debug.finding_model import (
    MOST_ROWS,
    OFFERED_BY_EVOLVE,
    PAGE,
    Finding,
    Found,
    Problem,
    Row,
)
from bankpage.labs.debug.spans import BARS, bars_of, marks
from esbank_core.bank.account import Ledger
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.bank.conditions import field_is_there
from esbank_core.questions.bank.todays_rules import begins_without_opening
from esbank_core.questions.moments import Scan
from esbank_core.questions.own.of_state import field_named
from esbank_core.questions.wording.conditions import (
    EVOLVE_FAILS,
    REFUSED_TODAY,
    Asked,
)
from esbank_core.questions.wording.misread import Misread, MisreadError

FIRST_SLICE: Final = 500
SLICE: Final = 4_000
"""Events looked at with one message: some 10 to 20 ms in a browser."""

SLICE_OF_RULES: Final = 3_000
"""The same where today's rules are asked of each event: at most some 25 ms."""

MOST_MOVED: Final = 5_000
"""Moments that are put into new spans of time whenever the history grows."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A condition was chosen, another wanted, or one no longer: what the form holds now."""

    values: tuple[Row, ...]
    stream: str
    is_chosen: bool = False
    """Whether a condition was chosen, so that a value for another kind of it is not wanted."""
    is_one_more: bool = False
    dropped: int | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """The form is to be searched for."""

    draft: Drafted


@dataclass(frozen=True, slots=True)
class Sliced:
    """It is time to look at some more events, in a run of the search."""

    run: int


@dataclass(frozen=True, slots=True)
class WentTo:
    """A moment is to be looked at."""

    position: Position


@dataclass(frozen=True, slots=True)
class WentOn:
    """The next moment from where the slider stands, or the one before, is to be looked at."""

    is_forward: bool


@dataclass(frozen=True, slots=True)
class WentBack:
    """The slider is to stand again where it stood before."""


@dataclass(frozen=True, slots=True)
class Paged:
    """Other moments are to be listed."""

    is_forward: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Only moments in some spans of time are wanted; None leaves an end as it is."""

    first_bar: int | None = None
    last_bar: int | None = None


FindingMessage = Drafted | Searched | Sliced | WentTo | WentOn | WentBack | Paged | Narrowed


def read(gesture: Gesture) -> FindingMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    fields = gesture.fields
    match gesture.name:
        case "find":
            return Searched(_draft(gesture))
        case "choose":
            return replace(_draft(gesture), is_chosen=True)
        case "typed":
            return _draft(gesture)
        case "one-more":
            return replace(_draft(gesture), is_one_more=True)
        case "drop":
            return replace(_draft(gesture), dropped=int(fields["row"]))
        case "go":
            return WentTo(Position(int(fields["position"])))
        case "next-moment" | "previous-moment":
            return WentOn(gesture.name == "next-moment")
        case "back":
            return WentBack()
        case "later-moments" | "earlier-moments":
            return Paged(gesture.name == "later-moments")
        case "from":
            return Narrowed(first_bar=int(fields["value"]))
        case "to":
            return Narrowed(last_bar=int(fields["value"]))
        case "whole-time":
            return Narrowed(0, BARS - 1)
        case _:
            return None


def _draft(gesture: Gesture) -> Drafted:
    fields = gesture.fields
    rows = []
    for name, condition in fields.items():
        if name.startswith("condition-"):
            number = int(name.removeprefix("condition-"))
            if condition not in OFFERED_BY_EVOLVE:
                raise ValueError(f"“{condition}” is no condition to choose.")
            named, value = fields.get(f"field-{number}", ""), fields.get(f"value-{number}", "")
            rows.append(Row(number, condition, named.strip(), value))
    return Drafted(tuple(rows), fields.get("in", ""))


def update(
    finding: Finding, message: FindingMessage, subject: Subject
) -> Turn[Finding, FindingMessage]:
    """What a message makes of it."""
    match message:
        case Drafted():
            return Turn(_drafted(finding, message))
        case Searched(draft=draft):
            return _asked(_drafted(finding, draft), subject)
        case Sliced(run=run):
            if run != finding.run or finding.found is None:
                return Turn(finding)
            return _sliced(finding, finding.found, subject, _slice(finding))
        case WentTo(position=position):
            return _gone(finding, position, subject)
        case WentOn(is_forward=is_forward):
            there = neighbour(finding, subject.position, is_forward=is_forward)
            return Turn(finding) if there is None else _gone(finding, there, subject)
        case WentBack():
            if finding.came_from is None:
                return Turn(finding)
            back = replace(finding, came_from=None)
            return Turn(back, wishes=(LookAt(finding.came_from),))
        case Paged(is_forward=is_forward):
            return Turn(_paged(finding, PAGE if is_forward else -PAGE))
        case Narrowed():
            return Turn(_narrowed(finding, message))


def grown(finding: Finding, subject: Subject) -> Turn[Finding, FindingMessage]:
    """What becomes of it where the history has grown: what came to it is searched as well."""
    if finding.found is None:
        return Turn(finding)
    found = finding.found
    if len(found.bars) <= MOST_MOVED:  # the span of time is another now, and so is each bar
        found = replace(found, bars=AppendOnly(), heights=(0,) * BARS)
    return _sliced(replace(finding, run=finding.run + 1), found, subject, _slice(finding))


def told(finding: Finding, subject: Subject) -> Turn[Finding, FindingMessage]:
    """What becomes of it where a reader's own states are told further, or are others."""
    found = finding.found
    if found is None or not found.fields:
        return Turn(finding)
    if subject.own is None or subject.own.text != found.evolve:
        dropped = replace(finding, found=None, run=finding.run + 1)
        return Turn(dropped, wishes=(Mark(()),))
    if found.is_done(subject.history):
        return Turn(finding)
    run = finding.run + 1
    return Turn(replace(finding, run=run), later=Sliced(run))


def shown(finding: Finding, history: Ledger) -> tuple[Mark, ...]:
    """What is to be marked on the slider's line; nothing, if nothing was looked for."""
    found = finding.found
    return () if found is None else (Mark(marks(found.scan.moments, history.head)),)


def neighbour(finding: Finding, position: Position, *, is_forward: bool) -> Position | None:
    """The next moment after a position, or the last before it."""
    if finding.found is None:
        return None
    moments = finding.found.moments
    if is_forward:
        at = bisect_right(moments, position)
        return moments[at] if at < len(moments) else None
    at = bisect_left(moments, position)
    return moments[at - 1] if at else None


def _drafted(finding: Finding, draft: Drafted) -> Finding:
    given = {row.number: row for row in draft.values}
    taken = _as_chosen if draft.is_chosen else _as_typed
    rows = tuple(taken(row, given.get(row.number, row)) for row in finding.rows)
    made = finding.made
    if draft.is_one_more and len(rows) < MOST_ROWS:
        rows, made = (*rows, Row(made)), made + 1
    if draft.dropped is not None and len(rows) > 1:
        rows = tuple(row for row in rows if row.number != draft.dropped)
    return replace(finding, rows=rows, made=made, stream=draft.stream)


def _as_typed(_before: Row, now: Row) -> Row:
    return now


def _as_chosen(before: Row, now: Row) -> Row:
    """A value is kept for another condition only if that asks for the same."""
    return now if before.asked == now.asked else replace(now, value="")


def _asked(finding: Finding, subject: Subject) -> Turn[Finding, FindingMessage]:
    history = subject.history
    stream_id = StreamId(finding.stream) if finding.stream in history.places else None
    finding = replace(finding, run=finding.run + 1, came_from=None)
    try:
        for row in finding.rows:
            _refuse_nothing(row)
        rows = sorted(finding.rows, key=lambda row: row.condition != EVOLVE_FAILS)
        words = tuple(word for row in rows for word in row.words)
        worded = condition_of(words, subject, stream_id)
    except MisreadError as misread:
        problem = Problem(misread.code, misread.typed, misread.reason)
        return Turn(replace(finding, problem=problem, found=None), wishes=(Mark(()),))
    cut = Scan(begins_without_opening(), stream_id) if asks_rules(finding) else None
    named = next((row.field for row in finding.rows if _asks_event(row)), "")
    having = Scan(field_is_there(named), stream_id) if named else None
    evolve = subject.own.text if subject.own and worded.fields else ""
    found = Found(
        Scan(worded.condition, stream_id),
        cut=cut,
        asked_field=named,
        having=having,
        words=words,
        fields=worded.fields,
        evolve=evolve,
    )
    turn = _sliced(replace(finding, problem=None), found, subject, FIRST_SLICE)
    if not worded.fields:
        return turn
    return replace(turn, wishes=(AskStates(sought=worded.fields), *turn.wishes))


def _asks_event(row: Row) -> bool:
    """Whether a field of the event is asked for, and none of the state."""
    return Asked.FIELD in row.asked and field_named(row.field) is None


def asks_rules(finding: Finding) -> bool:
    """Whether today's rules are asked."""
    return any(row.condition == REFUSED_TODAY for row in finding.rows)


def _slice(finding: Finding) -> int:
    return SLICE_OF_RULES if asks_rules(finding) else SLICE


def _refuse_nothing(row: Row) -> None:
    """Refuse a condition that lacks what it asks for, which would be taken from the next one."""
    if any(not word.strip() for word in row.words):
        raise MisreadError(Misread.VALUE_MISSING, row.condition)


def _sliced(
    finding: Finding, found: Found, subject: Subject, events: int
) -> Turn[Finding, FindingMessage]:
    history, known, scan = subject.history, len(found.bars), found.scan
    may_see = scan.total(history)
    if found.fields:
        # What is known of the states has become more; what is not has to be waited for.
        may_see = known_events(found.fields, subject, scan.stream_id)
        worded = condition_of(found.words, subject, scan.stream_id)
        scan = replace(scan, condition=worded.condition)
    events = max(0, min(events, may_see - scan.seen))
    scan = scan.further(history, events)
    cut = found.cut and found.cut.further(history, events)
    having = found.having
    if having is not None and not having.moments:  # one is enough to know
        having = having.further(history, events)
    new = bars_of(history, scan.moments[known:])
    heights = list(found.heights)
    for bar in new:
        heights[bar] += 1
    found = replace(
        found, scan=scan, cut=cut, having=having, bars=found.bars.plus(new), heights=tuple(heights)
    )
    if found.narrowed is not None:
        found = _within(found)
    is_done = scan.is_done(history)
    wishes: tuple[Wish, ...] = ()
    if is_done or not known:
        wishes = (Mark(marks(scan.moments, history.head)),)
    later = Sliced(finding.run) if scan.seen < may_see else None
    return Turn(replace(finding, found=found), wishes=wishes, later=later)


def _narrowed(finding: Finding, message: Narrowed) -> Finding:
    found = finding.found
    if found is None:
        return finding
    first = found.first_bar if message.first_bar is None else message.first_bar
    last = found.last_bar if message.last_bar is None else message.last_bar
    first, last = max(0, min(first, BARS - 1)), max(0, min(last, BARS - 1))
    if first > last:  # one end pushes the other along
        first, last = (first, first) if message.last_bar is None else (last, last)
    return replace(finding, found=_within(replace(found, first_bar=first, last_bar=last)))


def _within(found: Found) -> Found:
    if (found.first_bar, found.last_bar) == (0, BARS - 1):
        return replace(found, narrowed=None, first=0)
    pairs = zip(found.scan.moments, found.bars, strict=True)
    inside = [position for position, bar in pairs if found.first_bar <= bar <= found.last_bar]
    return replace(found, narrowed=inside, first=0)


def _gone(finding: Finding, position: Position, subject: Subject) -> Turn[Finding, FindingMessage]:
    came_from = subject.position if finding.came_from is None else finding.came_from
    finding = replace(finding, came_from=came_from)
    if finding.found is not None:
        moments = finding.found.moments
        at = bisect_left(moments, position)
        if at < len(moments) and not finding.found.first <= at < finding.found.first + PAGE:
            finding = replace(finding, found=replace(finding.found, first=at - at % PAGE))
    return Turn(finding, wishes=(LookAt(position),))


def _paged(finding: Finding, by: int) -> Finding:
    found = finding.found
    if found is None or not 0 <= found.first + by < len(found.moments):
        return finding
    return replace(finding, found=replace(found, first=found.first + by))
