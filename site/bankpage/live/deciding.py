"""Deciding: requests wait in a line and are decided one at a time, each against the present.

One command's events are in the ledger before the next is looked at. An append that another tab
overtook is decided again on what that tab wrote. Pure: what is to be written goes out as an
effect, and its answer comes back as a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from bankpage.live.effects import Append, LiveEffect
from bankpage.live.following import follow
from bankpage.live.model import (
    PROCESS_MANAGER,
    Accepted,
    Decision,
    Form,
    InFlight,
    Live,
    NotStored,
    OpenNextAccount,
    Outcome,
    Rejected,
    Request,
    Story,
    Trouble,
)
from bankpage.live.stored_ledger import Entry, key_of, write_append
from bankpage.live.storybook import is_due, told_time
from bankpage.paper.effects import Clear, Refocus
from bankpage.paper.occasion import Occasion
from esbank_core.bank.account import ACCOUNT, Ledger
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    FreezeAccount,
    OpenAccount,
    ReceiveTransfer,
    UnfreezeAccount,
)
from esbank_core.bank.events import AccountOpened
from esbank_core.bank.examples import STORYTELLER
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Metadata, record

REFOCUS: Final[Mapping[type[Command], str]] = {
    FreezeAccount: "unfreeze",
    UnfreezeAccount: "freeze",
    CloseAccount: "owner",
}
"""Where the keyboard goes on when the button just pressed has no use any more."""

MOST_ATTEMPTS: Final = 100
"""How often a command is decided anew when other tabs keep being first."""

FIELDS_OF_FORM: Final = {
    Form.OPEN: ("owner",),
    Form.AMOUNT: ("amount", "note"),
    Form.TRANSFER: ("amount", "transfer-to"),
}
"""The text fields that are emptied when what was typed in them has been done."""

Updated = tuple[Live, tuple[LiveEffect, ...]]


def next_account_id(ledger: Ledger) -> StreamId:
    """The first id of the form ACC-n that no stream has."""
    number = 0
    while (candidate := StreamId(f"ACC-{number + 1}")) in ledger.places:
        number += 1
    return candidate


def decide_next(live: Live, occasion: Occasion) -> Updated:
    """Decide the first command in the line, unless one is being written."""
    effects: tuple[LiveEffect, ...] = ()
    while live.waiting and live.in_flight is None:
        request, waiting = live.waiting[0], live.waiting[1:]
        live, more = _decide(replace(live, waiting=waiting), request, occasion)
        effects += more
    return live, effects


def _decide(live: Live, request: Request, occasion: Occasion) -> Updated:
    intent = request.intent
    due = [reaction.command for reaction in TRANSFER.resume(live.transfers.read_model)]
    if isinstance(intent, ReceiveTransfer) and intent not in due:
        return live, ()  # another tab has carried the transfer on meanwhile
    if request.actor == STORYTELLER and not is_due(live.ledger, request):
        return live, ()  # another tab has told this meanwhile, or has gone its own way
    command = (
        OpenAccount(next_account_id(live.ledger), intent.owner)
        if isinstance(intent, OpenNextAccount)
        else intent
    )
    stream_id = command.account_id
    before = live.ledger.state_of(stream_id)
    decided = ACCOUNT.decide(command, before)
    time = request.time or occasion.time
    if isinstance(decided, Rejection):
        decision = Decision(command, before, decided, before, time)
        return _rejected(live, request, decision, decided)
    after = ACCOUNT.fold(decided, before)
    decision = Decision(command, before, tuple(decided), after, time)
    recorded = record(
        decided,
        Metadata(time, request.actor, request.correlation_id, request.id),
        stream_id=stream_id,
        version=live.ledger.version_of(stream_id),
        position=live.ledger.head,
    )
    text, head_hash = write_append(recorded, live.head_hash)
    in_flight = InFlight(request, decision, recorded, head_hash)
    effect = Append(key_of(live.generation, recorded[0].position), text)
    return replace(live, in_flight=in_flight), (effect,)


def _rejected(live: Live, request: Request, decision: Decision, rejection: Rejection) -> Updated:
    if request.actor == PROCESS_MANAGER:
        # The receiver cannot take it: the money goes home, and that is the transfer's outcome.
        instead = TRANSFER.refused(decision.command, rejection)
        return replace(live, waiting=(replace(request, intent=instead), *live.waiting)), ()
    return _decided(live, decision, Outcome(request.form, Rejected(rejection))), ()


def _decided(live: Live, decision: Decision, outcome: Outcome | None) -> Live:
    return replace(
        live,
        outcome=outcome or live.outcome,
        last_decision=decision,
        decisions=live.decisions + 1,
        attempts=0,
    )


def written(live: Live, occasion: Occasion) -> Updated:
    """The append in flight is history now."""
    flight = live.in_flight
    if flight is None:
        return live, ()
    request, recorded = flight.request, flight.recorded
    # A new account is what one goes on with; a story is followed wherever it goes.
    follows = isinstance(recorded[0].event, AccountOpened) or request.actor == STORYTELLER
    live = replace(
        live,
        ledger=live.ledger.extend(recorded),
        transfers=TRANSFER.progress.project(recorded, since=live.transfers),
        head_hash=flight.head_hash,
        in_flight=None,
        account=recorded[0].stream_id if follows or live.account is None else live.account,
    )
    effects: tuple[LiveEffect, ...] = ()
    if request.actor == PROCESS_MANAGER:
        # The transfer was the visitor's doing, and stays the last thing that they did.
        live = replace(live, attempts=0)
        if isinstance(live.outcome, Outcome) and isinstance(live.outcome.result, Accepted):
            both = Accepted(live.outcome.result.recorded + recorded)
            live = replace(live, outcome=Outcome(request.form, both))
    elif request.actor == STORYTELLER:
        # A story is followed with the eyes: what is said of it is that it begins and ends.
        live = _decided(live, flight.decision, None)
    else:
        live = _decided(live, flight.decision, Outcome(request.form, Accepted(recorded)))
        if fields := FIELDS_OF_FORM.get(request.form):
            effects += (Clear(fields),)
        if refocus := REFOCUS.get(type(flight.decision.command)):
            effects += (Refocus(refocus),)
    live = carry_transfers_on(live, request.form)
    live, more = decide_next(live, occasion)
    return live, effects + more


def carry_transfers_on(live: Live, form: Form) -> Live:
    """Put what the process manager asks for at the head of the line, once."""
    waiting_already = [request.intent for request in live.waiting]
    due = [
        Request(
            reaction.command,
            form,
            reaction.cause.event_id,
            reaction.cause.correlation_id,
            PROCESS_MANAGER,
            told_time(live.ledger),
        )
        for reaction in TRANSFER.resume(live.transfers.read_model)
        if reaction.command not in waiting_already
    ]
    return replace(live, waiting=(*due, *live.waiting))


def overtaken(live: Live, entries: Iterable[Entry], occasion: Occasion) -> Updated:
    """Another tab was first: take in what it wrote, and decide the same command on that."""
    flight = live.in_flight
    live = follow(replace(live, in_flight=None), entries)
    if flight is None:
        return live, ()
    if live.attempts + 1 >= MOST_ATTEMPTS:
        failed = _given_up(replace(live, attempts=0), flight, Trouble.CONTENDED)
    else:
        failed = replace(live, attempts=live.attempts + 1, waiting=(flight.request, *live.waiting))
    return decide_next(failed, occasion)


def not_written(live: Live, trouble: Trouble, occasion: Occasion) -> Updated:
    """The browser would not write the events down, so they did not happen."""
    if live.in_flight is None:
        return live, ()
    return decide_next(_given_up(replace(live, in_flight=None), live.in_flight, trouble), occasion)


def _given_up(live: Live, flight: InFlight, trouble: Trouble) -> Live:
    """Say that a command was not carried out; whatever else its request asked for goes, too."""
    request = flight.request
    waiting = tuple(r for r in live.waiting if r.correlation_id != request.correlation_id)
    # A story goes on, if it does, from what the ledger holds of it.
    outcome = Outcome(request.form, NotStored(trouble))
    return replace(live, waiting=waiting, outcome=outcome, story=Story())
