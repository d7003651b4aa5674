"""Source: what the history on the stage is made of, and a filter of its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from bankpage.labs.contract import Gesture, ShowOnly, Study, Subject, Turn
from bankpage.labs.debug.parts import button, cut, options
from bankpage.paper.effects import Clear
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.account import Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import State
from esbank_core.kernel.identity import NOWHERE, StreamId
from esbank_core.questions.bank.conditions import event_type_is, text_is_mentioned
from esbank_core.questions.moments import Condition, Scan, all_of
from esbank_core.questions.streams import Listing

FILTERED: Final = 2_000
"""Events looked at for the filter with one message: at most some 15 ms."""

MOST_CHOICES: Final = 1_000
"""A list to choose from is no use beyond this."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the ledger is to show; nothing given means everything."""

    stream: str = ""
    type: str = ""
    text: str = ""
    correlation: str = ""
    """The correlation id of one request."""


NO_FILTER: Final = Filter()


@dataclass(frozen=True, slots=True)
class Source:
    """What the ledger shows, and how far it is filtered."""

    filter: Filter = NO_FILTER
    scan: Scan[State, Event] | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class Filtered:
    """The ledger is to show only what fits."""

    filter: Filter
    is_typed: bool = False
    """Whether it is as the form has it, which is to stay as it is typed."""


@dataclass(frozen=True, slots=True)
class FilterSliced:
    """It is time to look at some more events, in a run of the filter."""

    run: int


SourceMessage = Filtered | FilterSliced


def read(gesture: Gesture) -> SourceMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    fields = gesture.fields
    match gesture.name:
        case "filter":
            typed, correlation = fields["text"].strip(), fields.get("correlation", "").strip()
            return Filtered(
                Filter(fields["stream"], fields["type"], typed, correlation), is_typed=True
            )
        case "show-stream":
            return Filtered(Filter(stream=fields["stream"]))
        case "show-type":
            return Filtered(Filter(type=fields["type"]))
        case "show-correlation":
            return Filtered(Filter(correlation=fields["correlation"]))
        case "show-all":
            return Filtered(NO_FILTER)
        case _:
            return None


def update(source: Source, message: SourceMessage, subject: Subject) -> Turn[Source, SourceMessage]:
    """What a message makes of it."""
    match message:
        case Filtered(filter=chosen, is_typed=is_typed):
            source = replace(source, filter=chosen, run=source.run + 1)
            turn = _filtered(source, subject.history)
            return turn if is_typed else replace(turn, effects=(Clear(("debug-filter-text",)),))
        case FilterSliced(run=run):
            if run != source.run or source.scan is None:
                return Turn(source)
            return _scanned(source, source.scan, subject.history)


def shown(source: Source) -> tuple[ShowOnly, ...]:
    """What the ledger is to show alone, as far as is known; nothing, if that is everything."""
    return () if source.scan is None else (ShowOnly(tuple(source.scan.moments)),)


def grown(source: Source, history: Ledger) -> Turn[Source, SourceMessage]:
    """What becomes of it where the history has grown."""
    if source.filter == NO_FILTER:
        return Turn(source)
    return _filtered(replace(source, run=source.run + 1), history)


def _filtered(source: Source, history: Ledger) -> Turn[Source, SourceMessage]:
    chosen = source.filter
    every: Condition[State, Event] = Condition(lambda _: True, lasts=False)
    conditions = [every]
    if chosen.type:
        conditions.append(event_type_is(chosen.type))
    if chosen.text:
        conditions.append(text_is_mentioned(chosen.text))
    if chosen.correlation:
        conditions.append(_is_of_request(chosen.correlation))
    if chosen == NO_FILTER:
        return Turn(replace(source, scan=None), wishes=(ShowOnly(None),))
    scan = Scan(all_of(*conditions), StreamId(chosen.stream) if chosen.stream else None)
    return _scanned(source, scan, history)


def _is_of_request(correlation_id: str) -> Condition[State, Event]:
    return Condition(lambda step: step.recorded.correlation_id == correlation_id, lasts=False)


