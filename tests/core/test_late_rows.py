"""Order against time, names against identity: what a question answers is when, and who.

A late row is an event of an earlier time than those that stand before it, as every file has that
was merged from several. It counts when it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import (
    DepositMoney,
    Ledger,
    OpenAccount,
    RenameOwner,
    SendTransfer,
    WithdrawMoney,
    empty_ledger,
)
from esbank_core.bank.events import (
    AccountClosed,
    AccountOpened,
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReturned,
    TransferSent,
)
from esbank_core.kernel.recorded import Metadata, record
from esbank_core.questions.ask import Answer, ask
from esbank_core.questions.bank.conditions import gap_above
from esbank_core.questions.bank.pairs import OneFollowedByAnother, RoundTrips, WithdrewAfterDeposit
from esbank_core.questions.bank.questions import (
    BalanceOverTime,
    DormantAccounts,
    Flows,
    LargestMovements,
    Period,
)
from esbank_core.questions.bank.statement import BackwardsPeriodError, statement
from esbank_core.questions.moments import moments
from tests.core.histories import Bank, ledgers

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)


def told(*rows: tuple[datetime, str, Event]) -> Ledger:
    """A ledger of rows in this order, whatever their times."""
    ledger = empty_ledger()
    for time, account, event in rows:
        ledger = ledger.extend(
            record(
                [event],
                Metadata(time),
                stream_id=account,
                version=ledger.version_of(account),
                position=ledger.head,
            )
        )
    return ledger


def in_this_order(ledger: Ledger, order: Iterable[int]) -> Ledger:
    rows = [ledger.recorded[nth] for nth in order]
    return told(*((row.time, row.stream_id, row.event) for row in rows))


def spread(ledger: Ledger) -> Ledger:
    """The same events, each at an instant of its own."""
    return told(
        *(
            (row.time + timedelta(microseconds=row.position), row.stream_id, row.event)
            for row in ledger.recorded
        )
    )


def rows_by_time(answer: Answer) -> list[tuple[object, ...]]:
    """The rows without what is a matter of place: positions, and what an owner was called."""
    kept = [
        nth
        for nth, column in enumerate(answer.columns)
        if column.unit != "position" and column.name != "owner"
    ]
    return [tuple(row[nth] for nth in kept) for row in answer.rows]


QUESTIONS = [
    lambda: WithdrewAfterDeposit(20 * MINUTE),
    lambda: OneFollowedByAnother("MoneyDeposited", "TransferSent", 60 * MINUTE),
    RoundTrips,
    BalanceOverTime,
    lambda: BalanceOverTime("ACC-1"),
    lambda: Flows(Period.DAY),
    LargestMovements,
]


@pytest.mark.parametrize("question", QUESTIONS)
@given(ledger=ledgers().map(spread), data=st.data())
def test_no_answer_depends_on_the_order_of_the_rows(question, ledger: Ledger, data) -> None:
    shuffled = in_this_order(ledger, data.draw(st.permutations(range(ledger.head))))
    before, after = ask(ledger, question()), ask(shuffled, question())
    assert rows_by_time(after) == rows_by_time(before)
    assert after.gist == before.gist


@given(ledger=ledgers().map(spread), data=st.data())
def test_nor_does_any_statement(ledger: Ledger, data) -> None:
    shuffled = in_this_order(ledger, data.draw(st.permutations(range(ledger.head))))
    account = data.draw(st.sampled_from(sorted(ledger.places)))
    since = ledger.recorded[0].time + MINUTE * data.draw(st.integers(0, 300))
    before, after = statement(ledger, account, since), statement(shuffled, account, since)
    assert (after.opening, after.closing) == (before.opening, before.closing)
    assert [(entry.time, entry.flow, entry.balance) for entry in after.entries] == [
        (entry.time, entry.flow, entry.balance) for entry in before.entries
    ]


def test_a_late_row_makes_no_account_idle() -> None:
    ledger = told(
        (YEAR, "A", AccountOpened("Ada", "EUR")),
        (YEAR + 200 * DAY, "A", MoneyDeposited(5)),
        (YEAR + 1 * DAY, "A", MoneyDeposited(7)),  # a late row of January stands last
        (YEAR + 1 * DAY, "B", AccountOpened("Grace", "EUR")),
    )
    answer = ask(ledger, DormantAccounts(90 * DAY))
    assert [row[0] for row in answer.rows] == ["B"]


def test_idle_as_of_an_instant_knows_nothing_later() -> None:
    ledger = told(
        (YEAR, "A", AccountOpened("Ada", "EUR")),
        (YEAR + 200 * DAY, "A", AccountClosed()),
        (YEAR + 1 * DAY, "A", MoneyDeposited(7)),
    )
    answer = ask(ledger, DormantAccounts(90 * DAY, now=YEAR + 100 * DAY))
    assert [(row[0], row[5]) for row in answer.rows] == [("A", 7)]
    assert ask(ledger, DormantAccounts(90 * DAY, now=YEAR + 400 * DAY)).rows == ()


def test_a_deposit_that_stands_after_its_withdrawal_still_came_before() -> None:
    ledger = told(
        (YEAR, "A", AccountOpened("Ada", "EUR")),
        (YEAR + 3 * MINUTE, "A", MoneyWithdrawn(5)),
        (YEAR + 1 * MINUTE, "A", MoneyDeposited(7)),
    )
    answer = ask(ledger, WithdrewAfterDeposit())
    assert [row[6] for row in answer.rows] == [120_000]


def test_one_renamed_owner_is_one_and_two_of_one_name_are_two() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(OpenAccount("B", "Ada King"))
    bank.do(DepositMoney("A", 10)).do(WithdrawMoney("A", 1)).do(RenameOwner("A", "Ada King"))
    bank.do(DepositMoney("A", 10)).do(WithdrawMoney("A", 1))
    assert ask(bank.ledger, WithdrewAfterDeposit()).gist["accounts"] == 1
    bank.do(DepositMoney("B", 10)).do(WithdrawMoney("B", 1))
    assert ask(bank.ledger, WithdrewAfterDeposit()).gist["accounts"] == 2


def test_money_that_was_returned_went_nowhere() -> None:
    ledger = told(
        (YEAR, "A", AccountOpened("Ada", "EUR")),
        (YEAR, "B", AccountOpened("Grace", "EUR")),
        (YEAR + MINUTE, "A", TransferSent(5, "T-1", "B")),
        (YEAR + MINUTE, "A", TransferReturned(5, "T-1", "closed")),
        (YEAR + 2 * MINUTE, "B", TransferSent(5, "T-2", "A")),
    )
    assert ask(ledger, RoundTrips()).rows == ()


def test_money_has_the_accounts_currency_also_before_the_row_of_its_opening() -> None:
    ledger = told(
        (YEAR + MINUTE, "A", MoneyDeposited(500)),
        (YEAR, "A", AccountOpened("Ada", "JPY")),
    )
    for question in (Flows(), LargestMovements(), BalanceOverTime()):
        answer = ask(ledger, question)
        at = [column.name for column in answer.columns].index("currency")
        assert [row[at] for row in answer.rows] == ["JPY"]


def test_a_late_row_neither_ends_a_gap_nor_begins_one() -> None:
    bank = Bank(YEAR).do(OpenAccount("A", "Ada")).do(DepositMoney("A", 9), after=60 * DAY)
    bank.happened("A", [MoneyDeposited(1)], at=YEAR + DAY)
    bank.do(SendTransfer("A", 1, "T", "B"), after=DAY)
    found = [change.recorded.position for change in moments(bank.ledger, gap_above(30 * DAY))]
    assert found == [2]


def test_a_statement_cannot_end_before_it_begins() -> None:
    ledger = told((YEAR, "A", AccountOpened("Ada", "EUR")))
    with pytest.raises(BackwardsPeriodError, match="before it begins"):
        statement(ledger, "A", YEAR + DAY, YEAR)
    assert statement(ledger, "A", YEAR, YEAR).entries == ()
