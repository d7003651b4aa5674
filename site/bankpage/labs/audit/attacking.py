"""Attacking: a copy of the history on show, tampered with, read and verified, as a study.

What is on show stays as it was. An attack says no, in a word, where there is nothing to attack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Final

from bankpage.labs.audit.messages import AuditMessage, CopyGrown
from bankpage.labs.audit.model import Asked, Attack, Copy, Desk, Verification, to_say
from bankpage.labs.audit.verifying import concluded
from bankpage.labs.contract import BackToLive, OpenStudy, Remark, Study, Subject, Turn
from bankpage.paper.effects import Focus, Show
from bankpage.paper.figures import money
from bankpage.paper.occasion import Occasion
from esbank_core.bank.account import CODEC
from esbank_core.bank.events import (
    AccountOpened,
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.money import Currency, NotAnAmount, parse_amount
from esbank_core.bank.states import currency_in
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent
from esbank_core.kernel.written.canonical_json import LARGEST_EXACT_INTEGER
from esbank_core.kernel.written.own_form import OwnForm
from esbank_core.kernel.written.tampering import Edit, Tampering, altered, invented
from esbank_core.kernel.written.times import format_time
from esbank_core.questions.wording.misread import MisreadError
from esbank_core.questions.wording.times import parse_instant

SLICE: Final = 1000
"""Lines of a copy made with one message: some 25 ms in a browser."""

DEFAULT_OWNER: Final = "Mallory"
BACKDATED_BY: Final = timedelta(days=30)
INVENTED: Final = 1_000_000
"""Whole units of the currency that an invented deposit is of, if nobody says another amount."""

MOST_LOOKED_AT: Final = 2000
"""Events among which one is looked for that moves money."""

MADE_TIMES: Final = 10
"""How many times an amount is made, if nobody says another."""

ARRIVED: Final = (Show("audit-verify-part"), Focus("audit-verdict-box"))
"""Back to the verdict on a copy, from where its sign on the stage has taken the reader."""

_FORM: Final = OwnForm(CODEC)

AuditTurn = Turn[Desk, AuditMessage]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done, and what is said of it on the copy's sign."""

    tampering: Tampering
    remark: Remark


@dataclass(frozen=True, slots=True)
class _Target:
    """The event that is attacked, in its history."""

    subject: Subject
    position: Position

    @property
    def recorded(self) -> RecordedEvent[Event | Opaque]:
        return self.subject.history.at(self.position)

    @property
    def currency(self) -> Currency:
        stream_id = self.recorded.stream_id
        return currency_in(self.subject.history.state_of(stream_id))

    @property
    def unit(self) -> int:
        """One whole unit of the currency, in minor units."""
        return int(10**self.currency.digits)

    @property
    def words(self) -> dict[str, object]:
        return {"position": self.position, "type": type_of(self.recorded.event)}


def default_target(subject: Subject) -> Position | None:
    """The event that is attacked if nobody chooses another: one that moves money, not the last."""
    recorded = subject.history.recorded
    for one in recorded[: min(len(recorded) - 1, MOST_LOOKED_AT)]:
        if moves_money(one.event):
            return one.position
    return recorded[0].position if recorded else None


def attack(desk: Desk, asked: Attack, at: Position, typed: str, subject: Subject) -> AuditTurn:
    """Begin a copy that is attacked; or say why it cannot be, and where the keyboard goes on."""
    if not 0 < at <= subject.history.head:
        return Turn(replace(desk, attack_said=to_say("audit-attack-nothing")))
    try:
        plan = _PLANS[asked](_Target(subject, at), typed.strip())
    except UnfitLine:
        plan = to_say("audit-attack-unreadable", position=at)
    if isinstance(plan, Remark):
        return Turn(replace(desk, attack_said=plan), (Focus("audit-value"),))
    desk = replace(desk, chosen=at)
    return _begun(desk, plan, subject, asked)


def chained(desk: Desk, subject: Subject) -> AuditTurn:
    """Begin a copy of a history without hashes that has them from here on."""
    plan = _Plan(Tampering(Edit.CHAIN, Position(1)), to_say("audit-remark-chained"))
    return _begun(desk, plan, subject, None)


