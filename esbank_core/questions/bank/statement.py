"""The statement of an account between two instants: what it held, what moved, what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from esbank_core.bank.account import Ledger
from esbank_core.bank.events import (
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import NoAccount, currency_in, flow
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Opaque


class NoSuchAccountError(LookupError):
    """The history has no event of this account."""

    def __init__(self, account_id: StreamId) -> None:
        self.account_id = account_id
        super().__init__(f"No event of this history is of an account {account_id}.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event that moved money: ``flow`` is what it added, ``balance`` what it left.

    Both are in minor units. ``about`` is the event's own note, reason or other account.
    """

    position: Position
    time: datetime
    type: str
    about: str
    flow: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's entries from ``since`` to before ``until``, in order of version.

    Balances are in minor units of ``currency``. ``opening`` counts every event before
    ``since``, and ``closing`` every event before ``until``; None is the beginning and the end.
    """

    account_id: StreamId
    owner: str
    currency: str
    since: datetime | None
    until: datetime | None
    opening: int
    entries: tuple[Entry, ...]
    closing: int

    @property
    def money_in(self) -> int:
        """The sum of what came in, in minor units."""
        return sum(entry.flow for entry in self.entries if entry.flow > 0)

    @property
    def money_out(self) -> int:
        """The sum of what went out, in minor units, as a positive number."""
        return -sum(entry.flow for entry in self.entries if entry.flow < 0)


def statement(
    ledger: Ledger,
    account_id: StreamId,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Statement:
    """The statement of an account from ``since`` (inclusive) to ``until`` (exclusive).

    Raises:
        NoSuchAccountError: the ledger has no event of the account.
    """
    places = ledger.places.get(account_id)
    if not places:
        raise NoSuchAccountError(account_id)
    changes = [ledger.change_at(place) for place in places]
    # Not by place: what happened before may stand after, where clocks disagree.
    opening = sum(
        flow(change.before, change.after)
        for change in changes
        if since is not None and change.recorded.time < since
    )
    balance = opening
    entries: list[Entry] = []
    for change in changes:
        recorded = change.recorded
        is_within = (since is None or since <= recorded.time) and (
            until is None or recorded.time < until
        )
        if is_within and moves_money(recorded.event):
            moved = flow(change.before, change.after)
            balance += moved
            entries.append(
                Entry(
                    position=recorded.position,
                    time=recorded.time,
                    type=type_of(recorded.event),
                    about=about(recorded.event),
                    flow=moved,
                    balance=balance,
                )
            )
    state = ledger.state_of(account_id)
    return Statement(
        account_id=account_id,
        owner="" if isinstance(state, NoAccount) else state.owner,
        currency=currency_in(state).code,
        since=since,
        until=until,
        opening=opening,
        entries=tuple(entries),
        closing=balance,
    )


def about(event: Event | Opaque) -> str:
    """What an event that moves money says of itself; empty for any other."""
    match event:
        case MoneyDeposited(note=note) | MoneyWithdrawn(note=note):
            return note
        case TransferSent(receiver=receiver):
            return f"to {receiver}"
        case TransferReceived(sender=sender):
            return f"from {sender}"
        case TransferReturned(reason=reason):
            return reason
        case _:
            return ""
