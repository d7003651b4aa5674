"""The case “Last Tuesday”: four weeks of forty accounts, with one fault in them.

Made anew whenever it is opened, by the bank's own rules and a fixed seed, so that it is the same
everywhere and in no file. What the rules would not have done is planted by hand: a request that
was tried again and carried out twice, and two things that look like it and are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from esbank_core.bank.account import ACCOUNT, CODEC, Ledger, empty_ledger
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    ReceiveTransfer,
    RenameOwner,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import Event, MoneyDeposited, MoneyWithdrawn, TransferId, TransferSent
from esbank_core.bank.states import balance_in, currency_in
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Actor, Metadata, record
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.line_codec import LineCodec

MONDAY: Final = datetime(2026, 3, 2, tzinfo=timezone.utc)
DAYS: Final = 28
TUESDAY: Final = 22
"""The day, from 0, of the last Tuesday."""

_SEED: Final = 20260324

_OWNERS: Final = (
    *("Ines Almeida", "Tomas Berg", "Chiara Conti", "Dov Dayan", "Elif Demir", "Finn Eriksen"),
    *("Greta Falk", "Hugo Garnier", "Iva Horak", "Jonas Ilves", "Katya Ivanova", "Liam Jensen"),
    *("Mila Kovac", "Nils Larsen", "Olga Lind", "Pavel Maly", "Quinn Moreau", "Rosa Navarro"),
    *("Sven Nyberg", "Tara OBrien", "Ugo Pace", "Vera Petrov", "Wim Peeters", "Xenia Pappas"),
    *("Yusuf Polat", "Zoe Quist", "Aino Rinne", "Bram Smit", "Celia Soto", "Dario Serra"),
    *("Edda Thorsen", "Felix Ude", "Gina Vitale", "Hanna Virta", "Igor Volkov", "Julia Weber"),
    *("Karl Winter", "Lena Wolf", "Marek Zeman", "Nora Zilber"),
)
_BOUGHT: Final = (
    *("groceries", "fuel", "coffee", "pharmacy", "cinema", "restaurant", "books", "bakery"),
    *("train ticket", "phone", "shoes", "haircut"),
)

_CARD: Final = Actor("user", "card-terminal")
_COUNTER: Final = Actor("user", "counter")
_ORDERS: Final = Actor("system", "standing-orders")
_SETTLEMENT: Final = Actor("system", "settlement")
_TRANSFERS: Final = Actor("system", "transfers")

_TRIED_TWICE, _SETTLED_LATE, _PAID_TWICE = (
    StreamId("LT-117"),
    StreamId("LT-108"),
    StreamId("LT-131"),
)
_RENT: Final = timedelta(hours=10, minutes=12, seconds=7)
_AGAIN: Final = timedelta(seconds=41)
_OVERDRAWN: Final = timedelta(minutes=50)


class _Dice:
    """Numbers that look like chance and are the same everywhere (Knuth's MMIX generator)."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % limit

    def one_of(self, things: tuple[str, ...]) -> str:
        return things[self.below(len(things))]


@dataclass(frozen=True, slots=True)
class _Request:
    time: datetime
    actor: Actor
    command: Command


class _Plan(StrEnum):
    """What happens here and not by chance."""

    RENT = "rent"
    RESCUE = "rescue"
    BONUS = "bonus"
    CORRECTION = "correction"
    SETTLEMENT = "settlement"
    COVER = "cover"


_PLANS: Final = (
    (16, timedelta(hours=14, minutes=3), _Plan.SETTLEMENT),
    (17, timedelta(hours=9, minutes=40), _Plan.COVER),
    (TUESDAY, _RENT, _Plan.RENT),
    (TUESDAY, timedelta(hours=10, minutes=31), _Plan.BONUS),
    (TUESDAY, _RENT + _AGAIN + _OVERDRAWN, _Plan.RESCUE),
    (TUESDAY, timedelta(hours=10, minutes=55), _Plan.SETTLEMENT),
    (TUESDAY, timedelta(hours=11, minutes=20), _Plan.COVER),
    (TUESDAY + 1, timedelta(hours=9, minutes=5), _Plan.CORRECTION),
)


@dataclass(frozen=True, slots=True)
class Case:
    """The history as far as it has been made, and its lines."""

    history: Ledger
    lines: AppendOnly[str]


def days_of_the_case() -> Iterator[Case]:
    """The case after each of its days; the last is the whole."""
    making = _Making()
    for day in range(DAYS):
        making.live_through(day)
        yield Case(making.history, making.lines)


class _Making:
    def __init__(self) -> None:
        self.history: Ledger = empty_ledger()
        self.lines: AppendOnly[str] = AppendOnly()
        self._head = GENESIS_HASH
        self._codec = LineCodec(CODEC)
        self._dice = _Dice(_SEED)
        self._accounts = [StreamId(f"LT-{101 + nth}") for nth in range(len(_OWNERS))]
        self._requests = 0

    def live_through(self, day: int) -> None:
        start = MONDAY + timedelta(days=day)
        requests = sorted(self._requests_of(day, start), key=lambda request: request.time)
        planted = sorted(self._planted_on(day, start), key=lambda plan: plan[0])
        for request in requests:
            while planted and planted[0][0] <= request.time:
                self._plant(*planted.pop(0))
            self._ask(request)
        for time, plan in planted:
            self._plant(time, plan)

    # What people ask for.

    def _requests_of(self, day: int, start: datetime) -> Iterator[_Request]:
        dice = self._dice
        for nth, (account, owner) in enumerate(zip(self._accounts, _OWNERS, strict=True)):
            if day == 0:
                opened = start + timedelta(hours=8, seconds=60 * nth + dice.below(50))
                yield _Request(opened, _COUNTER, OpenAccount(account, owner, "EUR"))
                first = DepositMoney(account, 400_00 + 50_00 * dice.below(30), "opening deposit")
                yield _Request(opened + timedelta(seconds=9), _COUNTER, first)
            for _ in range(1 + dice.below(4)):
                time = start + timedelta(hours=9 + dice.below(11), seconds=dice.below(3600))
                if self._is_left_alone(account, day):
                    continue
                yield _Request(time, *self._something(account))
            yield from self._regular(account, nth, day, start)

    def _is_left_alone(self, account: StreamId, day: int) -> bool:
        """On that Tuesday nothing happens by chance where something is planted."""
        return day == TUESDAY and account in (_TRIED_TWICE, _SETTLED_LATE, _PAID_TWICE)

    def _something(self, account: StreamId) -> tuple[Actor, Command]:
        dice = self._dice
        kind = dice.below(20)
        if kind == 0:
            other = self._accounts[dice.below(len(self._accounts))]
            name = TransferId(f"TR-{self._requests + dice.below(10**6):07d}")
            return _COUNTER, SendTransfer(account, 5_00 + 100 * dice.below(90), name, other)
        if kind == 1:
            return _COUNTER, DepositMoney(account, 10_00 * (1 + dice.below(12)), "cash")
        amount = 2_00 + dice.below(60_00)
        return _CARD, WithdrawMoney(account, amount, dice.one_of(_BOUGHT))

    def _regular(
        self, account: StreamId, nth: int, day: int, start: datetime
    ) -> Iterator[_Request]:
        weekday = day % 7
        if weekday == 4:
            wages = DepositMoney(account, 240_00 + 10_00 * ((nth * 7) % 31), "wages")
            yield _Request(start + timedelta(hours=6, seconds=20 * nth), _ORDERS, wages)
        if weekday == 0 and day:
            rent = WithdrawMoney(account, 90_00 + 5_00 * (nth % 13), "rent")
            yield _Request(start + timedelta(hours=5, seconds=15 * nth), _ORDERS, rent)
        noon = start + timedelta(hours=12, minutes=nth)
        if nth % 9 == 4 and day == 10:
            yield _Request(noon, _COUNTER, FreezeAccount(account, "card reported lost"))
        if nth % 9 == 4 and day == 12:
            yield _Request(noon, _COUNTER, UnfreezeAccount(account))
        if nth in (11, 26) and day == 15:
            yield _Request(noon, _COUNTER, RenameOwner(account, f"{_OWNERS[nth]}-Blom"))
        if nth == 39 and day == 25:
            held = balance_in(self.history.state_of(account))
            yield _Request(noon, _COUNTER, WithdrawMoney(account, held, "everything"))
            yield _Request(noon + timedelta(minutes=2), _COUNTER, CloseAccount(account))

    def _ask(self, request: _Request) -> None:
        """Carry out a request as the rules have it; what they refuse leaves no event."""
        self._requests += 1
        name = f"req-{self._requests:05d}"
        command, time = request.command, request.time
        decided = ACCOUNT.decide(command, self.history.state_of(command.account_id))
        if isinstance(decided, Rejection):
            return
        self._happened(command.account_id, decided, time, request.actor, name)
        for event in decided:
            if isinstance(event, TransferSent):
                self._deliver(command.account_id, event, time + timedelta(seconds=1), name)

    def _deliver(
        self, sender: StreamId, sent: TransferSent, time: datetime, correlation_id: str
    ) -> None:
        currency = currency_in(self.history.state_of(sender)).code
        command: Command = ReceiveTransfer(
            sent.receiver, sent.amount, sent.transfer_id, sender, currency
        )
        cause = self.history.recorded[-1].id
        decided = ACCOUNT.decide(command, self.history.state_of(sent.receiver))
        if isinstance(decided, Rejection):
            command = TRANSFER.refused(command, decided)
            decided = ACCOUNT.decide(command, self.history.state_of(sender))
        assert not isinstance(decided, Rejection)  # money that was sent always goes somewhere
        self._happened(command.account_id, decided, time, _TRANSFERS, cause, correlation_id)

    # What is planted.

    def _planted_on(self, day: int, start: datetime) -> list[tuple[datetime, _Plan]]:
        return [(start + time, plan) for planned, time, plan in _PLANS if planned == day]

    def _plant(self, time: datetime, plan: _Plan) -> None:
        self._requests += 1
        name = f"req-{self._requests:05d}"
        match plan:
            case _Plan.RENT:
                # Tried again because the first answer was late, and carried out on a stale state.
                amount = self._balance(_TRIED_TWICE) * 7 // 1000 * 100
                paid = MoneyWithdrawn(amount, "rent")
                self._happened(_TRIED_TWICE, [paid], time, _ORDERS, name)
                self._happened(_TRIED_TWICE, [paid], time + _AGAIN, _ORDERS, name)
            case _Plan.RESCUE:
                rescue = DepositMoney(_TRIED_TWICE, 520_00, "savings paid out")
                self._ask(_Request(time, _COUNTER, rescue))
            case _Plan.BONUS:
                bonus = MoneyDeposited(40_00, "bonus")
                self._happened(_PAID_TWICE, [bonus], time, _ORDERS, name)
                self._happened(_PAID_TWICE, [bonus], time + _AGAIN, _ORDERS, name)
            case _Plan.CORRECTION:
                back = WithdrawMoney(_PAID_TWICE, 40_00, "bonus came twice")
                self._ask(_Request(time, _COUNTER, back))
            case _Plan.SETTLEMENT:
                # Agreed with the shop days before: it is booked whatever the account holds.
                debt = 361_80 if time.day == MONDAY.day + TUESDAY else 12_40
                late = MoneyWithdrawn(self._balance(_SETTLED_LATE) + debt, "settled late")
                self._happened(_SETTLED_LATE, [late], time, _SETTLEMENT, name)
            case _Plan.COVER:
                cover = DepositMoney(_SETTLED_LATE, 420_00, "cash")
                self._ask(_Request(time, _COUNTER, cover))

    def _balance(self, account: StreamId) -> int:
        return balance_in(self.history.state_of(account))

    def _happened(
        self,
        account: StreamId,
        events: Iterable[Event],
        time: datetime,
        actor: Actor,
        causation_id: str,
        correlation_id: str = "",
    ) -> None:
        recorded = record(
            events,
            Metadata(time, actor, correlation_id or causation_id, causation_id),
            stream_id=account,
            version=self.history.version_of(account),
            position=self.history.head,
        )
        self.history = self.history.extend(recorded)
        lines = []
        for one in recorded:
            line, self._head = self._codec.write(one, self._head)
            lines.append(line)
        self.lines = self.lines.plus(lines)
