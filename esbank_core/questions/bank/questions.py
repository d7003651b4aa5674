"""Questions to a bank's history that nobody had planned for when the events were written.

Each is a class of two functions (``ask``). Amounts are in minor units of the row's currency;
days, weeks and months are those of UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from heapq import nlargest
from typing import Final, NamedTuple

from esbank_core.bank.events import Event, MoneyDeposited, MoneyWithdrawn, TransferSent
from esbank_core.bank.states import Closed, NoAccount, State, balance_in, currency_in, flow
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.history import Change
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
from esbank_core.questions.followed_by import FollowedBy, Pair, stream_of

BankChange = Change[State, Event]

FIVE_MINUTES: Final = timedelta(minutes=5)


class WithdrewAfterDeposit:
    """How many owners withdrew within a time of depositing; who and when."""

    def __init__(self, within: timedelta = FIVE_MINUTES) -> None:
        self._within = within
        self._pairs: FollowedBy[State, Event] = FollowedBy(
            stream_of(MoneyDeposited), stream_of(MoneyWithdrawn), within
        )

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._pairs.see(change)

    def answer(self) -> Answer:
        """One row a withdrawal, with the last deposit before it."""
        rows = tuple(
            (
                pair.then.recorded.stream_id,
                _owner(pair.then),
                pair.first.recorded.time,
                pair.then.recorded.time,
                _milliseconds(pair.gap),
                _flow(pair.first),
                -_flow(pair.then),
                _currency(pair.then),
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
        owners = _count(len({row[1] or row[0] for row in rows}), "owner")
        times = _count(len(rows), "time")
        sentence = f"{owners} withdrew within {_words(self._within)} of depositing, {times} in all."
        return Answer(columns, rows, sentence)


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
        rows = tuple((_owner(pair.then), *_places(pair)) for pair in self._pairs.pairs)
        columns = (
            Column("owner"),
            Column("account_id"),
            Column("first_position", "position"),
            Column("first_at", INSTANT),
            Column("then_position", "position"),
            Column("then_at", INSTANT),
            Column("gap", MILLISECONDS),
        )
        sentence = (
            f"{self._first} was followed by {self._then} within {_words(self._within)} "
            f"{_count(len(rows), 'time')}, in {_count(len({row[1] for row in rows}), 'account')}."
        )
        return Answer(columns, rows, sentence)


class RoundTrips:
    """Money that went from one account to another and was sent back within a time."""

    def __init__(self, within: timedelta = timedelta(days=1)) -> None:
        self._within = within
        self._pairs: FollowedBy[State, Event] = FollowedBy(
            _way, lambda change: _way(change, is_back=True), within
        )

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._pairs.see(change)

    def answer(self) -> Answer:
        """One row a transfer back, with the last transfer there before it."""
        rows = tuple(
            (
                pair.first.recorded.stream_id,
                pair.then.recorded.stream_id,
                pair.first.recorded.time,
                pair.then.recorded.time,
                _milliseconds(pair.gap),
                -_flow(pair.first),
                -_flow(pair.then),
                _currency(pair.then),
            )
            for pair in self._pairs.pairs
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
        sentence = f"{_count(len(rows), 'round trip')} within {_words(self._within)}."
        return Answer(columns, rows, sentence)


class BalanceOverTime:
    """The balance of an account, or of each, after every event that moved money."""

    def __init__(self, account_id: StreamId | None = None) -> None:
        self._account_id = account_id
        self._rows: list[tuple[Cell, ...]] = []

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        recorded = change.recorded
        if self._account_id in (None, recorded.stream_id) and moves_money(recorded.event):
            self._rows.append(
                (
                    recorded.stream_id,
                    recorded.position,
                    recorded.time,
                    balance_in(change.after),
                    _currency(change),
                )
            )

    def answer(self) -> Answer:
        """One row an event that moved money, in order of position."""
        columns = (
            Column("account_id"),
            Column("position", "position"),
            Column("time", INSTANT),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        return Answer(columns, tuple(self._rows))


class Period(StrEnum):
    """How long the periods are that flows are added up in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Flows:
    """What came in and went out, by day, ISO week or month."""

    def __init__(self, period: Period = Period.MONTH) -> None:
        self._period = period
        self._in: Counter[tuple[str, str]] = Counter()
        self._out: Counter[tuple[str, str]] = Counter()
        self._events: Counter[tuple[str, str]] = Counter()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        if not moves_money(change.recorded.event):
            return
        moved = _flow(change)
        key = (_period_of(change.recorded.time, self._period), _currency(change))
        self._events[key] += 1
        if moved > 0:
            self._in[key] += moved
        else:
            self._out[key] -= moved

    def answer(self) -> Answer:
        """One row a period and currency in which money moved, in order of time."""
        columns = (
            Column(self._period.value),
            Column("in", MINOR_UNITS),
            Column("out", MINOR_UNITS),
            Column("net", MINOR_UNITS),
            Column("currency", CURRENCY),
            Column("events", "events"),
        )
        rows = tuple(
            (
                key[0],
                self._in[key],
                self._out[key],
                self._in[key] - self._out[key],
                key[1],
                events,
            )
            for key, events in sorted(self._events.items())
        )
        return Answer(columns, rows)


