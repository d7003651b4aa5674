"""Following: what the browser has kept, what other tabs write, and what is not there any more.

What is stored may be changed by anybody while the page runs. The tab goes on from what is stored,
with one exception: where events are gone that it knows, it says so, keeps what it has, and lets the
reader choose (``Gone``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bankpage.live import chain
from bankpage.live.model import Gone, Live
from bankpage.live.stored_ledger import (
    DamagedEntry,
    Entry,
    Fault,
    StoredLedger,
    key_of,
    newest_rejected,
    read_ledger,
)
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.identity import GENESIS, Position


def take_in(live: Live, stored: StoredLedger) -> Live:
    """Append to the ledger what the browser holds beyond it."""
    if stored.is_later:
        return replace(live, is_later=True)
    is_all = live.ledger.head == GENESIS
    # Where nothing is new, it stays the same: whoever looks at it need not look again.
    ledger = live.ledger.extend(stored.recorded) if stored.recorded else live.ledger
    first = next(iter(ledger.places), None)
    account = live.account if live.account in ledger.places else first
    return replace(
        live,
        ledger=ledger,
        lines=live.lines.plus(stored.lines) if stored.lines else live.lines,
        transfers=TRANSFER.progress.project(stored.recorded, since=live.transfers),
        head_hash=stored.head_hash,
        head_seen=stored.head_seen if is_all else live.head_seen,
        chain=chain.begun(stored) if is_all else live.chain,
        missing=live.missing + stored.lines.count(""),
        generation=stored.generation,
        damaged=stored.damaged,
        account=account,
        rejected=newest_rejected({**live.rejected, **stored.rejected}),
    )


def begun_anew(live: Live, entries: Iterable[Entry]) -> Live:
    """The ledger as it is stored, and nothing of what was known before but what is under way."""
    stored = read_ledger(entries)
    fresh = Live(
        is_kept=live.is_kept,
        actor=live.actor,
        rejected=live.rejected if stored.generation == live.generation else {},
        is_asking_to_erase=live.is_asking_to_erase,
        account=live.account,
        decisions=live.decisions,
        waiting=live.waiting,
        in_flight=live.in_flight,
        adding=live.adding,
        heard=live.heard,
    )
    return take_in(fresh, stored)


def follow(live: Live, entries: Iterable[Entry]) -> Live:
    """Another tab has changed the ledger: appended to it, or erased it.

    While an append is in flight nobody knows yet which came first: that waits for its answer.
    """
    if live.is_writing:
        return replace(live, heard=(*live.heard, *entries))
    known = {stream_id: live.ledger.version_of(stream_id) for stream_id in live.ledger.places}
    entries = tuple(entries)
    stored = read_ledger(
        entries,
        after=live.ledger.head,
        versions=known,
        head_hash=live.head_hash,
        is_any_lost=live.missing > 0 or any(map(_is_unreadable, live.damaged)),
    )
    if stored.generation > live.generation and not stored.is_later:
        return begun_anew(live, entries)
    if stored.generation < live.generation:
        stored = read_ledger((), head_hash=live.head_hash)  # of a history that is erased already
    known_damage = {damaged.entry.key for damaged in stored.damaged}
    kept = tuple(damaged for damaged in live.damaged if damaged.entry.key not in known_damage)
    stored = replace(stored, damaged=kept + stored.damaged, generation=live.generation)
    return take_in(live, stored)


def compare(live: Live, entries: Iterable[Entry]) -> Live:
    """Hold what is known against all that is stored now."""
    entries = tuple(entries)
    stored = read_ledger(entries)
    if stored.is_later or not live.is_kept:
        return replace(live, is_later=stored.is_later)
    if stored.generation > live.generation:
        return follow(live, entries)
    known, found = live.lines, stored.lines[: len(live.lines)]
    is_altered = any(line not in ("", was) for was, line in zip(known, found, strict=False))
    lost = [
        Position(nth)
        for nth, line in enumerate(known, start=1)
        if line and (nth > len(found) or not found[nth - 1])
    ]
    if lost:
        back = tuple(Entry(key_of(live.generation, at), known[at - 1]) for at in lost)
        return replace(live, gone=Gone(len(lost), None if is_altered else back))
    if is_altered and not live.is_writing:
        return begun_anew(live, entries)
    return follow(replace(live, gone=None, is_later=False), entries)


def _is_unreadable(damaged: DamagedEntry) -> bool:
    """Whether an entry stands in the ledger with a line that could not be read."""
    return not isinstance(damaged.reason, Fault)
