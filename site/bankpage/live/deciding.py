"""Deciding: the kernel's command machine driven by the page's loop, one append at a time.

What a process still owes comes first, then the requests that wait in a line. Each is worked out
and decided on the ledger as it is then, and written at the ledger's very next position or not at
all: if another tab was first, it is worked out and decided again. Pure: what is to be written goes
out as an effect, and its answer comes back as a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from bankpage.live.effects import Append, LiveEffect
from bankpage.live.following import begun_anew, follow
from bankpage.live.messages import WaitedForOthers
from bankpage.live.model import Live, Story
from bankpage.live.rejecting import rejected
from bankpage.live.requests import PROCESS_MANAGER, Form, InFlight, OpenNextAccount, Request
from bankpage.live.results import Accepted, Decision, NotStored, Outcome, Rejected, Trouble
from bankpage.live.stored.entries import Entry
from bankpage.live.stored.keys import key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.writing import write_append
from bankpage.live.storybook import is_due, told_time
from bankpage.paper.effects import After, Clear, Refocus
from bankpage.paper.occasion import Occasion
from esbank_core.bank.account import ACCOUNT, Ledger
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    FreezeAccount,
    OpenAccount,
    UnfreezeAccount,
)
from esbank_core.bank.events import AccountOpened, Event
from esbank_core.bank.examples import STORYTELLER
from esbank_core.bank.states import State
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel import command_machine as kernel
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.errors import Unwritable
from esbank_core.kernel.identity import GENESIS, CommandId, StreamId
from esbank_core.kernel.recorded import Actor, Metadata, Opaque, RecordedEvent

REFOCUS: Final[Mapping[type[Command], str]] = {
    FreezeAccount: "unfreeze",
    UnfreezeAccount: "freeze",
    CloseAccount: "owner",
}
"""Where the keyboard goes on when the button just pressed has no use any more."""

MOST_ATTEMPTS: Final = 100
"""How often a command is decided anew when other tabs keep being first."""

PATIENCE_MS: Final = 2000
"""How long another tab is given to carry on what it began."""

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


# What is asked ----------------------------------------------------------------------------


def decide_next(live: Live, occasion: Occasion) -> Updated:
    """Decide what comes next, and go on to what comes then, until something is to be written."""
    effects: tuple[LiveEffect, ...] = ()
    while live.is_ready:
        if (reaction := due(live)) is not None:
            live, more = _decide(live, None, reaction, occasion)
        elif live.waiting:
            asked = live.waiting[0]
            live = replace(live, waiting=live.waiting[1:])
            if asked.actor == STORYTELLER and not is_due(live.ledger, asked):
                continue  # another tab has told this meanwhile, or has gone its own way
            live, more = _decide(live, asked, _worked_out(asked, live), occasion)
        else:
            break
        effects += more
    return live, effects


def due(live: Live) -> kernel.Request[Command] | None:
    """The first thing that a process asks for, and that has not just been tried in vain."""
    for request in kernel.reactions(TRANSFER, live.transfers.read_model):
        if (str(request.id), live.ledger.head) not in live.resting:
            return request
    return None


def _worked_out(asked: Request, live: Live) -> kernel.Request[Command]:
    """What a request that waited comes to, on the ledger as it is now."""
    intent = asked.intent
    command = (
        OpenAccount(next_account_id(live.ledger), intent.owner)
        if isinstance(intent, OpenNextAccount)
        else intent
    )
    return kernel.Request(
        command,
        command.account_id,
        CommandId(asked.id),
        asked.correlation_id,
        since=asked.since if asked.generation == live.generation else GENESIS,
    )


# What comes of it -------------------------------------------------------------------------


def _decide(
    live: Live, asked: Request | None, request: kernel.Request[Command], occasion: Occasion
) -> Updated:
    step = kernel.decide_on(live.ledger, ACCOUNT, kernel.Asked(request, conflicts=live.conflicts))
    match step:
        case kernel.Appending():
            return _being_written(live, asked, step, occasion)
        case kernel.Answered(answer=answer, decided=decided):
            if asked is None:
                return _at_rest(live, request), ()
            time = asked.time or occasion.time
            if not isinstance(answer, Rejection):
                return _accepted(live, asked, answer, decided, time)
            outcome = Outcome(asked.form, Rejected(answer))
            live, keeping = rejected(live, asked, request.command, answer, time)
            return _decided(replace(live, outcome=outcome), decided, time, asked.actor), keeping
        case _:
            assert_never(step)


def _being_written(
    live: Live,
    asked: Request | None,
    step: kernel.Appending[Command, State, Event],
    occasion: Occasion,
) -> Updated:
    request = step.decided.request
    actor, told = PROCESS_MANAGER, told_time(live.ledger)
    if asked is not None:
        actor, told = asked.actor, asked.time
    metadata = Metadata(told or occasion.time, actor, request.correlation_id, request.id)
    recorded = live.ledger.recorded_next(request.stream_id, step.events, metadata)
    try:
        text, head_hash = write_append(recorded, live.head_hash)
    except Unwritable:
        if asked is None:
            return _at_rest(live, request), ()
        outcome = Outcome(asked.form, NotStored(Trouble.UNWRITABLE))
        return replace(live, outcome=outcome, conflicts=0), ()
    in_flight = InFlight(asked, step, recorded, text, head_hash)
    effect = Append(key_of(live.generation, recorded[0].position), text)
    return replace(live, in_flight=in_flight), (effect,)


def _accepted(
    live: Live,
    asked: Request,
    recorded: tuple[RecordedEvent[Event | Opaque], ...],
    decided: kernel.Decided[Command, State, Event] | None,
    time: datetime,
) -> Updated:
    """What was asked has happened."""
    # A new account is what one goes on with; else only the reader chooses.
    is_opening = any(isinstance(one.event, AccountOpened) for one in recorded)
    if recorded and (is_opening or live.account is None):
        live = replace(live, account=recorded[0].stream_id)
    live = _decided(live, decided, time, asked.actor)
    if asked.actor == STORYTELLER:
        # A story is followed with the eyes: what is said of it is that it begins and ends.
        return live, ()
    effects: tuple[LiveEffect, ...] = ()
    if fields := FIELDS_OF_FORM.get(asked.form):
        effects += (Clear(fields),)
    if decided and (refocus := REFOCUS.get(type(decided.request.command))):
        effects += (Refocus(refocus),)
    return replace(live, outcome=Outcome(asked.form, Accepted(recorded))), effects


def _decided(
    live: Live,
    decided: kernel.Decided[Command, State, Event] | None,
    time: datetime,
    actor: Actor,
) -> Live:
    if decided is None:
        return replace(live, conflicts=0)
    result, before = decided.result, decided.before
    after = before if isinstance(result, Rejection) else ACCOUNT.fold(result, before)
    decision = Decision(decided.request.command, before, result, after, time, actor)
    return replace(live, last_decision=decision, decisions=live.decisions + 1, conflicts=0)


def _at_rest(live: Live, request: kernel.Request[Command]) -> Live:
    """What is due and cannot be carried on rests until the ledger has moved."""
    head = live.ledger.head
    resting = {rest for rest in live.resting if rest[1] == head} | {(str(request.id), head)}
    return replace(live, resting=frozenset(resting), conflicts=0)


# What the browser answers -----------------------------------------------------------------


def written(live: Live, occasion: Occasion) -> Updated:
    """The append in flight is history now."""
    flight = live.in_flight
    if flight is None:
        return live, ()
    answered = flight.step.appended(flight.recorded)
    live = replace(live, in_flight=None)
    if flight.recorded[0].position > live.ledger.head:  # or it was read anew, and is there already
        live = replace(
            live,
            ledger=live.ledger.extend(flight.recorded),
            lines=live.lines.plus(flight.text.split("\n")),
            appends=live.appends.plus([flight.recorded[0].position]),
            transfers=TRANSFER.progress.project(flight.recorded, since=live.transfers),
            head_hash=flight.head_hash,
        )
    effects: tuple[LiveEffect, ...] = ()
    if flight.asked is None:
        live = _carried_on(replace(live, conflicts=0), flight)
    else:
        time = flight.recorded[0].time
        live, effects = _accepted(live, flight.asked, flight.recorded, answered.decided, time)
    live, more = decide_next(heard_out(live), occasion)
    return live, effects + more


def _carried_on(live: Live, flight: InFlight) -> Live:
    """The transfer was the visitor's doing, and stays the last thing that they did."""
    outcome = live.outcome
    if outcome is None or not isinstance(outcome.result, Accepted) or not _is_of(live, flight):
        return live
    both = Accepted(outcome.result.recorded + flight.recorded)
    return replace(live, outcome=Outcome(outcome.form, both))


