"""What is seen of the event in view: the ways on, its payload, what differs, its thread."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import quote

from bankpage.labs.contract import Subject
from bankpage.labs.debug.at_work import WAYS, way
from bankpage.labs.debug.at_work_model import AtWork
from bankpage.labs.debug.parts import button, cut, heads
from bankpage.labs.debug.payload import Comparison, Unfolding, data_in, record_around
from bankpage.labs.debug.signs import Signs, sign
from bankpage.paper.figures import local_time
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.account import Ledger, Recorded
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position
from esbank_core.questions.deeds import Step
from esbank_core.questions.payloads import DATA, Kind, Unfolded, paths_to_unfold, unfolded

MOST_LINES: Final = 1_500
"""Lines of a payload that are there at once, whatever is unfolded."""

MOST_STEPS: Final = 20
"""Events of a thread that are listed."""

LONGEST_VALUE: Final = 300
"""Characters of a value that are shown in the table of differences."""


def slots(work: AtWork, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The event where the slider last rested, in all its parts."""
    history, at = subject.history, work.at
    yield from _ways(work, subject)
    if at > history.head:
        at = Position(0)
    yield from _event(at, work.signs, history, phrases)
    yield from _payload(at, work.unfolding, work.is_record_open, history, phrases)
    yield text("debug-path-copied", _copied(work.copied, phrases))
    yield from _compared(work.comparison, work.is_anywhere, work.differences, history, phrases)
    yield from _thread(work, history, phrases)


def _ways(work: AtWork, subject: Subject) -> Iterator[Slot]:
    for to in WAYS:
        yield Slot(f"debug-walk-{to}", {"disabled": way(work, to, subject) is None})


@Remembered
def _event(at: Position, given: Signs, history: Ledger, phrases: Phrases) -> tuple[Slot, ...]:
    if not at:
        said: tuple[Node, ...] = (phrases("debug-no-event"),)
        return Slot("debug-event-said", {}, said), Slot("debug-event-parts", {"hidden": True})
    one = history.at(at)
    name = type_of(one.event)
    said = (
        Element("strong", {}, (f"#{at} ", sign(given, name), f" {cut(name)}")),
        f" {_facts(one, phrases)}",
    )
    return Slot("debug-event-said", {}, said), Slot("debug-event-parts", {"hidden": False})


def _facts(one: Recorded, phrases: Phrases) -> str:
    words = phrases(
        "debug-event-facts",
        nth=one.version,
        stream=cut(one.stream_id),
        time=local_time(one.time),
    )
    if one.actor is not None:
        words = f"{words} {phrases('debug-event-actor', actor=cut(one.actor.id))}"
    return words


# The payload.