def _begun(desk: Desk, plan: _Plan, subject: Subject, asked: Attack | None) -> AuditTurn:
    on_stage = subject.on_stage
    name = on_stage.name if isinstance(on_stage, Study) else "my ledger"
    suffix = "chained copy" if asked is None else "tampered copy"
    copy = Copy(
        name if name.endswith(f"({suffix})") else f"{name} ({suffix})",
        (plan.remark,),
        plan.tampering,
        subject.lines,
        subject.history,
        attack=asked,
    )
    return Turn(replace(desk, copy=copy, attack_said=None, verdict=None), later=CopyGrown())


def grown(desk: Desk, occasion: Occasion) -> AuditTurn:
    """The copy, longer by a slice; once it is whole, it takes the stage."""
    copy = desk.copy
    if copy is None:
        return Turn(desk)
    start = len(copy.lines)
    stop = min(start + SLICE, copy.length)
    last = copy.lines[-1] if start else ""
    rows = copy.tampering.rows(copy.from_lines, start, stop, last, _FORM)
    lines = [row.line for row in rows]
    retelling, recorded = copy.retelling.fed(rows, copy.from_history.recorded, CODEC)
    copy = replace(
        copy,
        lines=copy.lines.plus(lines),
        history=copy.history.extend(recorded),
        retelling=retelling,
        chain=copy.chain.fed(line or None for line in lines),
    )
    if len(copy.lines) < copy.length:
        return Turn(replace(desk, copy=copy), later=CopyGrown())
    verification = Verification(copy.lines, copy.chain, Asked.VERDICT)
    desk = replace(desk, copy=None, verification=verification, by_hand=None, first_link=None)
    turn = concluded(desk, occasion)
    study = Study(copy.name, copy.history, copy.lines, copy.chain, remarks=copy.remarks)
    return replace(turn, wishes=(OpenStudy(study, is_to_be_seen=False),))


def left(desk: Desk) -> AuditTurn:
    """Back to the reader's own ledger, and no further than here."""
    shown = (Show("audit-attack-part"), Focus("audit-event"))
    return Turn(replace(desk, attack_said=None), shown, (BackToLive(),))


# The attacks.


def _alter(target: _Target, typed: str) -> _Plan | Remark:
    return _altered_amount(target, typed, Edit.REPLACE, "audit-remark-altered")


def _altered_amount(target: _Target, typed: str, edit: Edit, phrase: str) -> _Plan | Remark:
    amount = _amount_of(target.recorded.event)
    if amount is None:
        return to_say("audit-attack-no-amount", **target.words)
    value = _amount(target, typed, amount * MADE_TIMES or target.unit)
    if isinstance(value, Remark):
        return value
    if value == amount:
        return to_say("audit-attack-same", value=money(amount, target.currency))
    line = altered(target.subject.lines, target.position, {"amount": value})
    was, now = (money(one, target.currency) for one in (amount, value))
    return _Plan(
        Tampering(edit, target.position, line), to_say(phrase, **target.words, was=was, now=now)
    )


def _rename(target: _Target, typed: str) -> _Plan | Remark:
    return _renamed(target, typed, Edit.REPLACE, "audit-remark-renamed")


def _renamed(target: _Target, typed: str, edit: Edit, phrase: str) -> _Plan | Remark:
    """The owner is renamed where the account's history names them: here, or last before."""
    history, stream_id = target.subject.history, target.recorded.stream_id
    named = [
        place
        for place in history.places.get(stream_id, ())
        if isinstance(history.recorded[place - 1].event, AccountOpened | OwnerRenamed)
    ]
    if not named:
        return to_say("audit-attack-no-owner", **target.words)
    before = [place for place in named if place <= target.position]
    place = before[-1] if before else named[0]
    event = history.at(place).event
    was = event.owner if isinstance(event, AccountOpened | OwnerRenamed) else ""
    owner = typed or DEFAULT_OWNER
    if owner == was:
        return to_say("audit-attack-same", value=owner)
    line = altered(target.subject.lines, place, {"owner": owner})
    words = {"position": place, "type": type_of(event), "was": was, "now": owner}
    return _Plan(Tampering(edit, place, line), to_say(phrase, **words))


def _remove(target: _Target, _: str) -> _Plan | Remark:
    return _Plan(
        Tampering(Edit.REMOVE, target.position), to_say("audit-remark-removed", **target.words)
    )


