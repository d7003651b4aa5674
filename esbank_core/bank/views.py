"""Read models: the account summaries, and the ledger as a person reads it.

Both are projections: derived from events alone, and rebuilt from them at will.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from esbank_core.bank.account import ACCOUNT, CODEC
from esbank_core.bank.events import (
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import NO_ACCOUNT, State, balance_in, currency_in, flow
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.history import Change
from esbank_core.kernel.identity import NOWHERE, Position, StreamId, Version
from esbank_core.kernel.projection import Projection
from esbank_core.kernel.recorded import OPAQUE, Opaque, RecordedEvent, UnreadableEvent


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """An account at a glance. ``version`` is the version of its stream that this shows."""

    account_id: StreamId
    state: State
    version: Version


Accounts = Mapping[StreamId, AccountSummary]


def _summarise(accounts: Accounts, recorded: RecordedEvent[Event | Opaque]) -> Accounts:
    account_id, event = recorded.stream_id, recorded.event
    if account_id == NOWHERE:
        return accounts  # whose event this was, if anybody's, cannot be known
    known = accounts.get(account_id)
    state = known.state if known else NO_ACCOUNT
    if not isinstance(event, OPAQUE):
        state = ACCOUNT.evolve(state, event)
    return {**accounts, account_id: AccountSummary(account_id, state, recorded.version)}


ACCOUNTS: Final[Projection[Event, Accounts]] = Projection(initial={}, apply=_summarise)
"""Every account, in order of its first event."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of the ledger: what happened, where, when, and what it did to the balance.

    ``flow`` is what the event added to the balance, and ``balance`` what it left, both in
    minor units of ``currency``; ``flow`` is None where the event moves no money.
    """

    position: Position
    account_id: StreamId
    version: Version
    type: str
    time: datetime
    flow: int | None
    balance: int
    currency: str


def moves_money(event: Event | Opaque) -> bool:
    """Whether events of this kind change a balance."""
    return isinstance(
        event,
        MoneyDeposited | MoneyWithdrawn | TransferSent | TransferReceived | TransferReturned,
    )


def type_of(event: Event | Opaque) -> str:
    """The name of an event's type, as it is stored; that of a broken record is "Unreadable"."""
    match event:
        case UnreadableEvent():
            return "Unreadable"
        case _:
            return CODEC.name_of(event)


def ledger_row(change: Change[State, Event]) -> LedgerRow:
    """The line of one event, from what it changed."""
    recorded, before, after = change.recorded, change.before, change.after
    return LedgerRow(
        position=recorded.position,
        account_id=recorded.stream_id,
        version=recorded.version,
        type=type_of(recorded.event),
        time=recorded.time,
        flow=flow(before, after) if moves_money(recorded.event) else None,
        balance=balance_in(after),
        currency=currency_in(after).code,
    )


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger's rows so far, and the accounts that the next row starts from."""

    rows: AppendOnly[LedgerRow]
    accounts: Accounts


def _write_row(view: LedgerView, recorded: RecordedEvent[Event | Opaque]) -> LedgerView:
    known = view.accounts.get(recorded.stream_id)
    accounts = _summarise(view.accounts, recorded)
    changed = accounts.get(recorded.stream_id)
    change: Change[State, Event] = Change(
        before=known.state if known else NO_ACCOUNT,
        recorded=recorded,
        after=changed.state if changed else NO_ACCOUNT,
    )
    return LedgerView(view.rows.plus([ledger_row(change)]), accounts)


LEDGER: Final[Projection[Event, LedgerView]] = Projection(
    initial=LedgerView(AppendOnly(), {}), apply=_write_row
)
"""The whole ledger, row by row. (A ``History`` gives any one row without the others.)"""
