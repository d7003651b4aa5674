"""Transfers carried out: stopped anywhere, repeated, by two at once, no money is made or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import (
    ACCOUNT,
    ACCOUNTS,
    TRANSFER,
    Actor,
    CloseAccount,
    DepositMoney,
    Event,
    FreezeAccount,
    MemoryStore,
    Metadata,
    OpenAccount,
    Projection,
    RecordedEvent,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
    handle,
)
from esbank_core.bank.events import (
    AccountClosed,
    AccountOpened,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import balance_in, currency_in
from esbank_core.kernel.decider import Decider, Rejection
from esbank_core.kernel.process_manager import Cause, ProcessManager, Reaction
from esbank_core.kernel.stores.process_runner import run_processes
from tests.core.histories import NOON
from tests.core.strategies import amounts

CLERK = Actor("system", "transfers")
LATER = NOON + timedelta(hours=1)


class StoppedError(Exception):
    """The runner's process has ended; what it had written is written."""


class WatchedStore(MemoryStore[Event]):
    """A store that calls ``watch`` right before and right after each thing done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.watch: Callable[[], None] = lambda: None

    def append(self, *arguments):
        return self._watched(super().append, *arguments)

    def read(self, *arguments):
        return self._watched(super().read, *arguments)

    def read_stream(self, *arguments, **after):
        return self._watched(super().read_stream, *arguments, **after)

    def remember(self, *arguments):
        return self._watched(super().remember, *arguments)

    def recall(self, *arguments):
        return self._watched(super().recall, *arguments)

    def _watched(self, do, *arguments, **named):
        self.watch()
        done = do(*arguments, **named)
        self.watch()
        return done

    def stop_after(self, steps: int) -> None:
        """Stop whoever uses the store after so many steps; the next one is not stopped."""
        left = iter(range(steps))

        def stop() -> None:
            if next(left, None) is None:
                self.watch = lambda: None
                raise StoppedError

        self.watch = stop


def bank_with(**events: list[Event]) -> WatchedStore:
    store = WatchedStore()
    for name, happened in events.items():
        store.append(name.replace("_", "-"), 0, happened, Metadata(NOON))
    return store


def run(store: WatchedStore, since=None):
    return run_processes(TRANSFER, ACCOUNT, store, time=LATER, actor=CLERK, since=since)


def events_of(store: WatchedStore, stream_id: str) -> list[Event]:
    return [recorded.event for recorded in store.read_stream(stream_id)]


ADA = [AccountOpened("Ada", "USD"), MoneyDeposited(50), TransferSent(20, "TRF-1", "ACC-2")]
GRACE = [AccountOpened("Grace", "USD")]
RECEIVED = TransferReceived(20, "TRF-1", "ACC-1")
RETURNED_TO_ADA = [
    *ADA,
    TransferReturned(20, "TRF-1", "This account is closed, and nothing can be done with it."),
]


def test_a_transfer_arrives() -> None:
    store = bank_with(ACC_1=ADA, ACC_2=GRACE)
    run(store)
    assert events_of(store, "ACC-1") == ADA
    assert events_of(store, "ACC-2") == [*GRACE, RECEIVED]


def test_a_transfer_that_is_refused_comes_back() -> None:
    store = bank_with(ACC_1=ADA, ACC_2=[*GRACE, AccountClosed()])
    run(store)
    assert events_of(store, "ACC-1") == RETURNED_TO_ADA
    assert events_of(store, "ACC-2") == [*GRACE, AccountClosed()]


@pytest.mark.parametrize(
    ("receiver", "reason"),
    [
        ([], "There is no account ACC-2. Open it first."),
        (
            [AccountOpened("Grace", "EUR")],
            "The account holds EUR, and cannot take in a transfer of USD.",
        ),
    ],
)
def test_it_comes_back_with_the_receivers_reason(receiver: list[Event], reason: str) -> None:
    store = bank_with(ACC_1=ADA, ACC_2=receiver)
    run(store)
    assert events_of(store, "ACC-1") == [*ADA, TransferReturned(20, "TRF-1", reason)]


def test_it_comes_back_even_to_an_account_that_closed_meanwhile() -> None:
    ended = [*ADA, MoneyWithdrawn(30), AccountClosed()]
    store = bank_with(ACC_1=ended, ACC_2=[*GRACE, AccountClosed()])
    run(store)
    assert events_of(store, "ACC-1")[-1] == RETURNED_TO_ADA[-1]


def test_each_step_says_who_did_it_and_what_it_goes_back_to() -> None:
    store = bank_with(ACC_2=GRACE)
    asked = Metadata(NOON, Actor("user", "ada"), correlation_id="request-1")
    store.append("ACC-1", 0, ADA, asked)
    run(store)
    (received,) = store.read_stream("ACC-2", after=1)
    assert (received.time, received.actor) == (LATER, CLERK)
    assert (received.correlation_id, received.causation_id) == ("request-1", "ACC-1/3")


def test_where_nothing_is_under_way_nothing_is_done() -> None:
    store = bank_with(ACC_1=ADA[:2], ACC_2=GRACE)
    assert run(store).checkpoint == store.head == 3


def test_it_goes_on_from_where_it_was() -> None:
    store = bank_with(ACC_1=ADA, ACC_2=GRACE)
    so_far = run(store)
    store.append("ACC-2", 2, [TransferSent(5, "TRF-2", "ACC-1")], Metadata(NOON))
    assert run(store, since=so_far).checkpoint == store.head
    assert events_of(store, "ACC-1") == [*ADA, TransferReceived(5, "TRF-2", "ACC-2")]


def test_two_transfers_under_one_id_both_end() -> None:
    store = bank_with(ACC_1=[*ADA, TransferSent(5, "TRF-1", "ACC-2")], ACC_2=GRACE)
    assert not run(store).read_model.under_way
    assert events_of(store, "ACC-2") == [*GRACE, RECEIVED, TransferReceived(5, "TRF-1", "ACC-1")]


def test_of_two_transfers_under_one_id_one_may_arrive_and_the_other_come_back() -> None:
    store = bank_with(ACC_1=[*ADA, TransferSent(5, "TRF-1", "ACC-9")], ACC_2=GRACE)
    assert not run(store).read_model.under_way
    assert events_of(store, "ACC-2") == [*GRACE, RECEIVED]
    assert events_of(store, "ACC-1")[-1] == TransferReturned(
        5, "TRF-1", "There is no account ACC-9. Open it first."
    )


STEPS = range(24)
"""More than one transfer takes, each thing done to the store being a step before and one after."""


@pytest.mark.parametrize(
    ("receiver", "ada", "grace"),
    [
        (GRACE, ADA, [*GRACE, RECEIVED]),
        ([*GRACE, AccountClosed()], RETURNED_TO_ADA, [*GRACE, AccountClosed()]),
    ],
    ids=["arrives", "comes back"],
)
def test_stopped_after_any_step_and_started_again_it_is_done_once(receiver, ada, grace) -> None:
    stopped = []
    for steps in STEPS:
        store = bank_with(ACC_1=ADA, ACC_2=receiver)
        store.stop_after(steps)
        try:
            run(store)
        except StoppedError:
            stopped.append(steps)
            run(store)
        store.watch = lambda: None
        assert (events_of(store, "ACC-1"), events_of(store, "ACC-2")) == (ada, grace)
    assert stopped == list(range(len(stopped)))
    assert 8 < len(stopped) < len(STEPS)


def test_an_event_handed_to_it_twice_is_done_once() -> None:
    store = bank_with(ACC_1=ADA, ACC_2=GRACE)
    before = TRANSFER.progress.project(store.read())
    run(store)
    run(store, since=before)
    run(store)
    assert events_of(store, "ACC-2") == [*GRACE, RECEIVED]


@pytest.mark.parametrize("closed", [False, True], ids=["arrives", "comes back"])
def test_while_one_runner_pauses_anywhere_another_may_do_it_all(closed: bool) -> None:
    grace = [*GRACE, AccountClosed()] if closed else GRACE
    for steps in STEPS:
        store = bank_with(ACC_1=ADA, ACC_2=grace)
        let_in_after(store, steps, run)
        run(store)
        ends = [*store.read_stream("ACC-1", after=3), *store.read_stream("ACC-2", after=len(grace))]
        assert [type(end.event) for end in ends] == [
            TransferReturned if closed else TransferReceived
        ]


def test_a_receiver_who_opens_an_account_meanwhile_is_paid_or_the_sender_is_never_both() -> None:
    for steps in STEPS:
        store = bank_with(ACC_1=ADA)
        let_in_after(store, steps, open_and_run)
        run(store)
        ends = [*store.read_stream("ACC-1", after=3), *store.read_stream("ACC-2", after=1)]
        assert len(ends) == 1, f"after {steps} steps: {[end.event for end in ends]}"


def open_and_run(store: WatchedStore) -> None:
    """Open the accounts that money may be on its way to, and run all that is due."""
    for account_id in ("ACC-2", "ACC-4"):
        handle(store, ACCOUNT, account_id, OpenAccount(account_id, "Late"), Metadata(NOON))
    run(store)


def let_in_after(store: WatchedStore, steps: int, act: Callable[[WatchedStore], object]) -> None:
    """Let another one act, all at once, after some steps of whoever uses the store."""
    left = iter(range(steps))

    def let_in() -> None:
        if next(left, None) is None:
            store.watch = lambda: None
            act(store)

    store.watch = let_in


# Any run of transfers.

ACCOUNT_IDS = ["ACC-1", "ACC-2", "ACC-3", "ACC-4"]
ids = st.sampled_from(ACCOUNT_IDS)
steps = st.one_of(
    st.tuples(st.just(SendTransfer), ids, amounts, ids),
    st.tuples(st.just(SendTransfer), ids, amounts, ids),
    st.tuples(st.just(DepositMoney), ids, amounts, st.none()),
    st.tuples(st.just(WithdrawMoney), ids, amounts, st.none()),
    st.tuples(st.sampled_from([FreezeAccount, UnfreezeAccount]), ids, st.none(), st.none()),
    st.tuples(st.sampled_from([CloseAccount, OpenAccount]), ids, st.none(), st.none()),
    st.tuples(
        st.sampled_from(["run and stop", "run from an old progress", "run while another does"]),
        st.none(),
        st.integers(0, 40),
        st.none(),
    ),
)


def carry_out(store: WatchedStore, nth: int, kind, account_id, amount, other) -> None:
    command = {
        SendTransfer: lambda: SendTransfer(account_id, amount, f"TRF-{nth}", other),
        DepositMoney: lambda: DepositMoney(account_id, amount),
        WithdrawMoney: lambda: WithdrawMoney(account_id, amount),
        OpenAccount: lambda: OpenAccount(account_id, "Anyone"),
    }.get(kind, lambda: kind(account_id))()
    for _ in range(2):  # asked twice, done once
        handle(store, ACCOUNT, account_id, command, Metadata(NOON), f"command-{nth}")


def totals(store: WatchedStore) -> tuple[Counter[str], Counter[str]]:
    """By currency: the money that came into the bank, and the money that is in it."""
    events = list(store.read())
    accounts = ACCOUNTS.project(events).read_model
    currency = {name: currency_in(each.state).code for name, each in accounts.items()}
    brought, held = Counter[str](), Counter[str]()
    for recorded in events:
        match recorded.event:
            case MoneyDeposited(amount=amount):
                brought[currency[recorded.stream_id]] += amount
            case MoneyWithdrawn(amount=amount):
                brought[currency[recorded.stream_id]] -= amount
            case _:
                pass
    for each in accounts.values():
        held[currency[each.account_id]] += balance_in(each.state)
    for transfer in TRANSFER.progress.project(events).read_model.under_way.values():
        held[currency[transfer.sender]] += transfer.sent.amount
    return +brought, +held


@settings(max_examples=100)
@given(st.lists(steps, min_size=8, max_size=25))
def test_money_is_neither_made_nor_lost(story) -> None:
    store = bank_with(
        ACC_1=[AccountOpened("Ada", "USD"), MoneyDeposited(1000_00)],
        ACC_2=[AccountOpened("Grace", "USD"), MoneyDeposited(1000_00)],
        ACC_3=[AccountOpened("Linus", "EUR"), MoneyDeposited(1000_00)],
    )
    seen = [TRANSFER.progress.genesis()]
    for nth, (kind, account_id, amount, other) in enumerate(story):
        match kind:
            case "run and stop":
                store.stop_after(amount)
                with suppress(StoppedError):
                    seen.append(run(store, seen[-1]))
            case "run from an old progress":
                run(store, seen[amount % len(seen)])
            case "run while another does":
                let_in_after(store, amount, open_and_run)
                run(store)
            case _:
                carry_out(store, nth, kind, account_id, amount, other)
        store.watch = lambda: None
        brought, held = totals(store)
        assert brought == held

    done = run(store)
    assert not done.read_model.under_way
    assert run(store, since=done).checkpoint == done.checkpoint
    ends = Counter(
        recorded.event.transfer_id
        for recorded in store.read()
        if isinstance(recorded.event, TransferReceived | TransferReturned)
    )
    sent = [
        recorded.event.transfer_id
        for recorded in store.read()
        if isinstance(recorded.event, TransferSent)
    ]
    assert ends == Counter(sent)
    brought, held = totals(store)
    assert brought == held


# A process manager of one's own.


def test_what_a_step_asks_for_in_turn_is_done_as_well() -> None:
    countdown: Decider[int, None, int] = Decider(
        decide=lambda command, _: [command],
        evolve=lambda _, __: None,
        initial_state=None,
        is_terminal=lambda _: False,
    )
    manager: ProcessManager[int, int, int] = ProcessManager(
        progress=Projection(initial=0, apply=lambda _, recorded: recorded.event),
        resume=lambda count: (
            [Reaction(count - 1, Cause(f"number-{count}", "request-1"))] if count else []
        ),
        refused=lambda command, _: command,
        stream_of=lambda _: "countdown",
    )
    store: MemoryStore[int] = MemoryStore()
    store.append("countdown", 0, [3], Metadata(NOON))
    run_processes(manager, countdown, store, time=LATER, actor=CLERK)
    assert [recorded.event for recorded in store.read()] == [3, 2, 1, 0]


def test_what_is_refused_both_ways_stays_due_and_stops_nobody() -> None:
    no = Rejection("no", "No.")
    decider: Decider[str, int, str] = Decider(
        decide=lambda command, _: ["done"] if command == "possible" else no,
        evolve=lambda count, _: count + 1,
        initial_state=0,
        is_terminal=lambda _: False,
    )

    def mark(due: tuple[str, ...], recorded: RecordedEvent[str]) -> tuple[str, ...]:
        if recorded.event == "done":
            return tuple(name for name in due if name != "possible")
        return (*due, recorded.event)

    manager: ProcessManager[str, tuple[str, ...], str] = ProcessManager(
        progress=Projection(initial=(), apply=mark),
        resume=lambda due: [Reaction(name, Cause(name, "request-1")) for name in due],
        refused=lambda command, rejection: f"not {command}",
        stream_of=lambda command: "work",
    )
    store: MemoryStore[str] = MemoryStore()
    store.append("asked", 0, ["impossible", "possible"], Metadata(NOON))
    done = run_processes(manager, decider, store, time=LATER, actor=CLERK)
    assert done.read_model == ("impossible",)
    assert [recorded.event for recorded in store.read()] == ["impossible", "possible", "done"]
