"""Compare: a point that is remembered, and what differs from it where the slider stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bankpage.labs.contract import AskStates, Gesture, Subject, Turn
from bankpage.labs.debug.parts import button, cut, event_in_words, heads, row
from bankpage.paper.figures import money
from bankpage.paper.own_states import OwnDifference, OwnDifferences
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.account import Ledger
from esbank_core.bank.states import currency_in
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.as_of import Difference, differences

REST_MS: Final = 120
"""How long the slider has to rest before a difference is worked out."""

MOST_ROWS: Final = 200
"""Differences shown at once."""

MOST_EVENTS: Final = 30
"""Events between two points that are named one by one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The difference between two points, as far as it is known."""

    later: Position
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparing:
    """The point that is remembered, and the difference that was worked out last."""

    point: Position | None = None
    compared: Compared | None = None
    own: OwnDifferences | None = None
    """The difference between states by a reader's own evolve, as it was told last."""
    run: int = 0


@dataclass(frozen=True, slots=True)
class Remembering:
    """Where the slider stands is to be remembered as A."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Rested:
    """The slider has stood where it stands for a moment."""

    run: int


ComparingMessage = Remembering | Forgotten | Rested


def read(gesture: Gesture) -> ComparingMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    match gesture.name:
        case "remember":
            return Remembering()
        case "forget":
            return Forgotten()
        case _:
            return None


def update(
    comparing: Comparing, message: ComparingMessage, subject: Subject
) -> Turn[Comparing, ComparingMessage]:
    """What a message makes of it."""
    run = comparing.run + 1
    match message:
        case Remembering():
            here = subject.position
            own = OwnDifferences(here, here, (), 0) if subject.own else None
            return Turn(Comparing(here, Compared(here, ()), own, run))
        case Forgotten():
            return Turn(Comparing(run=run))
        case Rested(run=then):
            if then != comparing.run or comparing.point is None:
                return Turn(comparing)
            if subject.own is not None:
                return _asked_of_states(comparing, comparing.point, subject)
            found = differences(subject.history, comparing.point, subject.position)
            return Turn(replace(comparing, compared=Compared(subject.position, found)))


def _asked_of_states(
    comparing: Comparing, point: Position, subject: Subject
) -> Turn[Comparing, ComparingMessage]:
    between = (point, subject.position)
    known = subject.own.differences if subject.own else None
    if known is not None and (known.earlier, known.later) == between:
        return Turn(replace(comparing, own=known))
    return Turn(comparing, wishes=(AskStates(compares=between),))


def told(comparing: Comparing, before: Subject, now: Subject) -> Turn[Comparing, ComparingMessage]:
    """What becomes of it where a reader's own states are told further, or others are shown."""
    if comparing.point is None:
        return Turn(comparing)
    if (before.own and before.own.text) != (now.own and now.own.text):
        return moved(replace(comparing, own=None))
    differences = now.own.differences if now.own else None
    if differences is not None and differences.earlier == comparing.point:
        comparing = replace(comparing, own=differences)
    if now.position != before.position:
        return moved(comparing)
    return Turn(comparing)


def moved(comparing: Comparing) -> Turn[Comparing, ComparingMessage]:
    """What becomes of it where the slider has moved: once it rests, the difference is told."""
    if comparing.point is None:
        return Turn(comparing)
    run = comparing.run + 1
    return Turn(replace(comparing, run=run), later=Rested(run), pause=REST_MS)


# The view.


