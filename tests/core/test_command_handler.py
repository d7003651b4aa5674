"""Carrying out commands: decided on the present, appended whole, and once for each id."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from esbank_core import (
    ACCOUNT,
    Conflict,
    DepositMoney,
    Event,
    MemoryStore,
    Metadata,
    OpenAccount,
    Rejection,
    RenameOwner,
    WithdrawMoney,
    handle,
)
from esbank_core.bank.events import AccountOpened, MoneyDeposited, MoneyWithdrawn, OwnerRenamed
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.stores.command_handler import ATTEMPTS
from tests.core.histories import NOON

OPENED = AccountOpened("Ada", "USD")


class MeddledStore(MemoryStore[Event]):
    """A store in which others are quicker: they act right before something is written."""

    def __init__(self, meddle: Callable[[MemoryStore[Event]], object], times: int = 1) -> None:
        super().__init__()
        self.meddle = meddle
        self.times = times

    def append(self, *arguments):
        self._let_others_act()
        return super().append(*arguments)

    def remember(self, *arguments):
        self._let_others_act()
        super().remember(*arguments)

    def _let_others_act(self) -> None:
        if self.times:
            self.times -= 1
            times, self.times = self.times, 0
            self.meddle(self)
            self.times = times


def store_with(*events: Event) -> MemoryStore[Event]:
    store: MemoryStore[Event] = MemoryStore()
    store.append("ACC-1", 0, events, Metadata(NOON))
    return store


def ask(store: MemoryStore[Event], command, command_id=None):
    return handle(store, ACCOUNT, "ACC-1", command, Metadata(NOON), command_id)


def events_in(store: MemoryStore[Event]) -> list[Event]:
    return [recorded.event for recorded in store.read()]


def test_what_is_decided_is_appended_and_told() -> None:
    store = store_with(OPENED)
    answer = ask(store, DepositMoney("ACC-1", 5))
    assert list(answer) == list(store.read(after=1))
    assert events_in(store) == [OPENED, MoneyDeposited(5)]


def test_a_rejection_is_told_and_appends_nothing() -> None:
    store = store_with(OPENED)
    answer = ask(store, WithdrawMoney("ACC-1", 5))
    assert isinstance(answer, Rejection)
    assert answer.code == "insufficient-funds"
    assert events_in(store) == [OPENED]


def test_where_nothing_had_to_happen_nothing_is_appended() -> None:
    store = store_with(OPENED)
    assert ask(store, RenameOwner("ACC-1", "Ada")) == ()
    assert events_in(store) == [OPENED]


def test_an_event_of_an_unknown_type_is_passed_over() -> None:
    store = store_with(OPENED, UnknownEvent("Audited", 1, {}), MoneyDeposited(5))
    (withdrawn,) = ask(store, WithdrawMoney("ACC-1", 5))
    assert withdrawn.version == 4


def test_when_the_stream_has_moved_on_the_command_is_decided_again() -> None:
    store = MeddledStore(lambda store: ask(store, WithdrawMoney("ACC-1", 60)), times=0)
    store.append("ACC-1", 0, [OPENED, MoneyDeposited(100)], Metadata(NOON))
    store.times = 1
    answer = ask(store, WithdrawMoney("ACC-1", 60))
    assert isinstance(answer, Rejection)
    assert events_in(store) == [OPENED, MoneyDeposited(100), MoneyWithdrawn(60)]


@pytest.mark.parametrize("others", [1, ATTEMPTS - 1])
def test_it_is_patient(others: int) -> None:
    store = MeddledStore(lambda store: ask(store, DepositMoney("ACC-1", 1)), times=0)
    store.append("ACC-1", 0, [OPENED], Metadata(NOON))
    store.times = others
    (deposited,) = ask(store, DepositMoney("ACC-1", 5))
    assert deposited.version == others + 2


def test_but_not_for_ever() -> None:
    store = MeddledStore(lambda store: ask(store, DepositMoney("ACC-1", 1)), times=0)
    store.append("ACC-1", 0, [OPENED], Metadata(NOON))
    store.times = ATTEMPTS
    with pytest.raises(Conflict):
        ask(store, DepositMoney("ACC-1", 5))
    assert MoneyDeposited(5) not in events_in(store)


# A command that is asked twice.


def test_the_id_of_a_command_is_what_caused_its_events() -> None:
    store = store_with(OPENED)
    (deposited,) = ask(store, DepositMoney("ACC-1", 5), "command-1")
    assert deposited.causation_id == "command-1"


def test_a_command_asked_twice_is_done_once_and_answered_alike() -> None:
    store = store_with(OPENED)
    first = ask(store, DepositMoney("ACC-1", 5), "command-1")
    ask(store, DepositMoney("ACC-1", 7))
    again = ask(store, DepositMoney("ACC-1", 5), "command-1")
    assert list(again) == list(first)
    assert events_in(store) == [OPENED, MoneyDeposited(5), MoneyDeposited(7)]


def test_a_command_that_was_done_is_not_refused_the_second_time() -> None:
    store = store_with(OPENED, MoneyDeposited(5))
    first = ask(store, WithdrawMoney("ACC-1", 5), "command-1")
    assert list(ask(store, WithdrawMoney("ACC-1", 5), "command-1")) == list(first)


def test_a_command_that_was_refused_stays_refused() -> None:
    store = store_with(OPENED)
    first = ask(store, WithdrawMoney("ACC-1", 5), "command-1")
    ask(store, DepositMoney("ACC-1", 5))
    assert isinstance(first, Rejection)
    assert ask(store, WithdrawMoney("ACC-1", 5), "command-1") == first
    assert events_in(store) == [OPENED, MoneyDeposited(5)]


def test_a_command_that_had_nothing_to_do_has_nothing_to_do_for_good() -> None:
    store = store_with(OPENED)
    assert ask(store, RenameOwner("ACC-1", "Ada"), "command-1") == ()
    ask(store, RenameOwner("ACC-1", "Grace"))
    assert ask(store, RenameOwner("ACC-1", "Ada"), "command-1") == ()
    assert events_in(store) == [OPENED, OwnerRenamed("Grace")]


def test_another_id_is_another_request() -> None:
    store = store_with(OPENED)
    for command_id in ("command-1", "command-2", None, None):
        ask(store, DepositMoney("ACC-1", 5), command_id)
    assert events_in(store) == [OPENED] + 4 * [MoneyDeposited(5)]


def test_an_id_is_that_of_one_command_to_one_stream() -> None:
    store = store_with(OPENED)
    ask(store, DepositMoney("ACC-1", 5), "event-1")
    (opened,) = handle(
        store, ACCOUNT, "ACC-2", OpenAccount("ACC-2", "Grace"), Metadata(NOON), "event-1"
    )
    assert opened.id == "ACC-2/1"


def test_of_two_who_ask_at_once_the_slower_one_is_told_what_the_quicker_one_did() -> None:
    store = MeddledStore(lambda store: ask(store, DepositMoney("ACC-1", 5), "command-1"), times=0)
    store.append("ACC-1", 0, [OPENED], Metadata(NOON))
    store.times = 1
    answer = ask(store, DepositMoney("ACC-1", 5), "command-1")
    assert list(answer) == list(store.read(after=1))
    assert events_in(store) == [OPENED, MoneyDeposited(5)]


def test_a_refusal_that_is_stale_before_it_is_remembered_is_none() -> None:
    store = MeddledStore(lambda store: ask(store, DepositMoney("ACC-1", 5)), times=0)
    store.append("ACC-1", 0, [OPENED], Metadata(NOON))
    store.times = 1
    (withdrawn,) = ask(store, WithdrawMoney("ACC-1", 5), "command-1")
    assert withdrawn.event == MoneyWithdrawn(5)
