"""Update: what each message makes of the model, and what is to be done about it.

Pure. Commands wait in a line and are decided one at a time, each against the ledger as it
is then: one command's events are in the ledger before the next is looked at. An append that
another tab overtook is decided again on what that tab wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, assert_never

from bankpage.effects import After, Append, Clear, Download, Effect, Erase, Focus, Refocus, Reveal
from bankpage.messages import (
    AccountChosen,
    CloseAsked,
    CursorMoved,
    DamageExportAsked,
    DepositAsked,
    EntriesChanged,
    EraseAsked,
    Erased,
    ExampleAsked,
    ExportAsked,
    FreezeAsked,
    LedgerScrolled,
    Loaded,
    Message,
    NotWritten,
    Occasion,
    OpenAsked,
    Overtaken,
    PayloadToggled,
    PlayToggled,
    ResetAsked,
    ResetKept,
    RowJumped,
    SpeedChosen,
    Step,
    Stepped,
    Ticked,
    TransferAsked,
    UnfreezeAsked,
    WithdrawAsked,
    Written,
)
from bankpage.model import (
    NOW,
    PROCESS_MANAGER,
    Accepted,
    At,
    Decision,
    Form,
    InFlight,
    Mistyped,
    Model,
    NotStored,
    Now,
    OpenNextAccount,
    Outcome,
    Rejected,
    Request,
    Trouble,
)
from bankpage.stored_ledger import LOST, Entry, StoredLedger, key_of, read_ledger, write_append
from esbank_core.bank.account import ACCOUNT, Ledger, is_readable
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    ReceiveTransfer,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import AccountOpened, TransferId
from esbank_core.bank.examples import first_story
from esbank_core.bank.money import NotAnAmount, parse_amount
from esbank_core.bank.states import currency_in
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import GENESIS, Position, StreamId
from esbank_core.kernel.recorded import Metadata, record
from esbank_core.kernel.written.chain import GENESIS_HASH

REFOCUS: Final[Mapping[type[Command], str]] = {
    FreezeAccount: "unfreeze",
    UnfreezeAccount: "freeze",
    CloseAccount: "owner",
}
"""Where the keyboard goes on when the button just pressed has no use any more."""

Updated = tuple[Model, tuple[Effect, ...]]
FromAmount = Callable[[StreamId, int], Command]
FromAccount = Callable[[StreamId], Command]

MOST_ATTEMPTS: Final = 100
"""How often a command is decided anew when other tabs keep being first."""

FIELDS_OF_FORM: Final = {
    Form.OPEN: ("owner",),
    Form.AMOUNT: ("amount", "note"),
    Form.TRANSFER: ("amount", "transfer-to"),
}
"""The text fields that are emptied when what was typed in them has been done."""


def update(model: Model, message: Message, occasion: Occasion) -> Updated:
    """The next model, and the effects to carry out, in order."""
    match message:
        # Commands.
        case OpenAsked(owner=owner):
            return _ask(model, OpenNextAccount(owner), Form.OPEN, occasion)
        case DepositAsked(amount=typed, note=note):
            return _ask_amount(
                model,
                typed,
                Form.AMOUNT,
                occasion,
                lambda to, amount: DepositMoney(to, amount, note.strip()),
            )
        case WithdrawAsked(amount=typed, note=note):
            return _ask_amount(
                model,
                typed,
                Form.AMOUNT,
                occasion,
                lambda of, amount: WithdrawMoney(of, amount, note.strip()),
            )
        case TransferAsked(amount=typed, receiver=receiver):
            return _ask_transfer(model, typed, receiver, occasion)
        case FreezeAsked():
            return _ask_chosen(model, FreezeAccount, occasion)
        case UnfreezeAsked():
            return _ask_chosen(model, UnfreezeAccount, occasion)
        case CloseAsked():
            return _ask_chosen(model, CloseAccount, occasion)
        case ExampleAsked():
            return _ask_example(model, occasion)

        # The cursor.
        case AccountChosen(account_id=account_id):
            return replace(model, chosen=account_id), ()
        case CursorMoved(position=position):
            return _look_at(_paused(model), position)
        case Stepped(step=step):
            return _look_at(_paused(model), _target(model, step))
        case RowJumped(position=position):
            return _jump(_paused(model), position)
        case PlayToggled():
            return _play_or_pause(model)
        case Ticked(run=run):
            return _tick(model) if run == model.playing else (model, ())
        case SpeedChosen(speed=speed):
            return replace(model, speed=speed), ()

        # The ledger's rows.
        case PayloadToggled(position=position):
            is_open = model.open_payload == position
            return replace(model, open_payload=None if is_open else position), ()
        case LedgerScrolled(middle_row=middle_row):
            return replace(model, middle_row=middle_row), ()

        # Files, and erasing.
        case ExportAsked():
            return model, (Download("esbank-ledger.jsonl", export(model)),)
        case DamageExportAsked():
            return model, (Download("esbank-damaged.json", export_damaged(model)),)
        case ResetAsked():
            return replace(model, is_asking_to_erase=True), ()
        case ResetKept():
            return replace(model, is_asking_to_erase=False), (Focus("reset"),)
        case EraseAsked():
            return replace(model, is_asking_to_erase=False), (Erase(),)

        # What the browser answers.
        case Loaded(entries=entries, is_kept=is_kept):
            return _load(replace(model, is_kept=is_kept), entries, occasion)
        case EntriesChanged(entries=entries):
            return _follow(model, entries)
        case Written():
            return _written(model, occasion)
        case Overtaken(entries=entries):
            return _overtaken(model, entries, occasion)
        case NotWritten(trouble=trouble):
            return _not_written(model, trouble, occasion)
        case Erased(entries=entries):
            fresh = Model(is_kept=model.is_kept, speed=model.speed, decisions=model.decisions)
            return _take_in(fresh, read_ledger(entries)), (Focus("owner"),)
        case _:
            assert_never(message)


# Commands: asked, decided, written ------------------------------------------------------


def _ask(
    model: Model, intent: Command | OpenNextAccount, form: Form, occasion: Occasion
) -> Updated:
    """Put a command in the line. The present answers it, so the slider returns to now."""
    request = Request(intent, form, id=occasion.id, correlation_id=occasion.id)
    asked = replace(_paused(model), cursor=NOW, outcome=None, waiting=(*model.waiting, request))
    return _decide_next(asked, occasion)


def _ask_amount(
    model: Model, typed: str, form: Form, occasion: Occasion, command: FromAmount
) -> Updated:
    account_id = _acting_on(model)
    amount = parse_amount(typed, currency_in(model.ledger.state_of(account_id)))
    if isinstance(amount, NotAnAmount):
        outcome = Outcome(form, Mistyped(amount.sentence))
        return replace(model, outcome=outcome), (Focus("amount"),)
    return _ask(model, command(account_id, amount), form, occasion)


def _ask_transfer(model: Model, typed: str, receiver: str, occasion: Occasion) -> Updated:
    transfer_id = TransferId(f"TRF-{occasion.id}")
    wanted = receiver.strip().casefold()
    known = next((name for name in model.ledger.places if name.casefold() == wanted), None)
    to = known or StreamId(receiver.strip())
    return _ask_amount(
        model,
        typed,
        Form.TRANSFER,
        occasion,
        lambda of, amount: SendTransfer(of, amount, transfer_id, to),
    )


def _ask_chosen(model: Model, command: FromAccount, occasion: Occasion) -> Updated:
    return _ask(model, command(_acting_on(model)), Form.LIFECYCLE, occasion)


def _ask_example(model: Model, occasion: Occasion) -> Updated:
    """A first story: each command goes through the rules, in the same line as any other."""
    ada = next_account_id(model.ledger)
    grace = next_account_id(model.ledger, after=ada)
    story = first_story(ada, grace, TransferId(f"TRF-{occasion.id}"))
    requests = tuple(
        Request(command, Form.EXAMPLE, id=f"{occasion.id}.{nth}", correlation_id=occasion.id)
        for nth, command in enumerate(story, start=1)
    )
    asked = replace(_paused(model), cursor=NOW, outcome=None, waiting=model.waiting + requests)
    return _decide_next(asked, occasion)


def _acting_on(model: Model) -> StreamId:
    return model.chosen or StreamId("")


def next_account_id(ledger: Ledger, after: StreamId | None = None) -> StreamId:
    """The first id of the form ACC-n that no stream has (nor comes before ``after``)."""
    number = int(after.removeprefix("ACC-")) if after else 0
    while (candidate := StreamId(f"ACC-{number + 1}")) in ledger.places:
        number += 1
    return candidate


def _decide_next(model: Model, occasion: Occasion) -> Updated:
    """Decide the first command in the line, unless one is being written."""
    effects: tuple[Effect, ...] = ()
    while model.waiting and model.in_flight is None:
        request, waiting = model.waiting[0], model.waiting[1:]
        model, more = _decide(replace(model, waiting=waiting), request, occasion)
        effects += more
    return model, effects


def _decide(model: Model, request: Request, occasion: Occasion) -> Updated:
    intent = request.intent
    if isinstance(intent, ReceiveTransfer) and intent not in TRANSFER.resume(
        model.transfers.read_model
    ):
        return model, ()  # another tab has carried the transfer on meanwhile
    command = (
        OpenAccount(next_account_id(model.ledger), intent.owner)
        if isinstance(intent, OpenNextAccount)
        else intent
    )
    stream_id = command.account_id
    before = model.ledger.state_of(stream_id)
    decided = ACCOUNT.decide(command, before)
    if isinstance(decided, Rejection):
        decision = Decision(command, before, decided, before, occasion.time)
        return _rejected(model, request, decision, decided)
    after = ACCOUNT.fold(decided, before)
    decision = Decision(command, before, tuple(decided), after, occasion.time)
    recorded = record(
        decided,
        Metadata(occasion.time, request.actor, request.correlation_id, request.id),
        stream_id=stream_id,
        version=model.ledger.version_of(stream_id),
        position=model.ledger.head,
    )
    text, head_hash = write_append(recorded, model.head_hash)
    in_flight = InFlight(request, decision, recorded, head_hash)
    effect = Append(key_of(model.generation, recorded[0].position), text)
    return replace(model, in_flight=in_flight), (effect,)


def _rejected(model: Model, request: Request, decision: Decision, rejection: Rejection) -> Updated:
    waiting = model.waiting
    if request.actor == PROCESS_MANAGER:
        # The receiver cannot take it: the money goes home, and that is the transfer's outcome.
        instead = TRANSFER.refused(decision.command, rejection)
        return replace(model, waiting=(replace(request, intent=instead), *waiting)), ()
    if request.form == Form.EXAMPLE:
        # A story with a hole in it is no story: what is left of it is not told.
        waiting = tuple(r for r in waiting if r.correlation_id != request.correlation_id)
    outcome = Outcome(request.form, Rejected(rejection))
    return _decided(replace(model, waiting=waiting), decision, outcome), ()


def _decided(model: Model, decision: Decision, outcome: Outcome | None) -> Model:
    return replace(
        model,
        outcome=outcome or model.outcome,
        last_decision=decision,
        decisions=model.decisions + 1,
        attempts=0,
    )


def _written(model: Model, occasion: Occasion) -> Updated:
    """The append in flight is history now."""
    flight = model.in_flight
    if flight is None:
        return model, ()
    request, recorded = flight.request, flight.recorded
    # A new account is what one goes on with; a story is followed wherever it goes.
    follows = isinstance(recorded[0].event, AccountOpened) or request.form == Form.EXAMPLE
    model = replace(
        model,
        ledger=model.ledger.extend(recorded),
        transfers=TRANSFER.progress.project(recorded, since=model.transfers),
        head_hash=flight.head_hash,
        in_flight=None,
        middle_row=recorded[-1].position,
        chosen=recorded[0].stream_id if follows or model.chosen is None else model.chosen,
    )
    effects: tuple[Effect, ...] = (Reveal(recorded[-1].position),)
    if request.actor == PROCESS_MANAGER:
        # The transfer was the visitor's doing, and stays the last thing that they did.
        model = replace(model, attempts=0)
        if isinstance(model.outcome, Outcome) and isinstance(model.outcome.result, Accepted):
            both = Accepted(model.outcome.result.recorded + recorded)
            model = replace(model, outcome=Outcome(request.form, both))
    else:
        model = _decided(model, flight.decision, Outcome(request.form, Accepted(recorded)))
        if fields := FIELDS_OF_FORM.get(request.form):
            effects += (Clear(fields),)
        if refocus := REFOCUS.get(type(flight.decision.command)):
            effects += (Refocus(refocus),)
    model = _carry_transfers_on(model, request.form)
    model, more = _decide_next(model, occasion)
    return model, effects + more


def _carry_transfers_on(model: Model, form: Form) -> Model:
    """Put what the process manager asks for at the head of the line, once."""
    under_way = model.transfers.read_model.under_way
    waiting_already = [request.intent for request in model.waiting]
    due = []
    for command in TRANSFER.resume(model.transfers.read_model):
        if isinstance(command, ReceiveTransfer) and command not in waiting_already:
            cause = under_way[command.transfer_id]
            correlation_id = cause.correlation_id or cause.event_id
            due.append(Request(command, form, cause.event_id, correlation_id, PROCESS_MANAGER))
    return replace(model, waiting=(*due, *model.waiting))


def _overtaken(model: Model, entries: Iterable[Entry], occasion: Occasion) -> Updated:
    """Another tab was first: take in what it wrote, and decide the same command on that."""
    flight = model.in_flight
    model, effects = _follow(replace(model, in_flight=None), entries)
    if flight is None:
        return model, effects
    if model.attempts + 1 >= MOST_ATTEMPTS:
        failed = _given_up(replace(model, attempts=0), flight, Trouble.CONTENDED)
    else:
        failed = replace(
            model, attempts=model.attempts + 1, waiting=(flight.request, *model.waiting)
        )
    model, more = _decide_next(failed, occasion)
    return model, effects + more


def _not_written(model: Model, trouble: Trouble, occasion: Occasion) -> Updated:
    """The browser would not write the events down, so they did not happen."""
    if model.in_flight is None:
        return model, ()
    return _decide_next(
        _given_up(replace(model, in_flight=None), model.in_flight, trouble), occasion
    )


def _given_up(model: Model, flight: InFlight, trouble: Trouble) -> Model:
    """Say that a command was not carried out; whatever else its request asked for goes, too."""
    request = flight.request
    waiting = tuple(r for r in model.waiting if r.correlation_id != request.correlation_id)
    return replace(model, waiting=waiting, outcome=Outcome(request.form, NotStored(trouble)))


# The cursor -----------------------------------------------------------------------------


def _look_at(model: Model, position: int) -> Updated:
    moved = replace(model, cursor=model.cursor_at(position))
    row = Position(max(1, moved.position))
    return replace(moved, middle_row=row), (Reveal(row),)


def _jump(model: Model, position: Position) -> Updated:
    """A row is looked at together with the account that it is about."""
    if not GENESIS < position <= model.ledger.head:
        return model, ()
    account_id = model.ledger.at(position).stream_id
    chosen = model.chosen if account_id == LOST else account_id
    return _look_at(replace(model, chosen=chosen), position)


def _target(model: Model, step: Step) -> int:
    match step:
        case Step.GENESIS:
            return GENESIS
        case Step.BACK:
            return model.position - 1
        case Step.FORWARD:
            return model.position + 1
        case Step.NOW:
            return model.ledger.head
        case _:
            assert_never(step)


def _paused(model: Model) -> Model:
    return replace(model, playing=None)


def _play_or_pause(model: Model) -> Updated:
    if model.playing is not None:
        return _paused(model), ()
    if model.ledger.head == GENESIS:
        return model, ()
    run = model.runs + 1
    start = At(GENESIS) if isinstance(model.cursor, Now) else model.cursor
    playing = replace(model, cursor=start, playing=run, runs=run)
    return playing, (
        Reveal(Position(max(1, start.position))),
        After(model.speed.value, Ticked(run)),
    )


def _tick(model: Model) -> Updated:
    moved, effects = _look_at(model, model.position + 1)
    if not moved.is_in_past or moved.playing is None:
        return _paused(moved), effects
    return moved, (*effects, After(moved.speed.value, Ticked(moved.playing)))


# What the browser keeps -------------------------------------------------------------------


def _load(model: Model, entries: Iterable[Entry], occasion: Occasion) -> Updated:
    """Take in what was kept, and carry on what was cut off when the page last closed."""
    loaded = _take_in(model, read_ledger(entries))
    return _decide_next(_carry_transfers_on(loaded, Form.TRANSFER), occasion)


def _take_in(model: Model, stored: StoredLedger) -> Model:
    """Append to the ledger what the browser holds beyond it."""
    ledger = model.ledger.extend(stored.recorded)
    chosen = model.chosen or next((name for name in ledger.places if name != LOST), None)
    return replace(
        model,
        ledger=ledger,
        transfers=TRANSFER.progress.project(stored.recorded, since=model.transfers),
        head_hash=stored.head_hash,
        generation=stored.generation,
        damaged=stored.damaged,
        chosen=chosen,
        middle_row=max(1, ledger.head),
    )


def _follow(model: Model, entries: Iterable[Entry]) -> Updated:
    """Another tab has changed the ledger: appended to it, or erased it."""
    known = {stream_id: model.ledger.version_of(stream_id) for stream_id in model.ledger.places}
    entries = tuple(entries)
    stored = read_ledger(
        entries, after=model.ledger.head, versions=known, head_hash=model.head_hash
    )
    if stored.generation != model.generation:
        fresh = Model(
            is_kept=model.is_kept,
            speed=model.speed,
            decisions=model.decisions,
            waiting=model.waiting,
            in_flight=model.in_flight,
        )
        return _take_in(fresh, read_ledger(entries)), ()
    known_damage = {damaged.entry.key for damaged in stored.damaged}
    kept = tuple(damaged for damaged in model.damaged if damaged.entry.key not in known_damage)
    stored = replace(stored, damaged=kept + stored.damaged)
    if not stored.recorded:
        return replace(model, damaged=stored.damaged), ()
    followed = _take_in(model, stored)
    if model.is_in_past:
        return replace(followed, middle_row=model.middle_row), ()
    return followed, (Reveal(followed.ledger.head),)


# Files --------------------------------------------------------------------------------------


def export(model: Model) -> str:
    """The whole ledger as a file: CloudEvents in JSON Lines, chained from the first on.

    What could not be read is not in it; it is exported by itself, as it was found.
    """
    readable = [recorded for recorded in model.ledger.recorded if is_readable(recorded)]
    text, _ = write_append(readable, GENESIS_HASH)
    return text + "\n" if text else ""


def export_damaged(model: Model) -> str:
    """What was found damaged, key by key, with the reason and the text as it is stored."""
    found = [
        {"key": damaged.entry.key, "reason": damaged.reason, "value": damaged.entry.value}
        for damaged in model.damaged
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
