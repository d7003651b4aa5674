"""The transfer's progress: what is under way, and what that asks for next."""

from __future__ import annotations

import pytest

from esbank_core import TRANSFER, DepositMoney, OpenAccount, Rejection, SendTransfer
from esbank_core.bank.commands import ReceiveTransfer, ReturnTransfer
from esbank_core.bank.events import TransferReceived, TransferReturned, TransferSent
from esbank_core.bank.transfer import Transfers, UnderWay
from esbank_core.kernel.process_manager import Cause
from tests.core.histories import Bank

SENT = TransferSent(20, "TRF-1", "ACC-2")
RECEIVE = ReceiveTransfer("ACC-2", 20, "TRF-1", "ACC-1", "EUR")


def progress(*after: tuple[str, object]) -> Transfers:
    """How far transfers have come when Ada has sent one, and whatever happened then."""
    bank = Bank().do(OpenAccount("ACC-1", "Ada", "EUR")).do(DepositMoney("ACC-1", 50))
    bank.happened("ACC-1", [SENT])
    for stream_id, event in after:
        bank.happened(stream_id, [event])
    return TRANSFER.progress.project(bank.ledger.recorded).read_model


def test_money_that_was_sent_is_under_way() -> None:
    assert progress().under_way == {"TRF-1": UnderWay("ACC-1", SENT, "ACC-1/3", None)}


def test_it_asks_for_the_receiver_to_take_it_in_the_senders_currency() -> None:
    assert TRANSFER.resume(progress()) == [RECEIVE]


@pytest.mark.parametrize(
    "end",
    [
        ("ACC-2", TransferReceived(20, "TRF-1", "ACC-1")),
        ("ACC-1", TransferReturned(20, "TRF-1", "closed")),
    ],
)
def test_when_it_has_arrived_or_come_back_it_asks_for_nothing(end) -> None:
    assert TRANSFER.resume(progress(end)) == []


def test_the_oldest_transfer_comes_first() -> None:
    later = TransferSent(5, "TRF-0", "ACC-2")
    due = TRANSFER.resume(progress(("ACC-1", later)))
    assert [command.transfer_id for command in due] == ["TRF-1", "TRF-0"]


def test_when_one_ends_the_others_go_on() -> None:
    later = TransferSent(5, "TRF-0", "ACC-2")
    end = TransferReceived(20, "TRF-1", "ACC-1")
    (due,) = TRANSFER.resume(progress(("ACC-1", later), ("ACC-2", end)))
    assert due.transfer_id == "TRF-0"


def test_what_the_receiver_refuses_goes_home_with_the_reason() -> None:
    refused = TRANSFER.refused(RECEIVE, Rejection("account-closed", "This account is closed."))
    assert refused == ReturnTransfer("ACC-1", 20, "TRF-1", "This account is closed.")


def test_each_command_is_for_its_own_account_and_caused_by_the_sending() -> None:
    assert TRANSFER.stream_of(RECEIVE) == "ACC-2"
    assert TRANSFER.cause_of(progress(), RECEIVE) == Cause("ACC-1/3", "ACC-1/3")


def test_nobody_refuses_what_a_transfer_never_asks() -> None:
    with pytest.raises(TypeError, match="gives no SendTransfer"):
        TRANSFER.refused(SendTransfer("ACC-1", 1, "TRF-1", "ACC-2"), Rejection("no", "No."))
    with pytest.raises(TypeError, match="asks for no SendTransfer"):
        TRANSFER.cause_of(progress(), SendTransfer("ACC-1", 1, "TRF-1", "ACC-2"))