def _scanned(
    source: Source, scan: Scan[State, Event], history: Ledger
) -> Turn[Source, SourceMessage]:
    scan = scan.further(history, FILTERED)
    source = replace(source, scan=scan)
    if not scan.is_done(history):
        return Turn(source, later=FilterSliced(source.run))
    return Turn(source, wishes=(ShowOnly(tuple(scan.moments)),))


# The view.


def slots(
    source: Source,
    types: Mapping[str, int],
    listed: Listing | None,
    subject: Subject,
    phrases: Phrases,
) -> Iterator[Slot]:
    """What the history is made of, and what of it the ledger shows."""
    history = subject.history
    yield _facts(subject.on_stage, history, phrases)
    yield from _choices(history, types, source.filter, listed, phrases)
    yield from _shown(source.filter, source.scan, history, phrases)
    yield from _not_understood(subject.on_stage, phrases)


@Remembered
def _facts(on_stage: object, history: Ledger, phrases: Phrases) -> Slot:
    name = cut(on_stage.name) if isinstance(on_stage, Study) else phrases("debug-live")
    events = phrases.counted("debug-events", history.head)
    streams = phrases.counted("debug-streams", len(history.places))
    return text("debug-facts", phrases("debug-facts", history=name, events=events, streams=streams))


@Remembered
def _choices(
    history: Ledger,
    types: Mapping[str, int],
    chosen: Filter,
    listed: Listing | None,
    phrases: Phrases,
) -> tuple[Slot, ...]:
    kinds = sorted(types.items(), key=lambda one: (-one[1], one[0]))[:MOST_CHOICES]
    by_type = [(name, phrases("debug-type-choice", type=cut(name), count=n)) for name, n in kinds]
    every_type = ("", phrases("debug-all-types"))
    return (
        Slot("debug-filter-type", {}, options([every_type, *by_type], chosen.type)),
        Slot("debug-filter-stream", {}, stream_options(history, chosen.stream, listed, phrases)),
        Slot("debug-filter-correlation", {".value": chosen.correlation}),
    )


def stream_options(
    history: Ledger, chosen: str, listed: Listing | None, phrases: Phrases
) -> tuple[Node, ...]:
    """The streams to choose from: of very many the first, the chosen one, and those sought."""
    offered = dict.fromkeys(name for name in islice(history.places, MOST_CHOICES))
    total = len(history.places)
    if total > MOST_CHOICES:
        if chosen in history.places:
            offered[StreamId(chosen)] = None
        if listed is not None and listed.sought:
            offered |= dict.fromkeys(one.stream_id for one in listed.best)
    made = options(
        [
            ("", phrases("debug-all-streams")),
            *((name, cut(name)) for name in offered if name != NOWHERE),
        ],
        chosen,
    )
    if len(offered) == total:
        return made
    more = phrases("debug-more-streams", count=total - len(offered))
    return (*made, Element("option", {"value": "", "disabled": True}, (more,)))


@Remembered
def _shown(
    chosen: Filter, scan: Scan[State, Event] | None, history: Ledger, phrases: Phrases
) -> tuple[Slot, ...]:
    said = ""
    if scan is not None:
        shown = len(scan.moments)
        phrase = "debug-shown" if scan.is_done(history) else "debug-filtering"
        said = phrases(phrase, shown=shown, total=history.head)
    return (
        text("debug-shown", said),
        Slot("debug-show-all", {"disabled": chosen == NO_FILTER}),
    )


@Remembered
def _not_understood(on_stage: object, phrases: Phrases) -> tuple[Slot, ...]:
    strange = on_stage.not_understood if isinstance(on_stage, Study) else ()
    items: list[Node] = []
    for one in strange[:MOST_CHOICES]:
        said = phrases(f"debug-strange-{one.kind}", what=cut(one.what), count=one.count)
        there = button(
            phrases("debug-see-event", position=one.example),
            "go",
            **{"data-position": str(one.example), "class": "button is-quiet"},
        )
        items.append(Element("li", {}, (f"{said} ", there)))
    return (
        Slot("debug-strange", {"hidden": not strange}),
        Slot("debug-strange-list", {}, tuple(items)),
    )
