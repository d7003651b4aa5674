"""One of every message, ready made: for tests, for documentation, and for the page's story.

``FIRST_STORY`` is what "Try an example" gives: a dozen events of two accounts, command by
command, through the same rules as anyone's.
"""

from __future__ import annotations

from typing import Final

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
    TransferId,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.kernel.identity import StreamId

ADA: Final = StreamId("ACC-1")
GRACE: Final = StreamId("ACC-2")
A_TRANSFER: Final = TransferId("TRF-1")

COMMANDS: Final[tuple[Command, ...]] = (
    OpenAccount(ADA, "Ada Lovelace", "USD"),
    RenameOwner(ADA, "Ada King"),
    DepositMoney(ADA, 50_00, "salary"),
    WithdrawMoney(ADA, 20_00, "rent"),
    SendTransfer(ADA, 10_00, A_TRANSFER, GRACE),
    ReceiveTransfer(GRACE, 10_00, A_TRANSFER, ADA, "USD"),
    ReturnTransfer(ADA, 10_00, A_TRANSFER, "This account is closed."),
    FreezeAccount(ADA, "card lost"),
    UnfreezeAccount(ADA),
    CloseAccount(ADA),
)

EVENTS: Final[tuple[Event, ...]] = (
    AccountOpened("Ada Lovelace", "USD"),
    OwnerRenamed("Ada King"),
    MoneyDeposited(50_00, "salary"),
    MoneyWithdrawn(20_00, "rent"),
    TransferSent(10_00, A_TRANSFER, GRACE),
    TransferReceived(10_00, A_TRANSFER, ADA),
    TransferReturned(10_00, A_TRANSFER, "This account is closed."),
    AccountFrozen("card lost"),
    AccountUnfrozen(),
    AccountClosed(),
)


def first_story(ada: StreamId, grace: StreamId, transfer_id: TransferId) -> tuple[Command, ...]:
    """A first history to look at: two people, a salary, a rent, a transfer, a lost card."""
    return (
        OpenAccount(ada, "Ada Lovelace"),
        DepositMoney(ada, 1_250_00, "salary"),
        WithdrawMoney(ada, 480_00, "rent"),
        OpenAccount(grace, "Grace Hopper"),
        DepositMoney(grace, 300_00, "savings"),
        SendTransfer(ada, 120_00, transfer_id, grace),
        FreezeAccount(grace, "card lost"),
        DepositMoney(grace, 45_50, "refund"),
        UnfreezeAccount(grace),
        WithdrawMoney(grace, 65_50, "new card and dinner"),
        WithdrawMoney(ada, 32_80, "groceries"),
    )
