"""Packing: old events put into segments, once there is time for it.

The newest events stay as they were appended, and so does a line whose hash does not follow. What is
packed is written before anything is removed, letter by letter compared with what is stored, and
never while anything else is under way: no command waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from bankpage.live.effects import KeepSnapshot, LetGoOf, LiveEffect, Pack
from bankpage.live.following import compare, follow
from bankpage.live.messages import PackingDue
from bankpage.live.model import Kept, Live
from bankpage.live.opening import is_unreadable
from bankpage.live.results import Trouble
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import key_of
from bankpage.live.stored.segments import (
    MOST_EVENTS,
    Lines,
    Name,
    Run,
    Segment,
    hash_in,
    pack,
    packable,
)
from bankpage.live.stored.snapshots import taken, write_snapshot
from bankpage.paper.effects import After
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.append_only import AppendOnly, Continued
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.kernel.written.chain import GENESIS_HASH

STAY_PLAIN: Final = 1000
"""So many of the newest events are not packed."""

SIZE: Final = MOST_EVENTS
"""How many events are packed at once."""

IDLE_MS: Final = 1500
"""How long nothing is packed after something has happened."""

OTHER_TAB_MS: Final = 60_000
"""How long a tab of an earlier version is waited for, before it is looked for again."""

MOST_PARTS: Final = 64
"""Where there is no room for so small a part of a segment, there is none for any."""

Updated = tuple[Live, tuple[LiveEffect, ...]]


def watched(live: Live, effects: tuple[LiveEffect, ...]) -> Updated:
    """See to it that packing is looked at, where there may be something to pack."""
    if live.packing.is_due or live.packing.in_flight or not _is_worth_a_look(live):
        return live, effects
    due = replace(live, packing=replace(live.packing, is_due=True))
    return due, (*effects, After(IDLE_MS, PackingDue()))


def _is_worth_a_look(live: Live) -> bool:
    if not live.is_kept or live.is_later or live.gone or live.reading:
        return False
    return _is_too_long(live) or bool(live.leftovers) or _is_snapshot_old(live)


def _is_too_long(live: Live) -> bool:
    """Whether a segment can be made of what stands plain, as far as has not been tried."""
    packed = sum(kept.name.events for kept in live.packed)
    is_long = live.ledger.head - packed >= STAY_PLAIN + SIZE
    return is_long and (
        live.ledger.head >= live.packing.tried_at + SIZE or not live.packing.tried_at
    )


def _is_snapshot_old(live: Live) -> bool:
    last = _end_of_segments(live)
    is_whole = not live.missing and not any(map(is_unreadable, live.damaged))
    return bool(last) and last != live.packing.snapshot_at and is_whole


def _end_of_segments(live: Live) -> Position:
    return max((kept.name.last for kept in live.packed), default=GENESIS)


def due(live: Live) -> Updated:
    """There is time, unless something else has begun; then a little later."""
    if live.packing.in_flight:
        return live, ()
    live = replace(live, packing=replace(live.packing, is_due=False))
    if not _is_worth_a_look(live):
        return live, ()
    if not live.is_ready or live.waiting or live.adding or live.is_verifying:
        return live, ()  # looked at again, as long as it is worth it
    if live.leftovers:
        return replace(live, leftovers=()), (LetGoOf(live.leftovers),)
    if _is_too_long(live):
        if found := _next_segment(live):
            return _packed_now(live, *found)
        live = replace(live, packing=replace(live.packing, tried_at=live.ledger.head))
    return with_snapshot(live)


def with_snapshot(live: Live) -> Updated:
    """See to it that the snapshot is that of the last segment."""
    if not _is_snapshot_old(live):
        return live, ()
    last = _end_of_segments(live)
    live = _projected(live, last)
    text = _snapshot(live, last)
    live = replace(live, packing=replace(live.packing, snapshot_at=last))
    return live, (KeepSnapshot(text),) if text else ()


class _Span(NamedTuple):
    """One append: the positions of its first and its last event."""

    first: Position
    last: Position


def _next_segment(live: Live) -> tuple[Segment, list[_Span]] | None:
    """The oldest appends that can be packed, and the segment that they make."""
    for run in _runs(live):
        spans = run
        while spans:
            first = spans[0].first
            before = hash_in(live.lines[first - 2]) if first > 1 else GENESIS_HASH
            lines = live.lines[first - 1 : spans[-1].last]
            name = Name(live.generation, first, spans[-1].last)
            if segment := pack(lines, name, before, is_narrow=live.is_narrow):
                return segment, spans
            end = first - 1 + packable(lines, before)
            # Up to the line that does not come out again as it is; or else without its append.
            spans = [span for span in spans if span.last <= end] or spans[1:]
    return None


def _runs(live: Live) -> Iterator[list[_Span]]:
    """Appends that follow one another, old enough, and so many that no more will join them."""
    newest = live.ledger.head - STAY_PLAIN
    most = max(1, SIZE // live.packing.share)
    run: list[_Span] = []
    for span in _spans(live):
        if span.last > newest:
            return
        if run and (span.first != run[-1].last + 1 or span.last - run[0].first >= most):
            yield run
            run = []
        run.append(span)


def _spans(live: Live) -> Iterator[_Span]:
    """Each append that stands by itself, up to where the next thing begins."""
    starts = sorted((*live.appends, *(kept.name.first for kept in live.packed)))
    ends = dict(zip(starts, (*(start - 1 for start in starts[1:]), live.ledger.head), strict=True))
    return (_Span(first, Position(ends[first])) for first in live.appends)


def _packed_now(live: Live, segment: Segment, spans: list[_Span]) -> Updated:
    replaced = tuple(
        Entry(key_of(live.generation, first), "\n".join(live.lines[first - 1 : last]))
        for first, last in spans
    )
    end = max(segment.name.last, _end_of_segments(live))
    live = _projected(live, end)
    packing = replace(live.packing, in_flight=segment, snapshot_at=end)
    return replace(live, packing=packing), (Pack(segment, replaced, _snapshot(live, end)),)


def _projected(live: Live, position: Position) -> Live:
    """With what was under way at a position, from where that was last known."""
    since = live.transfers_then
    if since.checkpoint > position:
        since = TRANSFER.progress.genesis()
    new = live.ledger.recorded[since.checkpoint : position]
    return replace(live, transfers_then=TRANSFER.progress.project(new, since=since))


def _snapshot(live: Live, position: Position) -> str:
    """Where every account stood at a position, as it is kept; empty where too little is known."""
    transfers = live.transfers_then
    if live.missing or any(map(is_unreadable, live.damaged)) or transfers.checkpoint != position:
        return ""
    kept = taken(live.ledger, transfers, live.generation, hash_in(live.lines[position - 1]))
    return write_snapshot(kept, is_narrow=live.is_narrow)


# What the browser answers -----------------------------------------------------------------


def done(live: Live) -> Live:
    """The segment is stored, and its appends are going."""
    segment = live.packing.in_flight
    if segment is None:
        return live
    name = segment.name
    packed = sorted((*live.packed, Kept(name, segment)), key=lambda kept: kept.name.first)
    return replace(
        live,
        packed=tuple(packed),
        lines=in_segments(live, live.lines, packed),
        appends=AppendOnly(at for at in live.appends if not name.first <= at <= name.last),
        packing=replace(live.packing, in_flight=None),
    )


def in_segments(live: Live, lines: AppendOnly[str], packed: Sequence[Kept]) -> AppendOnly[str]:
    """The same lines in a tenth of the room: those of segments are unpacked when asked for.

    Where anything is damaged, not all that is in a segment may be in the ledger.
    """
    if live.damaged:
        return lines
    runs: list[Run] = []
    end = 0
    for name, segment in packed:
        if segment is not None and name.first > end:
            if plain := tuple(lines[end : name.first - 1]):
                runs.append(plain)
            runs.append(segment)
            end = name.last
    return Continued(Lines(runs), lines[end:])


def not_done(live: Live, trouble: Trouble | None, entries: tuple[Entry, ...]) -> Updated:
    """The appends stay as they are for now."""
    packing = replace(live.packing, in_flight=None, snapshot_at=GENESIS)
    live = replace(live, packing=packing)
    match trouble:
        case None:
            waiting = replace(packing, is_due=True)
            return replace(live, packing=waiting), (After(OTHER_TAB_MS, PackingDue()),)
        case Trouble.CONTENDED:
            followed = follow(live, entries)
            if followed.place == live.place and followed.packed == live.packed:
                # Nothing was learnt of what stands in the way, so it would be so again.
                packing = replace(packing, tried_at=live.ledger.head)
                followed = replace(followed, packing=packing)
            return followed, ()
        case Trouble.GONE | Trouble.LATER:
            return compare(live, entries), ()
        case Trouble.FULL if packing.share < MOST_PARTS:
            return replace(live, packing=replace(packing, share=4 * packing.share)), ()
        case _:
            return replace(live, packing=replace(packing, tried_at=live.ledger.head)), ()
