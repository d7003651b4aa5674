"""View: every slot of the lab, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.labs.audit.chain_view import chain
from bankpage.labs.audit.deeds_view import deeds
from bankpage.labs.audit.heads_view import attacks, heads, near_slider
from bankpage.labs.audit.model import Desk
from bankpage.labs.audit.statement_view import statements
from bankpage.labs.audit.verifying import first_link
from bankpage.labs.audit.wording import Memory, remembered
from bankpage.labs.contract import Subject
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot

_chain: Memory[tuple[Slot, ...]] = []
_rest: Memory[tuple[Slot, ...]] = []


def view(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The lab as it is. While only the slider moves, no more is made than what follows it."""
    history = subject.history
    first = first_link(desk, subject)
    is_written = subject.lines.at_hand == len(subject.lines)
    of = (desk, subject.lines, is_written, history, subject.on_stage)
    yield from remembered(_chain, (*of, first), lambda: tuple(chain(desk, subject, phrases)))
    near = near_slider(subject)
    yield from remembered(
        _rest,
        (*of, near, subject.actor, subject.refused),
        lambda: (
            *heads(desk, phrases),
            *attacks(desk, subject, phrases),
            *deeds(desk, subject, phrases),
            *statements(desk, subject, phrases),
        ),
    )
