"""What the live ledger makes of what the browser answers, and of the time that there is then."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bankpage.live import adding, chain, deciding, files, opening, packing
from bankpage.live.deciding import Updated
from bankpage.live.effects import LiveEffect, ReadAnew
from bankpage.live.following import begun_anew, compare
from bankpage.live.messages import (
    Answer,
    BegunAnew,
    ChainSliced,
    EntriesChanged,
    Erased,
    LedgerDiffers,
    Loaded,
    NotErased,
    NotPacked,
    NotWritten,
    Overtaken,
    Packed,
    PackingDue,
    ReadForExport,
    ReadingSliced,
    RoomTold,
    SegmentsRead,
    WaitedForOthers,
    Written,
    WrittenBack,
)
from bankpage.live.model import Live
from bankpage.live.recalling import last_decision_in
from bankpage.live.requests import Form
from bankpage.live.results import Exported, Note, Outcome, Trouble
from bankpage.paper.effects import Download, Focus
from bankpage.paper.occasion import Occasion


def answered(live: Live, message: Answer, occasion: Occasion) -> Updated:
    """The live ledger after an answer, and the effects to carry out."""
    match message:
        case Loaded(entries=entries, is_kept=is_kept, is_narrow=is_narrow):
            fresh = replace(live, is_kept=is_kept, is_narrow=is_narrow)
            loaded = opening.opened(fresh, entries)
            loaded = replace(loaded, recalled=last_decision_in(loaded.ledger))
            # Carry on what was cut off when the page last closed.
            return deciding.decide_next(loaded, occasion)
        case BegunAnew(entries=entries):
            return deciding.decide_next(begun_anew(live, entries), occasion)
        case EntriesChanged(entries=entries):
            followed, effects = deciding.heard(live, entries)
            return _told_of_erasing(live, followed), effects
        case WaitedForOthers():
            return deciding.decide_next(live, occasion)
        case ChainSliced():
            return chain.sliced(live), ()
        case RoomTold(characters=characters):
            return replace(live, room=characters), ()
        case SegmentsRead(entries=entries):
            return opening.arrived(live, entries)
        case ReadingSliced():
            return _read_on(live, occasion)
        case PackingDue():
            return packing.due(live)
        case Packed():
            return packing.done(live), ()
        case NotPacked(trouble=trouble, entries=entries):
            return packing.not_done(live, trouble, entries)
        case LedgerDiffers() | WrittenBack() if live.reading:
            return live, (ReadAnew(),)
        case ReadForExport() if live.reading:
            return replace(live, is_export_wanted=True), ()
        case LedgerDiffers(entries=entries):
            return _told_of_erasing(live, compare(live, entries)), ()
        case ReadForExport(entries=entries):
            live = compare(live, entries)
            text = files.export(live)
            # Said where the reader is: in the dialog, if that is open.
            form = Form.RESET if live.is_asking_to_erase else Form.STORE
            exported = replace(live, outcome=Outcome(form, Exported(text.count("\n"))))
            return exported, (Download("esbank-ledger.jsonl", text),)
        case WrittenBack(trouble=trouble, entries=entries):
            return replace(compare(live, entries), refused=trouble), ()
        case Written():
            if live.adding and live.adding.is_in_flight:
                return adding.written(live, live.adding, occasion)
            return deciding.written(live, occasion)
        case Overtaken(entries=entries):
            if live.adding and live.adding.is_in_flight:
                return adding.overtaken(live, live.adding, entries, occasion)
            return deciding.overtaken(live, entries, occasion)
        case NotWritten(trouble=trouble, entries=entries):
            again: tuple[LiveEffect, ...] = ()
            if trouble in (Trouble.GONE, Trouble.LATER) and live.reading:
                again = (ReadAnew(),)
            elif trouble in (Trouble.GONE, Trouble.LATER):
                live = compare(live, entries)
            if live.adding and live.adding.is_in_flight:
                live, effects = adding.not_written(live, live.adding, trouble, occasion)
            else:
                live, effects = deciding.not_written(live, trouble, occasion)
            return live, (*again, *effects)
        case Erased(entries=entries):
            return deciding.erased(live, entries), (Focus("owner"),)
        case NotErased(trouble=trouble):
            return replace(live, refused=trouble), ()
        case _:
            assert_never(message)


def _read_on(live: Live, occasion: Occasion) -> Updated:
    """The ledger read by a slice more; once it is whole, what has waited for that goes on."""
    read, effects = opening.sliced(live)
    if read.reading is not None or live.reading is None:
        return read, effects
    if live.reading.base is None and not read.recalled:
        read = replace(read, recalled=last_decision_in(read.ledger))
    if not read.is_writing:
        read = deciding.heard_out(read)
    decided, more = deciding.decide_next(read, occasion)
    return decided, (*effects, *more)


def _told_of_erasing(before: Live, after: Live) -> Live:
    """Say so if another tab has erased the ledger."""
    if after.generation == before.generation:
        return after
    return replace(after, outcome=Outcome(Form.STORE, Note.ERASED_ELSEWHERE))
