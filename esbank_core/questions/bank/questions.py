"""Questions to a bank's history that nobody had planned for when the events were written.

Each is a class of two functions (``ask``). What comes before what is a matter of time, not of
position: a late row, whose time is earlier than that of the rows before it, counts when it
happened. Who is who is a matter of accounts, not of names. Amounts are in minor units of the
row's currency; days, weeks and months are those of UTC; a gist holds counts, and spans in
milliseconds.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from heapq import nsmallest
from typing import Final

from esbank_core.bank.events import Event
from esbank_core.bank.evolve import evolve
from esbank_core.bank.states import NO_ACCOUNT, Closed, NoAccount, State
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import OPAQUE
from esbank_core.questions.ask import (
    CURRENCY,
    INSTANT,
    MILLISECONDS,
    MINOR_UNITS,
    Answer,
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
from esbank_core.questions.in_time import InTime, when

_NEVER: Final = datetime.min.replace(tzinfo=timezone.utc)


class BalanceOverTime:
    """The balance of an account, or of each, after every event that moved money."""

    def __init__(self, account_id: StreamId | None = None) -> None:
        self._account_id = account_id
        self._rows: InTime[State, Event, Row] = InTime(self._begin)
        self._currencies = Currencies(revised=self._rows.make_anew)

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        recorded = change.recorded
        if self._account_id in (None, recorded.stream_id) and moves_money(recorded.event):
            self._rows.see(change)

    def answer(self) -> Answer:
        """One row an event that moved money, in order of time."""
        columns = (
            Column("account_id"),
            Column("position", "position"),
            Column("time", INSTANT),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        rows = tuple(self._rows.items)
        return Answer(columns, rows, {"movements": len(rows)})

    def _begin(self) -> Callable[[BankChange], Iterable[Row]]:
        balances: Counter[StreamId] = Counter()

        def take(change: BankChange) -> Iterable[Row]:
            recorded = change.recorded
            account_id = recorded.stream_id
            balances[account_id] += flow_of(change)
            currency = self._currencies.of(change)
            yield account_id, recorded.position, recorded.time, balances[account_id], currency

        return take


class Period(StrEnum):
    """How long the periods are that flows are added up in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Flows:
    """What came in and went out, by day, ISO week or month."""

    def __init__(self, period: Period = Period.MONTH) -> None:
        self._period = period
        self._came_in: Counter[tuple[str, StreamId]] = Counter()
        self._went_out: Counter[tuple[str, StreamId]] = Counter()
        self._events: Counter[tuple[str, StreamId]] = Counter()
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        recorded = change.recorded
        if moves_money(recorded.event):
            key = (_period_of(recorded.time, self._period), recorded.stream_id)
            moved = flow_of(change)
            self._came_in[key] += max(moved, 0)
            self._went_out[key] += max(-moved, 0)
            self._events[key] += 1

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
        sums: dict[tuple[str, str], tuple[int, int, int]] = {}
        for key, events in self._events.items():
            period, account_id = key
            row = (period, self._currencies.of_account(account_id))
            came_in, went_out, count = sums.get(row, (0, 0, 0))
            came_in += self._came_in[key]
            went_out += self._went_out[key]
            sums[row] = came_in, went_out, count + events
        rows = tuple(
            (period, came_in, went_out, came_in - went_out, currency, count)
            for (period, currency), (came_in, went_out, count) in sorted(sums.items())
        )
        periods = {row[0] for row in rows}
        return Answer(columns, rows, {"movements": self._events.total(), "periods": len(periods)})


class LargestMovements:
    """The events that moved most money, in each currency."""

    def __init__(self, count: int = 10) -> None:
        self._count = count
        self._largest: dict[StreamId, list[BankChange]] = {}
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        if moves_money(change.recorded.event):
            of_account = self._largest.setdefault(change.recorded.stream_id, [])
            if len(of_account) < self._count or _largest_first(change) < _largest_first(
                of_account[-1]
            ):
                insort(of_account, change, key=_largest_first)
                del of_account[self._count :]

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
        movements: dict[str, list[BankChange]] = {}
        for account_id, changes in self._largest.items():
            movements.setdefault(self._currencies.of_account(account_id), []).extend(changes)
        rows = tuple(
            (
                change.recorded.stream_id,
                owner_after(change),
                change.recorded.position,
                change.recorded.time,
                type_of(change.recorded.event),
                flow_of(change),
                currency,
            )
            for currency, changes in sorted(movements.items())
            for change in nsmallest(self._count, changes, key=_largest_first)
        )
        return Answer(columns, rows, {"movements": len(rows)})


class DormantAccounts:
    """Accounts, not closed, in which nothing has happened for a time.

    ``now`` is the instant from which to look back, and nothing later counts; by default it is
    the time of the latest event.
    """

    def __init__(self, idle: timedelta = timedelta(days=90), now: datetime | None = None) -> None:
        self._idle = idle
        self._now = now
        self._last: dict[StreamId, tuple[datetime, Position]] = {}
        self._states: dict[StreamId, State] = {}

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        recorded = change.recorded
        time, account_id = recorded.time, recorded.stream_id
        if self._now is None:
            self._states[account_id] = change.after
        elif time > self._now:
            return
        else:  # folded anew, without what is still to come
            state = self._states.get(account_id, NO_ACCOUNT)
            event = recorded.event
            self._states[account_id] = state if isinstance(event, OPAQUE) else evolve(state, event)
        latest = (time, recorded.position)
        self._last[account_id] = max(latest, self._last.get(account_id, latest))

    def answer(self) -> Answer:
        """One row an account, the longest idle first."""
        columns = (
            Column("account_id"),
            Column("owner"),
            Column("position", "position"),
            Column("last_event_at", INSTANT),
            Column("idle", MILLISECONDS),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        rows: list[Row] = []
        now = self._now or max((last for last, _ in self._last.values()), default=_NEVER)
        for account_id, (last, place) in sorted(self._last.items(), key=lambda entry: entry[1]):
            state = self._states[account_id]
            if now - last > self._idle and not isinstance(state, Closed | NoAccount):
                idle, held = milliseconds(now - last), (state.balance, state.currency)
                rows.append((account_id, state.owner, place, last, idle, *held))
        return Answer(columns, tuple(rows), gist(self._idle, accounts=len(rows)))


def _largest_first(change: BankChange) -> tuple[int, datetime, str, Position]:
    return -abs(flow_of(change)), *when(change)


def _period_of(time: datetime, period: Period) -> str:
    day = time.astimezone(timezone.utc).date()
    if period is Period.DAY:
        return day.isoformat()
    if period is Period.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"
