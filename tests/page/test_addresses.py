"""Addresses: an event has one, Back goes back, and the bar tells where one is."""

from __future__ import annotations

import pytest
from bankpage.house.messages import AddressOpened, RowSought, message_of
from bankpage.live.messages import EntriesChanged, EraseAsked, ResetAsked
from bankpage.paper.effects import Address, Focus, Reveal, Show
from bankpage.stage.addresses import position_in
from bankpage.stage.messages import CursorMoved, PlayToggled, RowJumped, Step, Stepped
from bankpage.stage.model import NOW
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.kernel.identity import Position
from tests.page.desk import Desk


@pytest.fixture
def desk() -> Desk:
    desk = Desk().opens().deposits("1").deposits("2").deposits("3").deposits("4")
    desk.effects.clear()
    return desk


def told(desk: Desk) -> list[Address]:
    return [effect for effect in desk.effects if isinstance(effect, Address)]


def test_an_address_leads_to_its_event(desk: Desk) -> None:
    desk.does(AddressOpened("#event-3", is_arrival=True))
    assert desk.model.position == 3
    assert desk.shows("announcer") == "Event 3 of 5: MoneyDeposited $2.00, balance $3.00"
    assert Show("demo") in desk.effects
    assert told(desk) == []  # it stands there already


def test_genesis_and_now_have_addresses(desk: Desk) -> None:
    desk.does(AddressOpened("#genesis", is_arrival=False))
    assert desk.model.position == 0
    desk.does(AddressOpened("", is_arrival=False))
    assert desk.model.stage.cursor == NOW


@pytest.mark.parametrize(
    "address",
    ["#event-6", "#event-0", "#event-007", "#event-x", "#event-" + "9" * 5000, "#event-٣"],
)
def test_an_address_of_an_event_that_is_not_there_is_said(desk: Desk, address: str) -> None:
    desk.does(AddressOpened(address, is_arrival=True))
    assert desk.model.position == 5
    named = address.removeprefix("#event-")[:20]
    assert desk.shows("store-outcome") == (
        f"There is no event {named}: the ledger ends at event 5."
    )


def test_in_an_empty_ledger_no_event_has_an_address() -> None:
    desk = Desk().does(AddressOpened("#event-1", is_arrival=True))
    assert desk.shows("store-outcome") == ("There is no event 1: nothing has been recorded yet.")


@pytest.mark.parametrize("address", ["#demo", "#audit", "#", "#event", "#events-3"])
def test_other_addresses_are_not_the_stages(desk: Desk, address: str) -> None:
    desk.does(CursorMoved(Position(2)), AddressOpened(address, is_arrival=False))
    assert desk.model.position == 2
    assert desk.shows("announcer") == ""
    assert desk.shows("store-outcome") == ""


def test_a_jump_is_an_entry_of_its_own_and_other_moves_replace_one(desk: Desk) -> None:
    desk.does(RowJumped(Position(2)), Stepped(Step.FORWARD), CursorMoved(Position(4)))
    desk.does(Stepped(Step.GENESIS), Stepped(Step.NOW))
    assert told(desk) == [
        Address("#event-2", is_jump=True),
        Address("#event-3", is_jump=False),
        Address("#event-4", is_jump=False),
        Address("#genesis", is_jump=False),
        Address("", is_jump=False),
    ]


def test_a_jump_to_where_one_is_makes_no_entry(desk: Desk) -> None:
    desk.does(RowJumped(Position(2)), RowJumped(Position(2)))
    assert len(told(desk)) == 1


def test_the_last_event_has_an_address_until_another_comes(desk: Desk) -> None:
    desk.does(RowJumped(Position(5)))
    assert told(desk) == [Address("#event-5", is_jump=True)]
    desk.deposits("1")
    assert told(desk)[1:] == [Address("", is_jump=False)]


def test_replay_tells_its_place_once_at_rest(desk: Desk) -> None:
    desk.does(PlayToggled())
    assert told(desk) == []
    desk.time_passes()
    assert told(desk) == []  # from now to now
    desk.does(CursorMoved(Position(2)), PlayToggled(), PlayToggled())
    assert told(desk)[-1] == Address("#event-2", is_jump=False)


def test_a_command_given_in_the_past_leaves_no_past_in_the_bar(desk: Desk) -> None:
    desk.does(RowJumped(Position(2))).withdraws("1000")
    assert told(desk)[-1] == Address("", is_jump=False)


def test_an_erased_history_leaves_no_address(desk: Desk) -> None:
    desk.does(RowJumped(Position(2)), ResetAsked(), EraseAsked())
    assert told(desk)[-1] == Address("", is_jump=False)
    other = Desk(desk.storage).opens().does(RowJumped(Position(1)))
    Desk(other.storage, name="second").does(ResetAsked(), EraseAsked())
    other.does(EntriesChanged(other.storage.all()))
    assert told(other)[-1] == Address("", is_jump=False)


def test_the_address_of_another_section_stays_while_one_is_in_the_present(desk: Desk) -> None:
    desk.does(AddressOpened("#audit", is_arrival=True)).deposits("1")
    assert told(desk) == []


@given(st.text(), st.integers(0, 30).map(Position))
def test_whatever_stands_in_the_bar_leads_nowhere_or_into_the_history(
    text: str, head: Position
) -> None:
    for address in (text, f"#{text}", f"#event-{text}"):
        position = position_in(address, head)
        assert position is None or 0 <= position <= head


def test_a_row_that_is_not_on_the_page_is_brought_and_gets_the_focus() -> None:
    desk = Desk().opens()
    for _ in range(200):
        desk.deposits("1")
    desk.does(message_of("go-to-row", {"part": "toggle", "row": "40"}))
    assert desk.effects[-2:] == [Reveal(Position(40)), Focus("toggle-40")]
    rows = desk.slot("ledger").children or ()
    assert "event-40" in {row.key for row in rows if not isinstance(row, str)}
    desk.does(RowSought("jump", Position(5000)))
    assert desk.effects[-1] == Focus("jump-201")
