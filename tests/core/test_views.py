"""The read models: the accounts at a glance, and the ledger as a person reads it."""

from __future__ import annotations

from hypothesis import given

from esbank_core import (
    ACCOUNTS,
    LEDGER,
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
    SendTransfer,
)
from esbank_core.bank.examples import EVENTS
from esbank_core.bank.states import Frozen, Open
from esbank_core.bank.views import AccountSummary, LedgerRow, ledger_row, type_of
from esbank_core.kernel.identity import NOWHERE
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent, unreadable
from tests.core.histories import NOON, Bank, ledgers


def a_transfer() -> Ledger:
    bank = Bank().do(OpenAccount("ACC-1", "Ada", "EUR")).do(OpenAccount("ACC-2", "Grace", "EUR"))
    bank.do(DepositMoney("ACC-1", 50)).do(SendTransfer("ACC-1", 20, "TRF-1", "ACC-2"))
    return bank.do(FreezeAccount("ACC-2", "card lost")).ledger


def test_the_accounts_at_a_glance() -> None:
    accounts = ACCOUNTS.project(a_transfer().recorded).read_model
    assert list(accounts.values()) == [
        AccountSummary("ACC-1", Open("Ada", "EUR", 30), 3),
        AccountSummary("ACC-2", Frozen("Grace", "EUR", 20, "card lost"), 3),
    ]


def test_a_row_of_the_ledger_says_what_moved_and_what_is_left() -> None:
    rows = LEDGER.project(a_transfer().recorded).read_model.rows
    told = [(row.account_id, row.version, row.type, row.flow, row.balance) for row in rows]
    assert told == [
        ("ACC-1", 1, "AccountOpened", None, 0),
        ("ACC-2", 1, "AccountOpened", None, 0),
        ("ACC-1", 2, "MoneyDeposited", 50, 50),
        ("ACC-1", 3, "TransferSent", -20, 30),
        ("ACC-2", 2, "TransferReceived", 20, 20),
        ("ACC-2", 3, "AccountFrozen", None, 20),
    ]
    assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6]
    assert {row.currency for row in rows} == {"EUR"}


def test_what_cannot_be_read_has_a_row_and_moves_nothing() -> None:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(DepositMoney("ACC-1", 50))
    bank.happened("ACC-1", [UnknownEvent("Audited", 1, {}), UnreadableEvent("{", "Not JSON.")])
    last_two = LEDGER.project(bank.ledger.recorded).read_model.rows[2:]
    assert last_two == [
        LedgerRow(3, "ACC-1", 3, "Audited", bank.time, None, 50, "USD"),
        LedgerRow(4, "ACC-1", 4, "Unreadable", bank.time, None, 50, "USD"),
    ]


def test_what_is_lost_is_in_the_ledger_and_no_account() -> None:
    ledger = Bank().do(OpenAccount("ACC-1", "Ada")).ledger
    ledger = ledger.extend([unreadable("", "It is gone.", position=2, time=NOON)])
    assert list(ACCOUNTS.project(ledger.recorded).read_model) == ["ACC-1"]
    row = LedgerRow(2, NOWHERE, 2, "Unreadable", NOON, None, 0, "XXX")
    assert LEDGER.project(ledger.recorded).read_model.rows[1] == row
    assert ledger_row(ledger.change_at(2)) == row


def test_an_event_goes_by_the_name_under_which_it_is_stored() -> None:
    assert [type_of(event) for event in EVENTS] == [type(event).__name__ for event in EVENTS]


@given(ledgers())
def test_any_row_is_had_from_history_without_the_others(ledger: Ledger) -> None:
    rows = LEDGER.project(ledger.recorded).read_model.rows
    assert list(rows) == [ledger_row(change) for change in ledger.changes()]


@given(ledgers())
def test_the_accounts_at_a_glance_are_what_history_says(ledger: Ledger) -> None:
    accounts = ACCOUNTS.project(ledger.recorded).read_model
    assert list(accounts) == list(ledger.places)
    for account_id, summary in accounts.items():
        assert summary.state == ledger.state_of(account_id)
        assert summary.version == ledger.version_of(account_id)
