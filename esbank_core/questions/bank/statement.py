"""The statement of an account between two instants: what it held, what moved, what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from esbank_core.bank.account import Ledger
from esbank_core.bank.events import (
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import NoAccount, balance_in, currency_in
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.instant import Instant, instant_of
from esbank_core.kernel.recorded import Opaque
from esbank_core.questions.as_of import exactly


class NoSuchAccountError(LookupError):
    """The history has no event of this account."""

    def __init__(self, account_id: StreamId) -> None:
        self.account_id = account_id
        super().__init__(f"No event of this history is of an account {account_id}.")


class BackwardsPeriodError(ValueError):
    """A period that would end before it begins."""

    def __init__(self, since: Instant, until: Instant) -> None:
        self.since = since
        self.until = until
        super().__init__(
            f"A period cannot end, at {until.time}, before it begins, at {since.time}."
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One event that moved money: ``flow`` is what it added, ``balance`` what it left.

    Both are in minor units. ``note`` is the event's own note or reason, and ``other`` the account
    at the other end of a transfer.
    """

    position: Position
    time: datetime
    type: str
    note: str
    other: StreamId | None
    flow: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's entries from ``since`` to before ``until``, in order of time.

    Balances are in minor units of ``currency``. ``opening`` counts every event before
    ``since``, and ``closing`` every event before ``until``; None is the beginning and the end.
    """

    account_id: StreamId
    owner: str
    currency: str
    since: Instant | None
    until: Instant | None
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

    @property
    def is_in_order_of_position(self) -> bool:
        """Whether the entries also stand in the ledger in this order; clocks may disagree."""
        return all(one.position < other.position for one, other in pairwise(self.entries))


def statement(
    ledger: Ledger,
    account_id: StreamId,
    since: datetime | Instant | None = None,
    until: datetime | Instant | None = None,
) -> Statement:
    """The statement of an account from ``since`` (inclusive) to ``until`` (exclusive).

    Not by place but by time: what happened before may stand after, where clocks disagree.

    Raises:
        NoSuchAccountError: the ledger has no event of the account.
        BackwardsPeriodError: ``since`` is later than ``until``.
    """
    begin = None if since is None else exactly(since)
    end = None if until is None else exactly(until)
    if begin is not None and end is not None and begin > end:
        raise BackwardsPeriodError(begin, end)
    places = ledger.places.get(account_id)
    if not places:
        raise NoSuchAccountError(account_id)
    opening = balance = 0
    entries: list[Entry] = []
    for happened, position, moved in _moves(ledger, places):
        if begin is not None and happened < begin:
            opening += moved
            balance += moved
        elif end is None or happened < end:
            recorded = ledger.recorded[position - 1]
            if not moves_money(recorded.event):
                continue
            balance += moved
            note, other = _particulars(recorded.event)
            entries.append(
                Entry(
                    position=position,
                    time=recorded.time,
                    type=type_of(recorded.event),
                    note=note,
                    other=other,
                    flow=moved,
                    balance=balance,
                )
            )
    state = ledger.state_of(account_id)
    return Statement(
        account_id=account_id,
        owner="" if isinstance(state, NoAccount) else state.owner,
        currency=currency_in(state).code,
        since=begin,
        until=end,
        opening=opening,
        entries=tuple(entries),
        closing=balance,
    )


def _moves(ledger: Ledger, places: Sequence[Position]) -> list[tuple[Instant, Position, int]]:
    """What each event of an account added to its balance, in order of time, then of position."""
    moves: list[tuple[Instant, Position, int]] = []
    before = 0
    for place in places:
        after = balance_in(ledger.states[place - 1])
        moves.append((instant_of(ledger.recorded[place - 1]), place, after - before))
        before = after
    moves.sort(key=lambda move: (move[0].time, move[0].beyond, move[1]))
    return moves


def _particulars(event: Event | Opaque) -> tuple[str, StreamId | None]:
    """What an event that moves money says of itself, and the account at the other end."""
    match event:
        case MoneyDeposited(note=note) | MoneyWithdrawn(note=note):
            return note, None
        case TransferSent(receiver=other) | TransferReceived(sender=other):
            return "", other
        case TransferReturned(reason=reason):
            return reason, None
        case _:
            return "", None
