"""The command machine: every row of the table at its head, and what holds of whole ledgers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import ACCOUNT, TRANSFER, Metadata, Rejection, empty_ledger
from esbank_core.bank.commands import (
    CloseAccount,
    DepositMoney,
    OpenAccount,
    ReceiveTransfer,
    RenameOwner,
    ReturnTransfer,
    WithdrawMoney,
)
from esbank_core.bank.events import (
    AccountOpened,
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import NoAccount, Open, balance_in
from esbank_core.kernel import command_machine
from esbank_core.kernel.command_machine import (
    Answered,
    Appending,
    Asked,
    Known,
    Remembering,
    Request,
    decide_on,
    reactions,
)
from esbank_core.kernel.projection import Projected
from esbank_core.kernel.recorded import UnknownEvent, record
from tests.core.histories import NOON

ADA, GRACE = Open("Ada", "USD", 50), Open("Grace", "USD", 7)
NO = Rejection("no", "No.")
RECORDED = record([MoneyDeposited(5)], Metadata(NOON), stream_id="ACC-1", version=3, position=8)

DEPOSIT = Request(DepositMoney("ACC-1", 5), "ACC-1", "command-1")
TOO_MUCH = Request(WithdrawMoney("ACC-1", 51), "ACC-1", "command-1")
SAME_NAME = Request(RenameOwner("ACC-1", "Ada"), "ACC-1", "command-1")
RETURN = Request(ReturnTransfer("ACC-1", 20, "TRF-1", "No."), "ACC-1", "ACC-1/3")
RECEIVE = Request(
    ReceiveTransfer("ACC-2", 20, "TRF-1", "ACC-1", "USD"),
    "ACC-2",
    "ACC-1/3",
    otherwise=lambda rejection: RETURN,
)
NAMELESS = Request(RECEIVE.command, "ACC-2", otherwise=lambda rejection: RETURN)


def decide(request: Request, state, **known):
    return Asked(request, conflicts=2).decide(ACCOUNT, Known(state, 3, **known))


ASKED_AGAIN = {"conflicts": 3}
TURNED = {"turned_to": RETURN, "conflicts": 2}


@dataclass
class Row:
    """One row of the table: what is done, and what comes of it."""

    row: str
    step: Callable[[], object]
    to: type
    has: dict[str, object]


ROWS = [
    Row("done", lambda: decide(DEPOSIT, ADA, caused=RECORDED), Answered, {"answer": RECORDED}),
    # What was done is done, even where it was refused as well, and whatever the rules say now.
    Row(
        "done",
        lambda: decide(RECEIVE, NoAccount(), caused=RECORDED, answered=NO),
        Answered,
        {"answer": RECORDED, "decided": None},
    ),
    Row("known", lambda: decide(RECEIVE, GRACE, answered=NO), Asked, TURNED),
    Row("again", lambda: decide(DEPOSIT, ADA, answered=NO), Answered, {"answer": NO}),
    Row("again", lambda: decide(RECEIVE, GRACE, answered=()), Answered, {"answer": ()}),
    Row("events", lambda: decide(DEPOSIT, ADA), Appending, {"events": (MoneyDeposited(5),)}),
    Row("events", lambda: decide(RECEIVE, GRACE), Appending, {}),
    Row("named", lambda: decide(TOO_MUCH, ADA), Remembering, {"command_id": "command-1"}),
    Row("named", lambda: decide(SAME_NAME, ADA), Remembering, {"answer": ()}),
    Row("named", lambda: decide(RECEIVE, NoAccount()), Remembering, {}),
    Row("turned", lambda: decide(NAMELESS, NoAccount()), Asked, TURNED),
    Row(
        "told",
        lambda: decide(Request(RenameOwner("ACC-1", "Ada"), "ACC-1"), ADA),
        Answered,
        {"answer": ()},
    ),
    Row("new", lambda: decide(DEPOSIT, ADA).appended(RECORDED), Answered, {"answer": RECORDED}),
    Row("stale", lambda: decide(DEPOSIT, ADA).overtaken(), Asked, {"first": DEPOSIT}),
    Row("stale", lambda: decide(DEPOSIT, ADA).overtaken(), Asked, ASKED_AGAIN),
    # A conflict on the other way leads back to the beginning of the first.
    Row(
        "stale",
        lambda: Asked(RECEIVE, RETURN, 2).decide(ACCOUNT, Known(ADA, 3)).overtaken(),
        Asked,
        {"first": RECEIVE, "turned_to": None, "request": RECEIVE, **ASKED_AGAIN},
    ),
    Row("other", lambda: decide(RECEIVE, NoAccount()).remembered(), Asked, TURNED),
    Row("kept", lambda: decide(SAME_NAME, ADA).remembered(), Answered, {"answer": ()}),
    # Refused both ways: there is no third.
    Row(
        "kept",
        lambda: Asked(RECEIVE, RETURN).decide(ACCOUNT, Known(NoAccount(), 0)).remembered(),
        Answered,
        {},
    ),
    Row(
        "moved",
        lambda: decide(RECEIVE, NoAccount()).overtaken(),
        Asked,
        {"first": RECEIVE, "turned_to": None, **ASKED_AGAIN},
    ),
    Row("crash", lambda: Asked(RECEIVE), Asked, {"request": RECEIVE, "conflicts": 0}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_each_row_of_the_table_holds(row: Row) -> None:
    step = row.step()
    assert type(step) is row.to
    assert {name: getattr(step, name) for name in row.has} == row.has


def test_the_table_has_these_rows_and_no_others() -> None:
    table = re.findall(
        r"^(\w+) +(?:``(\w+)``|any) +.+ ``(\w+)``$", command_machine.__doc__ or "", re.MULTILINE
    )
    assert len(table) == 13
    documented = {(row, to) for row, _, to in table}
    assert documented == {(row.row, row.to.__name__) for row in ROWS}


def test_a_decision_says_what_it_was_made_on() -> None:
    step = decide(TOO_MUCH, ADA)
    assert (step.decided.request, step.decided.before, step.decided.version) == (TOO_MUCH, ADA, 3)
    assert step.decided.result == step.answer
    assert step.answer.code == "insufficient-funds"


def test_a_conflict_leaves_nothing_but_the_request_and_the_count() -> None:
    for step in (decide(DEPOSIT, ADA), decide(TOO_MUCH, ADA)):
        again = step.overtaken()
        assert again == Asked(step.asked.first, None, 3)


def test_what_is_known_grows_with_the_stream() -> None:
    events = [AccountOpened("Ada", "USD"), UnknownEvent("Audited", 1, {}), MoneyDeposited(5)]
    recorded = record(
        events, Metadata(NOON, causation_id="command-1"), stream_id="A", version=0, position=0
    )
    known = Known(ACCOUNT.initial_state).read_on(ACCOUNT.evolve, recorded[:2], "command-1")
    known = known.read_on(ACCOUNT.evolve, recorded[2:], "command-1")
    assert known == Known(Open("Ada", "USD", 5), 3, recorded)
    assert Known(NoAccount()).read_on(ACCOUNT.evolve, recorded, "command-2").caused == ()
    assert Known(NoAccount()).read_on(ACCOUNT.evolve, recorded, None).caused == ()


# A whole ledger in memory, to which nothing is added but at its end.


class Page:
    """A ledger that an append is held against as a whole, and that any number may look at."""

    def __init__(self) -> None:
        self.ledger = empty_ledger()

    def happened(self, stream_id: str, *events: Event, causation_id: str | None = None) -> Page:
        self.ledger = self.ledger.extend(
            record(
                events,
                Metadata(NOON, causation_id=causation_id),
                stream_id=stream_id,
                version=self.ledger.version_of(stream_id),
                position=self.ledger.head,
            )
        )
        return self

    def append(self, step: Appending) -> Page:
        request = step.decided.request
        return self.happened(request.stream_id, *step.events, causation_id=request.id)

    def due(self) -> list[Request]:
        progress = TRANSFER.progress.project(self.ledger.recorded).read_model
        return list(reactions(TRANSFER, progress))


def sent_to_nobody() -> Page:
    return Page().happened(
        "ACC-1", AccountOpened("Ada", "USD"), MoneyDeposited(10), TransferSent(4, "TRF-1", "ACC-2")
    )


def test_what_cannot_arrive_goes_home_in_one_step() -> None:
    page = sent_to_nobody()
    (due,) = page.due()
    assert (due.id, due.correlation_id, due.since) == ("ACC-1/3", "ACC-1/3", 3)
    step = decide_on(page.ledger, ACCOUNT, Asked(due))
    assert isinstance(step, Appending)
    assert isinstance(step.events[0], TransferReturned)
    assert step.decided.version == 3
    assert page.append(step).due() == []


@pytest.mark.parametrize("opened_before", [False, True])
def test_two_who_both_find_it_due_end_it_once(opened_before: bool) -> None:
    page = sent_to_nobody()
    (due,) = page.due()
    first, second = (decide_on(page.ledger, ACCOUNT, Asked(due)) for _ in range(2))
    page.append(first)
    if opened_before:  # and now the receiver could take it: the money has gone home all the same
        page.happened("ACC-2", AccountOpened("Grace", "USD"))
    again = decide_on(page.ledger, ACCOUNT, second.overtaken())
    assert isinstance(again, Answered)
    assert [type(recorded.event) for recorded in again.answer] == [TransferReturned]
    assert balance_in(page.ledger.state_of("ACC-1")) == 10


def test_what_was_refused_a_moment_ago_is_asked_again() -> None:
    page = sent_to_nobody()
    (due,) = page.due()
    step = decide_on(page.ledger, ACCOUNT, Asked(due))
    page.happened("ACC-2", AccountOpened("Grace", "USD"))
    again = decide_on(page.ledger, ACCOUNT, step.overtaken())
    assert again.events == (TransferReceived(4, "TRF-1", "ACC-1"),)


def test_what_was_appended_after_all_is_not_appended_again() -> None:
    page = Page().happened("ACC-1", AccountOpened("Ada", "USD"))
    asked = Asked(Request(DepositMoney("ACC-1", 5), "ACC-1", "command-1", since=page.ledger.head))
    step = decide_on(page.ledger, ACCOUNT, asked)
    page.append(step).happened("ACC-1", MoneyWithdrawn(5))
    again = decide_on(page.ledger, ACCOUNT, step.overtaken())
    assert [recorded.event for recorded in again.answer] == [MoneyDeposited(5)]


ACCOUNTS = ["ACC-1", "ACC-2"]
some_accounts = st.sampled_from(ACCOUNTS)
TURNS = st.lists(
    st.tuples(
        st.integers(0, 1),  # who
        st.sampled_from([*["look", "append"] * 3, *["open", "close"] * 2, "send", "crash"]),
        some_accounts,
        some_accounts,
    ),
    min_size=15,
    max_size=60,
)


@settings(max_examples=150)
@given(TURNS)
def test_whoever_looks_decides_and_appends_when_every_transfer_ends_once(turns) -> None:
    page = sent_to_nobody()
    decided: dict[int, tuple[int, object]] = {}
    asked: dict[int, Asked] = {}
    for nth, (who, does, one, other) in enumerate(turns):
        match does:
            case "look":  # an overtaken one goes on with what it had, others with what is due
                due = page.due()
                if who not in asked and due:
                    asked[who] = Asked(due[0])
                if who in asked:
                    decided[who] = (page.ledger.head, decide_on(page.ledger, ACCOUNT, asked[who]))
            case "append" if who in decided:
                head, step = decided.pop(who)
                asked.pop(who)
                if isinstance(step, Appending) and head == page.ledger.head:
                    page.append(step)
                elif isinstance(step, Appending):
                    asked[who] = step.overtaken()
            case "crash":
                decided.pop(who, None)
                asked.pop(who, None)
            case "open" | "close" | "send":
                command = {
                    "open": OpenAccount(one, "Grace"),
                    "close": CloseAccount(one),
                }.get(does)
                state = page.ledger.state_of(one)
                if does == "send" and isinstance(state, Open) and one != other and state.balance:
                    page.happened(one, TransferSent(1, f"TRF-{nth % 3}", other))
                elif command:
                    events = ACCOUNT.decide(command, state)
                    if not isinstance(events, Rejection):
                        page.happened(one, *events)
            case _:
                pass
    ends = Counter(
        recorded.causation_id
        for recorded in page.ledger.recorded
        if isinstance(recorded.event, TransferReceived | TransferReturned)
    )
    assert all(count == 1 for count in ends.values())
    under_way = sum(due.command.amount for due in page.due())
    assert sum(balance_in(page.ledger.state_of(name)) for name in ACCOUNTS) + under_way == 10
    progress = TRANSFER.progress.project(page.ledger.recorded)
    assert progress == Projected(progress.read_model, page.ledger.head)
