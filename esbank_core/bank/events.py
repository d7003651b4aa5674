"""Events: what happened to an account, in the past tense. Amounts in minor units.

Facts, so they hold only what happened. An account's currency is said once, when it opens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NewType

from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.written.codec import JSON_NAME

TransferId = NewType("TransferId", str)
"""What the two sides of one transfer have in common."""


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """The account began, with nothing in it."""

    owner: str
    currency: str


@dataclass(frozen=True, slots=True)
class OwnerRenamed:
    """The owner goes by another name from here on."""

    owner: str


@dataclass(frozen=True, slots=True)
class MoneyDeposited:
    """Money came in."""

    amount: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class MoneyWithdrawn:
    """Money went out."""

    amount: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TransferSent:
    """Money left for another account, and is under way."""

    amount: int
    transfer_id: TransferId
    receiver: StreamId = field(metadata={JSON_NAME: "to"})


@dataclass(frozen=True, slots=True)
class TransferReceived:
    """Money arrived from another account."""

    amount: int
    transfer_id: TransferId
    sender: StreamId = field(metadata={JSON_NAME: "from"})


@dataclass(frozen=True, slots=True)
class TransferReturned:
    """Money that had been sent came back, because the receiver could not take it."""

    amount: int
    transfer_id: TransferId
    reason: str


@dataclass(frozen=True, slots=True)
class AccountFrozen:
    """From here on money comes in, and none goes out."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountUnfrozen:
    """Money may go out again."""


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """The account ended."""


Event = (
    AccountOpened
    | OwnerRenamed
    | MoneyDeposited
    | MoneyWithdrawn
    | TransferSent
    | TransferReceived
    | TransferReturned
    | AccountFrozen
    | AccountUnfrozen
    | AccountClosed
)
