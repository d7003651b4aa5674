"""What is seen of What if: the edits, the event being put together, and the consequences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bankpage.labs.contract import LiveLedger, Study, Subject
from bankpage.labs.debug.comparing import value_of
from bankpage.labs.debug.drafting import TYPES, Draft
from bankpage.labs.debug.parts import button, cut, event_in_words, heads, options, row
from bankpage.labs.debug.trying import Consequences, Trying
from bankpage.paper.figures import refusal_in_words
from bankpage.paper.phrases import Phrases
from bankpage.paper.remembered import Remembered
from bankpage.paper.tree import Element, Node, Slot, Value, text
from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.states import currency_in
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.bank.what_if import (
    ChangeTo,
    Edit,
    Insert,
    LeaveOut,
    Outcome,
    Redecided,
)

MOST_ROWS: Final = 150
"""Events and accounts shown at once, of either."""


def slots(trying: Trying, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The event at the cursor, the edits, and what came of them."""
    history, position = subject.history, subject.position
    yield _at(history, position, phrases)
    is_known = bool(position) and not isinstance(history.at(position).event, OPAQUE)
    yield Slot("debug-leave-out", {"disabled": not position})
    yield Slot("debug-change", {"disabled": not is_known})
    yield Slot("debug-insert", {"disabled": not position})
    yield from _draft(trying.draft, history, phrases)
    yield _edits(trying.edits, phrases)
    yield Slot("debug-take-all-back", {"hidden": len(trying.edits) < 2})
    yield from _status(trying, trying.is_of(subject.on_stage), phrases)
    yield from _consequences(trying.consequences, phrases)


@Remembered
def _at(history: Ledger, position: Position, phrases: Phrases) -> Slot:
    if not position:
        return text("debug-at", phrases("debug-at-genesis"))
    words = event_in_words(history, position)
    return text("debug-at", phrases("debug-at", position=position, event=words))


# The event that is being put together.


@Remembered
def _draft(draft: Draft | None, history: Ledger, phrases: Phrases) -> tuple[Slot, ...]:
    if draft is None:
        return (
            Slot("debug-draft", {"hidden": True}),
            Slot("debug-draft-fields", {}, ()),
            text("debug-draft-problem", ""),
        )
    phrase = "debug-inserting" if draft.is_new else "debug-changing"
    return (
        Slot("debug-draft", {"hidden": False}),
        text("debug-draft-title", phrases(phrase, position=draft.position, type=draft.type)),
        Slot("debug-draft-fields", {}, tuple(_fields(draft, history, phrases))),
        text("debug-draft-problem", draft.problem),
    )


def _fields(draft: Draft, history: Ledger, phrases: Phrases) -> Iterator[Element]:
    if draft.is_new:
        chosen: dict[str, Value] = {"name": "type", "data-gesture": "debug-draft-type"}
        kinds = options(((one, one) for one in TYPES), draft.type)
        yield _labelled(phrases("debug-draft-type"), "type", Element("select", chosen, kinds))
        typed: dict[str, Value] = {"name": "stream", "value": draft.stream, **_TYPED}
        yield _labelled(phrases("debug-draft-account"), "stream", Element("input", typed))
    currency = currency_in(history.state_of(StreamId(draft.stream))).code
    for one in CODEC.fields_of(draft.type):
        words = phrases(f"debug-data-{one.json_name}", currency=currency)
        value = draft.values.get(one.json_name, "")
        attributes: dict[str, Value] = {"name": f"data-{one.json_name}", "value": value, **_TYPED}
        yield _labelled(words, one.json_name, Element("input", attributes))


_TYPED: Final[dict[str, Value]] = {"type": "text", "autocomplete": "off"}


def _labelled(words: str, name: str, control: Element) -> Element:
    key = f"debug-draft-{name}-field"
    label = Element("label", {"for": key}, (words,), f"{key}-label")
    keyed = control._replace(key=key)
    return Element("div", {"class": "field"}, (label, keyed), f"{key}-part")


# The edits.


@Remembered
def _edits(edits: tuple[Edit, ...], phrases: Phrases) -> Slot:
    items = tuple(
        Element(
            "li",
            {},
            (
                _named(edit, phrases),
                " ",
                button(
                    phrases("debug-take-back"),
                    "take-back",
                    **{"class": "button is-quiet", "data-nth": str(nth)},
                ),
            ),
        )
        for nth, edit in enumerate(edits)
    )
    return Slot("debug-edits", {"hidden": not edits}, items)