class _Movement(NamedTuple):
    size: int
    is_before: int
    """The position, negative, so that of equal movements the earlier one is the larger."""
    change: BankChange


class LargestMovements:
    """The events that moved most money, in each currency."""

    def __init__(self, count: int = 10) -> None:
        self._count = count
        self._largest: dict[str, list[_Movement]] = {}

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        if moves_money(change.recorded.event):
            movements = self._largest.setdefault(_currency(change), [])
            size = abs(_flow(change))
            movements.append(_Movement(size, -change.recorded.position, change))
            if len(movements) >= 2 * self._count + 1000:
                movements[:] = nlargest(self._count, movements, key=_size)

    def answer(self) -> Answer:
        """One row a movement, the largest first; of equal ones, the earlier first."""
        columns = (
            Column("account_id"),
            Column("owner"),
            Column("position", "position"),
            Column("time", INSTANT),
            Column("type"),
            Column("flow", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        rows = tuple(
            (
                movement.change.recorded.stream_id,
                _owner(movement.change),
                movement.change.recorded.position,
                movement.change.recorded.time,
                type_of(movement.change.recorded.event),
                _flow(movement.change),
                currency,
            )
            for currency, movements in sorted(self._largest.items())
            for movement in nlargest(self._count, movements, key=_size)
        )
        return Answer(columns, rows)


class DormantAccounts:
    """Accounts, not closed, in which nothing has happened for a time.

    ``now`` is the instant from which to look back; by default the time of the latest event.
    """

    def __init__(self, idle: timedelta = timedelta(days=90), now: datetime | None = None) -> None:
        self._idle = idle
        self._now = now
        self._latest: datetime | None = None
        self._last: dict[StreamId, BankChange] = {}

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        time = change.recorded.time
        if self._now is not None and time > self._now:
            return
        if self._latest is None or time > self._latest:
            self._latest = time
        self._last[change.recorded.stream_id] = change

    def answer(self) -> Answer:
        """One row an account, the longest idle first."""
        columns = (
            Column("account_id"),
            Column("owner"),
            Column("last_event_at", INSTANT),
            Column("idle", MILLISECONDS),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        now = self._now or self._latest
        idle = (
            []
            if now is None
            else [
                (now - change.recorded.time, change)
                for change in self._last.values()
                if not isinstance(change.after, Closed | NoAccount)
                and now - change.recorded.time > self._idle
            ]
        )
        idle.sort(key=lambda found: -found[0])
        rows = tuple(
            (
                change.recorded.stream_id,
                _owner(change),
                change.recorded.time,
                _milliseconds(since),
                balance_in(change.after),
                _currency(change),
            )
            for since, change in idle
        )
        sentence = f"{_count(len(rows), 'account')} idle for more than {_words(self._idle)}."
        return Answer(columns, rows, sentence)


def _account_of_type(name: str) -> Callable[[BankChange], StreamId | None]:
    return lambda change: (
        change.recorded.stream_id if type_of(change.recorded.event) == name else None
    )


def _way(change: BankChange, *, is_back: bool = False) -> tuple[StreamId, StreamId] | None:
    """From which account to which a transfer goes; the way there, if it is one back."""
    event = change.recorded.event
    if not isinstance(event, TransferSent):
        return None
    way = (change.recorded.stream_id, event.receiver)
    return way[::-1] if is_back else way


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
        _milliseconds(pair.gap),
    )


def _period_of(time: datetime, period: Period) -> str:
    day = time.astimezone(timezone.utc).date()
    if period is Period.DAY:
        return day.isoformat()
    if period is Period.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _size(movement: _Movement) -> tuple[int, int]:
    return movement.size, movement.is_before


def _flow(change: BankChange) -> int:
    return flow(change.before, change.after)


def _currency(change: BankChange) -> str:
    return currency_in(change.after).code


def _owner(change: BankChange) -> str:
    return "" if isinstance(change.after, NoAccount) else change.after.owner


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _words(span: timedelta) -> str:
    """A span of time as people say it, in the largest unit that divides it."""
    for name, unit in _UNITS.items():
        if span and span % unit == timedelta():
            return _count(span // unit, name)
    return f"{span.total_seconds():g} seconds"


_UNITS: Final = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}
