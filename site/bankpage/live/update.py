"""Update: what each message makes of the live ledger, and what is to be done about it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bankpage.live import adding, asking, chain, deciding, files, opening, packing, story
from bankpage.live.answering import answered
from bankpage.live.deciding import Updated
from bankpage.live.effects import Erase, ReadAnew, ReadStored, WriteBack
from bankpage.live.messages import (
    AccountChosen,
    ActedAs,
    AddingSliced,
    AddingStopped,
    Answer,
    Asked,
    AskedTooSoon,
    CloseAsked,
    DamageExportAsked,
    DepositAsked,
    EraseAsked,
    ExportAsked,
    FreezeAsked,
    GoOnAsked,
    LiveMessage,
    OpenAsked,
    ResetAsked,
    ResetKept,
    StoryAsked,
    StorySkipped,
    StoryTicked,
    StoryToggled,
    StudyAdded,
    TransferAsked,
    UnfreezeAsked,
    VisitorSought,
    WithdrawAsked,
    WriteBackAsked,
)
from bankpage.live.model import Live
from bankpage.live.requests import VISITOR, Form, OpenNextAccount
from bankpage.live.results import Note, Outcome
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
    updated, effects = (
        answered(live, message, occasion)
        if isinstance(message, Answer)
        else _asked(live, message, occasion)
    )
    if updated.waiting and updated.is_ready:
        # They waited for a ledger to be read; now it is, or another has begun.
        updated, more = deciding.decide_next(updated, occasion)
        effects += more
    if updated.outcome is not None and updated.outcome is not live.outcome:
        updated = replace(updated, outcomes=live.outcomes + 1)
    updated, effects = chain.watched(updated, effects)
    updated, effects = opening.watched(updated, effects)
    return packing.watched(updated, effects)


def _asked(live: Live, message: Asked, occasion: Occasion) -> Updated:
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
            said = Outcome(Form.ACTING, Note.AS_VISITOR)
            return replace(live, actor=VISITOR, outcome=said), (Focus("actions-title"),)

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
        case _:
            assert_never(message)
