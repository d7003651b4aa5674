"""Following: what the browser has kept, and what other tabs write, taken into the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bankpage.live.model import Live
from bankpage.live.stored_ledger import LOST, Entry, StoredLedger, read_ledger
from esbank_core.bank.transfer import TRANSFER


def take_in(live: Live, stored: StoredLedger) -> Live:
    """Append to the ledger what the browser holds beyond it."""
    ledger = live.ledger.extend(stored.recorded)
    account = live.account or next((name for name in ledger.places if name != LOST), None)
    return replace(
        live,
        ledger=ledger,
        transfers=TRANSFER.progress.project(stored.recorded, since=live.transfers),
        head_hash=stored.head_hash,
        generation=stored.generation,
        damaged=stored.damaged,
        account=account,
    )


def follow(live: Live, entries: Iterable[Entry]) -> Live:
    """Another tab has changed the ledger: appended to it, or erased it."""
    known = {stream_id: live.ledger.version_of(stream_id) for stream_id in live.ledger.places}
    entries = tuple(entries)
    stored = read_ledger(entries, after=live.ledger.head, versions=known, head_hash=live.head_hash)
    if stored.generation != live.generation:
        fresh = Live(
            is_kept=live.is_kept,
            decisions=live.decisions,
            waiting=live.waiting,
            in_flight=live.in_flight,
        )
        return take_in(fresh, read_ledger(entries))
    known_damage = {damaged.entry.key for damaged in stored.damaged}
    kept = tuple(damaged for damaged in live.damaged if damaged.entry.key not in known_damage)
    return take_in(live, replace(stored, damaged=kept + stored.damaged))