def slots(comparing: Comparing, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The point, and what differs from it."""
    if subject.own is not None and comparing.point is not None:
        yield from _by_evolve(
            comparing.point, comparing.own, subject.own.ended, subject.history, phrases
        )
    else:
        yield from _compared(comparing.point, comparing.compared, subject.history, phrases)


@Remembered
def _compared(
    point: Position | None, compared: Compared | None, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    if point is None or compared is None:
        return (
            text("debug-point", phrases("debug-no-point")),
            Slot("debug-forget", {"hidden": True}),
            Slot("debug-differences", {"hidden": True}, ()),
            Slot("debug-between", {"hidden": True}, ()),
        )
    said = phrases(
        "debug-point",
        point=_named(point, phrases),
        here=_named(compared.later, phrases),
        fields=phrases.counted("debug-fields", len(compared.differences)),
    )
    return (
        text("debug-point", said),
        Slot("debug-forget", {"hidden": False}),
        Slot(
            "debug-differences",
            {"hidden": not compared.differences},
            _table(compared, history, phrases),
        ),
        _between(point, compared.later, history, phrases),
    )


@Remembered
def _by_evolve(
    point: Position, own: OwnDifferences | None, ended: str, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    """What states by a reader's own evolve differ in, stream by stream and field by field."""
    if own is None or ended:
        at = _named(point, phrases)
        waiting = phrases("debug-comparing", point=at)
        return (
            text("debug-point", phrases("debug-comparing-ended", point=at) if ended else waiting),
            Slot("debug-forget", {"hidden": False}),
            Slot("debug-differences", {"hidden": True}, ()),
            Slot("debug-between", {"hidden": True}, ()),
        )
    said = phrases(
        "debug-point-own",
        point=_named(own.earlier, phrases),
        here=_named(own.later, phrases),
        fields=phrases.counted("debug-fields", own.count),
    )
    caption = phrases("debug-differences")
    if more := own.count - len(own.rows):
        caption = f"{caption} {phrases('debug-more', count=more)}"
    names = [phrases(f"debug-column-{name}") for name in ("stream", "field", "at-a", "here")]
    rows = tuple(_row_of(one, phrases) for one in own.rows)
    table = (Element("caption", {}, (caption,)), heads(names), Element("tbody", {}, rows))
    return (
        text("debug-point", said),
        Slot("debug-forget", {"hidden": False}),
        Slot("debug-differences", {"hidden": not own.rows}, table if own.rows else ()),
        _between(point, own.later, history, phrases),
    )


def _row_of(one: OwnDifference, phrases: Phrases) -> Element:
    def value(said: str | None) -> str:
        return phrases("debug-nothing") if said is None else said or phrases("debug-empty")

    return row((cut(one.stream_id), cut(one.field), value(one.before), value(one.after)))


def _named(position: Position, phrases: Phrases) -> str:
    return phrases("debug-event", position=position) if position else phrases("debug-genesis")


def _table(compared: Compared, history: Ledger, phrases: Phrases) -> tuple[Node, ...]:
    rows = tuple(
        row(
            (
                cut(one.stream_id),
                phrases(f"debug-field-{one.field}"),
                value_of(history, one.stream_id, one.field, one.before, phrases),
                value_of(history, one.stream_id, one.field, one.after, phrases),
            )
        )
        for one in compared.differences[:MOST_ROWS]
    )
    caption = phrases("debug-differences")
    if more := len(compared.differences[MOST_ROWS:]):
        caption = f"{caption} {phrases('debug-more', count=more)}"
    names = [phrases(f"debug-column-{name}") for name in ("account", "field", "at-a", "here")]
    return (Element("caption", {}, (caption,)), heads(names), Element("tbody", {}, rows))


def value_of(
    history: Ledger, stream_id: StreamId, name: str, value: object, phrases: Phrases
) -> str:
    """A field of an account, as it reads."""
    if value is None:
        return phrases("debug-nothing")
    if name == "balance" and isinstance(value, int):
        return money(value, currency_in(history.state_of(stream_id)))
    return cut(str(value)) or phrases("debug-empty")


def _between(point: Position, later: Position, history: Ledger, phrases: Phrases) -> Slot:
    first, last = min(point, later) + 1, max(point, later)
    if first > last:
        return Slot("debug-between", {"hidden": True}, ())
    count = last - first + 1
    shown = range(first, min(last, first + MOST_EVENTS - 1) + 1)
    items = tuple(
        Element(
            "li",
            {},
            (
                button(
                    f"#{position} {event_in_words(history, Position(position))}",
                    "go",
                    **{"class": "button is-quiet", "data-position": str(position)},
                ),
            ),
        )
        for position in shown
    )
    said = phrases.counted("debug-between", count)
    if count > len(shown):
        said = f"{said} {phrases('debug-between-first', shown=len(shown))}"
    summary = Element("summary", {}, (said,))
    events = Element(
        "ol", {"class": "debug-between", "aria-label": phrases("debug-between-label")}, items
    )
    return Slot("debug-between", {"hidden": False}, (summary, events))
