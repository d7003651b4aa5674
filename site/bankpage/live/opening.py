"""Opening: the ledger as the browser has kept it, all at once or, where it is long, slice by slice.

A long ledger is opened from its snapshot, if that is of its last segment: then its newest events
are there at once, commands are taken, and everything before is read from the first event on, a
segment at a time. What was read takes the place of the snapshot, which is held against it. Without
a snapshot commands wait until everything has been read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate
from itertools import chain as chain_of
from typing import Final, NamedTuple

from bankpage.live import chain
from bankpage.live.effects import LiveEffect, ReadAnew, ReadSegments, ReadStored
from bankpage.live.messages import ReadingSliced
from bankpage.live.model import Kept, Live, Opening, Reading
from bankpage.live.stored.beside import newest_rejected
from bankpage.live.stored.entries import DamagedEntry, Entry, Fault
from bankpage.live.stored.heads import write_head
from bankpage.live.stored.keys import HEAD_KEY, position_of
from bankpage.live.stored.reading import StoredLedger, read_ledger
from bankpage.live.stored.segments import Lines, Name, Run, segment_in, unpack
from bankpage.live.stored.snapshots import KeptSnapshot, read_snapshot
from bankpage.paper.effects import After
from esbank_core.bank.account import ACCOUNT, Ledger
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.append_only import AppendOnly, Continued
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import GENESIS, Position, StreamId, Version
from esbank_core.kernel.snapshot import resumed, snapshot_of

ASKED_AT_ONCE: Final = 4
"""How many segments the browser is asked for at once."""

Updated = tuple[Live, tuple[LiveEffect, ...]]


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
        appends=_alone(live, stored),
        packed=_packed(live.packed, stored, ledger.head),
        leftovers=live.leftovers + stored.leftovers,
    )


def _alone(live: Live, stored: StoredLedger) -> AppendOnly[Position]:
    """The appends that are in no segment."""
    appends = live.appends.plus(stored.appends) if stored.appends else live.appends
    known = {kept.name for kept in live.packed}
    new = [Kept(name, None) for name in stored.packed if name not in known]
    if not new or not appends:
        return appends
    left = _outside(new, appends)
    return appends if len(left) == len(appends) else left


def _outside(packed: Iterable[Kept], appends: Iterable[Position]) -> AppendOnly[Position]:
    """The appends that begin in none of these segments."""
    names = sorted((kept.name for kept in packed), key=lambda name: name.first)
    firsts = [name.first for name in names]
    ends = [GENESIS, *accumulate((name.last for name in names), max)]
    return AppendOnly(at for at in appends if ends[bisect_right(firsts, at)] < at)


def _packed(known: tuple[Kept, ...], stored: StoredLedger, head: Position) -> tuple[Kept, ...]:
    if not stored.packed:
        return known
    seen = [Kept(name, None) for name in stored.packed if name.last <= head]
    return _together(known, seen, [Kept(segment.name, segment) for segment in stored.segments])


def _together(*packed: Iterable[Kept]) -> tuple[Kept, ...]:
    """All these segments in order; of one that is among them twice, the one that was read."""
    kept: dict[Name, Kept] = {}
    for one in chain_of(*packed):
        if one.segment is not None or one.name not in kept:
            kept[one.name] = one
    return tuple(kept[name] for name in sorted(kept, key=lambda name: name.first))


def versions_in(ledger: Ledger) -> dict[StreamId, Version]:
    """Each stream's version, for whoever reads what comes next."""
    return {stream_id: ledger.version_of(stream_id) for stream_id in ledger.places}


def is_unreadable(damaged: DamagedEntry) -> bool:
    """Whether an entry stands in the ledger with a line that could not be read."""
    return not isinstance(damaged.reason, Fault)


# Opening ----------------------------------------------------------------------------------


