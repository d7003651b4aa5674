"""How values read: money, moments, events and states in the reader's words."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timezone, tzinfo
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
from esbank_core.bank.money import currency_of, format_money
from esbank_core.bank.states import Closed, Frozen, NoAccount, Open, State
from esbank_core.bank.views import LedgerRow
from esbank_core.kernel.recorded import Opaque, UnknownEvent, UnreadableEvent


def local_time(time: datetime, zone: tzinfo | None) -> str:
    """A moment in the reader's own zone (None: the one that the browser is in).

    At the ends of the calendar a zone may have no such day; then in UTC, which is said.
    """
    try:
        local, mark = time.astimezone(zone), ""
    except (OverflowError, ValueError, OSError):  # by platform, and by which end it is
        local, mark = time.astimezone(timezone.utc), " UTC"
    return local.replace(tzinfo=None).isoformat(" ", "seconds") + mark


def signed_flow(row: LedgerRow) -> str:
    """What an event added to a balance, with its sign; empty where it moves no money."""
    if row.flow is None:
        return ""
    amount = format_money(row.flow, currency_of(row.currency))
    return f"+{amount}" if row.flow > 0 else amount.replace("-", "\u2212")


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
