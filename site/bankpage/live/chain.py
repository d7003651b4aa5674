"""The chain of the live ledger, verified line by line as it was found, beside everything else.

On a load it begins once the page is ready, and goes on in slices, each a message of its own, so
that nobody waits for it. What is appended is verified at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bankpage.live.effects import Append, LiveEffect
from bankpage.live.messages import ChainSliced
from bankpage.live.model import Live
from bankpage.live.stored.heads import Head, head_after
from bankpage.live.stored.reading import StoredLedger
from bankpage.paper.effects import After
from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.suspect import Sign

SLICE: Final = 400
"""Lines verified with one message: some 6 ms in a browser."""

AT_ONCE: Final = 20
"""Up to so many lines are verified with the message that brings them."""


Chain = Verifier[Event]


def begun(stored: StoredLedger) -> Verifier[Event]:
    """Nothing verified yet of what was found; but how far it went is known, if that was kept."""
    seen = stored.head_seen
    is_of_it = seen is not None and seen.generation == stored.generation
    return Verifier.genesis(CODEC, seen.hash if seen and is_of_it else None)


def watched(live: Live, effects: tuple[LiveEffect, ...]) -> tuple[Live, tuple[LiveEffect, ...]]:
    """The chain verified as far as it goes if that is at once, or the next slice asked for."""
    if live.ledger.unread:
        return live, effects  # what comes first is verified first, as it is read
    left = len(live.lines) - live.chain.lines
    if left <= AT_ONCE:
        return _verified(live, left), effects
    if live.is_verifying:
        return live, effects
    return replace(live, is_verifying=True), (*effects, After(0, ChainSliced()))


def sliced(live: Live) -> Live:
    """The chain verified by a slice more."""
    return replace(_verified(live, SLICE), is_verifying=False)


def is_head_missing(live: Live) -> bool:
    """Whether the chain holds, and yet is not the one that was seen last: it was hashed anew."""
    if live.chain.lines < len(live.lines):
        return False
    broken = live.chain.audit().broken
    return broken is not None and broken.sign is Sign.HEAD_MISSING


def head_to_keep(live: Live, append: Append) -> Head:
    """How far the ledger goes after an append; but a head that is missing stays on record."""
    if live.head_seen and is_head_missing(live):
        return live.head_seen
    return head_after(append.key, append.text)


def _verified(live: Live, count: int) -> Live:
    start = live.chain.lines
    lines = live.lines[start : start + count]
    if not lines:
        return live
    chain, _ = live.chain.feed(line or None for line in lines)
    return replace(live, chain=chain)
