"""Following: what the browser has kept, what other tabs write, and what is not there any more.

What is stored may be changed by anybody while the page runs. The tab goes on from what is stored,
with one exception: where events are gone that it knows, it says so, keeps what it has, and lets the
reader choose (``Gone``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bankpage.live.model import Gone, Live, Reading
from bankpage.live.opening import is_unreadable, opened, take_in, versions_in
from bankpage.live.stored.by_position import StoredLines, lines_stored
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.sorting import sorted_out
from esbank_core.kernel.identity import Position


def begun_anew(live: Live, entries: Iterable[Entry]) -> Live:
    """The ledger as it is stored, and nothing of what was known before but what is under way."""
    fresh = Live(
        is_kept=live.is_kept,
        is_narrow=live.is_narrow,
        room=live.room,
        actor=live.actor,
        rejected=live.rejected,
        is_asking_to_erase=live.is_asking_to_erase,
        account=live.account,
        decisions=live.decisions,
        waiting=live.waiting,
        in_flight=live.in_flight,
        adding=live.adding,
        heard=live.heard,
        opening=live.opening,
        is_export_wanted=live.is_export_wanted,
    )
    begun = opened(fresh, entries)
    if begun.generation == live.generation:
        return begun
    return replace(begun, rejected={**read_ledger(entries).rejected})


def follow(live: Live, entries: Iterable[Entry]) -> Live:
    """Another tab has changed the ledger: appended to it, packed a part of it, or erased it.

    While an append is in flight nobody knows yet which came first: that waits for its answer. So
    does what comes behind events that are still to be read.
    """
    if live.is_writing:
        return replace(live, heard=(*live.heard, *entries))
    entries = tuple(entries)
    stored = read_ledger(
        entries,
        after=live.ledger.head,
        versions=versions_in(live.ledger),
        head_hash=live.head_hash,
        is_any_lost=live.missing > 0 or any(map(is_unreadable, live.damaged)),
    )
    if stored.generation > live.generation and not stored.is_later:
        return begun_anew(live, entries)
    if stored.generation < live.generation:
        stored = read_ledger((), head_hash=live.head_hash)  # of a history that is erased already
    reading = live.reading
    if reading is not None and (reading.base is None or reading.later or stored.waiting):
        return replace(live, reading=replace(reading, later=(*reading.later, *entries)))
    known_damage = {damaged.entry.key for damaged in stored.damaged}
    kept = tuple(damaged for damaged in live.damaged if damaged.entry.key not in known_damage)
    stored = replace(stored, damaged=kept + stored.damaged, generation=live.generation)
    live = take_in(live, stored)
    if not stored.waiting:
        return live
    return replace(live, reading=Reading(live, stored.waiting, runs=None))


def compare(live: Live, entries: Iterable[Entry]) -> Live:
    """Hold what is known against all that is stored now; not before all of it has been read."""
    entries = tuple(entries)
    found = sorted_out(entries)
    if found.is_later or not live.is_kept:
        return replace(live, is_later=found.is_later)
    if found.generation > live.generation:
        return follow(live, entries)
    stored = lines_stored(found)
    lost, is_altered = _differing(live, stored)
    if lost:
        back = tuple(dict.fromkeys(_back(live, at) for at in lost))
        return replace(live, gone=Gone(len(lost), None if is_altered else back))
    if is_altered and not live.is_writing:
        return begun_anew(live, entries)
    return follow(replace(live, gone=None, is_later=False), entries)


def _differing(live: Live, stored: StoredLines) -> tuple[list[Position], bool]:
    """The positions of lines that are not stored any more, and whether one is stored otherwise.

    A segment that is stored as this tab knows it need not be looked into.
    """
    lost: list[Position] = []
    is_altered = False
    unchanged = [
        kept.segment.name
        for kept in live.packed
        if kept.segment and stored.values.get(kept.name.key) == kept.segment.text
    ]
    nth = 0
    for name in (*unchanged, None):
        last = len(live.lines) if name is None else name.first - 1
        for place in range(nth, last):
            was, is_now = live.lines[place], stored.line_at(Position(place + 1))
            if was and not is_now:
                lost.append(Position(place + 1))
            is_altered = is_altered or (bool(was) and bool(is_now) and was != is_now)
        nth = last if name is None else name.last
    return lost, is_altered


def _back(live: Live, at: Position) -> Entry:
    """The entry that brings an event back: its line, or the segment that it was in."""
    for kept in live.packed:
        if kept.segment and kept.name.first <= at <= kept.name.last:
            return Entry(kept.name.key, kept.segment.text)
    return Entry(key_of(live.generation, at), live.lines[at - 1])
