"""What is said of a reader's own states: how far they are told, and where their evolve fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bankpage.labs.contract import Subject
from bankpage.labs.states.model import Model, Unusable
from bankpage.paper.own_states import OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.kernel.identity import Position
from esbank_core.questions.own.code import Fault


class _Drawn(NamedTuple):
    """The slots of a model, which stay the same while the page does something else."""

    model: Model
    own: OwnStates | None
    head: Position
    phrases: Phrases
    slots: tuple[Slot, ...]


_drawn: list[_Drawn] = []
"""What was drawn last. Only a memory."""


def view(model: Model, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """Every slot of the room."""
    own, head = subject.own, subject.history.head
    last = _drawn[0] if _drawn else None
    if (
        last is None
        or last.model is not model
        or last.own is not own
        or (last.head, last.phrases) != (head, phrases)
    ):
        last = _Drawn(model, own, head, phrases, tuple(_slots(model, own, head, phrases)))
        _drawn[:] = [last]
    yield from last.slots


def _slots(model: Model, own: OwnStates | None, head: Position, phrases: Phrases) -> Iterator[Slot]:
    said = _said(model, phrases)
    is_failed = bool(model.unusable or model.ended or model.failures)
    yield Slot("states-status", {"data-failed": is_failed})
    yield text("states-counting", "" if said else _counting(model, head, phrases))
    yield text("states-said", said)
    yield Slot("states-again", {"hidden": model.ended is None})
    names = _names(own) if own else ()
    yield Slot("states-value", {"hidden": not names})
    field = own.named if own else ""
    yield Slot("states-field", {".value": field}, _options(names, field, phrases))


def _said(model: Model, phrases: Phrases) -> str:
    if model.unusable is not None:
        return _unusable(model.unusable, phrases)
    if model.ended is not None:
        return " ".join(phrases(f"states-ended-{model.ended.value}", reason=model.reason).split())
    first = model.first
    if first is None:
        return ""
    failed = phrases(
        "own-failed-in-line" if first.line else "own-failed",
        position=first.position,
        type=first.type,
        stream=first.stream_id,
        reason=first.reason,
        line=first.line,
    )
    more = model.failures - 1
    return f"{failed} {phrases.counted('states-more-failures', more)}" if more else failed


def _unusable(unusable: Unusable, phrases: Phrases) -> str:
    place = phrases("states-place-line", line=unusable.line) if unusable.line else ""
    match unusable.what:
        case Fault.NAME_MISSING:
            return phrases("states-name-missing", named=unusable.reason)
        case Fault.NOT_A_FUNCTION:
            return phrases("states-not-a-function", named=unusable.reason)
        case Fault.NOT_PYTHON:
            return phrases("states-not-python", reason=unusable.reason, place=place)
        case _:
            return phrases("states-failed", reason=unusable.reason, place=place)


def _counting(model: Model, head: Position, phrases: Phrases) -> str:
    total = f"{head:,}"
    if model.copied.count < head:
        return phrases("states-handing", count=f"{model.copied.count:,}", total=total)
    if not model.has_begun or model.told < head:
        return phrases("states-telling", count=f"{model.told:,}", total=total)
    return phrases.counted("states-told", head)


def _names(own: OwnStates) -> tuple[str, ...]:
    """The fields that there are to choose from, and the one that is chosen."""
    states = list(own.moment.streams.values()) if own.moment else []
    if own.moment and own.moment.change:
        states.append(own.moment.change.after)
    named = dict.fromkeys(name for state in states for name in state if name != "…")
    return tuple(named if not own.named else named | {own.named: None})


def _options(names: tuple[str, ...], chosen: str, phrases: Phrases) -> tuple[Node, ...]:
    return tuple(
        Element("option", {"value": name, "selected": name == chosen}, (said,))
        for name, said in (("", phrases("states-balance")), *((name, name) for name in names))
    )
