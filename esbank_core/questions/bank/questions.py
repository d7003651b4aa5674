"""Questions to a bank's history that nobody had planned for when the events were written.

Each is a class of two functions (``ask``). What comes before what is a matter of time, not of
position: a late row, whose time is earlier than that of the rows before it, counts when it
happened. Who is who is a matter of accounts, not of names. Amounts are in minor units of the
row's currency; days, weeks and months are those of UTC; a gist holds counts, and spans in
milliseconds.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from heapq import nsmallest
from typing import Final

from esbank_core.bank.evolve import evolve
from esbank_core.bank.states import NO_ACCOUNT, Closed, NoAccount, State
from esbank_core.bank.views import moves_money, type_of
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import OPAQUE
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
from esbank_core.questions.followed_by import when

_NEVER: Final = datetime.min.replace(tzinfo=timezone.utc)


class BalanceOverTime:
    """The balance of an account, or of each, after every event that moved money."""

    def __init__(self, account_id: StreamId | None = None) -> None:
        self._account_id = account_id
        self._changes: list[BankChange] = []
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        recorded = change.recorded
        if self._account_id in (None, recorded.stream_id) and moves_money(recorded.event):
            self._changes.append(change)

    def answer(self) -> Answer:
        """One row an event that moved money, in order of time."""
        columns = (
            Column("account_id"),
            Column("position", "position"),
            Column("time", INSTANT),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        )
        balances: Counter[StreamId] = Counter()
        rows: list[tuple[Cell, ...]] = []
        for change in sorted(self._changes, key=when):
            recorded = change.recorded
            balances[recorded.stream_id] += flow_of(change)
            rows.append(
                (
                    recorded.stream_id,
                    recorded.position,
                    recorded.time,
                    balances[recorded.stream_id],
                    self._currencies.of(change),
                )
            )
        return Answer(columns, tuple(rows))


class Period(StrEnum):
    """How long the periods are that flows are added up in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Flows:
    """What came in and went out, by day, ISO week or month."""

    def __init__(self, period: Period = Period.MONTH) -> None:
        self._period = period
        self._changes: list[tuple[str, BankChange]] = []
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        if moves_money(change.recorded.event):
            self._changes.append((_period_of(change.recorded.time, self._period), change))

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
        came_in: Counter[tuple[str, str]] = Counter()
        went_out: Counter[tuple[str, str]] = Counter()
        events: Counter[tuple[str, str]] = Counter()
        for period, change in self._changes:
            moved = flow_of(change)
            key = (period, self._currencies.of(change))
            events[key] += 1
            came_in[key] += max(moved, 0)
            went_out[key] += max(-moved, 0)
        rows = tuple(
            (key[0], came_in[key], went_out[key], came_in[key] - went_out[key], key[1], count)
            for key, count in sorted(events.items())
        )
        return Answer(columns, rows)


class LargestMovements:
    """The events that moved most money, in each currency."""

    def __init__(self, count: int = 10) -> None:
        self._count = count
        self._changes: list[BankChange] = []
        self._currencies = Currencies()

    def see(self, change: BankChange) -> None:
        """Take notice of the next change."""
        self._currencies.see(change)
        if moves_money(change.recorded.event):
            self._changes.append(change)

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
        for change in self._changes:
            movements.setdefault(self._currencies.of(change), []).append(change)
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
            for change in nsmallest(
                self._count, changes, key=lambda change: (-abs(flow_of(change)), *when(change))
            )
        )
        return Answer(columns, rows)


class DormantAccounts:
    """Accounts, not closed, in which nothing has happened for a time.

    ``now`` is the instant from which to look back, and nothing later counts; by default it is
    the time of the latest event.
    """

    def __init__(self, idle: timedelta = timedelta(days=90), now: datetime | None = None) -> None:
        self._idle = idle
        self._now = now
        self._last: dict[StreamId, datetime] = {}
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
        self._last[account_id] = max(time, self._last.get(account_id, time))

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
        rows: list[tuple[Cell, ...]] = []
        now = self._now or max(self._last.values(), default=_NEVER)
        for account_id, last in sorted(self._last.items(), key=lambda entry: entry[1]):
            state = self._states[account_id]
            if now - last > self._idle and not isinstance(state, Closed | NoAccount):
                idle = milliseconds(now - last)
                rows.append((account_id, state.owner, last, idle, state.balance, state.currency))
        return Answer(columns, tuple(rows), gist(self._idle, accounts=len(rows)))


def _period_of(time: datetime, period: Period) -> str:
    day = time.astimezone(timezone.utc).date()
    if period is Period.DAY:
        return day.isoformat()
    if period is Period.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"
