"""How values read: money, moments, events and states in the reader's words."""

from __future__ import annotations

from dataclasses import fields
from typing import assert_never

from bankpage.paper.phrases import Phrases
from esbank_core.bank.commands import Command
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
from esbank_core.bank.states import Closed, Frozen, NoAccount, Open, State
from esbank_core.kernel.recorded import Opaque, UnknownEvent, UnreadableEvent


def status(state: State, phrases: Phrases) -> str:
    """An account's status in a word."""
    match state:
        case NoAccount():
            return phrases("status-none")
        case Open():
            return phrases("status-open")
        case Frozen():
            return phrases("status-frozen")
        case Closed():
            return phrases("status-closed")


def code_of(value: Command | Event | State) -> str:
    """A command, an event or a state as the Python that makes it, without empty fields."""
    shown = [
        f"{field.name}={getattr(value, field.name)!r}"
        for field in fields(value)
        if getattr(value, field.name) != ""
    ]
    return f"{type(value).__name__}({', '.join(shown)})"


def detail_of(event: Event | Opaque, phrases: Phrases) -> str:
    """What an event says beside its amount: a note, a reason, a name, the other account."""
    match event:
        case MoneyDeposited(note=words) | MoneyWithdrawn(note=words):
            return words
        case AccountFrozen(reason=words) | TransferReturned(reason=words):
            return words
        case AccountOpened(owner=words) | OwnerRenamed(owner=words):
            return words
        case TransferSent(receiver=other):
            return phrases("detail-to", account=other)
        case TransferReceived(sender=other):
            return phrases("detail-from", account=other)
        case AccountUnfrozen() | AccountClosed() | UnknownEvent() | UnreadableEvent():
            return ""
        case _:
            assert_never(event)