def _named(edit: Edit, phrases: Phrases) -> str:
    match edit:
        case LeaveOut(position=position):
            return phrases("debug-edit-leave-out", position=position)
        case ChangeTo(position=position, event=event):
            return phrases("debug-edit-change", position=position, event=cut(repr(event)))
        case Insert(position=position, stream_id=stream_id, event=event):
            return phrases(
                "debug-edit-insert",
                position=position,
                account=cut(stream_id),
                event=cut(repr(event)),
            )


@Remembered
def _status(trying: Trying, is_of: bool, phrases: Phrases) -> tuple[Slot, ...]:
    said = trying.problem
    if trying.retelling is not None:
        done, total = trying.retelling.done, trying.retelling.head
        said = phrases("debug-retelling", done=done, total=total)
    elif trying.writing is not None and trying.consequences is not None:
        total = trying.consequences.told.alternative.head
        said = phrases("debug-opening-study", done=len(trying.writing.lines), total=total)
    elif trying.consequences is not None:
        said = _gist(trying.consequences, phrases)
    elsewhere = "" if is_of else _origin(trying.origin, phrases)
    return (
        text("debug-what-if-said", said),
        Slot("debug-consequences-part", {"hidden": trying.consequences is None}),
        Slot("debug-open-study", {"disabled": trying.writing is not None or not is_of}),
        text("debug-elsewhere", elsewhere),
        Slot("debug-to-origin", {"hidden": is_of}),
    )


def _origin(origin: LiveLedger | Study, phrases: Phrases) -> str:
    name = cut(origin.name) if isinstance(origin, Study) else phrases("debug-live")
    return phrases("debug-elsewhere", history=name)


def _gist(consequences: Consequences, phrases: Phrases) -> str:
    if consequences.parted_at is None:
        return phrases("debug-same-history")
    outcomes = [step.outcome for step in consequences.changed]
    rejected = outcomes.count(Outcome.REJECTED)
    return phrases(
        "debug-parted",
        position=consequences.parted_at,
        rejected=phrases.counted("debug-rejected", rejected)
        if rejected
        else phrases("debug-none-rejected"),
        accounts=phrases.counted(
            "debug-accounts-differ", len({one.stream_id for one in consequences.accounts})
        ),
    )


# The consequences.


@Remembered
def _consequences(consequences: Consequences | None, phrases: Phrases) -> tuple[Slot, ...]:
    if consequences is None:
        return (Slot("debug-consequences", {}, ()),)
    names = [phrases(f"debug-column-{name}") for name in ("where", "what", "was", "would-be")]
    caption = Element("caption", {}, (phrases("debug-consequences"),))
    body = [
        Element("tbody", {}, tuple(_events(consequences, phrases))),
        Element("tbody", {}, tuple(_accounts(consequences, phrases))),
    ]
    return (Slot("debug-consequences", {}, (caption, heads(names), *body)),)


def _events(consequences: Consequences, phrases: Phrases) -> Iterator[Node]:
    if consequences.parted_at is not None:
        where = phrases("debug-event", position=consequences.parted_at)
        yield row((where, phrases("debug-first-divergence"), "", ""))
    changed = [step for step in consequences.changed if step.outcome is not Outcome.INSERTED]
    inserted = [step for step in consequences.changed if step.outcome is Outcome.INSERTED]
    for step in [*inserted, *changed][:MOST_ROWS]:
        yield _event(step, phrases)
    if (more := len(consequences.changed) - MOST_ROWS) > 0:
        yield row((phrases("debug-more", count=more), "", "", ""))


def _event(step: Redecided, phrases: Phrases) -> Element:
    original = step.original
    recorded = original or step.instead[0]
    where = phrases("debug-event", position=original.position) if original else phrases("debug-new")
    happened = type_of(original.event) if original else phrases("debug-nothing")
    would_be = ", ".join(type_of(one.event) for one in step.instead) or phrases("debug-nothing")
    if step.rejection is not None:
        would_be = phrases("debug-would-be-rejected", why=refusal_in_words(step.rejection))
    outcome = phrases(f"debug-outcome-{step.outcome}")
    return row((where, f"{outcome} ({cut(recorded.stream_id)})", cut(happened), would_be))


def _accounts(consequences: Consequences, phrases: Phrases) -> Iterator[Node]:
    told = consequences.told
    for one in consequences.accounts[:MOST_ROWS]:
        field = phrases(f"debug-field-{one.name}")
        yield row(
            (
                cut(one.stream_id),
                phrases("debug-at-the-end", field=field),
                value_of(told.original, one.stream_id, one.name, one.was, phrases),
                value_of(told.alternative, one.stream_id, one.name, one.would_be, phrases),
            )
        )
    if (more := len(consequences.accounts) - MOST_ROWS) > 0:
        yield row((phrases("debug-more", count=more), "", "", ""))
