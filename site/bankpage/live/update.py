"""Update: what each message makes of the live ledger, and what is to be done about it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bankpage.live import adding, asking, chain, deciding, files, opening, packing, story
from bankpage.live.deciding import Updated
from bankpage.live.effects import Erase, LiveEffect, ReadAnew, ReadStored, WriteBack
from bankpage.live.following import begun_anew, compare
from bankpage.live.messages import (
    AccountChosen,
    ActedAs,
    AddingSliced,
    AddingStopped,
    AskedTooSoon,
    BegunAnew,
    ChainSliced,
    CloseAsked,
    DamageExportAsked,
    DepositAsked,
    EntriesChanged,
    EraseAsked,
    Erased,
    ExportAsked,
    FreezeAsked,
    GoOnAsked,
    LedgerDiffers,
    LiveMessage,
    Loaded,
    NotErased,
    NotPacked,
    NotWritten,
    OpenAsked,
    Overtaken,
    Packed,
    PackingDue,
    ReadForExport,
    ReadingSliced,
    ResetAsked,
    ResetKept,
    RoomTold,
    SegmentsRead,
    StoryAsked,
    StorySkipped,
    StoryTicked,
    StoryToggled,
    StudyAdded,
    TransferAsked,
    UnfreezeAsked,
    VisitorSought,
    WaitedForOthers,
    WithdrawAsked,
    WriteBackAsked,
    Written,
    WrittenBack,
)
from bankpage.live.model import Live
from bankpage.live.recalling import last_decision_in
from bankpage.live.requests import VISITOR, Form, OpenNextAccount
from bankpage.live.results import Exported, Note, Outcome, Trouble
from bankpage.paper.effects import Download, Focus
from bankpage.paper.occasion import Occasion
from esbank_core.bank.commands import (
    CloseAccount,
    DepositMoney,
    FreezeAccount,
    UnfreezeAccount,
    WithdrawMoney,
)


def update(live: Live, message: LiveMessage, occasion: Occasion) -> Updated:
    """The live ledger after a message, and the effects to carry out, in order."""
    updated, effects = _update(live, message, occasion)
    if updated.waiting and updated.is_ready:
        # They waited for a ledger to be read; now it is, or another has begun.
        updated, more = deciding.decide_next(updated, occasion)
        effects += more
    if updated.outcome is not None and updated.outcome is not live.outcome:
        updated = replace(updated, outcomes=live.outcomes + 1)
    updated, effects = chain.watched(updated, effects)
    updated, effects = opening.watched(updated, effects)
    return packing.watched(updated, effects)


def _update(live: Live, message: LiveMessage, occasion: Occasion) -> Updated:
    match message:
        # Commands.
        case OpenAsked(owner=owner):
            return asking.ask(live, OpenNextAccount(owner), Form.OPEN, occasion)
        case DepositAsked(amount=typed, note=note):
            return asking.ask_amount(
                live,
                typed,
                Form.AMOUNT,
                occasion,
                lambda to, amount: DepositMoney(to, amount, note.strip()),
            )
        case WithdrawAsked(amount=typed, note=note):
            return asking.ask_amount(
                live,
                typed,
                Form.AMOUNT,
                occasion,
                lambda of, amount: WithdrawMoney(of, amount, note.strip()),
            )
        case TransferAsked(amount=typed, receiver=receiver):
            return asking.ask_transfer(live, typed, receiver, occasion)
        case FreezeAsked():
            return asking.ask_chosen(live, FreezeAccount, occasion)
        case UnfreezeAsked():
            return asking.ask_chosen(live, UnfreezeAccount, occasion)
        case CloseAsked():
            return asking.ask_chosen(live, CloseAccount, occasion)
        case AskedTooSoon(form=form):
            return asking.asked_too_soon(live, form), ()
        case AccountChosen(account_id=account_id):
            return replace(live, account=account_id), ()
        case ActedAs(actor=actor):
            said = live.outcome if live.outcome and live.outcome.form != Form.ACTING else None
            return replace(live, actor=actor, outcome=said), ()
        case VisitorSought():
            told = Outcome(Form.ACTING, Note.AS_VISITOR)
            return replace(live, actor=VISITOR, outcome=told), (Focus("actions-title"),)

        # The story.
        case StoryAsked():
            return story.play(live, occasion)
        case StoryToggled():
            return story.toggle(live, occasion)
        case StorySkipped():
            return story.skip(live, occasion)
        case StoryTicked(run=run):
            return story.tick(live, run, occasion)

        # Files, and erasing.
        case StudyAdded():
            return adding.begun(live, message)
        case AddingSliced():
            return adding.sliced(live, occasion)
        case AddingStopped():
            return adding.stopped(live), ()
        case ExportAsked() if live.reading:
            return replace(live, is_export_wanted=True), ()
        case ExportAsked():
            return live, (ReadStored(),)
        case DamageExportAsked():
            return live, (Download("esbank-damaged.json", files.export_damaged(live)),)
        case ResetAsked():
            return replace(story.paused(live), is_asking_to_erase=True), ()
        case ResetKept():
            return replace(live, is_asking_to_erase=False), (Focus("reset"),)
        case EraseAsked():
            return replace(live, is_asking_to_erase=False, refused=None), (Erase(),)
        case WriteBackAsked():
            lost = live.gone.lost if live.gone else None
            return replace(live, refused=None), (WriteBack(lost),) if lost else ()
        case GoOnAsked():
            return live, (ReadAnew(),)

        # What the browser answers.
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