def opened(live: Live, entries: Iterable[Entry]) -> Live:
    """A live ledger that knows nothing yet, with what the browser has kept, or its newest part."""
    entries = tuple(entries)
    first = read_ledger(entries, most_segments=1)
    if first.is_later or not first.waiting:
        return take_in(live, first)
    so_far = _read(Live(rejected=live.rejected), first, runs=())
    base = None if live.opening is Opening.DISAGREES else _base_in(first)
    if base is None:
        return replace(
            live,
            generation=first.generation,
            rejected=so_far.live.rejected,
            damaged=first.damaged,
            reading=Reading(so_far.live, first.waiting, so_far.runs),
        )
    head = [entry for entry in entries if entry.key == HEAD_KEY]
    before, after = _cut(first.waiting, base.position)
    newest = read_ledger(
        (*head, *after),
        after=base.position,
        versions={name: one.version for name, one in base.accounts.standings.items()},
        head_hash=base.hash,
        is_to_the_end=True,
        is_part=True,
    )
    reading = Reading(so_far.live, before, so_far.runs, base)
    resumed_live = replace(
        live,
        ledger=resumed(ACCOUNT, base.accounts),
        transfers=base.transfers,
        transfers_then=base.transfers,
        lines=Continued(Lines([("",) * base.position])),
        reading=reading,
        opening=Opening.UNCHECKED,
        opened_at=base.position,
        head_seen=first.head_seen,
    )
    damaged = first.damaged + newest.damaged
    stored = replace(newest, damaged=damaged, generation=first.generation)
    return replace(take_in(resumed_live, stored), rejected=so_far.live.rejected)


def _base_in(first: StoredLedger) -> KeptSnapshot | None:
    """The snapshot, if it is of the end of the last segment."""
    kept = read_snapshot(first.snapshot) if first.snapshot else None
    if kept is None or kept.generation != first.generation or not first.packed:
        return None
    last = max(first.packed, key=lambda name: name.last)
    if kept.position != last.last:
        return None
    for entry in first.waiting:
        if entry.key == last.key and entry.value is not None:
            try:
                return kept if segment_in(last, entry.value).hash_after == kept.hash else None
            except Damage:
                return None
    return None


