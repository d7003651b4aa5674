"""What is said of a history that is being opened, and the buttons that decide about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bankpage.labs.contract import Remark, Subject
from bankpage.labs.opening import portions
from bankpage.labs.opening.fetching import share
from bankpage.labs.opening.manner import manner
from bankpage.labs.opening.model import (
    Choosing,
    Doing,
    Fetching,
    Kept,
    Nothing,
    Offer,
    Opened,
    Opening,
    Reading,
    Refused,
    TooLarge,
)
from bankpage.labs.opening.portions import Kind, Portion
from bankpage.labs.opening.refusals import shortened
from bankpage.labs.opening.room import MOST_BYTES, MOST_EVENTS
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, text

_MEGABYTE: Final = 1_000_000
_SORTED: Final = 0.7
"""How far it is once the records of another store are read; then they are put in order."""
_FETCHING: Final = 0.15
"""How much of the bar fetching takes; reading what was fetched takes longer."""


def view(room: Opening, _: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The panel: what is being done and how far, or why not and what may be done instead."""
    model = room.doing
    is_at_work = isinstance(model, Fetching | Reading)
    done, progress = _progress(model, phrases)
    is_opened = isinstance(model, Opened)
    yield Slot(
        "opening-panel",
        {"hidden": isinstance(model, Nothing), "data-opened": True if is_opened else None},
    )
    yield text("opening-progress", progress, hidden=not is_at_work)
    yield Slot(
        "opening-bar",
        {
            "hidden": not is_at_work,
            "aria-valuenow": str(round(100 * done)),
            "aria-valuetext": progress or None,
            "--opening-done": f"{done:.3f}",
        },
    )
    can_cancel = is_at_work or isinstance(model, TooLarge | Choosing)
    yield Slot("opening-cancel", {"hidden": not can_cancel})
    yield text("opening-said", _said(model, phrases))
    evidence = model.refusal.evidence if isinstance(model, Refused) else ""
    yield text("opening-evidence", evidence, hidden=not evidence)
    part = _part(model, phrases)
    yield from _portion(model, phrases)
    yield text("opening-first-part", part, hidden=not part)
    yield Slot("opening-otherwise", {"hidden": not is_opened})
    yield Slot("opening-close", {"hidden": not isinstance(model, Refused | Opened | Kept)})
    yield from manner(model.reading if isinstance(model, Choosing) else None, phrases)


def _progress(model: Doing, phrases: Phrases) -> tuple[float, str]:
    match model:
        case Fetching():
            fetched, whole = share(model)
            words = phrases(
                "opening-fetching",
                file=_name(model.offer),
                fetched=_megabytes(fetched),
                all=_megabytes(whole),
            )
            return _FETCHING * fetched / max(whole, 1), words
        case Reading(offer=offer, work=work) if work.records and not work.history.head:
            words = phrases("opening-sorting", file=_name(offer), records=f"{work.records:,}")
            return _FETCHING + (_SORTED - _FETCHING) * work.share, words
        case Reading():
            events = phrases.counted("opening-events", model.work.history.head)
            words = phrases("opening-reading", file=_name(model.offer), events=events)
            return _FETCHING + (1 - _FETCHING) * model.work.share, words
        case _:
            return 0.0, ""


def _said(model: Doing, phrases: Phrases) -> str:
    match model:
        case Refused():
            said = phrased(model.refusal.said, phrases)
            return phrases("opening-refused", said=said)
        case Choosing(name=name, reading=reading):
            is_known = bool(reading.recognitions)
            phrase = "opening-choose-otherwise" if is_known else "opening-choose"
            return phrases(phrase, file=shortened(name))
        case Opened(remark=remark):
            return phrased(remark, phrases)
        case Kept(mapping=mapping):
            return phrases("opening-kept", fields=shortened(", ".join(mapping.shape)))
        case TooLarge(offer=offer, extent=extent):
            events = extent.events
            return phrases(
                "opening-too-large" if events is None else "opening-too-many",
                file=_name(offer),
                size=_megabytes(extent.bytes),
                events=f"{events or 0:,}",
                room=_megabytes(MOST_BYTES),
                most=f"{MOST_EVENTS:,}",
            )
        case _:
            return ""


def _part(model: Doing, phrases: Phrases) -> str:
    match model:
        case TooLarge(portion=portion):
            return phrases(
                "opening-first-part" if portion.kind is Kind.FIRST else "opening-portion"
            )
        case Refused(part=part) if part is not None:
            return phrases.counted("opening-part-before", part.history.head)
        case _:
            return ""


def _portion(model: Doing, phrases: Phrases) -> Iterator[Slot]:
    """Which part is wanted: offered where there is a choice, with what is to be typed for it."""
    kinds = portions.offered(model.extent) if isinstance(model, TooLarge) else ()
    portion = model.portion if isinstance(model, TooLarge) else Portion()
    unfit = model.unfit if isinstance(model, TooLarge) else ""
    yield Slot("opening-portions", {"hidden": len(kinds) < 2})
    options = tuple(
        Element(
            "option",
            {"value": kind.value, "selected": kind is portion.kind},
            (phrases(f"opening-portion-of-{kind}"),),
        )
        for kind in kinds
    )
    yield Slot("opening-portion-kind", {}, options)
    for name, kind in _TYPED.items():
        is_shown = kind in kinds and kind is portion.kind
        yield Slot(f"opening-portion-{name}-field", {"hidden": not is_shown})
        invalid = "true" if unfit == name else None
        yield Slot(f"opening-portion-{name}", {"aria-invalid": invalid})
    said = phrases(f"opening-portion-no-{unfit}", most=f"{MOST_EVENTS:,}") if unfit else ""
    yield text("opening-portion-said", said, hidden=not said)


_TYPED: Final = {
    "stream": Kind.STREAM,
    "since": Kind.SPAN,
    "until": Kind.SPAN,
    "newest": Kind.NEWEST,
}
"""What is typed, and for which kind of part."""


def phrased(remark: Remark, phrases: Phrases) -> str:
    """A remark in words."""
    return phrases(remark.phrase, **remark.values)


def _name(offer: Offer) -> str:
    first, *more = (shortened(file.name) for file in offer.files)
    return f"{first} + {len(more)}" if more else first


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:,.1f}"
