"""Ready-made conditions, and a scan that is taken further slice by slice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import (
    CloseAccount,
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferSent,
)
from esbank_core.bank.money import WholeUnits, currency_of
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent
from esbank_core.questions.bank.conditions import (
    Status,
    amount_at_least,
    balance_below,
    event_type_is,
    field_contains,
    field_equals,
    frozen,
    gap_at_least,
    out_of_time_order,
    status_becomes,
    text_is_mentioned,
    twice_for_one_cause,
)
from esbank_core.questions.bank.todays_rules import (
    begins_without_opening,
    lacks_opening,
    refusal,
    refused_today,
)
from esbank_core.questions.moments import Scan, all_of, moments
from tests.core.histories import NOON, Bank, ledgers


def positions(ledger: Ledger, condition, stream_id=None) -> list[int]:
    return [change.recorded.position for change in moments(ledger, condition, stream_id)]


def with_causes(ledger: Ledger, *causes: str | None) -> Ledger:
    """The same events, each with the cause given."""
    rows = [
        replace(recorded, causation_id=cause)
        for recorded, cause in zip(ledger.recorded, causes, strict=True)
    ]
    return Bank().ledger.extend(rows)


# Scans.

CONDITIONS = [
    lambda _: balance_below(100_00),
    lambda _: amount_at_least(50_00),
    lambda _: all_of(frozen(), balance_below(300_00)),
    lambda _: out_of_time_order(),
    lambda _: gap_at_least(timedelta(minutes=10)),
    lambda _: twice_for_one_cause(),
    refused_today,
]


@pytest.mark.parametrize("condition_on", CONDITIONS)
@given(ledger=ledgers(), data=st.data())
def test_a_scan_in_slices_finds_what_one_in_one_go_finds(condition_on, ledger, data) -> None:
    causes = data.draw(
        st.lists(st.sampled_from(["a", "b", None]), min_size=ledger.head, max_size=ledger.head)
    )
    ledger = with_causes(ledger, *causes)
    condition = condition_on(ledger)
    stream_id = data.draw(st.sampled_from([None, *ledger.places]))
    whole = Scan(condition, stream_id).further(ledger, ledger.head)
    scan = Scan(condition, stream_id)
    while not scan.is_done(ledger):
        scan = scan.further(ledger, data.draw(st.integers(1, 7)))
    assert scan == whole
    assert list(scan.moments) == positions(ledger, condition, stream_id)
    assert scan.streams == {ledger.at(place).stream_id for place in scan.moments}


@given(ledgers(), st.data())
def test_a_scan_goes_on_where_a_history_has_grown(ledger: Ledger, data) -> None:
    until = data.draw(st.integers(0, ledger.head))
    begun = Bank().ledger.extend(ledger.recorded[:until])
    scan = Scan(balance_below(100_00)).further(begun, until)
    assert scan.is_done(begun)
    scan = scan.further(ledger, ledger.head)
    assert list(scan.moments) == positions(ledger, balance_below(100_00))


def test_an_earlier_scan_can_be_taken_further_again() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 5)).do(DepositMoney("A", 5))
    ledger = with_causes(bank.ledger, "x", "y", "y")
    scan = Scan(twice_for_one_cause()).further(ledger, 1)
    assert scan.further(ledger, 9) == scan.further(ledger, 9)
    assert list(scan.further(ledger, 9).moments) == [3]


# Amounts, in whole units of each account's currency.


@pytest.mark.parametrize(
    ("amount", "code", "least", "most"),
    [
        (WholeUnits(20), "USD", 2000, 2000),
        (WholeUnits(2050, 2), "USD", 2050, 2050),
        (WholeUnits(2050, 2), "JPY", 21, 20),
        (WholeUnits(-2050, 2), "JPY", -20, -21),
        (WholeUnits(7), "KWD", 7000, 7000),
    ],
)
def test_whole_units_come_to_minor_units_of_each_currency(amount, code, least, most) -> None:
    assert amount.at_least(currency_of(code)) == least
    assert amount.at_most(currency_of(code)) == most


def test_an_amount_means_the_same_in_every_currency() -> None:
    bank = Bank().do(OpenAccount("US", "Ada", "USD")).do(OpenAccount("JP", "Aiko", "JPY"))
    bank.do(DepositMoney("US", 30_00)).do(DepositMoney("JP", 30))
    bank.do(WithdrawMoney("US", 11_00)).do(WithdrawMoney("JP", 11))
    assert positions(bank.ledger, balance_below(WholeUnits(20))) == [1, 2, 5, 6]
    assert positions(bank.ledger, amount_at_least(WholeUnits(30))) == [3, 4]
    assert positions(bank.ledger, amount_at_least(WholeUnits(105, 1))) == [3, 4, 5, 6]


def test_a_debt_that_recovers_is_found() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 50))
    bank.happened("A", [MoneyWithdrawn(51), MoneyDeposited(9), MoneyWithdrawn(9)])
    assert positions(bank.ledger, balance_below(0)) == [3, 5]


# What an event is.


def strange() -> Ledger:
    data = {
        "risk": 7,
        "by-whom": "Model 4",
        "a.b": "dotted",
        "address": {"city": "Zürich", "lines": ["1 Main St", "Flat 2"]},
        "items": [{"sku": "A-1"}, {"sku": "B-2", "ok": True}],
        "none": None,
    }
    bank = Bank().do(OpenAccount("A", "Ada")).happened("A", [UnknownEvent("Scored", 1, data)])
    bank.do(DepositMoney("A", 70, "Salary for May"))
    bank.happened("A", [UnreadableEvent("{broken", "It ends too soon.")])
    return bank.ledger


@pytest.mark.parametrize(
    ("path", "typed", "expected"),
    [
        ("data.amount", "70", [3]),
        ("data.amount", "70.0", [3]),
        ("amount", "70", [3]),
        ("data.amount", "seventy", []),
        ("data.note", "Salary for May", [3]),
        ("data.note", "salary for may", []),
        ("data.risk", "7", [2]),
        ("data.risk", "true", []),
        ("data.by-whom", "Model 4", [2]),
        ("data.a.b", "dotted", [2]),
        ("data.address.city", "Zürich", [2]),
        ("data.address.lines.1", "Flat 2", [2]),
        ("data.address.lines", "Flat 2", [2]),
        ("data.items.sku", "B-2", [2]),
        ("data.items.0.sku", "B-2", []),
        ("data.items.9.sku", "B-2", []),
        ("data.items.ok", "true", [2]),
        ("data.none", "null", [2]),
        ("data.address.city.name", "x", []),
        ("type", "Scored", [2]),
        ("subject", "A", [1, 2, 3, 4]),
        ("authid", "teller", [1, 2, 3, 4]),
        ("id", "A/3", [3]),
        ("position", "3", [3]),
        ("causationid", "x", []),
        ("", "x", []),
    ],
)
def test_a_field_equals(path: str, typed: str, expected: list[int]) -> None:
    assert positions(strange(), field_equals(path, typed)) == expected


@pytest.mark.parametrize(
    ("path", "typed", "expected"),
    [
        ("data.note", "MAY", [3]),
        ("data.address", "zürich", [2]),
        ("data.address", "CITY", [2]),
        ("data.items.sku", "-2", [2]),
        ("data.amount", "7", [3]),
        ("data", "may", [3]),
        ("data.nothing", "", []),
    ],
)
def test_a_field_contains(path: str, typed: str, expected: list[int]) -> None:
    assert positions(strange(), field_contains(path, typed)) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("scored", [2]),
        ("zürich", [2]),
        ("salary", [3]),
        ("ada", [1, 4]),
        ("broken", [4]),
        ("qq", []),
    ],
)
def test_a_text_is_found_wherever_it_stands(typed: str, expected: list[int]) -> None:
    assert positions(strange(), text_is_mentioned(typed)) == expected


def test_attributes_of_somebody_elses_are_fields() -> None:
    bank = Bank().do(OpenAccount("A", "Ada"))
    marked = replace(bank.ledger.at(1), attributes={"tenant": "north"})
    assert positions(Bank().ledger.extend([marked]), field_equals("tenant", "north")) == [1]


def test_an_event_is_of_a_type_known_or_not() -> None:
    assert positions(strange(), event_type_is("MoneyDeposited")) == [3]
    assert positions(strange(), event_type_is("Scored")) == [2]
    assert positions(strange(), event_type_is("Unreadable")) == [4]
    assert positions(strange(), event_type_is("None")) == []
    newer = Bank().happened("A", [UnknownEvent("MoneyDeposited", 2, {})]).ledger
    assert positions(newer, event_type_is("MoneyDeposited")) == [1]


def test_what_an_account_becomes_counts_where_it_begins() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 5)).do(FreezeAccount("A"))
    bank.do(DepositMoney("A", 5)).do(UnfreezeAccount("A")).do(WithdrawMoney("A", 10))
    bank.do(CloseAccount("A"))
    assert positions(bank.ledger, status_becomes(Status.OPEN)) == [1, 5]
    assert positions(bank.ledger, status_becomes(Status.FROZEN)) == [3]
    assert positions(bank.ledger, status_becomes(Status.CLOSED)) == [7]


def test_a_gap_counts_from_its_very_length() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 5), after=timedelta(hours=2))
    bank.happened("A", [MoneyDeposited(1)], at=NOON)
    assert positions(bank.ledger, gap_at_least(timedelta(hours=2))) == [2]
    assert positions(bank.ledger, gap_at_least(timedelta(hours=2, seconds=1))) == []


# Twice for one cause.


def test_what_was_done_twice_for_one_cause_is_found() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(OpenAccount("B", "Bo"))
    bank.do(DepositMoney("A", 9)).do(WithdrawMoney("A", 2)).do(WithdrawMoney("A", 2))
    bank.do(DepositMoney("B", 9)).do(WithdrawMoney("A", 2))
    ledger = with_causes(bank.ledger, None, None, "r1", "r2", "r2", "r1", "r2")
    assert positions(ledger, twice_for_one_cause()) == [5, 7]  # of B it is another thing
    assert positions(ledger, twice_for_one_cause(), "A") == [5, 7]
    assert positions(bank.ledger, twice_for_one_cause()) == []


def test_what_comes_again_may_be_asked_together_with_more() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 9)).do(DepositMoney("A", 2))
    ledger = with_causes(bank.do(DepositMoney("A", 9)).ledger, "x", "r", "r", "r")
    both = all_of(twice_for_one_cause(), amount_at_least(9))
    assert positions(ledger, both) == [4]


# Today's rules.


@given(ledgers())
def test_todays_rules_refuse_nothing_that_they_have_led_to(ledger: Ledger) -> None:
    assert positions(ledger, refused_today(ledger)) == []
    assert positions(ledger, begins_without_opening()) == []


def test_what_todays_rules_would_refuse_is_found_with_why() -> None:
    bank = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 50))
    bank.happened("A", [MoneyWithdrawn(60), MoneyDeposited(20), AccountFrozen("lost")])
    bank.happened("A", [MoneyWithdrawn(5), MoneyDeposited(1), AccountClosed()])
    bank.happened("A", [MoneyDeposited(1), AccountOpened("Bo", "USD"), MoneyDeposited(-1)])
    ledger = bank.ledger
    found = {
        change.recorded.position: refusal(ledger, change.before, change.recorded).code
        for change in moments(ledger, refused_today(ledger))
    }
    assert found == {
        3: "insufficient-funds",
        6: "account-frozen",
        8: "balance-not-zero",
        9: "account-closed",
        10: "account-already-open",
        11: "amount-not-positive",
    }


def test_a_stream_without_its_opening_is_not_held_against_the_rules() -> None:
    bank = Bank().happened("CUT", [MoneyDeposited(5), MoneyWithdrawn(99), AccountClosed()])
    bank.do(OpenAccount("A", "Ada")).happened("A", [MoneyWithdrawn(1)])
    bank.happened("LATE", [MoneyWithdrawn(1), AccountOpened("Bo", "EUR")])
    bank.happened("ODD", [UnknownEvent("Scored", 1, {}), AccountOpened("Cy", "EUR")])
    ledger = bank.ledger
    assert positions(ledger, refused_today(ledger)) == [5]
    assert positions(ledger, begins_without_opening()) == [1, 6]
    assert [name for name in ledger.places if lacks_opening(ledger, name)] == ["CUT", "LATE"]


def test_what_is_known_of_such_a_stream_counts_all_the_same() -> None:
    bank = Bank().happened("CUT", [AccountFrozen(""), MoneyWithdrawn(9), AccountFrozen("")])
    ledger = bank.happened("CUT", [AccountClosed(), MoneyDeposited(1)]).ledger
    assert positions(ledger, refused_today(ledger)) == [2, 3, 5]


def test_a_transfer_comes_in_the_currency_in_which_it_was_sent() -> None:
    bank = Bank().do(OpenAccount("A", "Ada", "USD")).do(OpenAccount("B", "Bo", "EUR"))
    bank.do(DepositMoney("A", 9)).do(OpenAccount("C", "Cy", "USD"))
    bank.do(SendTransfer("A", 2, "T-1", "C"))
    bank.happened("A", [TransferSent(3, "T-2", "B")])
    bank.happened("B", [TransferReceived(3, "T-2", "A"), TransferReceived(1, "T-3", "nobody")])
    ledger = bank.ledger
    (refused,) = moments(ledger, refused_today(ledger))
    assert refused.recorded.event == TransferReceived(3, "T-2", "A")
    assert refusal(ledger, refused.before, refused.recorded).code == "currency-differs"
