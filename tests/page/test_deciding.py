"""The page's turns at the command machine, one story each: cut off, overtaken, refused, put off."""

from __future__ import annotations

import pytest
from bankpage.live.deciding import PATIENCE_MS
from bankpage.live.messages import (
    AccountChosen,
    DepositAsked,
    EraseAsked,
    LiveMessage,
    StoryAsked,
    TransferAsked,
    WaitedForOthers,
)
from bankpage.live.results import Accepted, NotStored, Rejected, Trouble
from bankpage.live.stored.reading import read_ledger
from bankpage.paper.effects import After

from esbank_core.bank.states import balance_in
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import StreamId
from tests.page.desk import Desk, Storage

ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")
WAITED = After(PATIENCE_MS, WaitedForOthers())


def types_in(storage: Storage) -> list[str]:
    return [type_of(recorded.event) for recorded in read_ledger(storage.all()).recorded]


def cut_off_after_sending(receiver: str = "ACC-2") -> Storage:
    """Ada has $10.00 and sends $4.00; her tab is closed before the second event."""
    desk = Desk(name="closed").opens().deposits("10")
    desk.inbox.append(TransferAsked("4", receiver))
    while types_in(desk.storage)[-1] != "TransferSent":
        desk.goes_on()
    desk.crashes()
    return desk.storage


def loading(storage: Storage, name: str) -> Desk:
    return Desk(storage, name=name, is_settled=False)


def both_catch_up(*tabs: Desk) -> None:
    for _ in range(2):
        for tab in tabs:
            tab.sees()
            tab.settles()


@pytest.mark.parametrize("steps", range(12))
def test_two_tabs_that_load_at_once_give_the_money_back_once(steps: int) -> None:
    storage = cut_off_after_sending()
    one, two = loading(storage, "one"), loading(storage, "two")
    two.goes_on()  # has decided already
    for _ in range(steps):
        one.goes_on()
    both_catch_up(two, one)
    assert types_in(storage)[2:] == ["TransferSent", "TransferReturned"]
    for tab in (one, two):
        assert balance_in(tab.model.live.ledger.state_of(ADA)) == 1000
        assert tab.model.live.in_flight is None


@pytest.mark.parametrize("steps", range(12))
def test_the_receiver_is_paid_or_the_sender_refunded_never_both(steps: int) -> None:
    storage = cut_off_after_sending()
    late = loading(storage, "late")
    late.goes_on()  # there is no ACC-2 yet, so that the money is to go home
    other = loading(storage, "other")
    for _ in range(steps):
        other.goes_on()
    other.opens("Grace")
    both_catch_up(late, other)
    ends = [name for name in types_in(storage) if name in ("TransferReceived", "TransferReturned")]
    assert len(ends) == 1
    ledger = late.model.live.ledger
    assert balance_in(ledger.state_of(ADA)) + balance_in(ledger.state_of(GRACE)) == 1000


def test_what_a_closed_tab_began_is_carried_on_by_one_that_stayed_open() -> None:
    storage = Storage()
    stays = Desk(storage, name="stays").opens("Ada").opens("Grace").deposits("10")
    closes = Desk(storage, name="closes").does(AccountChosen(GRACE))
    closes.inbox.append(TransferAsked("4", "ACC-1"))
    while types_in(storage)[-1] != "TransferSent":
        closes.goes_on()
    closes.crashes()
    stays.settles()
    assert types_in(storage)[-1] == "TransferSent"  # it may be on its way yet
    assert WAITED in stays.effects
    stays.does(WaitedForOthers())
    assert types_in(storage)[-1] == "TransferReceived"


def test_what_another_tab_carried_on_itself_is_left_to_it() -> None:
    storage = Storage()
    looks_on = Desk(storage, name="looks on").opens("Ada").opens("Grace").deposits("10")
    acts = Desk(storage, name="acts").does(AccountChosen(GRACE), TransferAsked("4", "ACC-1"))
    looks_on.sees(1)
    looks_on.settles()
    assert looks_on.effects[-1] == WAITED
    looks_on.sees()
    looks_on.does(WaitedForOthers())
    assert types_in(storage)[-2:] == ["TransferSent", "TransferReceived"]
    assert acts.model.live.outcome is not None
    assert isinstance(acts.model.live.outcome.result, Accepted)
    assert len(acts.model.live.outcome.result.recorded) == 2


