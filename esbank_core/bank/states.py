"""States: what an account can be. What cannot be done in a state has no case in ``decide``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esbank_core.bank.money import NO_CURRENCY, Currency, currency_of


@dataclass(frozen=True, slots=True)
class NoAccount:
    """Nothing has happened yet."""


@dataclass(frozen=True, slots=True)
class Open:
    """Money comes in and goes out. ``balance`` is in minor units of ``currency``."""

    owner: str
    currency: str
    balance: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """Money comes in, and none goes out."""

    owner: str
    currency: str
    balance: int
    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The account has ended. Its balance is zero, unless history says otherwise."""

    owner: str
    currency: str
    balance: int


Opened = Open | Frozen | Closed
"""An account that someone opened, whatever became of it."""

State = NoAccount | Opened

NO_ACCOUNT: Final = NoAccount()

NEVER_SEEN_OPENING: Final = Open(owner="", currency=NO_CURRENCY.code, balance=0)
"""What an account is taken for when its history begins without an opening."""


def currency_in(state: State) -> Currency:
    """The currency of an account; that of no account is "no currency"."""
    return NO_CURRENCY if isinstance(state, NoAccount) else currency_of(state.currency)


def balance_in(state: State) -> int:
    """The balance in minor units; that of no account is zero."""
    return 0 if isinstance(state, NoAccount) else state.balance


def flow(before: State, after: State) -> int:
    """What came in between two states, in minor units; less than zero where it went out."""
    return balance_in(after) - balance_in(before)