def _cut(
    entries: tuple[Entry, ...], position: Position
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Entries of the ledger in order of position: those up to one, and those behind it."""
    behind = next(
        (nth for nth, entry in enumerate(entries) if position_of(entry.key) > position),
        len(entries),
    )
    return entries[:behind], entries[behind:]


# Reading on -------------------------------------------------------------------------------


def watched(live: Live, effects: tuple[LiveEffect, ...]) -> Updated:
    """See to it that what is still to be read is on its way."""
    reading = live.reading
    if reading is None or reading.is_asked or live.is_writing:
        return live, effects  # a command that is being written down has the next word
    asked = replace(live, reading=replace(reading, is_asked=True))
    if keys := _wanted(reading):
        return asked, (*effects, ReadSegments(keys))
    return asked, (*effects, After(0, ReadingSliced()))


def _wanted(reading: Reading) -> tuple[str, ...]:
    """The segments to ask the browser for, if the next one is not here."""
    segments = [entry for entry in reading.waiting if Name.of(entry.key)]
    if not segments or segments[0].length is None:
        return ()
    return tuple(entry.key for entry in segments[:ASKED_AT_ONCE] if entry.length is not None)


def arrived(live: Live, entries: Iterable[Entry]) -> Updated:
    """The browser has handed segments over; where one is gone, all is read anew."""
    reading = live.reading
    if reading is None:
        return live, ()
    whole = {entry.key: entry for entry in entries}
    if any(entry.value is None for entry in whole.values()):
        return live, (ReadAnew(),)
    waiting = tuple(whole.get(entry.key, entry) for entry in reading.waiting)
    return replace(live, reading=replace(reading, waiting=waiting, is_asked=False)), ()


def sliced(live: Live) -> Updated:
    """What is still to be read, less by one segment, or by what stands before it."""
    reading = live.reading
    if reading is None:
        return live, ()
    if not reading.waiting:
        return _finished(live, reading)
    count = next(
        (nth for nth, entry in enumerate(reading.waiting, start=1) if Name.of(entry.key)),
        len(reading.waiting),
    )
    before = reading.so_far
    is_last = count == len(reading.waiting) and reading.base is None and reading.runs is not None
    head = before.head_seen if is_last else None
    stored = read_ledger(
        (*reading.waiting[:count], *([Entry(HEAD_KEY, write_head(head))] if head else [])),
        after=before.ledger.head,
        versions=versions_in(before.ledger),
        head_hash=before.head_hash,
        is_any_lost=before.missing > 0 or any(map(is_unreadable, before.damaged)),
        is_to_the_end=is_last,
        is_part=True,
        packed_before=before.packed[-1].segment if before.packed else None,
    )
    so_far = _read(before, stored, reading.runs)
    waiting = (*stored.waiting, *reading.waiting[count:])
    going_on = Reading(so_far.live, waiting, so_far.runs, reading.base, later=reading.later)
    return replace(live, reading=going_on), ()


class _Read(NamedTuple):
    live: Live
    runs: tuple[Run, ...] | None


def _read(before: Live, stored: StoredLedger, runs: tuple[Run, ...] | None) -> _Read:
    """What was read so far and what was read now, verified; its lines in little room."""
    is_first = before.ledger.head == GENESIS and runs == ()
    head_seen = before.head_seen or stored.head_seen
    chain_before = chain.begun(stored) if is_first and not before.head_seen else before.chain
    damaged = before.damaged + stored.damaged
    generation = stored.generation if is_first and not before.damaged else before.generation
    longer = take_in(before, replace(stored, damaged=damaged, generation=generation))
    if chain_before.lines == before.ledger.head:
        chain_before = _verified(chain_before, stored)
    longer = replace(longer, chain=chain_before, head_seen=head_seen)
    if runs is None:
        return _Read(longer, None)
    segment = stored.segments[0] if len(stored.segments) == 1 else None
    run: Run = stored.lines
    if segment and stored.lines == unpack(segment).lines:
        run = segment
    runs = (*runs, run) if stored.lines else runs
    return _Read(replace(longer, lines=Continued(Lines(runs))), runs)


def _verified(chain_before: chain.Chain, stored: StoredLedger) -> chain.Chain:
    """The chain with what was read: a segment's hashes were computed as it was unpacked."""
    segment = stored.segments[0] if len(stored.segments) == 1 else None
    if segment is not None and not stored.damaged:
        unpacked = unpack(segment)
        if unpacked.is_whole and stored.lines == unpacked.lines:
            vouched = chain_before.vouched(
                unpacked.lines, segment.hash_before, unpacked.last_hashes
            )
            if vouched is not None:
                return vouched
    return chain_before.fed(line or None for line in stored.lines)


def _finished(live: Live, reading: Reading) -> Updated:
    """Everything has been read, and takes the place of the snapshot, or of nothing."""
    base, so_far = reading.base, reading.so_far
    if base is None:
        whole = replace(
            live,
            ledger=so_far.ledger,
            transfers=so_far.transfers,
            lines=so_far.lines,
            chain=so_far.chain,
            head_hash=so_far.head_hash,
            head_seen=so_far.head_seen,
            generation=so_far.generation,
            appends=so_far.appends,
            packed=so_far.packed,
            leftovers=so_far.leftovers,
            rejected=so_far.rejected,
            damaged=so_far.damaged,
            missing=so_far.missing,
            account=so_far.account if live.account not in so_far.ledger.places else live.account,
            reading=None,
        )
        return _told(whole, reading)
    if not _agrees(base, so_far):
        return replace(live, opening=Opening.DISAGREES), (ReadAnew(),)
    newest = live.ledger.recorded[base.position :]
    packed = _together(so_far.packed, live.packed)
    named = {damaged.entry.key for damaged in so_far.damaged}
    whole = replace(
        live,
        ledger=so_far.ledger.extend(newest),
        lines=so_far.lines.plus(live.lines[base.position :]),
        chain=so_far.chain,
        appends=_outside(packed, (*so_far.appends, *live.appends)),
        packed=packed,
        leftovers=so_far.leftovers + live.leftovers,
        damaged=so_far.damaged + tuple(d for d in live.damaged if d.entry.key not in named),
        missing=so_far.missing + live.missing,
        reading=None,
        opening=Opening.AGREES,
        packing=replace(live.packing, snapshot_at=base.position),
    )
    return _told(whole, reading)


def _told(live: Live, reading: Reading) -> Updated:
    """The ledger is whole now: what was wanted of all of it, and came meanwhile, is seen to."""
    heard = replace(live, heard=(*live.heard, *reading.later), is_export_wanted=False)
    return heard, (ReadStored(),) if live.is_export_wanted else ()


def _agrees(base: KeptSnapshot, so_far: Live) -> bool:
    """Whether the events led to what the snapshot says."""
    read = snapshot_of(so_far.ledger, base.position)
    return (
        so_far.ledger.head == base.position
        and so_far.head_hash == base.hash
        and dict(read.standings) == dict(base.accounts.standings)
        and read.taken == base.accounts.taken
        and so_far.transfers == base.transfers
    )
