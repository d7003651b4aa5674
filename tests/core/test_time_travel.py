"""Time travel: states of the past, what changed, and every moment a condition turns true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import (
    ACCOUNT,
    CloseAccount,
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
    RenameOwner,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import AccountClosed, MoneyDeposited, MoneyWithdrawn
from esbank_core.bank.states import NO_ACCOUNT, Open
from esbank_core.questions.as_of import (
    Difference,
    differences,
    state_as_of_version,
    states_as_of_instant,
    states_as_of_position,
    status_of,
)
from esbank_core.questions.bank.conditions import (
    balance_below,
    balance_changed_by_more_than,
    closed_with_money,
    frozen,
    gap_above,
    out_of_time_order,
)
from esbank_core.questions.moments import Condition, all_of, moments, when
from tests.core.histories import NOON, Bank, ledgers

DAY = timedelta(days=1)


def positions(ledger: Ledger, condition, stream_id=None) -> list[int]:
    return [change.recorded.position for change in moments(ledger, condition, stream_id)]


def story() -> Bank:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(DepositMoney("ACC-1", 100_00))
    return bank.do(WithdrawMoney("ACC-1", 60_00)).do(RenameOwner("ACC-1", "Ada King"))


# States of the past.


@given(ledgers(), st.data())
def test_a_state_of_the_past_is_the_fold_up_to_there(ledger: Ledger, data) -> None:
    position = data.draw(st.integers(0, ledger.head))
    folds = {}
    for recorded in ledger.recorded[:position]:
        before = folds.get(recorded.stream_id, NO_ACCOUNT)
        folds[recorded.stream_id] = ACCOUNT.evolve(before, recorded.event)
    assert states_as_of_position(ledger, position) == folds
    for stream_id in folds:
        version = ledger.version_of(stream_id, position)
        assert state_as_of_version(ledger, stream_id, version) == folds[stream_id]


@given(ledgers(), st.data())
def test_as_of_an_instant_is_what_had_happened_by_then(ledger: Ledger, data) -> None:
    instant = NOON + timedelta(minutes=data.draw(st.integers(-1, 600)))
    count = sum(recorded.time <= instant for recorded in ledger.recorded)
    assert states_as_of_instant(ledger, instant) == states_as_of_position(ledger, count)


def test_as_of_an_instant_counts_by_time_where_events_are_out_of_order() -> None:
    bank = story()
    bank.happened("ACC-1", [MoneyDeposited(5_00)], at=NOON)  # before everything else
    assert states_as_of_instant(bank.ledger, NOON)["ACC-1"].balance == 5_00
    at_the_opening = states_as_of_instant(bank.ledger, NOON + timedelta(minutes=1))
    assert at_the_opening == {"ACC-1": Open("Ada", "USD", 5_00)}


def test_version_0_is_before_any_event() -> None:
    ledger = story().ledger
    assert state_as_of_version(ledger, "ACC-1", 0) == NO_ACCOUNT
    assert state_as_of_version(ledger, "ACC-9", 3) == NO_ACCOUNT
    assert state_as_of_version(ledger, "ACC-1", 2) == Open("Ada", "USD", 100_00)


def test_changes_are_the_same_one_by_one_and_in_a_row() -> None:
    ledger = story().do(OpenAccount("ACC-2", "Grace")).do(DepositMoney("ACC-1", 1)).ledger
    assert list(ledger.changes()) == [ledger.change_at(n) for n in range(1, ledger.head + 1)]


# What changed.


def test_differences_are_told_field_by_field() -> None:
    bank = story().do(FreezeAccount("ACC-1", "card lost"))
    assert differences(bank.ledger, 2, 5) == (
        Difference("ACC-1", "status", "open", "frozen"),
        Difference("ACC-1", "owner", "Ada", "Ada King"),
        Difference("ACC-1", "balance", 100_00, 40_00),
        Difference("ACC-1", "reason", None, "card lost"),
    )


def test_differences_run_backwards_as_well() -> None:
    ledger = story().ledger
    assert differences(ledger, 3, 0) == (
        Difference("ACC-1", "status", "open", None),
        Difference("ACC-1", "owner", "Ada", None),
        Difference("ACC-1", "currency", "USD", None),
        Difference("ACC-1", "balance", 40_00, None),
    )


@given(ledgers(), st.data())
def test_nothing_differs_from_itself_and_back_is_the_reverse(ledger: Ledger, data) -> None:
    a, b = data.draw(st.tuples(*[st.integers(0, ledger.head)] * 2))
    assert differences(ledger, a, a) == ()
    back = {(d.stream_id, d.field, d.after, d.before) for d in differences(ledger, b, a)}
    assert {(d.stream_id, d.field, d.before, d.after) for d in differences(ledger, a, b)} == back


def test_a_status_is_said_in_words() -> None:
    assert status_of(NO_ACCOUNT) == "no account"
    assert status_of(Open("", "USD", 0)) == "open"


# Moments.


def test_every_moment_is_found_not_only_the_first() -> None:
    bank = story()  # opened: 0.00; then 100.00, 40.00, 40.00
    bank.do(DepositMoney("ACC-1", 50_00)).do(WithdrawMoney("ACC-1", 80_00))
    bank.do(WithdrawMoney("ACC-1", 1_00))
    assert positions(bank.ledger, balance_below(50_00)) == [1, 3, 6]


def test_an_account_overdrawn_for_a_day_is_found() -> None:
    bank = story().happened("ACC-1", [MoneyWithdrawn(50_00), MoneyDeposited(50_00)])
    assert positions(bank.ledger, balance_below(0)) == [5]


def test_a_condition_is_followed_account_by_account() -> None:
    bank = story().do(OpenAccount("ACC-2", "Grace"))
    bank.do(FreezeAccount("ACC-1")).do(FreezeAccount("ACC-2")).do(DepositMoney("ACC-1", 1))
    bank.do(UnfreezeAccount("ACC-1")).do(FreezeAccount("ACC-1"))
    assert positions(bank.ledger, frozen()) == [6, 7, 10]
    assert positions(bank.ledger, frozen(), "ACC-2") == [7]
    assert positions(bank.ledger, frozen(), "ACC-9") == []


def test_what_is_over_as_it_happens_has_a_moment_each_time() -> None:
    bank = story().do(DepositMoney("ACC-1", 60_01)).do(DepositMoney("ACC-1", 60_01))
    assert positions(bank.ledger, balance_changed_by_more_than(60_00)) == [2, 5, 6]


def test_closed_with_money() -> None:
    bank = story().happened("ACC-1", [AccountClosed()]).do(OpenAccount("ACC-2", "Grace"))
    bank.do(CloseAccount("ACC-2"))
    assert positions(bank.ledger, closed_with_money()) == [5]


def test_gaps_and_events_out_of_order_are_between_neighbours() -> None:
    bank = story().do(DepositMoney("ACC-1", 1), after=DAY).do(OpenAccount("ACC-2", "Grace"))
    bank.happened("ACC-2", [MoneyDeposited(7)], at=NOON)
    bank.do(DepositMoney("ACC-1", 1), after=DAY)
    assert positions(bank.ledger, gap_above(DAY - timedelta(seconds=1))) == [5, 8]
    assert positions(bank.ledger, gap_above(3 * DAY)) == []
    assert positions(bank.ledger, out_of_time_order()) == [7]
    assert positions(bank.ledger, out_of_time_order(), "ACC-1") == []


def test_any_predicate_will_do() -> None:
    large = when(
        lambda before, event, after: isinstance(event, MoneyWithdrawn) and event.amount > 50_00,
        lasts=False,
    )
    assert positions(story().ledger, large) == [3]


def test_conditions_are_combined() -> None:
    bank = story().do(FreezeAccount("ACC-1")).do(DepositMoney("ACC-1", 100_00))
    assert positions(bank.ledger, all_of(frozen(), balance_below(50_00))) == [5]
    assert positions(bank.ledger, all_of(frozen(), balance_changed_by_more_than(1))) == [6]


@given(ledgers(), st.integers(0, 600_00))
def test_moments_are_where_a_plain_scan_says(ledger: Ledger, limit: int) -> None:
    was_below, expected = {}, []
    for recorded, state in zip(ledger.recorded, ledger.states, strict=True):
        is_below = state.balance < limit
        if is_below and not was_below.get(recorded.stream_id, False):
            expected.append(recorded.position)
        was_below[recorded.stream_id] = is_below
    assert positions(ledger, balance_below(limit)) == expected


def test_a_condition_may_look_at_the_recorded_event() -> None:
    at_noon = Condition(lambda step: step.change.recorded.actor is not None, lasts=True)
    assert positions(story().ledger, at_noon) == [1]


def test_a_position_beyond_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        story().ledger.change_at(9)
