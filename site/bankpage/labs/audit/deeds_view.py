"""Who did what, what was found of it, one request's path, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bankpage.labs.audit.deeds import ACTOR_SEPARATOR
from bankpage.labs.audit.model import Counted, Desk, Path, Search
from bankpage.labs.audit.wording import (
    Memory,
    actor_name,
    button,
    remembered,
    row,
    said,
)
from bankpage.labs.contract import Subject
from bankpage.paper.figures import local_time, money, refusal_in_words, shortened
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, text
from esbank_core.bank.states import currency_in
from esbank_core.bank.views import ledger_row, type_of
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.questions.deeds import Doer, Step

MOST_ACTORS: Final = 50
MOST_FOUND: Final = 30
MOST_STEPS: Final = 40
MOST_REFUSED: Final = 50
"""Rows of each table; what there is beyond is said, and can be had as a file or in the ledger."""

_doers: Memory[tuple[tuple[Element, ...], tuple[Element, ...], tuple[Element, ...]]] = []
_found: Memory[tuple[Element, ...]] = []
_path: Memory[tuple[Element, ...]] = []
_refused: Memory[tuple[Element, ...]] = []


def deeds(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The tables of actors, of what was found, and of what was refused."""
    yield Slot("audit-actor", {".value": subject.actor.id})
    yield text("audit-actor-said", said(desk.actor_said, phrases))
    counted, refused = desk.counted, subject.refused
    rows, actors, types = remembered(
        _doers, (counted, refused), lambda: _counted(counted, refused, phrases)
    )
    yield Slot("audit-who", {}, rows)
    yield Slot("audit-find-actor", {}, actors)
    yield Slot("audit-find-type", {}, types)
    more = len(counted.deeds.doers) - MOST_ACTORS
    if desk.is_counting:
        note = phrases("audit-counting", count=counted.deeds.seen)
    else:
        note = phrases("audit-more-actors", count=more) if more > 0 else ""
    yield text("audit-who-note", note)
    yield from _search(desk, subject, phrases)
    path = desk.path
    steps = remembered(_path, (path,), lambda: tuple(_steps(path, phrases)))
    yield Slot("audit-path-box", {"hidden": path is None})
    yield Slot("audit-path", {}, steps)
    yield text(
        "audit-path-title", phrases("audit-path-title", position=path.position) if path else ""
    )
    of = (refused, subject.history)
    yield Slot(
        "audit-refused",
        {},
        remembered(_refused, of, lambda: tuple(_tried(subject, phrases))),
    )
    yield text("audit-refused-note", _note_on(refused, phrases))
    yield Slot("audit-export-refused", {"hidden": not refused})


# Actors.


def _counted(
    counted: Counted, refused: tuple[RejectedCommand, ...], phrases: Phrases
) -> tuple[tuple[Element, ...], tuple[Element, ...], tuple[Element, ...]]:
    known = dict(counted.deeds.doers)
    tries: dict[Actor | None, int] = {}
    for one in refused:
        tries[one.actor] = tries.get(one.actor, 0) + 1
    rows = [_doer(doer, tries.pop(doer.actor, 0), phrases) for doer in known.values()]
    rows += [
        row(_who(actor, phrases), _kind(actor), "0", "0", str(count), "–", "–")
        for actor, count in tries.items()
    ]
    everybody = Element("option", {"value": ""}, (phrases("audit-everybody"),))
    anything = Element("option", {"value": ""}, (phrases("audit-anything"),))
    actors = [
        Element(
            "option",
            {"value": f"{actor.kind}{ACTOR_SEPARATOR}{actor.id}"},
            (f"{shortened(actor.id)} ({shortened(actor.kind)})",),
        )
        for actor in list(known)[:MOST_ACTORS]
        if actor is not None
    ]
    types = [
        Element("option", {"value": name}, (shortened(name),))
        for name in sorted(counted.deeds.types)[:MOST_ACTORS]
    ]
    return tuple(rows[:MOST_ACTORS]), (everybody, *actors), (anything, *types)


def _doer(doer: Doer, tries: int, phrases: Phrases) -> Element:
    return row(
        _who(doer.actor, phrases),
        _kind(doer.actor),
        f"{doer.requests:,}",
        f"{doer.events:,}",
        f"{tries:,}",
        local_time(doer.first),
        local_time(doer.last),
    )


