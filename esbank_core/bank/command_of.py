"""Decide's inverse: the command that an event is the outcome of."""

from __future__ import annotations

from typing import assert_never

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
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.kernel.identity import StreamId


def command_of(account_id: StreamId, event: Event, currency: str) -> Command:
    """The command that leads to an event; ``currency`` is that of a transfer received."""
    match event:
        case AccountOpened(owner=owner, currency=opened_in):
            return OpenAccount(account_id, owner, opened_in)
        case OwnerRenamed(owner=owner):
            return RenameOwner(account_id, owner)
        case MoneyDeposited(amount=amount, note=note):
            return DepositMoney(account_id, amount, note)
        case MoneyWithdrawn(amount=amount, note=note):
            return WithdrawMoney(account_id, amount, note)
        case TransferSent(amount=amount, transfer_id=transfer_id, receiver=receiver):
            return SendTransfer(account_id, amount, transfer_id, receiver)
        case TransferReceived(amount=amount, transfer_id=transfer_id, sender=sender):
            return ReceiveTransfer(account_id, amount, transfer_id, sender, currency)
        case TransferReturned(amount=amount, transfer_id=transfer_id, reason=reason):
            return ReturnTransfer(account_id, amount, transfer_id, reason)
        case AccountFrozen(reason=reason):
            return FreezeAccount(account_id, reason)
        case AccountUnfrozen():
            return UnfreezeAccount(account_id)
        case AccountClosed():
            return CloseAccount(account_id)
        case _:
            assert_never(event)
