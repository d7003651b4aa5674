"""What a store promises to threads that share it. (Where there are no threads, it is skipped.)"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from esbank_core import (
    ACCOUNT,
    TRANSFER,
    Actor,
    Conflict,
    DepositMoney,
    Metadata,
    OpenAccount,
    Rejection,
    WithdrawMoney,
    handle,
)
from esbank_core.bank.events import (
    AccountOpened,
    MoneyDeposited,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import Open
from esbank_core.kernel.stores.process_runner import run_processes
from tests.core.histories import NOON
from tests.core.store_conformance import BY_TELLER, NewStore, Store

WRITERS = 4

needs_threads = pytest.mark.skipif(sys.platform == "emscripten", reason="needs threads")


def all_at_once(work: Callable[[int], object]) -> list[object]:
    """What ``work`` gives to each of some threads that begin at the same moment."""
    barrier = Barrier(WRITERS)

    def begin(nth: int) -> object:
        barrier.wait()
        return work(nth)

    with ThreadPoolExecutor(WRITERS) as threads:
        return list(threads.map(begin, range(WRITERS)))


@needs_threads
class ConcurrentStoreConformance:
    """Each test is run by several threads: with one store, and with a store each if it can be."""

    def stores_for_writers(self, new_store: NewStore) -> list[Store]:
        """As many stores as there are writers, on one ledger; here, the same for all."""
        return [new_store()] * WRITERS

    @pytest.fixture
    def stores(self, new_store: NewStore) -> list[Store]:
        return self.stores_for_writers(new_store)

    def test_of_writers_that_decided_on_the_same_version_one_wins(self, stores) -> None:
        def write(nth: int) -> bool:
            try:
                stores[nth].append("A", 0, [AccountOpened(f"{nth}", "USD")], BY_TELLER)
            except Conflict:
                return False
            return True

        assert sorted(all_at_once(write)) == [False] * (WRITERS - 1) + [True]
        assert [r.version for r in stores[0].read()] == [1]

    def test_writers_of_different_streams_all_get_a_place(self, stores) -> None:
        def write(nth: int) -> None:
            for version in range(0, 40, 2):
                stores[nth].append(
                    f"A-{nth}", version, [MoneyDeposited(nth), MoneyDeposited(nth)], BY_TELLER
                )

        all_at_once(write)
        ledger = list(stores[0].read())
        assert [r.position for r in ledger] == list(range(1, 40 * WRITERS + 1))
        for nth in range(WRITERS):
            assert [r.version for r in stores[0].read_stream(f"A-{nth}")] == list(range(1, 41))
        # What one append wrote stands together.
        assert all(
            a.stream_id == b.stream_id for a, b in zip(ledger[::2], ledger[1::2], strict=True)
        )

    def test_a_reader_sees_whole_appends_without_a_gap(self, stores) -> None:
        def work(nth: int) -> None:
            if nth % 2:
                for version in range(0, 60, 3):
                    stores[nth].append(f"A-{nth}", version, [MoneyDeposited(1)] * 3, BY_TELLER)
            else:
                for _ in range(30):
                    seen = [r.position for r in stores[nth].read()]
                    assert seen == list(range(1, len(seen) + 1))
                    assert len(seen) % 3 == 0

        all_at_once(work)
        assert stores[0].head == 60 * (WRITERS // 2)

    def test_commands_of_all_are_carried_out(self, stores) -> None:
        handle(stores[0], ACCOUNT, "A", OpenAccount("A", "Ada"), Metadata(NOON))

        def deposit(nth: int) -> None:
            for _ in range(10):
                insist(stores[nth], DepositMoney("A", 1))

        all_at_once(deposit)
        assert state_of(stores[0], "A") == Open("Ada", "USD", 10 * WRITERS)

    def test_nobody_overdraws_an_account_by_being_quick(self, stores) -> None:
        handle(stores[0], ACCOUNT, "A", OpenAccount("A", "Ada"), Metadata(NOON))
        handle(stores[0], ACCOUNT, "A", DepositMoney("A", 100), Metadata(NOON))
        answers = all_at_once(lambda nth: insist(stores[nth], WithdrawMoney("A", 60)))
        assert sum(isinstance(answer, Rejection) for answer in answers) == WRITERS - 1
        assert state_of(stores[0], "A") == Open("Ada", "USD", 40)

    def test_one_command_that_all_carry_out_has_one_effect(self, stores) -> None:
        handle(stores[0], ACCOUNT, "A", OpenAccount("A", "Ada"), Metadata(NOON))
        for n in range(1, 11):
            answers = all_at_once(
                lambda nth, n=n: insist(stores[nth], DepositMoney("A", 5), f"command-{n}")
            )
            assert [list(answer) for answer in answers] == [list(answers[0])] * WRITERS
            assert [recorded.event for recorded in answers[0]] == [MoneyDeposited(5)]
        assert state_of(stores[0], "A") == Open("Ada", "USD", 50)

    def test_one_command_that_is_refused_is_refused_to_all_and_for_good(self, stores) -> None:
        handle(stores[0], ACCOUNT, "A", OpenAccount("A", "Ada"), Metadata(NOON))
        answers = all_at_once(lambda nth: insist(stores[nth], WithdrawMoney("A", 5), "command-1"))
        assert answers == [answers[0]] * WRITERS
        assert isinstance(answers[0], Rejection)
        handle(stores[0], ACCOUNT, "A", DepositMoney("A", 5), Metadata(NOON))
        assert insist(stores[0], WithdrawMoney("A", 5), "command-1") == answers[0]
        assert stores[0].head == 2

    def test_runners_that_run_at_once_carry_each_transfer_out_once(self, stores) -> None:
        store, count = stores[0], 8
        sent = [TransferSent(n, f"TRF-{n}", f"B-{n % 4}") for n in range(1, count + 1)]
        rich = [AccountOpened("Ada", "USD"), MoneyDeposited(1000), *sent]
        store.append("A", 0, rich, Metadata(NOON))
        for nth in (0, 1):  # the other two receivers have no account, so theirs come back
            store.append(f"B-{nth}", 0, [AccountOpened("Grace", "USD")], Metadata(NOON))

        def run(nth: int) -> None:
            while True:
                try:
                    run_processes(
                        TRANSFER, ACCOUNT, stores[nth], time=NOON, actor=Actor("system", f"{nth}")
                    )
                    break
                except Conflict:
                    continue

        all_at_once(run)
        ends = [
            recorded.event.transfer_id
            for recorded in store.read()
            if isinstance(recorded.event, TransferReceived | TransferReturned)
        ]
        assert sorted(ends) == sorted(each.transfer_id for each in sent)
        balances = [state_of(store, name).balance for name in ("A", "B-0", "B-1")]
        assert sum(balances) == 1000


def insist(store: Store, command, command_id=None):
    """Carry out a command, however often the stream moves on."""
    while True:
        try:
            return handle(store, ACCOUNT, command.account_id, command, Metadata(NOON), command_id)
        except Conflict:
            continue


def state_of(store: Store, stream_id: str):
    return ACCOUNT.fold(recorded.event for recorded in store.read_stream(stream_id))
