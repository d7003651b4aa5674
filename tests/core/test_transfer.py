"""The transfer's progress: what is under way, and what that asks for next."""

from __future__ import annotations

import pytest

from esbank_core import TRANSFER, DepositMoney, OpenAccount, Rejection, SendTransfer
from esbank_core.bank.commands import ReceiveTransfer, ReturnTransfer
from esbank_core.bank.events import TransferReceived, TransferReturned, TransferSent
from esbank_core.bank.transfer import Transfers, UnderWay
from esbank_core.kernel.process_manager import Cause, Reaction
from esbank_core.kernel.projection import Projected
from esbank_core.kernel.recorded import Metadata, record
from tests.core.histories import NOON, Bank

SENT = TransferSent(20, "TRF-1", "ACC-2")
RECEIVE = ReceiveTransfer("ACC-2", 20, "TRF-1", "ACC-1", "EUR")
SENDING = Cause("ACC-1/3", "ACC-1/3", 3)


def progress(*after: tuple[str, object]) -> Transfers:
    """How far transfers have come when Ada has sent one, and whatever happened then."""
    bank = Bank().do(OpenAccount("ACC-1", "Ada", "EUR")).do(DepositMoney("ACC-1", 50))
    bank.happened("ACC-1", [SENT])
    for stream_id, event in after:
        bank.happened(stream_id, [event])
    return TRANSFER.progress.project(bank.ledger.recorded).read_model


def test_money_that_was_sent_is_under_way() -> None:
    assert progress().under_way == {"ACC-1/3": UnderWay("ACC-1", SENT, SENDING)}


def test_it_asks_for_the_receiver_to_take_it_in_the_senders_currency() -> None:
    assert TRANSFER.resume(progress()) == [Reaction(RECEIVE, SENDING)]


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
    assert [reaction.command.transfer_id for reaction in due] == ["TRF-1", "TRF-0"]


def test_when_one_ends_the_others_go_on() -> None:
    later = TransferSent(5, "TRF-0", "ACC-2")
    end = TransferReceived(20, "TRF-1", "ACC-1")
    (due,) = TRANSFER.resume(progress(("ACC-1", later), ("ACC-2", end)))
    assert due.command.transfer_id == "TRF-0"


def test_what_the_receiver_refuses_goes_home_with_the_reason() -> None:
    refused = TRANSFER.refused(RECEIVE, Rejection("account-closed", "This account is closed."))
    assert refused == ReturnTransfer("ACC-1", 20, "TRF-1", "This account is closed.")


def test_each_command_is_for_its_own_account() -> None:
    assert TRANSFER.stream_of(RECEIVE) == "ACC-2"
    assert TRANSFER.stream_of(ReturnTransfer("ACC-1", 20, "TRF-1", "closed")) == "ACC-1"


# Two transfers that go by one id: nothing keeps whoever sends them from it.


@pytest.mark.parametrize(
    ("end", "still_due"),
    [
        (("ACC-3", TransferReceived(5, "TRF-1", "ACC-1"), "ACC-1/4"), "ACC-2"),
        (("ACC-2", TransferReceived(20, "TRF-1", "ACC-1"), "ACC-1/3"), "ACC-3"),
        (("ACC-1", TransferReturned(5, "TRF-1", "closed"), "ACC-1/4"), "ACC-2"),
        # In a history that does not say what caused what, the accounts tell, or else the order.
        (("ACC-3", TransferReceived(5, "TRF-1", "ACC-1"), None), "ACC-2"),
        (("ACC-3", TransferReceived(5, "TRF-1", "ACC-1"), "request-1"), "ACC-2"),
        (("ACC-1", TransferReturned(20, "TRF-1", "closed"), None), "ACC-3"),
    ],
)
def test_a_second_transfer_of_the_same_id_hides_nothing(end, still_due: str) -> None:
    both = progress(("ACC-1", TransferSent(5, "TRF-1", "ACC-3")))
    assert [due.command.account_id for due in TRANSFER.resume(both)] == ["ACC-2", "ACC-3"]
    stream_id, event, causation_id = end
    about = Metadata(NOON, causation_id=causation_id)
    ending = record([event], about, stream_id=stream_id, version=5, position=9)
    (due,) = TRANSFER.resume(TRANSFER.progress.project(ending, Projected(both, 4)).read_model)
    assert due.command.account_id == still_due


def test_two_transfers_that_are_alike_to_the_letter_are_two() -> None:
    due = TRANSFER.resume(progress(("ACC-1", SENT)))
    assert [reaction.cause.event_id for reaction in due] == ["ACC-1/3", "ACC-1/4"]


def test_nobody_refuses_what_a_transfer_never_asks() -> None:
    with pytest.raises(TypeError, match="gives no SendTransfer"):
        TRANSFER.refused(SendTransfer("ACC-1", 1, "TRF-1", "ACC-2"), Rejection("no", "No."))