def _is_of(live: Live, flight: InFlight) -> bool:
    """Whether an append belongs to what the visitor was told of last."""
    result = live.outcome.result if live.outcome else None
    last = result.recorded[-1:] if isinstance(result, Accepted) else ()
    return [one.correlation_id for one in last] == [flight.recorded[0].correlation_id]


def overtaken(live: Live, entries: Iterable[Entry], occasion: Occasion) -> Updated:
    """Another tab was first: take in what it wrote, and ask everything again."""
    flight = live.in_flight
    live = heard_out(replace(live, in_flight=None), entries)
    if flight is None:
        return live, ()
    again = flight.step.overtaken()
    if again.conflicts >= MOST_ATTEMPTS:
        return decide_next(_given_up(live, flight, Trouble.CONTENDED), occasion)
    waiting = live.waiting if flight.asked is None else (flight.asked, *live.waiting)
    return decide_next(replace(live, waiting=waiting, conflicts=again.conflicts), occasion)


def not_written(live: Live, trouble: Trouble, occasion: Occasion) -> Updated:
    """The browser would not write the events down, so they did not happen."""
    flight = live.in_flight
    if flight is None:
        return live, ()
    live = heard_out(replace(live, in_flight=None))
    return decide_next(_given_up(live, flight, trouble), occasion)


