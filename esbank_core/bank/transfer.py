"""The transfer: a process over two accounts, and so over two streams.

    SendTransfer ──> TransferSent ──> ReceiveTransfer ──> TransferReceived
                                            │ refused
                                            └──────────> ReturnTransfer ──> TransferReturned

Between two steps the money is under way: out of one account and not yet in another. What is
under way is a projection, so a transfer cut off anywhere goes on from what history says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from esbank_core.bank.commands import Command, ReceiveTransfer, ReturnTransfer
from esbank_core.bank.events import (
    AccountOpened,
    Event,
    TransferId,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.money import NO_CURRENCY
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import EventId, StreamId
from esbank_core.kernel.process_manager import Cause, ProcessManager
from esbank_core.kernel.projection import Projection
from esbank_core.kernel.recorded import Opaque, RecordedEvent


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A transfer that was sent, and has neither arrived nor come back.

    ``event_id`` and ``correlation_id`` are those of the sending, for what it leads to.
    """

    sender: StreamId
    sent: TransferSent
    event_id: EventId
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Transfers:
    """Which transfers are under way, in order of sending, and each account's currency."""

    under_way: Mapping[TransferId, UnderWay] = field(default_factory=dict)
    currencies: Mapping[StreamId, str] = field(default_factory=dict)


def _apply(transfers: Transfers, recorded: RecordedEvent[Event | Opaque]) -> Transfers:
    account_id = recorded.stream_id
    match recorded.event:
        case AccountOpened(currency=currency):
            return Transfers(transfers.under_way, {**transfers.currencies, account_id: currency})
        case TransferSent(transfer_id=transfer_id) as sent:
            transfer = UnderWay(account_id, sent, recorded.id, recorded.correlation_id)
            return Transfers({**transfers.under_way, transfer_id: transfer}, transfers.currencies)
        case TransferReceived(transfer_id=ended) | TransferReturned(transfer_id=ended):
            under_way = {name: t for name, t in transfers.under_way.items() if name != ended}
            return Transfers(under_way, transfers.currencies)
        case _:
            return transfers


def _resume(transfers: Transfers) -> Sequence[Command]:
    return [
        ReceiveTransfer(
            account_id=transfer.sent.receiver,
            amount=transfer.sent.amount,
            transfer_id=transfer_id,
            sender=transfer.sender,
            currency=transfers.currencies.get(transfer.sender, NO_CURRENCY.code),
        )
        for transfer_id, transfer in transfers.under_way.items()
    ]


def _refused(command: Command, rejection: Rejection) -> Command:
    if not isinstance(command, ReceiveTransfer):
        raise TypeError(f"A transfer gives no {type(command).__name__} that could be refused.")
    return ReturnTransfer(
        account_id=command.sender,
        amount=command.amount,
        transfer_id=command.transfer_id,
        reason=rejection.sentence,
    )


def _cause_of(transfers: Transfers, command: Command) -> Cause:
    if not isinstance(command, ReceiveTransfer):
        raise TypeError(f"A transfer asks for no {type(command).__name__}.")
    transfer = transfers.under_way[command.transfer_id]
    return Cause(transfer.event_id, transfer.correlation_id or transfer.event_id)


TRANSFER: Final[ProcessManager[Event, Transfers, Command]] = ProcessManager(
    progress=Projection(initial=Transfers(), apply=_apply),
    resume=_resume,
    refused=_refused,
    stream_of=lambda command: command.account_id,
    cause_of=_cause_of,
)
