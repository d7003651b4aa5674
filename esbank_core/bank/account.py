"""The account as a decider, and the form in which its events are stored.

The names of the event types are the storage format: they outlive any class's name.
"""

from __future__ import annotations

from typing import Final, TypeGuard

from esbank_core.bank.commands import Command
from esbank_core.bank.decide import decide
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
from esbank_core.bank.evolve import evolve
from esbank_core.bank.states import NO_ACCOUNT, Closed, State
from esbank_core.kernel.decider import Decider
from esbank_core.kernel.history import History
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnknownEvent, UnreadableEvent
from esbank_core.kernel.written.codec import Codec, EventType

ACCOUNT: Final[Decider[Command, State, Event]] = Decider(
    decide=decide,
    evolve=evolve,
    initial_state=NO_ACCOUNT,
    is_terminal=lambda state: isinstance(state, Closed),
)

CODEC: Final[Codec[Event]] = Codec(
    [
        EventType("AccountOpened", AccountOpened),
        EventType("OwnerRenamed", OwnerRenamed),
        EventType("MoneyDeposited", MoneyDeposited),
        EventType("MoneyWithdrawn", MoneyWithdrawn),
        EventType("TransferSent", TransferSent),
        EventType("TransferReceived", TransferReceived),
        EventType("TransferReturned", TransferReturned),
        EventType("AccountFrozen", AccountFrozen),
        EventType("AccountUnfrozen", AccountUnfrozen),
        EventType("AccountClosed", AccountClosed),
    ]
)

Ledger = History[State, Event]
"""The history of the whole bank."""


def empty_ledger() -> Ledger:
    """The bank before its first event."""
    return History.genesis(ACCOUNT)


Recorded = RecordedEvent[Event | Opaque]
"""An event of the bank as a store may hold it, readable or not."""

Readable = RecordedEvent[Event | UnknownEvent]
"""A record that is whole, whether its event is known or not, so that it can be written again."""


def is_readable(recorded: Recorded) -> TypeGuard[Readable]:
    """Whether a record is whole."""
    return not isinstance(recorded.event, UnreadableEvent)
