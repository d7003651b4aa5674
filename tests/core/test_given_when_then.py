"""The kit itself: a story that holds says nothing, one that does not tells what came instead."""

from __future__ import annotations

import doctest
from typing import NamedTuple

import pytest

from esbank_core import ACCOUNT, DepositMoney, RenameOwner, WithdrawMoney
from esbank_core.bank.events import AccountOpened, MoneyDeposited
from esbank_core.kernel import given_when_then
from esbank_core.kernel.decider import Decider
from esbank_core.kernel.given_when_then import Stories

given = Stories(ACCOUNT).given
OPENED = AccountOpened("Ada", "USD")


def test_the_domain_of_ones_own_in_the_documentation_works() -> None:
    outcome = doctest.testmod(given_when_then)
    assert outcome.attempted
    assert not outcome.failed


def test_a_broken_story_tells_itself_and_what_came_instead() -> None:
    with pytest.raises(AssertionError) as broken:
        given(OPENED).when(DepositMoney("ACC-1", 5)).then(MoneyDeposited(5), MoneyDeposited(6))
    assert str(broken.value) == (
        "The story does not hold.\n"
        "  Given\n"
        "    AccountOpened(owner='Ada', currency='USD')\n"
        "  when\n"
        "    DepositMoney(account_id='ACC-1', amount=5, note='')\n"
        "  then\n"
        "    MoneyDeposited(amount=5, note='')\n"
        "    MoneyDeposited(amount=6, note='')\n"
        "  but it was\n"
        "    MoneyDeposited(amount=5, note='')"
    )


def test_a_rejection_is_not_the_events_that_were_expected() -> None:
    with pytest.raises(AssertionError, match=r"but it was\n +rejected as insufficient-funds: The"):
        given(OPENED).when(WithdrawMoney("ACC-1", 5)).then(MoneyDeposited(5))


def test_a_rejection_for_another_reason_is_not_the_one_expected() -> None:
    with pytest.raises(AssertionError, match=r"Given\n    nothing\n(.|\n)*as account-not-open: "):
        given().when(WithdrawMoney("ACC-1", 5)).then_rejected("insufficient-funds")


def test_a_rejection_in_other_words_is_not_the_one_expected() -> None:
    story = given().when(WithdrawMoney("ACC-1", 5))
    story.then_rejected("account-not-open")
    story.then_rejected("account-not-open", "There is no account ACC-1. Open it first.")
    with pytest.raises(AssertionError, match=r"then\n    rejected as account-not-open: Go away\."):
        story.then_rejected("account-not-open", "Go away.")


def test_an_event_is_not_the_rejection_that_was_expected() -> None:
    with pytest.raises(AssertionError, match=r"then\n    rejected as no-more\n  but it was\n"):
        given(OPENED).when(DepositMoney("ACC-1", 5)).then_rejected("no-more")


def test_nothing_is_neither_an_event_nor_a_rejection() -> None:
    given(OPENED).when(RenameOwner("ACC-1", "Ada")).then_nothing_happened()
    for something in (RenameOwner("ACC-1", "Grace"), RenameOwner("ACC-1", "")):
        with pytest.raises(AssertionError, match=r"then\n    nothing\n"):
            given(OPENED).when(something).then_nothing_happened()


def test_an_event_that_does_not_follow_is_missed() -> None:
    with pytest.raises(AssertionError, match=r"but it was\n    nothing$"):
        given(OPENED).when(RenameOwner("ACC-1", "Ada")).then(OPENED)


class Up(NamedTuple):
    by: int


class Down(NamedTuple):
    by: int


def test_equal_tuples_of_two_types_are_two_events() -> None:
    counter: Decider[str, int, Up | Down] = Decider(
        decide=lambda command, count: [Up(1) if command == "up" else Down(1)],
        evolve=lambda count, event: count + event.by,
        initial_state=0,
        is_terminal=lambda count: False,
    )
    story = Stories(counter).given().when("up")
    story.then(Up(1))
    with pytest.raises(AssertionError, match=r"then\n    Down\(by=1\)\n  but it was\n    Up"):
        story.then(Down(1))
