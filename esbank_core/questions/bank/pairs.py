"""Questions that come down to one event followed by another within a time (``followed_by``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
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
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.ask import (
    CURRENCY,
    INSTANT,
    MILLISECONDS,
    MINOR_UNITS,
    Answer,
    Cell,
    Column,
    Row,
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

BankPair = Pair[State, Event]

FIVE_MINUTES: Final = timedelta(minutes=5)


class WithdrewAfterDeposit:
    """From how many accounts was withdrawn within a time of depositing; whose and when."""

    def __init__(self, within: timedelta = FIVE_MINUTES) -> None:
        self._within = within
        self._pairs: FollowedBy[State, Event, Row] = FollowedBy(
            stream_of(MoneyDeposited), stream_of(MoneyWithdrawn), within, self._row
        )
        self._currencies = Currencies(revised=self._pairs.find_anew)

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        self._pairs.see(change)

    def answer(self) -> Answer:
        """One row a withdrawal, with the last deposit before it."""
        columns = (
            Column("account_id"),
            Column("owner"),
            Column("deposit", "position"),
            Column("deposited_at", INSTANT),
            Column("withdrawal", "position"),
            Column("withdrew_at", INSTANT),
            Column("gap", MILLISECONDS),
            Column("deposited", MINOR_UNITS),
            Column("withdrew", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        rows = tuple(self._pairs.found)
        accounts = {row[0] for row in rows}
        return Answer(columns, rows, gist(self._within, times=len(rows), accounts=len(accounts)))

    def _row(self, pair: BankPair) -> Row:
        deposit, withdrawal = pair.first.recorded, pair.then.recorded
        return (
            withdrawal.stream_id,
            owner_after(pair.then),
            deposit.position,
            deposit.time,
            withdrawal.position,
            withdrawal.time,
            milliseconds(pair.gap),
            flow_of(pair.first),
            -flow_of(pair.then),
            self._currencies.of(pair.then),
        )


class OneFollowedByAnother:
    """Events of one type followed within a time by events of another, in the same account."""

    def __init__(self, first: str, then: str, within: timedelta) -> None:
        self._first, self._then, self._within = first, then, within
        self._pairs: FollowedBy[State, Event, Row] = FollowedBy(
            _account_of_type(first), _account_of_type(then), within, self._row
        )

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._pairs.see(change)

    def answer(self) -> Answer:
        """One row a pair."""
        columns = (
            Column("owner"),
            Column("account_id"),
            Column("first_position", "position"),
            Column("first_at", INSTANT),
            Column("then_position", "position"),
            Column("then_at", INSTANT),
            Column("gap", MILLISECONDS),
        )
        rows = tuple(self._pairs.found)
        told: dict[str, Cell] = {
            "first": self._first,
            "then": self._then,
            **gist(self._within, times=len(rows), accounts=len({row[1] for row in rows})),
        }
        return Answer(columns, rows, told)

    def _row(self, pair: BankPair) -> Row:
        first, then = pair.first.recorded, pair.then.recorded
        return (
            owner_after(pair.then),
            then.stream_id,
            first.position,
            first.time,
            then.position,
            then.time,
            milliseconds(pair.gap),
        )


class RoundTrips:
    """Money that went from one account to another and was sent back within a time.

    A transfer that was returned went nowhere, and is no part of any.
    """

    def __init__(self, within: timedelta = timedelta(days=1)) -> None:
        self._within = within
        self._pairs: FollowedBy[State, Event, Row] = FollowedBy(
            self._way, self._way_back, within, self._row
        )
        self._returned: set[TransferId] = set()
        self._currencies = Currencies(revised=self._pairs.find_anew)

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        match change.recorded.event:
            case TransferSent():
                self._pairs.see(change)
            case TransferReturned(transfer_id=returned):
                self._returned.add(returned)
                self._pairs.find_anew()
            case _:
                pass

    def answer(self) -> Answer:
        """One row a transfer back, with the last transfer there before it."""
        columns = (
            Column("account_id"),
            Column("other_account_id"),
            Column("sending", "position"),
            Column("sent_at", INSTANT),
            Column("sending_back", "position"),
            Column("came_back_at", INSTANT),
            Column("gap", MILLISECONDS),
            Column("sent", MINOR_UNITS),
            Column("came_back", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        rows = tuple(self._pairs.found)
        return Answer(columns, rows, gist(self._within, times=len(rows)))

    def _way(self, change: BankChange) -> tuple[StreamId, StreamId] | None:
        """From which account to which a transfer goes."""
        event = change.recorded.event
        if not isinstance(event, TransferSent) or event.transfer_id in self._returned:
            return None
        return change.recorded.stream_id, event.receiver

    def _way_back(self, change: BankChange) -> tuple[StreamId, StreamId] | None:
        """The way there, if a transfer is one back."""
        way = self._way(change)
        return way and way[::-1]

    def _row(self, pair: BankPair) -> Row:
        sent, back = pair.first.recorded, pair.then.recorded
        return (
            sent.stream_id,
            back.stream_id,
            sent.position,
            sent.time,
            back.position,
            back.time,
            milliseconds(pair.gap),
            -flow_of(pair.first),
            -flow_of(pair.then),
            self._currencies.of(pair.then),
        )


def _account_of_type(name: str) -> Callable[[BankChange], StreamId | None]:
    return lambda change: (
        change.recorded.stream_id if type_of(change.recorded.event) == name else None
    )
