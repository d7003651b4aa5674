"""Evolve: what each event makes of an account. It never rejects: history already happened.

Negative balances, money on a closed account, events before any opening: all of it is
history somewhere, and a rule made today does not undo what happened yesterday.
"""

from __future__ import annotations

from typing import assert_never

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
from esbank_core.bank.states import (
    NEVER_SEEN_OPENING,
    Closed,
    Frozen,
    NoAccount,
    Open,
    Opened,
    State,
)


def evolve(state: State, event: Event) -> State:
    """The state of the account after the event. Pure, and total over every history."""
    account = NEVER_SEEN_OPENING if isinstance(state, NoAccount) else state
    match event:
        case MoneyDeposited(amount=amount) | TransferReceived(amount=amount):
            return _moved(account, amount)
        case MoneyWithdrawn(amount=amount) | TransferSent(amount=amount):
            return _moved(account, -amount)
        case TransferReturned(amount=amount):
            return _moved(account, amount)
        case AccountOpened(owner=owner, currency=currency):
            return Open(owner, currency, account.balance)
        case OwnerRenamed(owner=owner):
            return _renamed(account, owner)
        case AccountFrozen(reason=reason):
            return Frozen(account.owner, account.currency, account.balance, reason)
        case AccountUnfrozen():
            return Open(account.owner, account.currency, account.balance)
        case AccountClosed():
            return Closed(account.owner, account.currency, account.balance)
        case _:
            assert_never(event)


def _moved(account: Opened, by: int) -> Opened:
    # Spelled out: ``dataclasses.replace`` would be most of what a replay costs.
    match account:
        case Open():
            return Open(account.owner, account.currency, account.balance + by)
        case Frozen():
            return Frozen(account.owner, account.currency, account.balance + by, account.reason)
        case Closed():
            return Closed(account.owner, account.currency, account.balance + by)
        case _:
            assert_never(account)


def _renamed(account: Opened, owner: str) -> Opened:
    match account:
        case Open():
            return Open(owner, account.currency, account.balance)
        case Frozen():
            return Frozen(owner, account.currency, account.balance, account.reason)
        case Closed():
            return Closed(owner, account.currency, account.balance)
        case _:
            assert_never(account)
