"""Who did what: actors with their counts, what any of them did, and the path of a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from esbank_core import Actor, Metadata, empty_ledger
from esbank_core.bank.events import (
    AccountOpened,
    MoneyDeposited,
    TransferId,
    TransferReceived,
    TransferSent,
)
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.deeds import Deeds, Step, Wanted, path_of
from tests.core.histories import NOON

ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")
TELLER, VISITOR, PROCESS = Actor("user", "teller"), Actor("user", "visitor"), Actor("system", "t")

LEDGER = empty_ledger()
for minute, (stream_id, events, actor, correlation, cause) in enumerate(
    [
        (ADA, [AccountOpened("Ada", "USD"), MoneyDeposited(50)], TELLER, "r-1", "c-1"),
        (GRACE, [AccountOpened("Grace", "USD")], VISITOR, "r-2", "c-2"),
        (ADA, [TransferSent(5, TransferId("T"), GRACE)], TELLER, "r-3", "c-3"),
        (GRACE, [TransferReceived(5, TransferId("T"), ADA)], PROCESS, "r-3", "ACC-1/3"),
        (ADA, [MoneyDeposited(1)], None, None, None),
        (ADA, [MoneyDeposited(2)], None, None, None),
        (GRACE, [MoneyDeposited(3)], VISITOR, "r-3", "c-4"),
    ]
):
    metadata = Metadata(NOON + timedelta(minutes=minute), actor, correlation, cause)
    LEDGER = LEDGER.extend(LEDGER.recorded_next(stream_id, events, metadata))


@pytest.mark.parametrize("slice_", [1, 2, 3, 100])
def test_every_actor_has_counts_and_times_however_it_is_cut(slice_: int) -> None:
    deeds = Deeds()
    for start in range(0, LEDGER.head, slice_):
        deeds = deeds.fed(LEDGER.recorded[start : start + slice_], type_of)
    assert deeds.seen == LEDGER.head
    assert {
        actor: (doer.events, doer.requests, doer.first - NOON, doer.last - NOON)
        for actor, doer in deeds.doers.items()
    } == {
        TELLER: (3, 2, timedelta(0), timedelta(minutes=2)),
        VISITOR: (2, 2, timedelta(minutes=1), timedelta(minutes=6)),
        PROCESS: (1, 1, timedelta(minutes=3), timedelta(minutes=3)),
        None: (2, 2, timedelta(minutes=4), timedelta(minutes=5)),
    }
    assert deeds.types == {
        "AccountOpened": 2, "MoneyDeposited": 4, "TransferSent": 1, "TransferReceived": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "positions"),
    [
        (Wanted(), [1, 2, 3, 4, 5, 6, 7, 8]),
        (Wanted(actor=TELLER), [1, 2, 4]),
        (Wanted(stream_id=GRACE), [3, 5, 8]),
        (Wanted(type="MoneyDeposited"), [2, 6, 7, 8]),
        (Wanted(actor=VISITOR, type="MoneyDeposited"), [8]),
        (Wanted(since=NOON + timedelta(minutes=3)), [5, 6, 7, 8]),
        (Wanted(until=NOON + timedelta(minutes=2)), [1, 2, 3]),
        (Wanted(type="Robbery"), []),
    ],
)
def test_what_somebody_did_is_found(wanted: Wanted, positions: list[int]) -> None:
    assert wanted.among(LEDGER.recorded, type_of) == positions


def test_a_request_is_followed_across_both_accounts() -> None:
    assert path_of(LEDGER.recorded, Position(5)) == (
        Step(Position(4), 0, None, "c-3"),
        Step(Position(5), 1, Position(4), "ACC-1/3"),
        Step(Position(8), 0, None, "c-4"),
    )
    assert path_of(LEDGER.recorded, Position(2)) == (
        Step(Position(1), 0, None, "c-1"),
        Step(Position(2), 0, None, "c-1"),
    )
    assert path_of(LEDGER.recorded, Position(6)) == (Step(Position(6), 0, None, None),)


def test_causes_that_go_round_in_circles_end() -> None:
    one, two = (
        replace(recorded, correlation_id="r", causation_id=cause)
        for recorded, cause in zip(LEDGER.recorded[:2], ["ACC-1/2", "ACC-1/1"], strict=True)
    )
    itself = replace(LEDGER.at(Position(3)), correlation_id="r", causation_id="ACC-2/1")
    steps = path_of([one, two, itself], Position(1))
    assert [(step.position, step.depth) for step in steps] == [(1, 0), (2, 1), (3, 0)]


def test_a_long_path_costs_no_stack() -> None:
    first = LEDGER.at(Position(1))
    chained = [
        replace(first, id=f"e-{nth}", position=nth, correlation_id="r", causation_id=f"e-{nth - 1}")
        for nth in range(1, 3000)
    ]
    steps = path_of(chained, Position(1))
    assert [step.depth for step in steps] == list(range(2999))
