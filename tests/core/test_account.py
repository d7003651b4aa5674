"""The account as a whole: whatever it is asked, in whatever order, its promises hold."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given

from esbank_core import (
    ACCOUNT,
    Command,
    Event,
    MemoryStore,
    Metadata,
    Rejection,
    State,
    handle,
)
from esbank_core.bank.commands import ReturnTransfer
from esbank_core.bank.events import TransferReturned
from esbank_core.bank.rejections import RejectionCode
from esbank_core.bank.states import NO_ACCOUNT, Closed, balance_in
from tests.core.histories import NOON
from tests.core.strategies import stories


def told(story: list[Command]) -> Iterator[tuple[State, Command, list[Event] | Rejection, State]]:
    """Each command of a story: the state before, what was decided, and the state after."""
    states: dict[str, State] = {}
    for command in story:
        before = states.get(command.account_id, NO_ACCOUNT)
        decided = ACCOUNT.decide(command, before)
        after = before if isinstance(decided, Rejection) else ACCOUNT.fold(decided, before)
        states[command.account_id] = after
        yield before, command, decided if isinstance(decided, Rejection) else list(decided), after


@given(stories)
def test_the_rules_let_no_balance_go_below_zero(story: list[Command]) -> None:
    assert all(balance_in(after) >= 0 for _, _, _, after in told(story))


@given(stories)
def test_a_closed_account_is_empty_but_for_what_came_back(story: list[Command]) -> None:
    came_back: dict[str, int] = {}
    for before, command, decided, after in told(story):
        if isinstance(before, Closed) and isinstance(command, ReturnTransfer):
            came_back[command.account_id] = came_back.get(command.account_id, 0) + command.amount
        if isinstance(after, Closed):
            assert after.balance == came_back.get(command.account_id, 0)
        if isinstance(before, Closed):
            assert isinstance(decided, Rejection) or isinstance(decided[0], TransferReturned)


@given(stories)
def test_every_rejection_has_a_stable_code_and_a_sentence(story: list[Command]) -> None:
    for _, _, decided, _ in told(story):
        if isinstance(decided, Rejection):
            assert decided.code in list(RejectionCode)
            assert decided.sentence.strip()


@given(stories)
def test_a_store_holds_just_what_was_decided(story: list[Command]) -> None:
    store: MemoryStore[Event] = MemoryStore()
    for _, command, decided, after in told(story):
        before = list(store.read())
        answer = handle(store, ACCOUNT, command.account_id, command, Metadata(NOON))
        if isinstance(decided, Rejection):
            assert answer == decided
            assert list(store.read()) == before
        else:
            assert [recorded.event for recorded in answer] == decided
            assert list(store.read()) == [*before, *answer]
        stream = store.read_stream(command.account_id)
        assert ACCOUNT.fold(recorded.event for recorded in stream) == after