def test_what_another_tab_wrote_waits_for_the_answer_to_ones_own() -> None:
    storage = Storage()
    one = Desk(storage, name="one").opens()
    two = Desk(storage, name="two")
    one.inbox.append(DepositAsked("1", ""))
    while len(storage.entries) < 2 or storage.turns:
        one.goes_on()  # until it is written, and only that has not been told yet
    two.sees()
    two.settles()
    two.deposits("2")
    one.sees()
    one.only(one.inbox.pop(0))
    assert one.model.live.ledger.head == 1
    one.settles()
    assert one.model.live.ledger.head == 3
    assert one.model.live.ledger.recorded == two.model.live.ledger.recorded


def test_a_command_given_while_the_ledger_is_erased_is_answered_by_the_new_one() -> None:
    desk = Desk().opens().deposits("10")
    desk.inbox += [EraseAsked(), DepositAsked("5", "")]
    desk.settles()
    assert types_in(desk.storage) == []
    outcome = desk.model.live.outcome
    assert outcome is not None
    assert isinstance(outcome.result, Rejected)
    assert outcome.result.rejection.code == "account-not-open"
    desk.opens("Grace")
    assert Desk(desk.storage).model.live.ledger.recorded == desk.model.live.ledger.recorded


@pytest.mark.parametrize("order", ["heard first", "answered first"])
def test_what_comes_right_after_an_erasure_is_not_lost(order: str) -> None:
    storage = Storage()
    one, two = Desk(storage, name="one").opens(), Desk(storage, name="two")
    one.does(EraseAsked())
    two.opens("Grace")
    one.sees()
    heard = one.inbox
    if order == "heard first":
        heard.append(heard.pop(0))
    one.settles()
    assert one.model.live.ledger.recorded == two.model.live.ledger.recorded


# What cannot be carried on.


def test_a_transfer_for_which_there_is_no_room_rests_until_the_ledger_moves() -> None:
    storage = cut_off_after_sending()
    storage.is_full = True
    desk = Desk(storage, name="next")
    assert desk.model.live.outcome is not None
    assert desk.model.live.outcome.result == NotStored(Trouble.FULL)
    desk.deposits("1")  # there is no room for that either, and the two do not wait for one another
    assert desk.is_idle
    storage.is_full = False
    desk.deposits("1")
    assert types_in(storage)[-2:] == ["MoneyDeposited", "TransferReturned"]


@pytest.mark.parametrize(
    "gesture", [DepositAsked("5", ""), StoryAsked(), TransferAsked("1", "ACC-2")]
)
def test_what_the_visitor_asks_next_tab_or_not_is_done_once(gesture: LiveMessage) -> None:
    """Closed after every step in turn: what was asked is there once, or not at all."""
    for steps in range(40):
        desk = Desk(name="first").opens().deposits("10")
        before = len(types_in(desk.storage))
        desk.inbox.append(gesture)
        for _ in range(steps):
            desk.goes_on()
        desk.crashes()
        again = Desk(desk.storage, name="again")
        recorded = again.model.live.ledger.recorded[before:]
        causes = [one.causation_id for one in recorded]
        assert len(set(causes)) == len(causes)
        assert not again.model.live.transfers.read_model.under_way


def test_what_could_not_be_read_back_is_told_and_not_written() -> None:
    desk = Desk().opens("Ada")
    before = dict(desk.storage.entries)
    desk.does(DepositAsked("1", "x" * 1_200_000))
    assert "too long to be kept" in desk.shows("amount-outcome")
    assert desk.storage.entries == before
    assert desk.deposits("2").shows("balance") == "$2.00"
