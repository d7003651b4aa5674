"""What if: later commands are decided again, and each outcome is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import (
    CloseAccount,
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
    RenameOwner,
    SendTransfer,
    WithdrawMoney,
    empty_ledger,
)
from esbank_core.bank.command_of import command_of
from esbank_core.bank.commands import ReceiveTransfer
from esbank_core.bank.decide import decide
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import balance_in
from esbank_core.questions.bank.what_if import (
    ChangeTo,
    Insert,
    LeaveOut,
    Outcome,
    Retelling,
    what_if,
)
from tests.core.histories import Bank, ledgers


def outcomes(told) -> list[str]:
    return [step.outcome.value for step in told.steps]


def events(ledger: Ledger, stream_id: str) -> list[object]:
    return [recorded.event for recorded in ledger.stream(stream_id)]


def two_accounts() -> Bank:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(OpenAccount("ACC-2", "Grace"))
    return bank.do(DepositMoney("ACC-1", 100))


@given(ledgers())
def test_with_no_edit_it_is_the_same_history(ledger: Ledger) -> None:
    told = what_if(ledger, [])
    assert told.alternative == ledger
    assert told.first_divergence is None
    assert told.steps == ()


@given(ledgers(), st.data())
def test_an_edit_that_changes_nothing_is_the_same_history(ledger: Ledger, data) -> None:
    at = data.draw(st.integers(1, ledger.head))
    told = what_if(ledger, [ChangeTo(at, ledger.at(at).event)])
    assert told.alternative == ledger
    assert told.first_divergence is None
    assert set(outcomes(told)) == {"same"}


def test_two_transfers_under_one_id_are_told_apart() -> None:
    """Without the one, the other arrives as before; whichever of them is left out."""
    for left_out, rejected in ((5, 7), (6, 8)):
        bank = two_accounts().do(OpenAccount("ACC-3", "Linus"))
        bank.happened("ACC-1", [TransferSent(40, "TRF-1", "ACC-2")])
        bank.happened("ACC-1", [TransferSent(25, "TRF-1", "ACC-3")])
        bank.happened("ACC-2", [TransferReceived(40, "TRF-1", "ACC-1")])
        bank.happened("ACC-3", [TransferReceived(25, "TRF-1", "ACC-1")])
        told = what_if(bank.ledger, [LeaveOut(left_out)])
        outcome = {step.original.position: step.outcome for step in told.steps}
        assert outcome[rejected] == Outcome.REJECTED
        assert outcome[15 - rejected] == Outcome.SAME


def test_a_withdrawal_without_its_deposit_would_be_rejected() -> None:
    bank = two_accounts().do(WithdrawMoney("ACC-1", 70)).do(DepositMoney("ACC-2", 5))
    before = bank.ledger
    told = what_if(before, [LeaveOut(3)])
    assert outcomes(told) == ["left-out", "rejected", "same"]
    assert told.steps[1].rejection.code == "insufficient-funds"
    assert told.first_divergence == 3
    assert events(told.alternative, "ACC-2") == events(before, "ACC-2")
    assert told.alternative.at(3).event == MoneyDeposited(5)
    assert told.alternative.at(3).id == "ACC-2/2"
    assert told.original is before


def test_a_changed_event_is_told_under_a_name_of_its_own() -> None:
    bank = two_accounts().do(WithdrawMoney("ACC-1", 70))
    told = what_if(bank.ledger, [ChangeTo(3, MoneyDeposited(71))])
    assert outcomes(told) == ["changed", "same"]
    assert told.alternative.at(3).id == "what-if/1"
    assert balance_in(told.alternative.state_of("ACC-1")) == 1


def test_an_inserted_event_comes_before_what_stood_there() -> None:
    bank = two_accounts().do(WithdrawMoney("ACC-1", 70))
    told = what_if(bank.ledger, [Insert(4, "ACC-1", AccountFrozen("card lost"))])
    assert outcomes(told) == ["inserted", "rejected"]
    assert told.steps[1].rejection.code == "account-frozen"
    assert told.alternative.at(4).event == AccountFrozen("card lost")


def test_an_event_can_be_inserted_at_the_end() -> None:
    told = what_if(two_accounts().ledger, [Insert(4, "ACC-1", MoneyWithdrawn(1))])
    assert outcomes(told) == ["inserted"]
    assert told.first_divergence == 4


def test_a_transfer_never_sent_does_not_arrive() -> None:
    bank = two_accounts().do(SendTransfer("ACC-1", 40, "T", "ACC-2"))
    bank.do(WithdrawMoney("ACC-2", 40))
    told = what_if(bank.ledger, [LeaveOut(3)])
    assert outcomes(told) == ["left-out"] + ["rejected"] * 3
    assert [step.rejection.code for step in told.steps[1:]] == [
        "insufficient-funds",
        "transfer-not-sent",
        "insufficient-funds",
    ]


def test_a_transfer_that_now_cannot_arrive_comes_back() -> None:
    bank = two_accounts().do(SendTransfer("ACC-1", 40, "T", "ACC-2"))
    told = what_if(bank.ledger, [Insert(4, "ACC-2", AccountClosed())])
    assert outcomes(told) == ["inserted", "same", "different"]
    (returned,) = told.steps[2].instead
    assert returned.stream_id == "ACC-1"
    assert isinstance(returned.event, TransferReturned)
    assert balance_in(told.alternative.state_of("ACC-1")) == 100


def test_a_transfer_that_came_back_now_arrives() -> None:
    bank = two_accounts().do(CloseAccount("ACC-2")).do(SendTransfer("ACC-1", 40, "T", "ACC-2"))
    assert isinstance(bank.ledger.at(6).event, TransferReturned)
    told = what_if(bank.ledger, [LeaveOut(4)])
    assert outcomes(told) == ["left-out", "same", "different"]
    assert events(told.alternative, "ACC-2")[-1] == TransferReceived(40, "T", "ACC-1")


def test_a_transfer_of_another_amount_arrives_as_sent() -> None:
    bank = two_accounts().do(SendTransfer("ACC-1", 40, "T", "ACC-2"))
    told = what_if(bank.ledger, [ChangeTo(4, TransferSent(30, "T", "ACC-2"))])
    assert outcomes(told) == ["changed", "different"]
    assert balance_in(told.alternative.state_of("ACC-2")) == 30


def test_an_inserted_transfer_arrives() -> None:
    told = what_if(two_accounts().ledger, [Insert(4, "ACC-1", TransferSent(30, "T", "ACC-2"))])
    assert outcomes(told) == ["inserted", "inserted"]
    assert balance_in(told.alternative.state_of("ACC-2")) == 30


def test_a_command_that_now_changes_nothing_is_told_as_different() -> None:
    bank = two_accounts().do(RenameOwner("ACC-1", "Ada King"))
    told = what_if(bank.ledger, [ChangeTo(1, bank.ledger.at(1).event.__class__("Ada King", "USD"))])
    assert told.steps[-1].outcome is Outcome.DIFFERENT
    assert told.steps[-1].instead == ()
    assert OwnerRenamed("Ada King") not in events(told.alternative, "ACC-1")


def test_what_the_rules_would_have_refused_all_along_is_not_the_edits_fault() -> None:
    bank = two_accounts().happened("ACC-1", [MoneyWithdrawn(500)])  # overdrawn, as history has it
    told = what_if(bank.ledger, [ChangeTo(3, MoneyDeposited(99))])
    assert outcomes(told) == ["changed", "same"]
    assert balance_in(told.alternative.state_of("ACC-1")) == 99 - 500


def test_other_accounts_are_left_as_they_are_however_odd() -> None:
    bank = two_accounts().happened("ACC-2", [MoneyWithdrawn(500), AccountClosed()])
    bank.happened("ACC-2", [MoneyDeposited(3)])
    told = what_if(bank.ledger, [LeaveOut(3)])
    assert outcomes(told) == ["left-out", "same", "same", "same"]


def test_what_today_would_be_decided_otherwise_stays_where_nothing_has_changed() -> None:
    bank = two_accounts().happened("ACC-2", [OwnerRenamed(" Grace "), OwnerRenamed(" Grace ")])
    told = what_if(bank.ledger, [LeaveOut(3)])
    assert outcomes(told) == ["left-out", "same", "same"]


def test_several_edits_are_told_at_once() -> None:
    bank = two_accounts().do(FreezeAccount("ACC-1")).do(DepositMoney("ACC-1", 1))
    told = what_if(bank.ledger, [LeaveOut(4), LeaveOut(3), Insert(5, "ACC-1", MoneyDeposited(7))])
    assert outcomes(told) == ["left-out", "left-out", "inserted", "same"]
    assert balance_in(told.alternative.state_of("ACC-1")) == 8


def test_edits_of_what_is_not_there_are_errors() -> None:
    ledger = two_accounts().ledger
    for position in (0, -1, 4):
        with pytest.raises(IndexError):
            what_if(ledger, [LeaveOut(position)])
    with pytest.raises(IndexError):
        what_if(empty_ledger(), [Insert(1, "ACC-1", MoneyDeposited(1))])
    with pytest.raises(ValueError, match="twice"):
        what_if(ledger, [LeaveOut(1), LeaveOut(1)])


@given(ledgers(), st.data())
def test_told_in_slices_it_is_the_same(ledger: Ledger, data) -> None:
    at = data.draw(st.integers(1, ledger.head))
    edits = [LeaveOut(at), Insert(data.draw(st.integers(1, ledger.head)), "A", MoneyDeposited(1))]
    retelling = Retelling(ledger, edits)
    while not retelling.is_done:
        before = retelling.done
        retelling.go_on(data.draw(st.integers(1, 5)))
        assert before <= retelling.done <= ledger.head
    whole = what_if(ledger, edits)
    assert retelling.told() == whole
    briefly = Retelling(ledger, edits, tells_same=False)
    briefly.go_on(ledger.head + 1)
    assert briefly.told() == replace(
        whole, steps=tuple(step for step in whole.steps if step.outcome is not Outcome.SAME)
    )


def _moved(ledger: Ledger) -> tuple[int, int]:
    """What is in the accounts or under way, and what was paid in less what was paid out."""
    held = sum(balance_in(ledger.state_of(stream_id)) for stream_id in ledger.places)
    under_way, paid = Counter(), 0
    for recorded in ledger.recorded:
        match recorded.event:
            case TransferSent(amount=amount, transfer_id=name):
                under_way[name] += amount
            case (
                TransferReceived(amount=amount, transfer_id=name)
                | TransferReturned(amount=amount, transfer_id=name)
            ):
                under_way[name] -= amount
            case MoneyDeposited(amount=amount):
                paid += amount
            case MoneyWithdrawn(amount=amount):
                paid -= amount
    assert all(amount >= 0 for amount in under_way.values())
    return held + under_way.total(), paid


@given(ledgers(), st.data())
def test_the_other_history_keeps_the_rules_and_the_money(ledger: Ledger, data) -> None:
    at = data.draw(st.integers(1, ledger.head))
    told = what_if(ledger, [LeaveOut(at)])
    if not isinstance(ledger.at(at).event, TransferReceived | TransferReturned):
        held, paid = _moved(told.alternative)
        assert held == paid
    assert told.alternative.recorded[: at - 1] == ledger.recorded[: at - 1]
    assert [recorded.position for recorded in told.alternative.recorded] == list(
        range(1, told.alternative.head + 1)
    )
    for change in told.alternative.changes():
        recorded = change.recorded
        command = command_of(recorded.stream_id, recorded.event, "USD")
        if isinstance(command, ReceiveTransfer):
            continue
        assert list(decide(command, change.before)) == [recorded.event]
    versions = Counter()
    for recorded in told.alternative.recorded:
        versions[recorded.stream_id] += 1
        assert recorded.version == versions[recorded.stream_id]