def heard(live: Live, entries: Iterable[Entry]) -> Updated:
    """Another tab has changed the ledger.

    What it has begun it may carry on itself; if it is not there any more, we do, a little later.
    """
    followed = follow(live, entries)
    is_due = followed.is_ready and due(followed) is not None
    return followed, (After(PATIENCE_MS, WaitedForOthers()),) if is_due else ()


def erased(live: Live, entries: Iterable[Entry]) -> Live:
    """The ledger has begun anew; what was asked since then is asked of the new one."""
    if not live.is_kept:  # nothing was stored, so that nothing tells of a new generation
        return Live(is_kept=False, decisions=live.decisions, actor=live.actor)
    entries = (*live.heard, *entries)
    live = replace(live, heard=(), adding=None)
    if read_ledger(entries).generation == live.generation:
        return follow(live, entries)  # that it began anew was heard of already
    return begun_anew(live, entries)


def heard_out(live: Live, entries: Iterable[Entry] = ()) -> Live:
    """Take in what other tabs wrote in the meantime, if anything."""
    entries = (*live.heard, *entries)
    return follow(replace(live, heard=()), entries) if entries else live


def _given_up(live: Live, flight: InFlight, trouble: Trouble) -> Live:
    """Say that a command was not carried out; whatever else was asked with it goes, too."""
    request = flight.step.decided.request
    waiting = tuple(r for r in live.waiting if r.correlation_id != request.correlation_id)
    # A story goes on, if it does, from what the ledger holds of it.
    live = replace(live, conflicts=0, waiting=waiting, story=Story())
    if flight.asked is not None:
        return replace(live, outcome=Outcome(flight.asked.form, NotStored(trouble)))
    form = Form.STORE if told_time(live.ledger) else Form.TRANSFER
    if live.outcome and _is_of(live, flight):
        form = live.outcome.form
    return _at_rest(replace(live, outcome=Outcome(form, NotStored(trouble))), request)