def _insert(target: _Target, typed: str) -> _Plan | Remark:
    value = _amount(target, typed, INVENTED * target.unit)
    if isinstance(value, Remark):
        return value
    deposit = MoneyDeposited(value, "")
    lines, data = target.subject.lines, CODEC.encode(deposit).data
    if not isinstance(data, dict):
        raise TypeError("The data of an event are an object.")
    line = invented(lines, target.position, type_of(deposit), data)
    now = money(value, target.currency)
    remark = to_say("audit-remark-inserted", position=target.position, now=now)
    return _Plan(Tampering(Edit.INSERT, target.position, line), remark)


def _swap(target: _Target, _: str) -> _Plan | Remark:
    if target.position == target.subject.history.head:
        return to_say("audit-attack-no-next", **target.words)
    remark = to_say("audit-remark-swapped", position=target.position, other=target.position + 1)
    return _Plan(Tampering(Edit.SWAP, target.position), remark)


def _cut_off(target: _Target, _: str) -> _Plan | Remark:
    """The chosen event goes, and all after it; of the first, all after it, or nothing was left."""
    head = target.subject.history.head
    first = Position(max(2, target.position))
    if head < first:
        return to_say("audit-attack-nothing-left")
    remark = to_say("audit-remark-cut-off", position=first, last=head)
    return _Plan(Tampering(Edit.CUT_OFF, first), remark)


def _backdate(target: _Target, typed: str) -> _Plan | Remark:
    return _backdated(target, typed, Edit.REPLACE, "audit-remark-backdated")


def _backdated(target: _Target, typed: str, edit: Edit, phrase: str) -> _Plan | Remark:
    was = target.recorded.time
    time = _time(was, typed)
    if isinstance(time, Remark):
        return time
    line = altered(target.subject.lines, target.position, {}, time=format_time(time))
    words = {**target.words, "was": format_time(was), "now": format_time(time)}
    return _Plan(Tampering(edit, target.position, line), to_say(phrase, **words))


def _rehash(target: _Target, typed: str) -> _Plan | Remark:
    """Whatever can be altered of the event is, and every hash from there on made to fit."""
    event = target.recorded.event
    if _amount_of(event) is not None:
        return _altered_amount(target, typed, Edit.REHASH, "audit-remark-rehashed")
    if isinstance(event, AccountOpened | OwnerRenamed):
        return _renamed(target, typed, Edit.REHASH, "audit-remark-rehashed")
    return _backdated(target, typed, Edit.REHASH, "audit-remark-rehashed")


_PLANS: Final[Mapping[Attack, Callable[[_Target, str], _Plan | Remark]]] = {
    Attack.ALTER: _alter,
    Attack.RENAME: _rename,
    Attack.REMOVE: _remove,
    Attack.INSERT: _insert,
    Attack.SWAP: _swap,
    Attack.CUT_OFF: _cut_off,
    Attack.BACKDATE: _backdate,
    Attack.REHASH: _rehash,
}


def _amount_of(event: Event | Opaque) -> int | None:
    match event:
        case (
            MoneyDeposited(amount=amount)
            | MoneyWithdrawn(amount=amount)
            | TransferSent(amount=amount)
            | TransferReceived(amount=amount)
            | TransferReturned(amount=amount)
        ):
            return amount
        case _:
            return None


def _amount(target: _Target, typed: str, default: int) -> int | Remark:
    """The amount that was typed, in minor units, or one if none was."""
    if not typed:
        return min(default, LARGEST_EXACT_INTEGER)
    amount = parse_amount(typed, target.currency)
    if isinstance(amount, NotAnAmount):
        return to_say("audit-attack-mistyped", sentence=amount.sentence)
    if abs(amount) > LARGEST_EXACT_INTEGER:
        return to_say("audit-attack-too-large")
    return amount


def _time(was: datetime, typed: str) -> datetime | Remark:
    """The instant that was typed; of a day, its own time of day; if nothing was, a month before."""
    try:
        if not typed:
            return was - BACKDATED_BY
        time = parse_instant(typed).time
        is_day = len(typed) == len("2026-11-23")
        time = datetime.combine(time.date(), was.timetz()) if is_day else time
        return time.astimezone(timezone.utc)
    except (MisreadError, OverflowError):
        return to_say("audit-attack-no-time", typed=typed)
