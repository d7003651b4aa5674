"""What is seen of Find: the conditions, the count, the histogram, and the list of moments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bankpage.labs.contract import Subject
from bankpage.labs.debug.finding import asks_rules, neighbour
from bankpage.labs.debug.finding_model import (
    MOST_ROWS,
    OFFERED,
    OFFERED_BY_EVOLVE,
    PAGE,
    Finding,
    Found,
    Problem,
    Row,
)
from bankpage.labs.debug.parts import button, cut, options
from bankpage.labs.debug.source import stream_options
from bankpage.labs.debug.spans import BARS, bar_begins
from bankpage.paper.figures import balance_left, local_time, refusal_in_words, signed_flow
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, Value, text
from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position
from esbank_core.questions.bank.conditions import Status
from esbank_core.questions.bank.todays_rules import refusal
from esbank_core.questions.streams import Listing
from esbank_core.questions.wording.conditions import Asked
from esbank_core.questions.wording.misread import Misread

BAR_WIDTH: Final = 10
HEIGHT: Final = 48


def slots(
    finding: Finding,
    types: Mapping[str, int],
    listed: Listing | None,
    subject: Subject,
    phrases: Phrases,
) -> Iterator[Slot]:
    """The form, what was found, and the way among it."""
    history, found = subject.history, finding.found
    offered = OFFERED if subject.own is None else OFFERED_BY_EVOLVE
    yield _rows(finding.rows, offered, types, phrases)
    yield Slot("debug-in", {}, _streams(history, finding.stream, listed, phrases))
    yield Slot("debug-one-more", {"disabled": len(finding.rows) >= MOST_ROWS})
    ended = subject.own.ended if subject.own else ""
    yield from _status(finding.problem, found, ended, history, phrases)
    yield from _histogram(found, history, phrases)
    current = _current(found, subject.position)
    yield from _moments(found, current, asks_rules(finding), history, phrases)
    yield from _ways(finding, subject.position)


# The form.


@Remembered
def _streams(
    history: Ledger, chosen: str, listed: Listing | None, phrases: Phrases
) -> tuple[Node, ...]:
    return stream_options(history, chosen, listed, phrases)


@Remembered
def _rows(
    rows: tuple[Row, ...], offered: tuple[str, ...], types: Mapping[str, int], phrases: Phrases
) -> Slot:
    names = [(name, phrases(f"debug-condition-{name}")) for name in offered]
    made = tuple(_row(row, names, len(rows) > 1, types, phrases) for row in rows)
    return Slot("debug-conditions", {}, made)


def _row(
    row: Row,
    names: Sequence[tuple[str, str]],
    can_go: bool,
    types: Mapping[str, int],
    phrases: Phrases,
) -> Element:
    number = row.number
    chosen: dict[str, Value] = {"name": f"condition-{number}", "data-gesture": "debug-choose"}
    choice = Element("select", chosen, options(names, row.condition), f"debug-condition-{number}")
    asked = row.asked
    parts = [_labelled(phrases("debug-condition"), choice)]
    if Asked.FIELD in asked:
        field: dict[str, Value] = {
            **_TYPED,
            "name": f"field-{number}",
            "value": row.field,
            "placeholder": phrases("debug-field-like"),
        }
        made = Element("input", field, (), f"debug-field-{number}")
        parts.append(_labelled(phrases("debug-field"), made))
    parts.extend(
        _labelled(phrases("debug-value"), _value(row, one, types, phrases))
        for one in asked
        if one is not Asked.FIELD
    )
    if can_go:
        said = phrases("debug-drop")
        parts.append(button(said, "drop", f"debug-drop-{number}", **{"data-row": str(number)}))
    return Element("div", {"class": "debug-condition"}, tuple(parts), f"debug-row-{number}")


_TYPED: Final[dict[str, Value]] = {
    "type": "text",
    "autocomplete": "off",
    "spellcheck": "false",
    "data-gesture": "debug-typed",
}


def _labelled(words: str, control: Element) -> Element:
    label = Element("label", {"for": control.key}, (words,), f"{control.key}-label")
    return Element("div", {"class": "field"}, (label, control), f"{control.key}-part")


def _value(row: Row, asked: Asked, types: Mapping[str, int], phrases: Phrases) -> Element:
    key, name = f"debug-value-{row.number}-{asked}", f"value-{row.number}"
    choices: list[tuple[str, str]] = []
    if asked is Asked.STATUS:
        choices = [(status, phrases(f"debug-status-{status}")) for status in Status]
    elif asked is Asked.TYPE:
        names = list(types) or [known.name for known in CODEC.event_types]
        choices = [(one, cut(one)) for one in sorted(names)]
    if choices:
        return Element("select", {"name": name}, options(choices, row.value or choices[0][0]), key)
    typed: dict[str, Value] = {
        **_TYPED,
        "name": name,
        "value": row.value,
        "placeholder": phrases(f"debug-like-{asked}"),
    }
    return Element("input", typed, (), key)


# What was found.


@Remembered
def _status(
    problem: Problem | None, found: Found | None, ended: str, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    counting, counted, beside = "", "", ""
    if problem is not None:
        counted = misread(problem, phrases)
    elif found is not None and not found.is_done(history):
        counting = phrases(
            "debug-finding",
            moments=phrases.counted("debug-moments", len(found.scan.moments)),
            seen=found.scan.seen,
            total=found.scan.total(history),
        )
        if found.fields and ended:
            beside = phrases("debug-states-ended")
    elif found is not None:
        counted = _count(found, history, phrases)
        if found.cut and (cut_off := len(found.cut.moments)):
            beside = phrases.counted("debug-without-opening", cut_off)
        elif found.having is not None and not found.having.moments:
            beside = phrases("debug-no-such-field", field=cut(found.asked_field))
    return (
        text("debug-found-counting", counting),
        text("debug-found-count", counted),
        text("debug-found-beside", beside),
        Slot("debug-results", {"hidden": found is None or not found.scan.moments}),
    )


def _count(found: Found, history: Ledger, phrases: Phrases) -> str:
    streams = 1 if found.scan.stream_id else len(history.places)
    return phrases(
        "debug-found",
        moments=phrases.counted("debug-moments", len(found.scan.moments)),
        found=len(found.scan.streams),
        streams=phrases.counted("debug-streams", streams),
    )


def misread(problem: Problem, phrases: Phrases) -> str:
    """Why a condition means nothing, and how it is written."""
    match problem.code:
        case Misread.AMOUNT:
            return problem.reason
        case Misread.VALUE_MISSING:
            name = phrases(f"debug-condition-{problem.typed}")
            return phrases("debug-misread-missing", condition=name)
        case Misread.SPAN:
            return phrases("debug-misread-span", typed=cut(problem.typed))
        case _:
            return phrases("debug-misread", typed=cut(problem.typed))


# When.


@Remembered
def _histogram(found: Found | None, history: Ledger, phrases: Phrases) -> tuple[Slot, ...]:
    if found is None or not found.scan.moments:
        return (
            Slot("debug-histogram", {}),
            Slot("debug-bars", {"d": ""}),
            Slot("debug-from", {}),
            Slot("debug-to", {}),
            text("debug-narrowed", ""),
            Slot("debug-whole-time", {"hidden": True}),
        )
    first, last = found.first_bar, found.last_bar
    begins, ends = _time_at(history, first), _time_at(history, last + 1)
    is_narrowed = found.narrowed is not None
    within = phrases.counted("debug-moments", len(found.moments))
    said = phrases(
        "debug-narrowed" if is_narrowed else "debug-whole",
        moments=within,
        first=begins,
        last=ends,
    )
    return (
        Slot(
            "debug-histogram",
            {"--first": f"{first / BARS:.4f}", "--last": f"{(last + 1) / BARS:.4f}"},
        ),
        Slot("debug-bars", {"d": bars(found.heights)}),
        Slot("debug-from", {"max": BARS - 1, ".value": str(first), "aria-valuetext": begins}),
        Slot("debug-to", {"max": BARS - 1, ".value": str(last), "aria-valuetext": ends}),
        text("debug-narrowed", said),
        Slot("debug-whole-time", {"hidden": not is_narrowed}),
    )


def _time_at(history: Ledger, bar: int) -> str:
    return local_time(bar_begins(history, bar))


def bars(heights: tuple[int, ...]) -> str:
    """The path of the histogram; what there is at all is high enough to be seen."""
    most = max(heights)
    drawn = [
        f"M{nth * BAR_WIDTH + 1} {HEIGHT}v{-max(4, round(HEIGHT * height / most))}"
        f"h{BAR_WIDTH - 2}V{HEIGHT}z"
        for nth, height in enumerate(heights)
        if height
    ]
    return "".join(drawn)


# Which.


def _current(found: Found | None, position: Position) -> Position:
    """The moment at which the slider stands, if it does."""
    if found is None:
        return Position(0)
    at = bisect_left(found.moments, position)
    is_there = at < len(found.moments) and found.moments[at] == position
    return position if is_there else Position(0)


@Remembered
def _moments(
    found: Found | None, current: Position, says_why: bool, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    if found is None:
        listed: tuple[Node, ...] = ()
        said, first, count = "", 0, 0
    else:
        first, count = found.first, len(found.moments)
        shown = tuple(found.moments[first : first + PAGE])
        page = _page(shown, says_why, history, phrases)
        listed = tuple(_with_current(one, current) for one in page)
        said = phrases("debug-listed", first=first + 1, last=first + len(page), total=count)
    return (
        Slot("debug-moments", {}, listed),
        text("debug-listed", said if count else ""),
        Slot("debug-earlier-moments", {"disabled": first == 0, "hidden": count <= PAGE}),
        Slot("debug-later-moments", {"disabled": first + PAGE >= count, "hidden": count <= PAGE}),
    )


@Remembered
def _page(
    shown: tuple[Position, ...], says_why: bool, history: Ledger, phrases: Phrases
) -> tuple[Element, ...]:
    """The moments listed, none of them yet the current one."""
    return tuple(_moment(one, says_why, history, phrases) for one in shown)


def _with_current(listed: Element, current: Position) -> Element:
    """A moment of the list, marked if it is where the slider stands."""
    if listed.key != f"debug-moment-{current}-row":
        return listed
    made = listed.children[0]
    assert isinstance(made, Element)
    marked = made._replace(attributes={**made.attributes, "aria-current": "true"})
    return listed._replace(children=(marked,))


def _moment(position: Position, says_why: bool, history: Ledger, phrases: Phrases) -> Element:
    change = history.change_at(position)
    shown = ledger_row(change)
    balance = balance_left(change)
    refused = refusal(history, change.before, change.recorded) if says_why else None
    said: tuple[Node, ...] = (
        Element("b", {}, (phrases("debug-moment", position=position, type=cut(shown.type)),)),
        Element(
            "span", {"class": "debug-amount"}, (signed_flow(shown),) if signed_flow(shown) else ()
        ),
        Element("span", {}, (cut(shown.account_id),)),
        *(
            (Element("span", {}, (phrases("debug-moment-balance", balance=balance),)),)
            if balance
            else ()
        ),
        Element("span", {"class": "hint"}, (local_time(shown.time),)),
        *((_why(refused),) if refused else ()),
    )
    attributes: dict[str, Value] = {
        "type": "button",
        "class": "debug-moment",
        "data-gesture": "debug-go",
        "data-position": str(position),
    }
    made = Element("button", attributes, said, f"debug-moment-{position}")
    return Element("li", {}, (made,), f"debug-moment-{position}-row")


def _why(refused: Rejection) -> Element:
    return Element("span", {"class": "debug-why"}, (refusal_in_words(refused),))


def _ways(finding: Finding, position: Position) -> Iterator[Slot]:
    for name, is_forward in (("previous-moment", False), ("next-moment", True)):
        there = neighbour(finding, position, is_forward=is_forward)
        yield Slot(f"debug-{name}", {"aria-disabled": "true" if there is None else None})
    yield Slot("debug-back", {"aria-disabled": "true" if finding.came_from is None else None})
