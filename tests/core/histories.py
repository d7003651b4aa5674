"""Histories for the tests: made through the rules, by Hypothesis or by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from esbank_core import ACCOUNT, CODEC, Actor, Ledger, Metadata, RecordedEvent, empty_ledger
from esbank_core.bank.commands import (
    CloseAccount,
    Command,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    ReceiveTransfer,
    RenameOwner,
    ReturnTransfer,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import Event, TransferId, TransferSent
from esbank_core.bank.states import currency_in
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Opaque, record
from esbank_core.kernel.written.event_file import write_events

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
TELLER = Actor("user", "teller")
ACCOUNT_IDS = [StreamId(f"ACC-{n}") for n in (1, 2, 3)]


class Bank:
    """A ledger that carries out commands, one after another, as the rules have it."""

    def __init__(self, time: datetime = NOON) -> None:
        self.ledger: Ledger = empty_ledger()
        self.time = time
        self.rejections: list[Rejection] = []

    def do(self, command: Command, after: timedelta = timedelta(minutes=1)) -> Bank:
        self.time += after
        stream_id = command.account_id
        decided = ACCOUNT.decide(command, self.ledger.state_of(stream_id))
        if isinstance(decided, Rejection):
            self.rejections.append(decided)
            return self
        self.happened(stream_id, decided)
        for event in decided:
            if isinstance(event, TransferSent):
                self._deliver(stream_id, event)
        return self

    def happened(self, stream_id: StreamId, events: Iterable[Event], at: datetime | None = None):
        recorded = record(
            list(events),
            Metadata(at or self.time, TELLER),
            stream_id=stream_id,
            version=self.ledger.version_of(stream_id),
            position=self.ledger.head,
        )
        self.ledger = self.ledger.extend(recorded)
        return self

    def _deliver(self, sender: StreamId, sent: TransferSent) -> None:
        currency = currency_in(self.ledger.state_of(sender)).code
        receive = ReceiveTransfer(sent.receiver, sent.amount, sent.transfer_id, sender, currency)
        refused = len(self.rejections)
        self.do(receive, timedelta())
        if len(self.rejections) > refused:
            reason = self.rejections[-1].sentence
            self.do(ReturnTransfer(sender, sent.amount, sent.transfer_id, reason), timedelta())


def file_of(recorded: Iterable[RecordedEvent[Event | Opaque]]) -> bytes:
    return "".join(write_events(recorded, CODEC)).encode()


def lines_of(recorded: Iterable[RecordedEvent[Event | Opaque]]) -> list[str]:
    return list(write_events(recorded, CODEC))


def refusal_of(work: Callable[[], object]) -> RefusedLine | None:
    """What a file is refused for, if it is."""
    try:
        work()
    except RefusedLine as refused:
        return refused
    return None


KINDS = {
    "deposit": lambda account, amount, text, _, __: DepositMoney(account, amount, text),
    "deposit more": lambda account, amount, *_: DepositMoney(account, 3 * amount),
    "withdraw": lambda account, amount, text, *_: WithdrawMoney(account, amount, text),
    "send": lambda account, amount, _, other, nth: SendTransfer(
        account, amount, TransferId(f"TRF-{nth}"), other
    ),
    "rename": lambda account, amount, *_: RenameOwner(account, f"Ada {amount}"),
    "freeze": lambda account, _, text, *__: FreezeAccount(account, text),
    "unfreeze": lambda account, *_: UnfreezeAccount(account),
    "close": lambda account, *_: CloseAccount(account),
    "open": lambda account, *_: OpenAccount(account, "Grace"),
}
_steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(KINDS)),
        st.sampled_from(ACCOUNT_IDS),
        st.integers(1, 500_00),
        st.text(st.characters(codec="utf-8"), max_size=8),
        st.sampled_from(ACCOUNT_IDS),
        st.integers(0, 3_600_000),
    ),
    max_size=20,
)


def _play(steps) -> Bank:
    bank = Bank()
    for account in ACCOUNT_IDS[:2]:
        bank.do(OpenAccount(account, f"Owner of {account}"))
    for nth, (kind, account, amount, text, other, milliseconds) in enumerate(steps):
        command = KINDS[kind](account, amount, text, other, nth)
        bank.do(command, timedelta(milliseconds=milliseconds))
    return bank


def ledgers() -> st.SearchStrategy[Ledger]:
    """Histories that the rules allow, with times that never go back."""
    return _steps.map(lambda steps: _play(steps).ledger)