def _who(actor: Actor | None, phrases: Phrases) -> str:
    return actor_name(actor, phrases)


def _kind(actor: Actor | None) -> str:
    return "–" if actor is None else shortened(actor.kind)


# What was found.


def _search(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    search = desk.search
    yield text("audit-find-said", said(desk.search_said, phrases) or _told(search, phrases))
    yield Slot("audit-found-box", {"hidden": search is None or not search.found})
    found = search.found[:MOST_FOUND] if search else ()
    rows = remembered(
        _found, (subject.history, found), lambda: tuple(_rows(subject, found, phrases))
    )
    yield Slot("audit-found", {}, rows)
    count = len(search.found) if search else 0
    yield text(
        "audit-found-note",
        phrases("audit-found-more", count=MOST_FOUND, all=count) if count > MOST_FOUND else "",
    )


def _told(search: Search | None, phrases: Phrases) -> str:
    if search is None:
        return ""
    if not search.is_done:
        return phrases("audit-looking", count=search.count)
    return phrases.counted("audit-found", len(search.found))


def _rows(subject: Subject, found: tuple[Position, ...], phrases: Phrases) -> Iterator[Element]:
    for position in found:
        recorded = subject.history.at(position)
        label = f"#{position}"
        yield row(
            button(label, "look", position=position),
            local_time(recorded.time),
            actor_name(recorded.actor, phrases),
            shortened(type_of(recorded.event)),
            shortened(recorded.stream_id),
            button(phrases("audit-path-of", position=position), "path", position=position),
        )


# One request.


def _steps(path: Path | None, phrases: Phrases) -> Iterator[Element]:
    if path is None:
        return
    command: str | None = None
    for step in path.steps[:MOST_STEPS]:
        if step.cause is None and (step.causation_id != command or command is None):
            command = step.causation_id
            yield _command(path, step, phrases)
        yield _step(path, step, phrases)
    more = len(path.steps) - MOST_STEPS
    if more > 0:
        yield Element("li", {"--audit-depth": 0}, (phrases("audit-path-more", count=more),))


def _command(path: Path, step: Step, phrases: Phrases) -> Element:
    recorded = path.seen.history.at(step.position)
    who = actor_name(recorded.actor, phrases)
    cause = shortened(step.causation_id) if step.causation_id else phrases("audit-path-unknown")
    return Element(
        "li",
        {"class": "audit-step", "data-step": "command", "--audit-depth": 0},
        (
            phrases("audit-path-command", actor=who, time=local_time(recorded.time)),
            " ",
            Element("code", {}, (cause,)),
        ),
    )


def _step(path: Path, step: Step, phrases: Phrases) -> Element:
    history = path.seen.history
    line = ledger_row(history.change_at(step.position))
    recorded = history.at(step.position)
    by = phrases(
        "audit-path-caused" if step.cause else "audit-path-led",
        cause=step.cause or 0,
        actor=actor_name(recorded.actor, phrases),
    )
    return Element(
        "li",
        {
            "class": "audit-step",
            "data-step": "event",
            "data-here": step.position == path.position,
            "--audit-depth": step.depth + 1,
        },
        (
            button(f"#{step.position} {shortened(line.type)}", "look", position=step.position),
            f" {shortened(line.account_id)} ",
            Element("span", {"class": "hint"}, (by,)),
        ),
    )


# What was refused.


def _tried(subject: Subject, phrases: Phrases) -> Iterator[Element]:
    for one in reversed(subject.refused[-MOST_REFUSED:]):
        yield row(
            local_time(one.time),
            actor_name(one.actor, phrases),
            _what(one, subject),
            shortened(refusal_in_words(one.rejection)),
        )


def _what(one: RejectedCommand, subject: Subject) -> str:
    """A command as it was given: its type, its account, its amount and its words."""
    currency = currency_in(subject.history.state_of(one.stream_id))
    words = [
        money(value, currency) if name == "amount" and isinstance(value, int) else str(value)
        for name, value in one.data.items()
        if value != ""
    ]
    return shortened(" · ".join([one.type, one.stream_id, *words]))


def _note_on(refused: tuple[RejectedCommand, ...], phrases: Phrases) -> str:
    if not refused:
        return phrases("audit-refused-none")
    more = len(refused) - MOST_REFUSED
    return phrases("audit-refused-more", count=more) if more > 0 else ""
