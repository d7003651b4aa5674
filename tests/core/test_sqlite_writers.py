"""Several writers of one SQLite file, threads and processes, and writers that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from esbank_core import ACCOUNT, CODEC, DepositMoney, Event, Metadata, OpenAccount, handle
from esbank_core.bank.events import MoneyDeposited
from esbank_core.bank.states import Open
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.audit import verify
from tests.core.concurrent_store_conformance import (
    WRITERS,
    ConcurrentStoreConformance,
    needs_threads,
    state_of,
)
from tests.core.histories import NOON
from tests.core.store_conformance import NewStore, Store

pytestmark = needs_threads

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Closes after the test what was opened in it."""
    with ExitStack() as stores:
        yield stores


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


class TestThreadsThatShareAStore(ConcurrentStoreConformance):
    @pytest.fixture
    def new_store(self, opened: ExitStack, path: Path) -> NewStore:
        return lambda: opened.enter_context(SqliteStore(str(path), CODEC))


class TestThreadsWithAStoreEach(TestThreadsThatShareAStore):
    def stores_for_writers(self, new_store: NewStore) -> list[Store]:
        return [new_store() for _ in range(WRITERS)]


def writer(path: Path, deed: str, argument: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.sqlite_writer", str(path), deed, str(argument)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )


def outcomes(writers: list[subprocess.Popen[str]]) -> list[int]:
    for process in writers:
        process.communicate(timeout=60)
    return [process.returncode for process in writers]


def intact(store: SqliteStore[Event]) -> bool:
    return verify(["".join(store.lines()).encode()], CODEC).broken is None


def test_processes_that_open_a_new_ledger_at_once_open_one(path: Path) -> None:
    assert outcomes([writer(path, "open_it", "") for _ in range(6)]) == [0] * 6
    with SqliteStore(str(path), CODEC) as store:
        assert store.head == 0


def test_processes_that_pay_into_one_account_lose_no_payment(path: Path) -> None:
    with SqliteStore(str(path), CODEC) as store:
        handle(store, ACCOUNT, "A", OpenAccount("A", "Ada"), Metadata(NOON))
        assert outcomes([writer(path, "deposit", 25) for _ in range(WRITERS)]) == [0] * WRITERS
        assert state_of(store, "A") == Open("Ada", "USD", 25 * WRITERS)
        assert intact(store)


def test_a_command_that_processes_carry_out_at_once_has_one_effect(path: Path) -> None:
    with SqliteStore(str(path), CODEC) as store:
        handle(store, ACCOUNT, "A", OpenAccount("A", "Ada"), Metadata(NOON))
        writers = [writer(path, "deposit_once", "command-1") for _ in range(WRITERS)]
        assert outcomes(writers) == [0] * WRITERS
        assert state_of(store, "A") == Open("Ada", "USD", 5)
        repeated = handle(store, ACCOUNT, "A", DepositMoney("A", 5), Metadata(NOON), "command-1")
        assert list(repeated) == list(store.read(after=1))


def test_what_was_acknowledged_survives_the_death_of_its_writers(path: Path) -> None:
    writers = [writer(path, "append_until_killed", f"A-{nth}") for nth in range(2)]
    acknowledged = []
    for process in writers:
        assert process.stdout is not None
        acknowledged.append([int(process.stdout.readline()) for _ in range(20)][-1])
    for process in writers:
        process.send_signal(signal.SIGKILL)
    assert outcomes(writers) == [-signal.SIGKILL] * 2
    with SqliteStore(str(path), CODEC) as store:
        for nth, version in enumerate(acknowledged):
            amounts = [recorded.event.amount for recorded in store.read_stream(f"A-{nth}")]
            assert len(amounts) >= version
            assert len(amounts) % 3 == 0
            assert amounts == list(range(1, len(amounts) + 1))
        assert intact(store)


def test_a_writer_killed_between_any_two_steps_leaves_all_or_nothing(tmp_path: Path) -> None:
    alive = writer(tmp_path / "alive.sqlite", "append_and_die", 10**9)
    steps = int(alive.communicate(timeout=60)[0])
    found = []
    for nth in (*range(0, steps - 2, steps // 7), steps - 2, steps - 1):
        path = tmp_path / f"{nth}.sqlite"
        assert outcomes([writer(path, "append_and_die", nth)]) == [-signal.SIGKILL]
        with SqliteStore(str(path), CODEC) as store:
            found.append(store.head)
            assert store.head in (0, 3)
            assert intact(store)
            # Nothing of the dead is in the way of the living.
            store.append("B", 0, [MoneyDeposited(1)], Metadata(NOON))
    assert (found[0], found[-1]) == (0, 3)
