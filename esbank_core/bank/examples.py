"""One of every message, ready made: for tests, for documentation, and for the page's story.

``FIRST_STORY`` is what "Play the story" gives: a dozen events of two accounts in ten days,
command by command, through the same rules as anyone's. Its times are told and not recorded: each
stands as far from the story's beginning as the story says, and its actor is the storyteller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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
from esbank_core.kernel.recorded import Actor

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


# The first story ---------------------------------------------------------------------------

STORYTELLER: Final = Actor("system", "story")
"""Who gives a story's commands, and answers for their times: nobody was there to record them."""

TUESDAY: Final = 1
"""As ``datetime.weekday`` counts."""


@dataclass(frozen=True, slots=True)
class Told:
    """A command of a story, and how long after the story's beginning it was given."""

    after: timedelta
    command: Command


def _told(day: int, clock: str, command: Command) -> Told:
    """Told on a day of the story, counted from 0, at a time of that day (``HH:MM``)."""
    hours, minutes = clock.split(":")
    return Told(timedelta(days=day, hours=int(hours), minutes=int(minutes)), command)


FIRST_STORY: Final = (
    _told(0, "10:02", OpenAccount(ADA, "Ada Lovelace")),
    _told(0, "10:05", DepositMoney(ADA, 1_250_00, "salary")),
    _told(0, "10:09", WithdrawMoney(ADA, 480_00, "rent")),
    _told(2, "12:15", OpenAccount(GRACE, "Grace Hopper")),
    _told(2, "12:21", DepositMoney(GRACE, 300_00, "savings")),
    _told(5, "18:40", SendTransfer(ADA, 120_00, A_TRANSFER, GRACE)),
    _told(10, "08:51", FreezeAccount(GRACE, "card lost")),
    _told(10, "12:30", WithdrawMoney(GRACE, 65_50, "new card and dinner")),
    _told(10, "12:48", DepositMoney(GRACE, 45_50, "refund")),
    _told(10, "16:10", UnfreezeAccount(GRACE)),
    _told(10, "19:35", WithdrawMoney(GRACE, 65_50, "new card and dinner")),
    _told(10, "20:04", WithdrawMoney(ADA, 32_80, "groceries")),
)
"""Two people, a salary, a rent four minutes later, a transfer, a lost card, and a refusal.

The withdrawal from the frozen account is refused, as anyone's would be, and is asked again later.
"""


def beginning_of_first_story(now: datetime) -> datetime:
    """The first midnight of the story, so that its last day is the last Tuesday before today.

    ``now`` is an aware instant in the zone that the story is told in: its days are that zone's.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    last_tuesday = today - timedelta(days=(today.weekday() - TUESDAY - 1) % 7 + 1)
    return last_tuesday - timedelta(days=FIRST_STORY[-1].after.days)
