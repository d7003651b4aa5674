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
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.money import NO_CURRENCY
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import EventId, StreamId
from esbank_core.kernel.process_manager import Cause, ProcessManager, Reaction
from esbank_core.kernel.projection import Projection
from esbank_core.kernel.recorded import Opaque, RecordedEvent


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A transfer that was sent, and has neither arrived nor come back.

    ``cause`` is the sending, for what it leads to.
    """

    sender: StreamId
    sent: TransferSent
    cause: Cause


@dataclass(frozen=True, slots=True)
class Transfers:
    """Which transfers are under way, in order of sending, and each account's currency.

    A transfer goes by the event that sent it: no rule keeps two from having one transfer id.
    """

    under_way: Mapping[EventId, UnderWay] = field(default_factory=dict)
    currencies: Mapping[StreamId, str] = field(default_factory=dict)


def _apply(transfers: Transfers, recorded: RecordedEvent[Event | Opaque]) -> Transfers:
    account_id = recorded.stream_id
    match recorded.event:
        case AccountOpened(currency=currency):
            return Transfers(transfers.under_way, {**transfers.currencies, account_id: currency})
        case TransferSent() as sent:
            cause = Cause(recorded.id, recorded.correlation_id or recorded.id, recorded.position)
            transfer = UnderWay(account_id, sent, cause)
            return Transfers({**transfers.under_way, recorded.id: transfer}, transfers.currencies)
        case TransferReceived() | TransferReturned():
            ended = ended_by(transfers.under_way, recorded)
            under_way = {name: t for name, t in transfers.under_way.items() if name != ended}
            return Transfers(under_way, transfers.currencies)
        case _:
            return transfers


def ended_by(
    under_way: Mapping[EventId, UnderWay], recorded: RecordedEvent[Event | Opaque]
) -> EventId | None:
    """Which of the transfers under way an event is the end of; None if of none.

    The one that caused it; in a history that does not say so, the oldest of that transfer id,
    between these accounts if there is one.
    """
    event = recorded.event
    if not isinstance(event, TransferReceived | TransferReturned):
        return None
    candidates = [
        (name, transfer)
        for name, transfer in under_way.items()
        if transfer.sent.transfer_id == event.transfer_id
    ]

    def likeness(candidate: tuple[EventId, UnderWay]) -> tuple[bool, bool]:
        name, transfer = candidate
        fits = (
            (transfer.sender, transfer.sent.receiver) == (event.sender, recorded.stream_id)
            if isinstance(event, TransferReceived)
            else transfer.sender == recorded.stream_id
        )
        return name == recorded.causation_id, fits

    return max(candidates, key=likeness)[0] if candidates else None


def _resume(transfers: Transfers) -> Sequence[Reaction[Command]]:
    return [
        Reaction(
            ReceiveTransfer(
                account_id=transfer.sent.receiver,
                amount=transfer.sent.amount,
                transfer_id=transfer.sent.transfer_id,
                sender=transfer.sender,
                currency=transfers.currencies.get(transfer.sender, NO_CURRENCY.code),
            ),
            transfer.cause,
        )
        for transfer in transfers.under_way.values()
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


TRANSFER: Final[ProcessManager[Event, Transfers, Command]] = ProcessManager(
    progress=Projection(initial=Transfers(), apply=_apply),
    resume=_resume,
    refused=_refused,
    stream_of=lambda command: command.account_id,
)
