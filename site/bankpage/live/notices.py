"""What concerns the live ledger as a whole: notices, what can be done with it, the dialog."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.live.chain import is_head_missing
from bankpage.live.model import Gone, Live, Opening, Reading
from bankpage.live.results import Trouble
from bankpage.live.stored.entries import DamagedEntry, Fault
from bankpage.live.stored.segments import unpack
from bankpage.paper.figures import shortened
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from bankpage.stage import chain
from esbank_core.kernel.identity import Position

DAMAGE_NAMED: int = 3
"""How many damaged entries the notice names; the export has them all."""

MOST_CHARACTERS: int = 5 * 1024 * 1024
"""How many characters localStorage holds, in every browser there is."""

NEARLY_FULL: int = MOST_CHARACTERS // 16
"""Where there is less room than that, it is said: some hundred commands before the last."""

LONGEST_NAME: int = 80
"""How many characters of a damaged entry's key the notice shows."""


def notices(live: Live, phrases: Phrases, *, is_on_stage: bool = True) -> Iterator[Slot]:
    """The notice, whether there is anything to export or to reset, the dialog.

    Another history, where one is on the stage, is what is exported, and never reset.
    """
    notice = tuple(_notice(live, phrases))
    yield Slot("page-notice", {"hidden": not notice}, notice)
    is_empty = live.ledger.head == 0
    yield Slot("export", {"disabled": is_empty and is_on_stage})
    is_clean = is_empty and not live.damaged and not live.gone and not live.rejected
    yield Slot("reset", {"disabled": is_clean or not is_on_stage})
    yield _adding(live, phrases)
    yield Slot("reset-dialog", {".modal": live.is_asking_to_erase})


def _adding(live: Live, phrases: Phrases) -> Slot:
    """The way to stop a study that is being added, and how far that has come."""
    adding = live.adding
    if adding is None:
        return Slot("stop-adding", {"hidden": True}, (phrases("stop-adding"),))
    far = phrases("stop-adding-at", taken=adding.taken, total=len(adding.incoming))
    return text("stop-adding", far, hidden=False)


def chain_status(live: Live, phrases: Phrases) -> Iterator[Slot]:
    """Whether the chain of the live ledger holds, and is still the one that was seen last."""
    head, seen = live.ledger.head, live.head_seen
    is_other = seen is not None and seen.position <= head and is_head_missing(live)
    altered_at = seen.position if seen and is_other else None
    if live.reading is None:
        yield from chain.chain_status(head, live.chain, phrases, altered_at, _broken_within(live))
    else:
        yield from _reading(live.reading, phrases)
    is_told = live.opening is not Opening.NONE and live.reading is None
    name = f"snapshot-{live.opening}"
    yield text("snapshot", phrases(name, position=f"{live.opened_at:,}") if is_told else "")


def _reading(reading: Reading, phrases: Phrases) -> Iterator[Slot]:
    """How far a long ledger has been read; what is still to be read is verified as it is."""
    read = reading.so_far.ledger.head
    total = reading.base.position if reading.base else read + reading.left
    name = "chain-reading-snapshot" if reading.base else "chain-reading"
    said = phrases(name, read=f"{read:,}", total=f"{total:,}")
    yield Slot("chain", {"data-chain": "none"})
    yield text("chain-verdict", "")
    yield text("chain-count", said)


def _broken_within(live: Live) -> tuple[Position, Position] | None:
    """The segment whose hashes lead elsewhere, if that is where the chain breaks."""
    broken = live.chain.audit().broken if live.chain.lines >= live.ledger.head else None
    for kept in live.packed if broken else ():
        is_there = broken is not None and kept.name.first <= broken.position <= kept.name.last
        if is_there and kept.segment and not unpack(kept.segment).is_whole:
            return kept.name.first, kept.name.last
    return None


def _notice(live: Live, phrases: Phrases) -> Iterator[Node]:
    if not live.is_kept:
        yield _said(phrases("notice-not-kept"))
    if live.is_later:
        yield _said(phrases("notice-later"))
    if live.refused in (Trouble.FULL, Trouble.FAILED):
        yield _said(phrases(f"notice-refused-{live.refused}"))
    if live.room is not None and live.room < NEARLY_FULL:
        taken = 100 - round(100 * max(0, live.room) / MOST_CHARACTERS)
        yield _said(phrases("notice-nearly-full", taken=taken))
    if live.gone:
        yield from _gone(live.gone, phrases)
    if live.missing:
        yield _said(phrases.counted("notice-missing", live.missing))
    if live.damaged:
        yield from _damaged(live.damaged, phrases)


def _gone(gone: Gone, phrases: Phrases) -> Iterator[Node]:
    yield _said(phrases.counted("notice-gone", gone.events))
    if gone.lost is None:
        yield _said(phrases("notice-gone-for-good"))
    else:
        yield _button("write-back", phrases)
    yield _button("go-on", phrases)


def _damaged(damaged: tuple[DamagedEntry, ...], phrases: Phrases) -> Iterator[Node]:
    yield _said(phrases.counted("notice-damaged", len(damaged)))
    rows = [
        Element(
            "li",
            {},
            (Element("code", {}, (shortened(one.entry.key, LONGEST_NAME),)), f" \u2014 {reason}"),
        )
        for one in damaged[:DAMAGE_NAMED]
        for reason in [_reason(one, phrases)]
    ]
    if more := len(damaged) - len(rows):
        rows.append(Element("li", {}, (phrases("notice-damaged-more", count=more),)))
    yield Element("ul", {}, tuple(rows))
    yield _button("export-damage", phrases)


def _reason(damaged: DamagedEntry, phrases: Phrases) -> str:
    reason = damaged.reason
    return phrases(f"damage-{reason}") if isinstance(reason, Fault) else reason


def _said(sentence: str) -> Element:
    return Element("p", {}, (sentence,))


def _button(gesture: str, phrases: Phrases) -> Element:
    """A button whose words are the phrase of its gesture's name."""
    attributes = {"type": "button", "class": "button", "data-gesture": gesture}
    return Element("button", attributes, (phrases(gesture),))
