"""View: every slot of the lab, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.labs.audit.chain_view import chain
from bankpage.labs.audit.deeds_view import deeds
from bankpage.labs.audit.heads_view import attacks, heads
from bankpage.labs.audit.model import Desk
from bankpage.labs.audit.statement_view import statements
from bankpage.labs.contract import Subject
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot


def view(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The lab as it is."""
    yield from chain(desk, subject, phrases)
    yield from heads(desk, phrases)
    yield from attacks(desk, subject, phrases)
    yield from deeds(desk, subject, phrases)
    yield from statements(desk, subject, phrases)
