"""A real bank's history (PKDD'99, Berka and Sochorova): every balance, to the cent.

The data is not the project's to publish, so it is read from beside the repository.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pytest

from esbank_core import CODEC, Ledger, Metadata, RecordedEvent, empty_ledger
from esbank_core.bank.events import AccountOpened, Event, MoneyDeposited, MoneyWithdrawn
from esbank_core.bank.states import balance_in
from esbank_core.kernel.identity import NO_STREAM, Position, StreamId, Version
from esbank_core.kernel.recorded import record
from esbank_core.kernel.written.audit import verify
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.questions.ask import ask
from esbank_core.questions.bank.conditions import balance_below
from esbank_core.questions.bank.questions import Flows
from esbank_core.questions.bank.what_if import LeaveOut, what_if
from esbank_core.questions.moments import moments

DATA = Path(__file__).parents[3] / "shared" / "data" / "czech-bank.csv.gz"


class Row(NamedTuple):
    account_id: StreamId
    date: datetime
    is_credit: bool
    operation: str
    amount: int
    balance_after: int
    is_exact: bool


def hellers(text: str) -> int:
    """Crowns with two decimals in minor units, without a float."""
    crowns, _, decimals = text.partition(".")
    assert len(decimals) == 2
    return int(crowns + decimals)


def rows() -> Iterator[Row]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Row(
                StreamId(row["account_id"]),
                datetime.fromisoformat(row["date"]).replace(tzinfo=timezone.utc),
                row["direction"] == "credit",
                row["operation"],
                hellers(row["amount"]),
                hellers(row["balance_after"]),
                row["account_is_exact"] == "1",
            )


def events_of(given: list[Row]) -> Iterator[tuple[RecordedEvent[Event], Row]]:
    """Each row as an event; an account's first row opens it before."""
    versions: dict[StreamId, Version] = {}
    position = Position(0)
    for row in given:
        account_id = row.account_id
        moved = MoneyDeposited if row.is_credit else MoneyWithdrawn
        happened: list[Event] = [moved(row.amount, row.operation)]
        if account_id not in versions:
            happened.insert(0, AccountOpened(f"Owner of {account_id}", "CZK"))
        for recorded in record(
            happened,
            Metadata(row.date),
            stream_id=account_id,
            version=versions.get(account_id, NO_STREAM),
            position=position,
        ):
            versions[account_id], position = recorded.version, recorded.position
            yield recorded, row


@pytest.fixture(scope="module")
def real_rows() -> list[Row]:
    if not DATA.exists():
        pytest.skip(f"the real bank's data is not at {DATA}")
    return list(rows())


@pytest.fixture(scope="module")
def content(real_rows: list[Row]) -> list[bytes]:
    recorded = (recorded for recorded, _ in events_of(real_rows))
    return [line.encode() for line in write_events(recorded, CODEC)]


@pytest.fixture(scope="module")
def ledger(content: list[bytes]) -> Ledger:
    return empty_ledger().extend(read_events(content, CODEC))


def test_every_balance_of_every_exact_account_is_the_banks_own(
    real_rows: list[Row], ledger: Ledger
) -> None:
    checked = 0
    for recorded, row in events_of(real_rows):
        if row.is_exact and not isinstance(recorded.event, AccountOpened):
            change = ledger.change_at(recorded.position)
            assert change.recorded == recorded
            assert balance_in(change.after) == row.balance_after, recorded.id
            checked += 1
    assert checked == sum(row.is_exact for row in real_rows) > 2_000


def test_the_replay_agrees_with_a_fold_in_plain_python(
    real_rows: list[Row], ledger: Ledger
) -> None:
    balances: dict[str, int] = {}
    for row in real_rows:
        moved = row.amount if row.is_credit else -row.amount
        balances[row.account_id] = balances.get(row.account_id, 0) + moved
    assert {
        stream_id: balance_in(ledger.state_of(stream_id)) for stream_id in ledger.places
    } == balances
    assert ledger.head == len(real_rows) + len(balances)


def test_the_real_history_is_intact(content: list[bytes], ledger: Ledger) -> None:
    found = verify(content, CODEC)
    assert found.is_intact
    assert found.events == ledger.head


def test_overdrawn_accounts_are_found_where_a_plain_scan_finds_them(ledger: Ledger) -> None:
    balances: dict[StreamId, int] = {}
    expected = []
    for recorded in ledger.recorded:
        before = balances.get(recorded.stream_id, 0)
        match recorded.event:
            case MoneyDeposited(amount=amount):
                balances[recorded.stream_id] = before + amount
            case MoneyWithdrawn(amount=amount):
                balances[recorded.stream_id] = before - amount
        if before >= 0 > balances.get(recorded.stream_id, 0):
            expected.append(recorded.position)
    found = [change.recorded.position for change in moments(ledger, balance_below(0))]
    assert found == expected
    assert len(found) > 10


def test_flows_of_all_months_are_all_the_money(real_rows: list[Row], ledger: Ledger) -> None:
    months = ask(ledger, Flows()).rows
    assert len(months) == len({row.date.strftime("%Y-%m") for row in real_rows})
    assert sum(row[1] for row in months) == sum(row.amount for row in real_rows if row.is_credit)
    assert sum(row[2] for row in months) == sum(
        row.amount for row in real_rows if not row.is_credit
    )


def test_a_history_that_the_rules_would_not_allow_is_told_again_as_it_was(ledger: Ledger) -> None:
    last = Position(ledger.head)
    told = what_if(ledger, [LeaveOut(Position(1))])
    untouched = [step for step in told.steps if step.original.stream_id != ledger.at(1).stream_id]
    assert {step.outcome.value for step in untouched} == {"same"}
    assert told.original.head == last
    assert ledger.at(last).time - ledger.at(1).time > timedelta(days=365)
