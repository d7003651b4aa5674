"""Source: what the history on the stage is made of, and a filter of its ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from bankpage.labs.contract import Gesture, ShowOnly, Study, Subject, Turn
from bankpage.labs.debug.parts import Remembered, button, cut, options
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, State
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import NOWHERE, StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.bank.conditions import event_type_is, text_is_mentioned
from esbank_core.questions.moments import Condition, Scan, all_of

SURVEYED: Final = 20_000
"""Events whose types are counted with one message: some 15 ms in a browser."""

FILTERED: Final = 2_000
"""Events looked at for the filter with one message: at most some 15 ms."""

MOST_STREAMS: Final = 30
"""How many streams are listed at once; others are found by name."""

MOST_CHOICES: Final = 1_000
"""A list to choose from is no use beyond this."""

_NAMES: Final[Mapping[type, str]] = {one.event_class: one.name for one in CODEC.event_types}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the ledger is to show; nothing given means everything."""

    stream: str = ""
    type: str = ""
    text: str = ""


NO_FILTER: Final = Filter()


@dataclass(frozen=True, slots=True)
class Source:
    """How far the types were counted, and how far the ledger is filtered."""

    seen: int = 0
    types: Mapping[str, int] = field(default_factory=dict)
    """How many events there are of each type, among those seen."""
    filter: Filter = NO_FILTER
    scan: Scan[State, Event] | None = None
    run: int = 0
    sought: str = ""
    """What was typed to find a stream."""


@dataclass(frozen=True, slots=True)
class SurveySliced:
    """It is time to count the types of some more events."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """The ledger is to show only what fits."""

    filter: Filter


@dataclass(frozen=True, slots=True)
class FilterSliced:
    """It is time to look at some more events, in a run of the filter."""

    run: int


@dataclass(frozen=True, slots=True)
class StreamsSought:
    """Something was typed to find a stream."""

    sought: str


SourceMessage = SurveySliced | Filtered | FilterSliced | StreamsSought


def read(gesture: Gesture) -> SourceMessage | None:
    """The message that a gesture stands for; None if it is of another part of the lab."""
    fields = gesture.fields
    match gesture.name:
        case "filter":
            return Filtered(Filter(fields["stream"], fields["type"], fields["text"].strip()))
        case "show-stream":
            return Filtered(Filter(fields["stream"]))
        case "show-all":
            return Filtered(NO_FILTER)
        case "seek-stream":
            return StreamsSought(fields["value"].strip())
        case _:
            return None


def update(source: Source, message: SourceMessage, subject: Subject) -> Turn[Source, SourceMessage]:
    """What a message makes of it."""
    match message:
        case SurveySliced():
            return surveyed(source, subject.history)
        case Filtered(filter=chosen):
            return _filtered(replace(source, filter=chosen, run=source.run + 1), subject.history)
        case FilterSliced(run=run):
            if run != source.run or source.scan is None:
                return Turn(source)
            return _scanned(source, source.scan, subject.history)
        case StreamsSought(sought=sought):
            return Turn(replace(source, sought=sought))


def shown(source: Source) -> tuple[ShowOnly, ...]:
    """What the ledger is to show alone, as far as is known; nothing, if that is everything."""
    return () if source.scan is None else (ShowOnly(tuple(source.scan.moments)),)


def surveyed(source: Source, history: Ledger) -> Turn[Source, SourceMessage]:
    """The types of some more events counted."""
    events = [one.event for one in history.recorded[source.seen : source.seen + SURVEYED]]
    if not events:
        return Turn(source)
    kinds = Counter(type(event) for event in events if not isinstance(event, OPAQUE))
    named = Counter({_NAMES[kind]: count for kind, count in kinds.items()})
    named.update(type_of(event) for event in events if isinstance(event, OPAQUE))
    counted = Counter(source.types)
    counted.update(named)
    source = replace(source, seen=source.seen + len(events), types=dict(counted))
    return Turn(source, later=SurveySliced() if source.seen < history.head else None)


def grown(source: Source, history: Ledger) -> Turn[Source, SourceMessage]:
    """What becomes of it where the history has grown."""
    turn = surveyed(source, history)
    if source.filter == NO_FILTER:
        return turn
    filtered = _filtered(replace(turn.model, run=source.run + 1), history)
    return replace(filtered, later=filtered.later or turn.later)


def _filtered(source: Source, history: Ledger) -> Turn[Source, SourceMessage]:
    chosen = source.filter
    every: Condition[State, Event] = Condition(lambda _: True, lasts=False)
    conditions = [every]
    if chosen.type:
        conditions.append(event_type_is(chosen.type))
    if chosen.text:
        conditions.append(text_is_mentioned(chosen.text))
    if chosen == NO_FILTER:
        return Turn(replace(source, scan=None), wishes=(ShowOnly(None),))
    scan = Scan(all_of(*conditions), StreamId(chosen.stream) if chosen.stream else None)
    return _scanned(source, scan, history)


def _scanned(
    source: Source, scan: Scan[State, Event], history: Ledger
) -> Turn[Source, SourceMessage]:
    scan = scan.further(history, FILTERED)
    source = replace(source, scan=scan)
    if not scan.is_done(history):
        return Turn(source, later=FilterSliced(source.run))
    return Turn(source, wishes=(ShowOnly(tuple(scan.moments)),))


# The view.


def slots(source: Source, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """What the history is made of, and what of it the ledger shows."""
    history = subject.history
    yield _facts(subject.on_stage, history, phrases)
    yield from _streams(history, source.sought, phrases)
    yield from _choices(history, source.types, source.filter, source.sought, phrases)
    yield from _shown(source.filter, source.scan, history, phrases)
    yield from _not_understood(subject.on_stage, phrases)


@Remembered
def _facts(on_stage: object, history: Ledger, phrases: Phrases) -> Slot:
    name = cut(on_stage.name) if isinstance(on_stage, Study) else phrases("debug-live")
    events = phrases.counted("debug-events", history.head)
    streams = phrases.counted("debug-streams", len(history.places))
    return text("debug-facts", phrases("debug-facts", history=name, events=events, streams=streams))


@Remembered
def _streams(history: Ledger, sought: str, phrases: Phrases) -> tuple[Slot, ...]:
    total = len(history.places)
    fitting = _fitting(history, sought)
    found = list(islice(fitting, MOST_STREAMS))
    is_all = total <= len(found) or next(fitting, None) is None
    said = ""
    if not is_all:
        said = phrases("debug-streams-some", shown=len(found), total=total)
    elif sought:
        said = phrases("debug-streams-found", found=len(found), total=total)
    return (
        Slot("debug-streams", {}, tuple(_stream(history, name, phrases) for name in found)),
        Slot("debug-seek-stream", {"hidden": total <= MOST_STREAMS}),
        text("debug-streams-note", said),
    )


def _stream(history: Ledger, stream_id: StreamId, phrases: Phrases) -> Element:
    events = phrases.counted("debug-events", len(history.places[stream_id]))
    said = phrases("debug-stream", stream=cut(_described(history, stream_id)), events=events)
    shown = button(said, "show-stream", **{"data-stream": stream_id, "class": "button is-quiet"})
    return Element("li", {}, (shown,))


def _fitting(history: Ledger, sought: str) -> Iterator[StreamId]:
    """The streams in whose name, or owner's name, something stands."""
    wanted = sought.casefold()
    return (name for name in history.places if wanted in _described(history, name).casefold())


