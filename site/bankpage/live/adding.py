"""Adding a study: its events imported into the live ledger, all of them or none.

The rules are the core's (``importing``). The events are looked at and written down in slices, each
a message of its own, and stored in one append at the ledger's very next position; of a long study
all but the newest events as segments before it, which count once it is there. Whatever else is
appended until then, here or in another tab, has it begin anew on the ledger as it is by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bankpage.live import packing
from bankpage.live.deciding import MOST_ATTEMPTS, Updated, decide_next, heard_out
from bankpage.live.effects import Append
from bankpage.live.messages import AddingSliced, StudyAdded
from bankpage.live.model import Adding, Kept, Live
from bankpage.live.requests import Form
from bankpage.live.results import Added, NoRoomFor, NotAddable, NotStored, Outcome, Result, Trouble
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import key_of
from bankpage.live.stored.segments import Name, pack
from bankpage.live.stored.writing import write_lines
from bankpage.paper.effects import After
from bankpage.paper.occasion import Occasion
from esbank_core.bank.account import Recorded, is_readable
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.errors import ImportConflict, Unwritable
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.importing import Importing

SLICE: Final = 200
"""Events looked at with one message: some 25 ms in a browser, where all of them are new."""

PATIENCE_MS: Final = 50
"""How long an import waits for a command that is being written."""

NO_NEW_EVENT: Final = "A place of which no record is left is no event that could be added."


def begun(live: Live, message: StudyAdded) -> Updated:
    """A study is to be added. One at a time: what is under way already is not begun again."""
    if live.adding is not None:
        return live, ()
    adding = Adding(
        message.name,
        message.recorded,
        live.place,
        Importing(live.ledger),
        live.transfers,
        head_hash=live.head_hash,
        is_narrow=live.is_narrow,
    )
    return replace(live, adding=adding, outcome=None), (After(0, AddingSliced()),)


def sliced(live: Live, occasion: Occasion) -> Updated:
    """The import by a slice more; after the last, the events on their way into the store."""
    adding = live.adding
    if adding is None or adding.is_in_flight:
        return live, ()
    if live.in_flight is not None or live.reading is not None:
        return live, (After(PATIENCE_MS, AddingSliced()),)
    if adding.since != live.place or adding.importing.history.unread > live.ledger.unread:
        adding = _anew(adding, live)  # the ledger has moved on, or is known only now
    if adding.taken >= len(adding.incoming):
        if _is_to_be_packed(adding):
            return replace(live, adding=_packed(adding)), (After(0, AddingSliced()),)
        return _written_down(live, adding, occasion)
    try:
        adding = _taken(adding)
    except _Unaddable as refusal:
        refused = NotAddable(adding.name, refusal.position, refusal.reason)
        return _ended(live, refused, occasion)
    return replace(live, adding=adding), (After(0, AddingSliced()),)


def stopped(live: Live) -> Live:
    """Nothing is added, unless it is being written already."""
    return live if live.adding is None or live.adding.is_in_flight else replace(live, adding=None)


def written(live: Live, adding: Adding, occasion: Occasion) -> Updated:
    """What was new is history now."""
    history = adding.importing.history
    live = replace(live, adding=None)
    if adding.since == live.place:  # or it was read anew, and is there already
        first = next(iter(history.places), None)
        packed = (*live.packed, *(Kept(one.name, one) for one in adding.segments or ()))
        lines = live.lines.plus(adding.lines)
        live = replace(
            live,
            ledger=history,
            lines=packing.in_segments(live, lines, packed) if adding.segments else lines,
            transfers=adding.transfers,
            head_hash=adding.head_hash,
            account=live.account or first,
            appends=live.appends.plus([_first_plain(adding)]),
            packed=packed,
        )
    done = Added(adding.name, len(adding.lines), adding.importing.skipped)
    live, keeping = packing.with_snapshot(heard_out(live))
    ended, effects = _ended(live, done, occasion)
    return ended, (*keeping, *effects)


def overtaken(live: Live, adding: Adding, entries: Sequence[Entry], occasion: Occasion) -> Updated:
    """Another tab was first: take in what it wrote, and import into the ledger as it is now."""
    live = heard_out(replace(live, adding=None), entries)
    conflicts = adding.conflicts + 1
    if conflicts >= MOST_ATTEMPTS:
        return _ended(live, NotStored(Trouble.CONTENDED), occasion)
    again = replace(_anew(adding, live), conflicts=conflicts)
    live, effects = decide_next(replace(live, adding=again), occasion)
    return live, (*effects, After(0, AddingSliced()))


def not_written(live: Live, adding: Adding, trouble: Trouble, occasion: Occasion) -> Updated:
    """The browser would not write them down, so that nothing was added."""
    result: Result = NotStored(trouble)
    if trouble is Trouble.FULL:
        result = NoRoomFor(adding.name, len(adding.lines))
    return _ended(heard_out(replace(live, adding=None)), result, occasion)


def _anew(adding: Adding, live: Live) -> Adding:
    importing = Importing(live.ledger)
    fresh = Adding(adding.name, adding.incoming, live.place, importing, live.transfers)
    return replace(
        fresh, head_hash=live.head_hash, is_narrow=live.is_narrow, conflicts=adding.conflicts
    )


class _Unaddable(Exception):  # noqa: N818 - it ends an import, and is told as an outcome
    """An event of a study that keeps all of it out."""

    def __init__(self, position: int, reason: str) -> None:
        self.position = position
        self.reason = reason
        super().__init__(reason)


def _taken(adding: Adding) -> Adding:
    """The import with the next slice of the study."""
    last = min(len(adding.incoming), adding.taken + SLICE)
    incoming = adding.incoming[adding.taken : last]
    for nth, one in enumerate(incoming, start=adding.taken + 1):
        if not is_readable(one):
            raise _Unaddable(nth, getattr(one.event, "reason", "") or NO_NEW_EVENT)
    try:
        new = [one for one in adding.importing.take(incoming) if one is not None]
        lines, head_hash = write_lines(filter(is_readable, new), adding.head_hash)
    except ImportConflict as conflict:
        raise _Unaddable(_place_of(conflict.event_id, adding, incoming), conflict.reason) from None
    except Unwritable as unwritable:
        raise _Unaddable(adding.taken + 1, unwritable.reason) from None
    return replace(
        adding,
        transfers=TRANSFER.progress.project(new, since=adding.transfers),
        taken=last,
        lines=adding.lines.plus(lines),
        head_hash=head_hash,
    )


def _place_of(event_id: str, adding: Adding, incoming: Sequence[Recorded]) -> int:
    """Where in the study the last event of a name stands, that was just looked at."""
    named = [nth for nth, one in enumerate(incoming, start=adding.taken + 1) if one.id == event_id]
    return named[-1] if named else adding.taken + 1


def _first_plain(adding: Adding) -> Position:
    """Where the append begins that is written last: all of it is there for who wants to see it."""
    is_long = adding.segments is not None and len(adding.lines) > packing.STAY_PLAIN
    return Position(
        adding.since.head + 1 + (len(adding.lines) - packing.STAY_PLAIN if is_long else 0)
    )


def _packed_to(adding: Adding) -> Position:
    return adding.segments[-1].name.last if adding.segments else adding.since.head


def _is_to_be_packed(adding: Adding) -> bool:
    return adding.segments is not None and _packed_to(adding) + 1 < _first_plain(adding)


def _packed(adding: Adding) -> Adding:
    """The import with a segment more; or with none, where a line does not come out as it is."""
    segments = adding.segments or ()
    until, first = _first_plain(adding), _packed_to(adding) + 1
    last = min(until - 1, first + packing.SIZE - 1)
    start = adding.since.head + 1
    segment = pack(
        adding.lines[first - start : last - start + 1],
        Name(adding.since.generation, Position(first), Position(last), until),
        segments[-1].hash_after if segments else adding.since.hash,
        is_narrow=adding.is_narrow,
    )
    return replace(adding, segments=(*segments, segment) if segment else None)


def _written_down(live: Live, adding: Adding, occasion: Occasion) -> Updated:
    if not adding.lines:
        nothing = Added(adding.name, 0, adding.importing.skipped)
        return _ended(live, nothing, occasion)
    first = _first_plain(adding)
    plain = adding.lines[first - adding.since.head - 1 :]
    append = Append(key_of(live.generation, first), "\n".join(plain), adding.segments or ())
    return replace(live, adding=replace(adding, is_in_flight=True)), (append,)


def _ended(live: Live, result: Result, occasion: Occasion) -> Updated:
    """Say what came of it; then what was asked meanwhile, and what is due by what was added."""
    ended = replace(live, adding=None, outcome=Outcome(Form.STORE, result))
    return decide_next(ended, occasion)
