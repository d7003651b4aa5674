"""How fast the core is, beside two other libraries, on the same events, in one run.

Run with ``python -m tests.bench.bench_core``; needs ``eventsourcing`` (and ``eventsource-py``) for
the comparison, and says so where one is not installed. Absolute times are this machine's; what
carries over is the ratios. Nothing here is a test: no time is asserted.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from esbank_core import CODEC, MemoryStore, Metadata, empty_ledger
from esbank_core.bank.events import AccountOpened, Event, MoneyDeposited, MoneyWithdrawn
from esbank_core.kernel.identity import StreamId, Version
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.audit import verify
from esbank_core.kernel.written.event_file import read_events, write_events

ACCOUNTS = 50
EVENTS = 20_000
FEW_EVENTS = 4_000
MANY_EVENTS = 100_000
ROUNDS = 3
START = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Measured(NamedTuple):
    what: str
    whose: str
    microseconds: float | None
    """Per event; None where the library is not installed."""


def happened(count: int) -> list[tuple[StreamId, Event]]:
    """The same events for everyone: accounts opened, then money in and out."""
    events: list[tuple[StreamId, Event]] = [
        (StreamId(f"ACC-{nth}"), AccountOpened(f"Owner {nth}", "USD")) for nth in range(ACCOUNTS)
    ]
    dice = random.Random(1)
    while len(events) < count:
        account = StreamId(f"ACC-{dice.randrange(ACCOUNTS)}")
        amount = dice.randrange(1, 100_00)
        moved = MoneyDeposited(amount, "salary") if dice.random() < 0.6 else MoneyWithdrawn(amount)
        events.append((account, moved))
    return events


def per_event(count: int, work: Callable[[], object]) -> float:
    """Microseconds for each of ``count`` events: the best of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        started = perf_counter()
        work()
        best = min(best, perf_counter() - started)
    return best / count * 1_000_000


def stored(count: int) -> MemoryStore[Event]:
    store: MemoryStore[Event] = MemoryStore()
    versions: dict[StreamId, Version] = {}
    for nth, (account, event) in enumerate(happened(count)):
        metadata = Metadata(START + timedelta(seconds=nth))
        (recorded,) = store.append(account, versions.get(account, Version(0)), [event], metadata)
        versions[account] = recorded.version
    return store


def in_sqlite(folder: Path) -> SqliteStore[Event]:
    """The events appended one by one to a new database."""
    store = SqliteStore(str(folder / f"{uuid4()}.db"), CODEC)
    versions: dict[StreamId, Version] = {}
    for nth, (account, event) in enumerate(happened(FEW_EVENTS)):
        metadata = Metadata(START + timedelta(seconds=nth))
        (recorded,) = store.append(account, versions.get(account, Version(0)), [event], metadata)
        versions[account] = recorded.version
    return store


def ours(folder: Path) -> list[Measured]:
    store = stored(EVENTS)
    content = "".join(write_events(store.read(), CODEC)).encode()
    many = stored(MANY_EVENTS)
    many_content = "".join(write_events(many.read(), CODEC)).encode()
    ledger = empty_ledger().extend(many.read())
    dice = random.Random(2)
    jumps = [dice.randrange(1, MANY_EVENTS + 1) for _ in range(EVENTS)]
    database = in_sqlite(folder)
    return [
        Measured(
            "load a file and replay",
            "esbank",
            per_event(EVENTS, lambda: empty_ledger().extend(read_events([content], CODEC))),
        ),
        Measured(
            "replay from memory",
            "esbank",
            per_event(EVENTS, lambda: empty_ledger().extend(store.read())),
        ),
        Measured(
            "append to memory, one by one", "esbank", per_event(EVENTS, lambda: stored(EVENTS))
        ),
        Measured(
            "append to SQLite, one by one",
            "esbank",
            per_event(FEW_EVENTS, lambda: in_sqlite(folder).close()),
        ),
        Measured(
            "load from SQLite and replay",
            "esbank",
            per_event(FEW_EVENTS, lambda: empty_ledger().extend(database.read())),
        ),
        Measured(
            "verify 100,000 events",
            "esbank",
            per_event(MANY_EVENTS, lambda: verify([many_content], CODEC)),
        ),
        Measured(
            "step of the cursor at 100,000",
            "esbank",
            per_event(EVENTS, lambda: [ledger.change_at(jump) for jump in jumps]),
        ),
    ]


