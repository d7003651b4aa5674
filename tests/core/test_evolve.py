"""Evolve: what each event makes of an account, and that no history is too strange for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import ACCOUNT, Event
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.examples import A_TRANSFER, GRACE
from esbank_core.bank.states import (
    NO_ACCOUNT,
    Closed,
    Frozen,
    Open,
    State,
    balance_in,
    currency_in,
)
from tests.core.strategies import events

OPEN = Open("Ada", "EUR", 50)
FROZEN = Frozen("Ada", "EUR", 50, "card lost")
CLOSED = Closed("Ada", "EUR", 50)


@pytest.mark.parametrize(
    ("event", "when_open", "when_frozen", "when_closed"),
    [
        (
            AccountOpened("Grace", "USD"),
            Open("Grace", "USD", 50),
            Open("Grace", "USD", 50),
            Open("Grace", "USD", 50),
        ),
        (
            OwnerRenamed("Grace"),
            Open("Grace", "EUR", 50),
            Frozen("Grace", "EUR", 50, "card lost"),
            Closed("Grace", "EUR", 50),
        ),
        (
            MoneyDeposited(7),
            Open("Ada", "EUR", 57),
            Frozen("Ada", "EUR", 57, "card lost"),
            Closed("Ada", "EUR", 57),
        ),
        (
            MoneyWithdrawn(7),
            Open("Ada", "EUR", 43),
            Frozen("Ada", "EUR", 43, "card lost"),
            Closed("Ada", "EUR", 43),
        ),
        (
            TransferSent(7, A_TRANSFER, GRACE),
            Open("Ada", "EUR", 43),
            Frozen("Ada", "EUR", 43, "card lost"),
            Closed("Ada", "EUR", 43),
        ),
        (
            TransferReceived(7, A_TRANSFER, GRACE),
            Open("Ada", "EUR", 57),
            Frozen("Ada", "EUR", 57, "card lost"),
            Closed("Ada", "EUR", 57),
        ),
        (
            TransferReturned(7, A_TRANSFER, "closed"),
            Open("Ada", "EUR", 57),
            Frozen("Ada", "EUR", 57, "card lost"),
            Closed("Ada", "EUR", 57),
        ),
        (
            AccountFrozen("stolen"),
            Frozen("Ada", "EUR", 50, "stolen"),
            Frozen("Ada", "EUR", 50, "stolen"),
            Frozen("Ada", "EUR", 50, "stolen"),
        ),
        (AccountUnfrozen(), OPEN, OPEN, OPEN),
        (AccountClosed(), CLOSED, CLOSED, CLOSED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_an_event_makes_of_an_account(
    event: Event, when_open: State, when_frozen: State, when_closed: State
) -> None:
    assert ACCOUNT.evolve(OPEN, event) == when_open
    assert ACCOUNT.evolve(FROZEN, event) == when_frozen
    assert ACCOUNT.evolve(CLOSED, event) == when_closed


def test_an_account_starts_with_nothing_in_it() -> None:
    assert ACCOUNT.fold([AccountOpened("Ada", "EUR")]) == Open("Ada", "EUR", 0)


def test_history_may_hold_what_the_rules_would_refuse_today() -> None:
    assert ACCOUNT.fold([AccountOpened("Ada", "EUR"), MoneyWithdrawn(5)]) == Open("Ada", "EUR", -5)


def test_money_that_came_before_the_opening_is_still_there() -> None:
    history = [MoneyDeposited(5), AccountOpened("Ada", "EUR")]
    assert ACCOUNT.fold(history[:1]) == Open("", "XXX", 5)
    assert ACCOUNT.fold(history) == Open("Ada", "EUR", 5)


def test_only_a_closed_account_has_ended() -> None:
    assert ACCOUNT.is_terminal(CLOSED)
    assert not any(map(ACCOUNT.is_terminal, (NO_ACCOUNT, OPEN, FROZEN)))


def test_no_account_holds_nothing_in_no_currency() -> None:
    assert balance_in(NO_ACCOUNT) == 0
    assert currency_in(NO_ACCOUNT).code == "XXX"


INCOMING = MoneyDeposited | TransferReceived | TransferReturned
OUTGOING = MoneyWithdrawn | TransferSent


@given(st.lists(events))
def test_any_history_is_replayed_and_the_balance_is_its_sum(history: list[Event]) -> None:
    money_in = sum(event.amount for event in history if isinstance(event, INCOMING))
    money_out = sum(event.amount for event in history if isinstance(event, OUTGOING))
    assert balance_in(ACCOUNT.fold(history)) == money_in - money_out


@given(st.lists(events), st.lists(events))
def test_a_fold_can_be_interrupted_and_goes_on(earlier: list[Event], later: list[Event]) -> None:
    assert ACCOUNT.fold(later, ACCOUNT.fold(earlier)) == ACCOUNT.fold(earlier + later)
