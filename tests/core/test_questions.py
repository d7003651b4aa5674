"""Questions nobody planned for, and answers in plain rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CloseAccount, DepositMoney, Ledger, OpenAccount, SendTransfer, WithdrawMoney
from esbank_core.bank.account import empty_ledger
from esbank_core.bank.events import AccountOpened, MoneyDeposited, MoneyWithdrawn
from esbank_core.bank.states import balance_in
from esbank_core.kernel.identity import Position
from esbank_core.questions.ask import Answer, Asked, Column, ask
from esbank_core.questions.bank.pairs import OneFollowedByAnother, RoundTrips, WithdrewAfterDeposit
from esbank_core.questions.bank.questions import (
    BalanceOverTime,
    DormantAccounts,
    Flows,
    LargestMovements,
    Period,
)
from esbank_core.questions.bank.statement import NoSuchAccountError, statement
from esbank_core.questions.followed_by import FollowedBy, stream_of
from esbank_core.questions.wording.misread import MisreadError
from esbank_core.questions.wording.questions import FORMS, parse_question
from tests.core.histories import NOON, Bank, ledgers

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
QUESTIONS = [
    WithdrewAfterDeposit,
    BalanceOverTime,
    Flows,
    LargestMovements,
    DormantAccounts,
    RoundTrips,
    lambda: OneFollowedByAnother("AccountOpened", "MoneyDeposited", DAY),
]


def cells(answer: Answer, *names: str) -> list[tuple[object, ...]]:
    at = [[column.name for column in answer.columns].index(name) for name in names]
    return [tuple(row[nth] for nth in at) for row in answer.rows]


def two_accounts() -> Bank:
    return Bank().do(OpenAccount("ACC-1", "Ada")).do(OpenAccount("ACC-2", "Grace"))


@given(ledgers(), st.sampled_from(QUESTIONS))
def test_every_row_has_a_cell_for_every_column(ledger: Ledger, question) -> None:
    answer = ask(ledger, question())
    for row in answer.rows:
        assert len(row) == len(answer.columns)
        for cell, column in zip(row, answer.columns, strict=True):
            assert isinstance(cell, datetime) == (column.unit == "RFC 3339")
            assert isinstance(cell, int) == (
                column.unit in ("minor units", "ms", "position", "events")
            )


def test_who_withdrew_within_five_minutes_of_depositing() -> None:
    bank = two_accounts().do(DepositMoney("ACC-1", 100)).do(DepositMoney("ACC-2", 100))
    bank.do(WithdrawMoney("ACC-1", 30), after=4 * MINUTE)  # 5 minutes after
    bank.do(WithdrawMoney("ACC-2", 30), after=MINUTE)  # 5 minutes after
    bank.do(WithdrawMoney("ACC-2", 30), after=timedelta(milliseconds=1))  # a little later
    bank.do(WithdrawMoney("ACC-1", 30), after=DAY)
    answer = ask(bank.ledger, WithdrewAfterDeposit())
    assert cells(answer, "owner", "gap", "withdrew") == [
        ("Ada", 300_000, 30),
        ("Grace", 300_000, 30),
    ]
    assert answer.gist == {"within": 300_000, "times": 2, "accounts": 2}


@given(ledgers(), st.integers(0, 120))
def test_followed_by_is_what_a_plain_loop_finds(ledger: Ledger, minutes: int) -> None:
    within = timedelta(minutes=minutes)
    pairs = FollowedBy(
        stream_of(MoneyDeposited), stream_of(MoneyWithdrawn), within, lambda pair: pair
    )
    for change in ledger.changes():
        pairs.see(change)
    expected = []
    for then in ledger.recorded:
        if isinstance(then.event, MoneyWithdrawn):
            deposits = [
                first
                for first in ledger.recorded[: then.position]
                if isinstance(first.event, MoneyDeposited) and first.stream_id == then.stream_id
            ]
            if deposits and then.time - deposits[-1].time <= within:
                expected.append((deposits[-1].position, then.position))
    found = [(pair.first.recorded.position, pair.then.recorded.position) for pair in pairs.found]
    assert found == expected


def test_what_happened_before_in_time_does_not_follow() -> None:
    bank = two_accounts().do(DepositMoney("ACC-1", 100))
    bank.happened("ACC-1", [MoneyWithdrawn(1)], at=NOON)
    assert ask(bank.ledger, WithdrewAfterDeposit(DAY)).rows == ()


def test_money_that_comes_back_is_a_round_trip() -> None:
    bank = two_accounts().do(DepositMoney("ACC-1", 100))
    bank.do(SendTransfer("ACC-1", 70, "T-1", "ACC-2")).do(SendTransfer("ACC-2", 60, "T-2", "ACC-1"))
    answer = ask(bank.ledger, RoundTrips())
    assert cells(answer, "account_id", "other_account_id", "sent", "came_back", "gap") == [
        ("ACC-1", "ACC-2", 70, 60, 60_000)
    ]


def test_flows_add_up_by_day_week_and_month() -> None:
    bank = Bank(datetime(2026, 12, 31, 22, 0, tzinfo=timezone.utc)).do(OpenAccount("ACC-1", "Ada"))
    bank.do(DepositMoney("ACC-1", 100)).do(WithdrawMoney("ACC-1", 30))
    bank.do(DepositMoney("ACC-1", 7), after=2 * timedelta(hours=1))
    names = ("in", "out", "net", "events", "currency")
    assert cells(ask(bank.ledger, Flows(Period.DAY)), "day", *names) == [
        ("2026-12-31", 100, 30, 70, 2, "USD"),
        ("2027-01-01", 7, 0, 7, 1, "USD"),
    ]
    assert cells(ask(bank.ledger, Flows(Period.WEEK)), "week", *names) == [
        ("2026-W53", 107, 30, 77, 3, "USD")
    ]
    assert cells(ask(bank.ledger, Flows(Period.MONTH)), "month", "net") == [
        ("2026-12", 70),
        ("2027-01", 7),
    ]


@given(ledgers(), st.sampled_from(Period))
def test_all_flows_together_are_all_the_money(ledger: Ledger, period: Period) -> None:
    net = sum(row[0] for row in cells(ask(ledger, Flows(period)), "net"))
    assert net == sum(balance_in(ledger.state_of(stream_id)) for stream_id in ledger.places)


@given(ledgers(), st.integers(1, 5))
def test_the_largest_movements_are_the_largest(ledger: Ledger, count: int) -> None:
    found = [abs(row[0]) for row in cells(ask(ledger, LargestMovements(count)), "flow")]
    sizes = [
        abs(balance_in(change.after) - balance_in(change.before)) for change in ledger.changes()
    ]
    assert found == sorted((size for size in sizes if size), reverse=True)[:count]


def test_of_equal_movements_the_earlier_comes_first() -> None:
    bank = two_accounts()
    for _ in range(1_100):
        bank.do(DepositMoney("ACC-1", 5))
    bank.do(DepositMoney("ACC-2", 6))
    found = cells(ask(bank.ledger, LargestMovements(2)), "position", "flow")
    assert found == [(1103, 6), (3, 5)]


def test_balance_over_time() -> None:
    bank = two_accounts().do(DepositMoney("ACC-1", 100)).do(DepositMoney("ACC-2", 9))
    bank.do(WithdrawMoney("ACC-1", 30))
    names = ("account_id", "position", "balance")
    assert cells(ask(bank.ledger, BalanceOverTime()), *names) == [
        ("ACC-1", 3, 100),
        ("ACC-2", 4, 9),
        ("ACC-1", 5, 70),
    ]
    assert cells(ask(bank.ledger, BalanceOverTime("ACC-2")), *names) == [("ACC-2", 4, 9)]


def test_dormant_accounts_are_neither_closed_nor_busy() -> None:
    bank = two_accounts().do(OpenAccount("ACC-3", "Alan")).do(CloseAccount("ACC-2"))
    bank.do(DepositMoney("ACC-3", 5), after=100 * DAY)
    answer = ask(bank.ledger, DormantAccounts(90 * DAY))
    assert cells(answer, "account_id", "balance") == [("ACC-1", 0)]
    assert answer.gist["accounts"] == 1
    long_after = DormantAccounts(90 * DAY, now=bank.time + 200 * DAY)
    assert [row[0] for row in ask(bank.ledger, long_after).rows] == ["ACC-1", "ACC-3"]
    assert ask(bank.ledger, DormantAccounts(DAY, now=NOON)).rows == ()


def test_any_fold_of_two_functions_is_a_question() -> None:
    class Busiest:
        def __init__(self) -> None:
            self.counts: Counter[str] = Counter()

        def see(self, change) -> None:
            self.counts[change.recorded.stream_id] += 1

        def answer(self) -> Answer:
            columns = (Column("account_id"), Column("events", "events"))
            return Answer(columns, tuple(self.counts.most_common()))

    bank = two_accounts().do(DepositMoney("ACC-2", 5))
    assert ask(bank.ledger, Busiest()).rows == (("ACC-2", 2), ("ACC-1", 1))


# The statement.


def test_a_statement_opens_and_closes_with_what_the_account_held() -> None:
    bank = two_accounts().do(DepositMoney("ACC-1", 100, "salary")).do(WithdrawMoney("ACC-1", 30))
    bank.do(SendTransfer("ACC-1", 20, "T", "ACC-2")).do(DepositMoney("ACC-1", 7))
    times = [recorded.time for recorded in bank.ledger.recorded]
    told = statement(bank.ledger, "ACC-1", times[3], times[6])
    assert (told.opening, told.money_in, told.money_out, told.closing) == (100, 0, 50, 50)
    assert [(entry.type, entry.other, entry.flow, entry.balance) for entry in told.entries] == [
        ("MoneyWithdrawn", None, -30, 70),
        ("TransferSent", "ACC-2", -20, 50),
    ]
    assert (told.owner, told.currency) == ("Ada", "USD")


@given(ledgers(), st.data())
def test_statements_side_by_side_leave_nothing_out(ledger: Ledger, data) -> None:
    account = data.draw(st.sampled_from(sorted(ledger.places)))
    between = NOON + MINUTE * data.draw(st.integers(0, 600))
    whole = statement(ledger, account)
    first, second = statement(ledger, account, None, between), statement(ledger, account, between)
    assert first.closing == second.opening
    assert first.entries + second.entries == whole.entries
    assert whole.closing == balance_in(ledger.state_of(account))
    assert whole.opening + whole.money_in - whole.money_out == whole.closing


def test_a_statement_goes_by_time_where_clocks_disagree() -> None:
    bank = two_accounts().do(DepositMoney("ACC-1", 100))
    bank.happened("ACC-1", [MoneyDeposited(1)], at=NOON)
    told = statement(bank.ledger, "ACC-1", since=NOON + MINUTE)
    assert (told.opening, told.closing) == (1, 101)
    assert [entry.balance for entry in told.entries] == [101]


def test_there_is_no_statement_of_no_account() -> None:
    with pytest.raises(NoSuchAccountError, match="ACC-9"):
        statement(two_accounts().ledger, "ACC-9")


def in_any_order_of_time(ledger: Ledger, minutes: list[int]) -> Ledger:
    """The same history on a clock that jumps."""
    recorded = [
        replace(event, time=event.time + minutes[nth % len(minutes)] * MINUTE)
        for nth, event in enumerate(ledger.recorded)
    ]
    return empty_ledger().extend(recorded)


clocks = st.lists(st.integers(-120, 120), min_size=1, max_size=20)


@given(ledgers(), clocks, st.sampled_from(QUESTIONS), st.lists(st.integers(0, 40), max_size=4))
def test_an_answer_in_between_changes_no_later_one(ledger, clock, question, stops) -> None:
    ledger = in_any_order_of_time(ledger, clock)
    asked = Asked(question())
    for stop in sorted(min(stop, ledger.head) for stop in stops):
        asked = asked.shown(ledger, Position(stop))
        until_then = empty_ledger().extend(ledger.recorded[:stop])
        assert asked.answer() == ask(until_then, question())
    assert asked.shown(ledger).answer() == ask(ledger, question())


@given(ledgers(), clocks, st.integers(0, 120))
def test_followed_by_goes_by_time_and_not_by_place(ledger, clock, minutes) -> None:
    ledger = in_any_order_of_time(ledger, clock)
    within = minutes * MINUTE
    pairs = FollowedBy(
        stream_of(MoneyDeposited), stream_of(MoneyWithdrawn), within, lambda pair: pair
    )
    for change in ledger.changes():
        pairs.see(change)
    in_time = sorted(ledger.recorded, key=lambda event: (event.time, event.position))
    expected = []
    for nth, then in enumerate(in_time):
        if isinstance(then.event, MoneyWithdrawn):
            deposits = [
                first
                for first in in_time[:nth]
                if isinstance(first.event, MoneyDeposited) and first.stream_id == then.stream_id
            ]
            if deposits and then.time - deposits[-1].time <= within:
                expected.append((deposits[-1].position, then.position))
    assert [
        (pair.first.recorded.position, pair.then.recorded.position) for pair in pairs.found
    ] == expected


def test_a_currency_that_becomes_known_late_counts_for_the_rows_before() -> None:
    bank = Bank().happened("ACC-9", [MoneyDeposited(5), MoneyWithdrawn(2)])
    for question in (WithdrewAfterDeposit(), BalanceOverTime()):
        asked = Asked(question).shown(bank.ledger)
        assert {row[-1] for row in asked.answer().rows} == {"XXX"}
        opened = Bank().happened("ACC-9", [MoneyDeposited(5), MoneyWithdrawn(2)])
        opened.happened("ACC-9", [AccountOpened("Ada", "EUR")])
        answer = asked.shown(opened.ledger).answer()
        assert {row[-1] for row in answer.rows} == {"EUR"}
        assert answer == ask(opened.ledger, type(question)())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_question_can_be_asked_with_its_defaults(form) -> None:
    defaults = [parameter.default for parameter in form.parameters]
    question = form.make(defaults)
    assert type(question) is form.question
    assert ask(two_accounts().ledger, question) is not None
    assert type(parse_question([form.name, *defaults])) is form.question
    required = [parameter for parameter in form.parameters if parameter.is_required]
    if required:
        with pytest.raises(MisreadError):
            parse_question([form.name])
    with pytest.raises(MisreadError):
        parse_question([form.name, *defaults, "more"])
