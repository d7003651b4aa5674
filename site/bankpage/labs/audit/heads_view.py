"""A head kept elsewhere, and the attacks: of which two pass until such a head is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bankpage.labs.audit.attacking import default_target
from bankpage.labs.audit.model import Desk
from bankpage.labs.audit.wording import Memory, remembered, said
from bankpage.labs.contract import Subject
from bankpage.paper.figures import money, shortened
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Slot, text
from esbank_core.bank.money import currency_of
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.heads import write_head

MOST_LISTED: Final = 300
"""Events to choose from; of a longer history those around the slider's place."""

STEP: Final = 50
"""The slider moves so far before others are listed."""

_listed: Memory[tuple[Element, ...]] = []


def heads(desk: Desk, phrases: Phrases) -> Iterator[Slot]:
    """What was kept, and what is known."""
    kept = desk.kept
    yield Slot("audit-kept", {"hidden": kept is None})
    yield text("audit-kept-text", write_head(kept).rstrip("\n") if kept else "")
    yield text("audit-copied", said(desk.head_copied, phrases))
    yield text("audit-hand-copied", said(desk.hand_copied, phrases))
    yield text("audit-head-said", said(desk.head_said, phrases))
    known = desk.known
    words = phrases("audit-known-is", hash=known.hash) if known else phrases("audit-known-none")
    yield text("audit-known-is", words)


def attacks(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """What can be attacked, and why something cannot."""
    history = subject.history
    chosen = desk.chosen or default_target(subject) or Position(0)
    near = near_slider(subject)
    options = remembered(
        _listed,
        (history, chosen, near),
        lambda: tuple(_options(subject, chosen, near, phrases)),
    )
    yield Slot("audit-event", {"disabled": not history.head}, options)
    of_long = phrases("audit-events-near") if history.head > MOST_LISTED else ""
    yield text("audit-events-near", of_long)
    yield text("audit-attack-said", said(desk.attack_said, phrases))


def near_slider(subject: Subject) -> int:
    """Around which place events are listed; 0 where all of them are."""
    return 0 if subject.history.head <= MOST_LISTED else subject.position // STEP * STEP


def _options(subject: Subject, chosen: Position, near: int, phrases: Phrases) -> Iterator[Element]:
    head = subject.history.head
    if not head:
        yield Element("option", {"value": "0"}, (phrases("audit-no-event"),))
        return
    first = max(1, min(near - MOST_LISTED // 2, head - MOST_LISTED + 1))
    listed = set(range(first, min(head, first + MOST_LISTED - 1) + 1)) | {int(chosen)}
    for place in sorted(listed):
        is_chosen = place == chosen
        yield Element(
            "option",
            {"value": place, "selected": is_chosen},
            (_label(subject, Position(place)),),
        )


def _label(subject: Subject, position: Position) -> str:
    line = ledger_row(subject.history.change_at(position))
    amount = "" if line.flow is None else f" {money(line.flow, currency_of(line.currency))}"
    return f"#{position} {shortened(line.type)}{amount} · {shortened(line.account_id)}"
