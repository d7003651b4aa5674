"""Questions that come down to one event followed by another within a time (``followed_by``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from esbank_core.bank.events import (
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferId,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import State
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.ask import (
    CURRENCY,
    INSTANT,
    MILLISECONDS,
    MINOR_UNITS,
    Answer,
    Cell,
    Column,
)
from esbank_core.questions.bank.cells import (
    BankChange,
    Currencies,
    flow_of,
    gist,
    milliseconds,
    owner_after,
)
from esbank_core.questions.followed_by import FollowedBy, Pair, stream_of

FIVE_MINUTES: Final = timedelta(minutes=5)


class WithdrewAfterDeposit:
    """From how many accounts was withdrawn within a time of depositing; whose and when."""

    def __init__(self, within: timedelta = FIVE_MINUTES) -> None:
        self._within = within
        self._pairs: FollowedBy[State, Event] = FollowedBy(
            stream_of(MoneyDeposited), stream_of(MoneyWithdrawn), within
        )
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        self._pairs.see(change)

    def answer(self) -> Answer:
        """One row a withdrawal, with the last deposit before it."""
        rows = tuple(
            (
                pair.then.recorded.stream_id,
                owner_after(pair.then),
                pair.first.recorded.time,
                pair.then.recorded.time,
                milliseconds(pair.gap),
                flow_of(pair.first),
                -flow_of(pair.then),
                self._currencies.of(pair.then),
            )
            for pair in self._pairs.pairs
        )
        columns = (
            Column("account_id"),
            Column("owner"),
            Column("deposited_at", INSTANT),
            Column("withdrew_at", INSTANT),
            Column("gap", MILLISECONDS),
            Column("deposited", MINOR_UNITS),
            Column("withdrew", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        accounts = {row[0] for row in rows}
        return Answer(columns, rows, gist(self._within, times=len(rows), accounts=len(accounts)))


class OneFollowedByAnother:
    """Events of one type followed within a time by events of another, in the same account."""

    def __init__(self, first: str, then: str, within: timedelta) -> None:
        self._first, self._then, self._within = first, then, within
        self._pairs: FollowedBy[State, Event] = FollowedBy(
            _account_of_type(first), _account_of_type(then), within
        )

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._pairs.see(change)

    def answer(self) -> Answer:
        """One row a pair."""
        rows = tuple((owner_after(pair.then), *_places(pair)) for pair in self._pairs.pairs)
        columns = (
            Column("owner"),
            Column("account_id"),
            Column("first_position", "position"),
            Column("first_at", INSTANT),
            Column("then_position", "position"),
            Column("then_at", INSTANT),
            Column("gap", MILLISECONDS),
        )
        told: dict[str, Cell] = {
            "first": self._first,
            "then": self._then,
            **gist(self._within, times=len(rows), accounts=len({row[1] for row in rows})),
        }
        return Answer(columns, rows, told)


class RoundTrips:
    """Money that went from one account to another and was sent back within a time.

    A transfer that was returned went nowhere, and is no part of any.
    """

    def __init__(self, within: timedelta = timedelta(days=1)) -> None:
        self._within = within
        self._sent: list[BankChange] = []
        self._returned: set[TransferId] = set()
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        match change.recorded.event:
            case TransferSent():
                self._sent.append(change)
            case TransferReturned(transfer_id=returned):
                self._returned.add(returned)
            case _:
                pass

    def answer(self) -> Answer:
        """One row a transfer back, with the last transfer there before it."""
        found: FollowedBy[State, Event] = FollowedBy(
            self._way, lambda change: self._way(change, is_back=True), self._within
        )
        for change in self._sent:
            found.see(change)
        rows = tuple(
            (
                pair.first.recorded.stream_id,
                pair.then.recorded.stream_id,
                pair.first.recorded.time,
                pair.then.recorded.time,
                milliseconds(pair.gap),
                -flow_of(pair.first),
                -flow_of(pair.then),
                self._currencies.of(pair.then),
            )
            for pair in found.pairs
        )
        columns = (
            Column("account_id"),
            Column("other_account_id"),
            Column("sent_at", INSTANT),
            Column("came_back_at", INSTANT),
            Column("gap", MILLISECONDS),
            Column("sent", MINOR_UNITS),
            Column("came_back", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        return Answer(columns, rows, gist(self._within, times=len(rows)))

    def _way(
        self, change: BankChange, *, is_back: bool = False
    ) -> tuple[StreamId, StreamId] | None:
        """From which account to which a transfer goes; the way there, if it is one back."""
        event = change.recorded.event
        if not isinstance(event, TransferSent) or event.transfer_id in self._returned:
            return None
        way = (change.recorded.stream_id, event.receiver)
        return way[::-1] if is_back else way


def _account_of_type(name: str) -> Callable[[BankChange], StreamId | None]:
    return lambda change: (
        change.recorded.stream_id if type_of(change.recorded.event) == name else None
    )


def _places(
    pair: Pair[State, Event],
) -> tuple[StreamId, Position, datetime, Position, datetime, int]:
    first, then = pair.first.recorded, pair.then.recorded
    return (
        then.stream_id,
        first.position,
        first.time,
        then.position,
        then.time,
        milliseconds(pair.gap),
    )