def eventsourcing_library(folder: Path) -> list[Measured]:
    whose = "eventsourcing"
    names = (
        "load a file and replay",
        "append to memory, one by one",
        "load from SQLite and replay",
        "append to SQLite, one by one",
    )
    try:
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate, event
    except ImportError:
        return [Measured(name, whose, None) for name in names]

    class Account(Aggregate):
        @event("AccountOpened")
        def __init__(self, owner: str, currency: str) -> None:
            self.owner, self.currency, self.balance = owner, currency, 0

        @event("MoneyDeposited")
        def deposit(self, amount: int, note: str) -> None:
            self.balance += amount

        @event("MoneyWithdrawn")
        def withdraw(self, amount: int, note: str) -> None:
            self.balance -= amount

    def saved(
        count: int = EVENTS, settings: dict[str, str] | None = None
    ) -> tuple[Application, list[UUID]]:
        application: Application = Application(settings)
        accounts: dict[StreamId, Account] = {}
        for account_id, happening in happened(count):
            match happening:
                case AccountOpened(owner=owner, currency=currency):
                    accounts[account_id] = Account(owner, currency)
                case MoneyDeposited(amount=amount, note=note):
                    accounts[account_id].deposit(amount, note)
                case MoneyWithdrawn(amount=amount, note=note):
                    accounts[account_id].withdraw(amount, note)
            application.save(accounts[account_id])
        return application, [account.id for account in accounts.values()]

    def saved_in_sqlite() -> tuple[Application, list[UUID]]:
        settings = {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / f"{uuid4()}.db"),
        }
        return saved(FEW_EVENTS, settings)

    application, ids = saved()
    in_database, few_ids = saved_in_sqlite()
    return [
        Measured(
            names[0],
            whose,
            per_event(EVENTS, lambda: [application.repository.get(name) for name in ids]),
        ),
        Measured(names[1], whose, per_event(EVENTS, saved)),
        Measured(
            names[2],
            whose,
            per_event(FEW_EVENTS, lambda: [in_database.repository.get(name) for name in few_ids]),
        ),
        Measured(names[3], whose, per_event(FEW_EVENTS, saved_in_sqlite)),
    ]


def eventsource_py() -> list[Measured]:
    whose = "eventsource-py (decider)"
    names = ("replay from memory", "append to memory, one by one")
    try:
        from eventsource.adapters.memory.store import InMemoryEventStore
        from eventsource.application.aggregates.repository import AggregateRepository
        from eventsource.domain.decider import DeciderAggregate
        from eventsource.domain.event import DomainEvent
        from pydantic import BaseModel
    except ImportError:
        return [Measured(name, whose, None) for name in names]

    class Opened(DomainEvent):
        aggregate_type: str = "Account"
        owner: str
        currency: str

    class Deposited(DomainEvent):
        aggregate_type: str = "Account"
        amount: int
        note: str

    class Withdrawn(DomainEvent):
        aggregate_type: str = "Account"
        amount: int
        note: str

    class State(BaseModel):
        account_id: UUID
        owner: str = ""
        currency: str = ""
        balance: int = 0

    class Account(DeciderAggregate[State]):
        aggregate_type = "Account"

        @staticmethod
        def initial_state(aggregate_id: UUID) -> State:
            return State(account_id=aggregate_id)

        @staticmethod
        def decide(command: object, state: State) -> list[DomainEvent]:
            match command:
                case AccountOpened(owner=owner, currency=currency):
                    return [Opened(aggregate_id=state.account_id, owner=owner, currency=currency)]
                case MoneyDeposited(amount=amount, note=note):
                    return [Deposited(aggregate_id=state.account_id, amount=amount, note=note)]
                case MoneyWithdrawn(amount=amount, note=note):
                    return [Withdrawn(aggregate_id=state.account_id, amount=amount, note=note)]
            raise AssertionError(command)

        @staticmethod
        def evolve(state: State, event: DomainEvent) -> State:
            match event:
                case Opened(owner=owner, currency=currency):
                    return state.model_copy(update={"owner": owner, "currency": currency})
                case Deposited(amount=amount):
                    return state.model_copy(update={"balance": state.balance + amount})
                case Withdrawn(amount=amount):
                    return state.model_copy(update={"balance": state.balance - amount})
            return state

    async def saved() -> tuple[AggregateRepository[Account], list[UUID]]:
        repository = AggregateRepository(InMemoryEventStore(), Account)
        accounts: dict[StreamId, Account] = {}
        for account_id, happening in happened(EVENTS):
            if account_id not in accounts:
                accounts[account_id] = Account(uuid5(NAMESPACE_URL, account_id))
            accounts[account_id].execute(happening)
            await repository.save(accounts[account_id])
        return repository, [account.aggregate_id for account in accounts.values()]

    repository, ids = asyncio.run(saved())

    async def load() -> None:
        for name in ids:
            await repository.load(name)

    return [
        Measured(names[0], whose, per_event(EVENTS, lambda: asyncio.run(load()))),
        Measured(names[1], whose, per_event(EVENTS, lambda: asyncio.run(saved()))),
    ]


def main() -> None:
    """Print what each takes, per event, and how many times as long as the core it takes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        measured = [*ours(folder), *eventsourcing_library(folder), *eventsource_py()]
    own = {row.what: row.microseconds for row in measured if row.whose == "esbank"}
    print(f"{'what':<32}{'whose':<28}{'µs an event':>12}{'× esbank':>10}")
    for row in sorted(measured, key=lambda row: list(own).index(row.what)):
        if row.microseconds is None:
            print(f"{row.what:<32}{row.whose:<28}{'not installed':>12}")
            continue
        base = own[row.what]
        ratio = f"{row.microseconds / base:10.1f}" if base and row.whose != "esbank" else ""
        print(f"{row.what:<32}{row.whose:<28}{row.microseconds:>12.2f}{ratio}")


if __name__ == "__main__":
    main()
