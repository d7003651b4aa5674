"""Commands: what can be asked of an account, in the imperative. Amounts in minor units.

Each names the account that it is for. ``ReceiveTransfer`` and ``ReturnTransfer`` are given
by the process manager (``transfer``), not by people.
"""

from __future__ import annotations

from dataclasses import dataclass

from esbank_core.bank.events import TransferId
from esbank_core.kernel.identity import StreamId


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Open an account for an owner, in an ISO 4217 currency."""

    account_id: StreamId
    owner: str
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class RenameOwner:
    """Correct or change the owner's name."""

    account_id: StreamId
    owner: str


@dataclass(frozen=True, slots=True)
class DepositMoney:
    """Pay money in."""

    account_id: StreamId
    amount: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawMoney:
    """Take money out."""

    account_id: StreamId
    amount: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SendTransfer:
    """Send money to another account of the same currency."""

    account_id: StreamId
    amount: int
    transfer_id: TransferId
    receiver: StreamId


@dataclass(frozen=True, slots=True)
class ReceiveTransfer:
    """Take in what another account has sent, in the sender's currency."""

    account_id: StreamId
    amount: int
    transfer_id: TransferId
    sender: StreamId
    currency: str


@dataclass(frozen=True, slots=True)
class ReturnTransfer:
    """Take back what the receiver's account could not take in."""

    account_id: StreamId
    amount: int
    transfer_id: TransferId
    reason: str


@dataclass(frozen=True, slots=True)
class FreezeAccount:
    """Let no money out until unfrozen."""

    account_id: StreamId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnfreezeAccount:
    """Let money out again."""

    account_id: StreamId


@dataclass(frozen=True, slots=True)
class CloseAccount:
    """End the account, for good."""

    account_id: StreamId


Command = (
    OpenAccount
    | RenameOwner
    | DepositMoney
    | WithdrawMoney
    | SendTransfer
    | ReceiveTransfer
    | ReturnTransfer
    | FreezeAccount
    | UnfreezeAccount
    | CloseAccount
)