@Remembered
def _payload(
    at: Position, unfolding: Unfolding, is_record_open: bool, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    lines: tuple[Node, ...] = ()
    note = ""
    record: tuple[Node, ...] = ()
    if at:
        one = history.at(at)
        lines, note = _lines(data_in(one), unfolding, phrases)
        if is_record_open:
            record = tuple(
                line
                for name, value in record_around(one).items()
                for line in _lines(value, unfolding, phrases, name)[0]
            )
    return (
        Slot("debug-payload", {}, lines),
        text("debug-payload-note", note),
        Slot("debug-unfold-record", {"aria-expanded": "true" if is_record_open else "false"}),
        Slot("debug-record", {"hidden": not record}, record),
    )


def _lines(
    payload: object, unfolding: Unfolding, phrases: Phrases, name: str = DATA
) -> tuple[tuple[Node, ...], str]:
    open_at_once, is_all = paths_to_unfold(payload, unfolding.lines, name)
    opened = (open_at_once | unfolding.opened) - unfolding.folded
    lines = tuple(islice(unfolded(payload, opened, unfolding.more, name), MOST_LINES + 1))
    note = ""
    if len(lines) > MOST_LINES:
        lines, note = lines[:MOST_LINES], phrases("debug-payload-cut", lines=MOST_LINES)
    elif not is_all and unfolding.lines:
        note = phrases("debug-payload-folded")
    return tuple(node for line in lines for node in _line(line, phrases)), note


def _line(line: Unfolded, phrases: Phrases) -> Iterator[Element]:
    key = f"debug-line-{quote(line.path, safe='', errors='surrogatepass')}"
    children: list[Node] = []
    is_branch = line.kind is not Kind.VALUE
    named = cut(line.name) or phrases("debug-empty")
    if is_branch:
        toggle = button(
            named,
            "unfold",
            f"{key}-toggle",
            **{
                "class": "debug-toggle",
                "aria-expanded": "true" if line.is_open else "false",
                "data-path": line.path,
                "data-open": "true" if line.is_open else "false",
            },
        )
        children.append(toggle)
    else:
        children.append(Element("span", {"class": "debug-name"}, (named,), f"{key}-name"))
    children.append(
        Element("span", {"class": f"debug-json is-{line.kind}"}, _value(line, phrases), f"{key}-v")
    )
    children.append(
        button(
            phrases("debug-copy-path"),
            "path",
            f"{key}-copy",
            **{
                "class": "debug-copy",
                "data-gesture": None,
                "data-debug-copies-text": line.path,
                "aria-label": phrases("debug-copy-path-of", path=cut(line.path)),
                "title": cut(line.path),
            },
        )
    )
    yield Element("li", {"--depth": min(line.depth, 24)}, tuple(children), key)
    if line.is_open and line.left:
        said = "debug-more-text" if line.kind is Kind.TEXT else "debug-more-values"
        more = button(
            phrases(said, count=line.left, value=named),
            "unfold-more",
            f"{key}-more-button",
            **{"data-path": line.path, "class": "button is-quiet"},
        )
        yield Element("li", {"--depth": min(line.depth + 1, 24)}, (more,), f"{key}-more")


def _value(line: Unfolded, phrases: Phrases) -> tuple[Node, ...]:
    match line.kind:
        case Kind.OBJECT:
            return (f"{{{line.within:,}}}",)
        case Kind.LIST:
            return (f"[{line.within:,}]",)
        case Kind.TEXT:
            cut_off = "" if line.is_open else " " + phrases("debug-characters", count=line.within)
            return (f"{line.text}{cut_off}",)
        case Kind.VALUE:
            return (line.text,)


def _copied(path: str | None, phrases: Phrases) -> str:
    return "" if path is None else phrases("debug-path-copied", path=cut(path))


# What differs.


@Remembered
def _compared(
    comparison: Comparison | None,
    is_anywhere: bool,
    most: int,
    history: Ledger,
    phrases: Phrases,
) -> tuple[Slot, ...]:
    chosen = "anywhere" if is_anywhere else "stream"
    choices = tuple(
        Element(
            "option",
            {"value": value, "selected": value == chosen},
            (phrases(f"debug-compared-{value}"),),
        )
        for value in ("stream", "anywhere")
    )
    table: tuple[Node, ...] = ()
    said, more = "", 0
    if comparison is not None:
        said = _comparison_said(comparison, history, phrases)
        more = len(comparison.found) - most
        if comparison.found:
            table = _table(comparison, most, phrases)
    return (
        Slot("debug-compare-with", {}, choices),
        text("debug-compared", said),
        Slot("debug-payload-differences", {"hidden": not table}, table),
        text(
            "debug-more-differences",
            phrases("debug-more-differences", count=more) if more > 0 else "",
            hidden=more <= 0,
        ),
        Slot(
            "debug-see-before",
            {
                "hidden": comparison is None or comparison.before is None,
                "data-position": str(comparison.before) if comparison else None,
            },
        ),
    )


def _comparison_said(comparison: Comparison, history: Ledger, phrases: Phrases) -> str:
    one = history.at(comparison.position)
    name = cut(type_of(one.event))
    where = "anywhere" if comparison.is_anywhere else "stream"
    if comparison.before is None:
        said = f"debug-none-before-{where}" if comparison.is_done else "debug-looking-back"
        return phrases(said, type=name, stream=cut(one.stream_id))
    before = history.at(comparison.before)
    fields = phrases.counted("debug-values-differ", len(comparison.found))
    return phrases(
        "debug-compared" if comparison.is_done else "debug-compared-so-far",
        position=comparison.before,
        type=name,
        stream=cut(before.stream_id),
        time=local_time(before.time),
        fields=fields,
    )


def _table(comparison: Comparison, most: int, phrases: Phrases) -> tuple[Node, ...]:
    rows = tuple(
        Element(
            "tr",
            {},
            (
                Element("th", {"scope": "row", "class": "debug-path"}, (cut(one.path),)),
                Element("td", {"class": "before"}, (_or_nothing(one.before, phrases),)),
                Element("td", {"class": "after"}, (_or_nothing(one.after, phrases),)),
            ),
        )
        for one in comparison.found[:most]
    )
    columns = (
        phrases("debug-column-path"),
        phrases("debug-column-in", position=comparison.before),
        phrases("debug-column-in", position=comparison.position),
    )
    caption = Element("caption", {"class": "for-ears"}, (phrases("debug-payload-differences"),))
    return caption, heads(columns), Element("tbody", {}, rows)


def _or_nothing(value: str | None, phrases: Phrases) -> str:
    if value is None:
        return phrases("debug-not-there")
    if len(value) <= LONGEST_VALUE:
        return value
    more = len(value) - LONGEST_VALUE
    return f"{value[:LONGEST_VALUE]}… {phrases('debug-more-characters', count=more)}"


# The thread.


def _thread(work: AtWork, history: Ledger, phrases: Phrases) -> Iterator[Slot]:
    trace = work.trace
    found = len(trace.related) if trace is not None else 0
    yield from _steps(work.thread, work.at, found, work.signs, history, phrases)


@Remembered
def _steps(
    thread: tuple[Step, ...] | None,
    at: Position,
    found: int,
    given: Signs,
    history: Ledger,
    phrases: Phrases,
) -> tuple[Slot, ...]:
    correlation_id = history.at(at).correlation_id if at and at <= history.head else None
    shown: tuple[Step, ...] = ()
    said = phrases("debug-tracing") if at and thread is None else ""
    if thread is not None:
        where = next((nth for nth, one in enumerate(thread) if one.position == at), 0)
        first = min(max(where - MOST_STEPS // 2, 0), max(len(thread) - MOST_STEPS, 0))
        shown = thread[first : first + MOST_STEPS]
        if found > len(shown):
            said = phrases("debug-thread-some", shown=len(shown), total=found)
    items = tuple(_step(step, at, given, history) for step in shown)
    return (
        Slot("debug-thread", {}, items),
        text("debug-thread-note", said),
        Slot(
            "debug-show-correlation",
            {"hidden": correlation_id is None, "data-correlation": correlation_id},
        ),
    )


def _step(step: Step, at: Position, given: Signs, history: Ledger) -> Element:
    one = history.at(step.position)
    name = type_of(one.event)
    there = Element(
        "button",
        {
            "type": "button",
            "class": "debug-quiet",
            "data-gesture": "debug-go",
            "data-position": str(step.position),
            "aria-current": "true" if step.position == at else None,
        },
        (f"#{step.position} ", sign(given, name), f" {cut(name)}"),
    )
    where = Element("span", {"class": "hint"}, (f" {cut(one.stream_id)}",))
    return Element("li", {"--depth": min(step.depth, 12)}, (there, where))
