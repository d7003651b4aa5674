"""Whether a history's chain holds, in words: “Chain intact: 12 events”.

A verdict that changes is announced; the count beside it is only shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text
from esbank_core.bank.events import Event
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.suspect import Sign


def chain_status(
    head: Position,
    chain: Verifier[Event],
    phrases: Phrases,
    altered_at: Position | None = None,
    within: tuple[Position, Position] | None = None,
    *,
    is_awaited: bool = False,
) -> Iterator[Slot]:
    """How far the chain of a history that ends at ``head`` has been verified, and holds.

    ``altered_at`` is an event that is known to have had another hash; ``within`` are the first and
    the last of the events of which it is only known that one of them was altered. With
    ``is_awaited``, an export waits for the lines, which are written as they are verified.
    """
    verdict = count = ""
    kind = "none"
    if chain.lines < head:
        count = phrases("chain-verifying")
        if is_awaited:
            count = phrases("chain-awaited", done=f"{chain.lines:,}", all=f"{head:,}")
    elif head > 0:
        broken = chain.audit().broken
        if broken is None:
            kind = "intact"
            verdict = phrases("chain-intact")
            count = phrases.counted("chain-events", head)
        elif broken.sign is Sign.NO_HASHES:
            verdict = phrases("chain-without")
        else:
            kind = "broken"
            position = altered_at or broken.position
            word = "altered" if altered_at else broken.kind.replace(" ", "-")
            what = phrases(f"chain-{word}")
            if within is None:
                verdict = phrases("chain-broken", position=position, what=what)
            else:
                first, last = (f"{place:,}" for place in within)
                verdict = phrases("chain-broken-within", first=first, last=last, what=what)
    yield Slot("chain", {"data-chain": kind})
    yield text("chain-verdict", verdict)
    yield text("chain-count", count)