def _described(history: Ledger, stream_id: StreamId) -> str:
    state = history.state_of(stream_id)
    owner = "" if isinstance(state, NoAccount) else state.owner
    return f"{stream_id} {owner}".strip()


@Remembered
def _choices(
    history: Ledger, types: Mapping[str, int], chosen: Filter, sought: str, phrases: Phrases
) -> tuple[Slot, ...]:
    kinds = sorted(types.items(), key=lambda one: (-one[1], one[0]))[:MOST_CHOICES]
    by_type = [(name, phrases("debug-type-choice", type=cut(name), count=n)) for name, n in kinds]
    every_type = ("", phrases("debug-all-types"))
    return (
        Slot("debug-filter-type", {}, options([every_type, *by_type], chosen.type)),
        Slot("debug-filter-stream", {}, stream_options(history, chosen.stream, sought, phrases)),
    )


def stream_options(history: Ledger, chosen: str, sought: str, phrases: Phrases) -> tuple[Node, ...]:
    """The streams to choose from: of very many the first, the chosen one, and those sought."""
    listed = dict.fromkeys(name for name in islice(history.places, MOST_CHOICES))
    total = len(history.places)
    if total > MOST_CHOICES:
        if chosen in history.places:
            listed[StreamId(chosen)] = None
        if sought:
            listed |= dict.fromkeys(islice(_fitting(history, sought), MOST_STREAMS))
    made = options(
        [
            ("", phrases("debug-all-streams")),
            *((name, cut(name)) for name in listed if name != NOWHERE),
        ],
        chosen,
    )
    if len(listed) == total:
        return made
    more = phrases("debug-more-streams", count=total - len(listed))
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
