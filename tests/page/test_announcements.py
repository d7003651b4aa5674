"""What is said, and how often: once, in few words, where it belongs."""

from __future__ import annotations

from datetime import timezone

import pytest
from bankpage.house.messages import Message, message_of
from bankpage.house.screen import view
from bankpage.live.messages import (
    AccountChosen,
    ActedAs,
    AskedTooSoon,
    DepositAsked,
    EntriesChanged,
    EraseAsked,
    ExportAsked,
    FreezeAsked,
    ResetAsked,
    TransferAsked,
    WithdrawAsked,
)
from bankpage.live.requests import Form
from bankpage.paper.effects import Focus
from bankpage.paper.patches import patches
from bankpage.stage.messages import (
    CursorMoved,
    LedgerScrolled,
    PayloadToggled,
    PlayToggled,
    RowJumped,
    Step,
    Stepped,
)

from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Actor
from tests.page.desk import INDEX, Desk, Storage, page_phrases

REGIONS = {"announcer", *(f"{form}-outcome" for form in Form)}


def said_by(desk: Desk, *messages: Message) -> list[str]:
    """What the live regions say for each message, as far as anything is painted in them."""
    said = []
    for message in messages:
        before = view(desk.model, page_phrases(), timezone.utc)
        desk.does(message)
        after = view(desk.model, page_phrases(), timezone.utc)
        painted = [operation[1] for operation in patches(before, after) if operation[0] != "set"]
        said += [desk.shows(region) for region in painted if region in REGIONS]
    return [words for words in said if words]


@pytest.fixture
def desk() -> Desk:
    return Desk().opens("Ada").deposits("100").withdraws("20").opens("Grace").deposits("7")


def test_a_step_says_where_one_stands_and_what_it_shows(desk: Desk) -> None:
    assert said_by(desk, Stepped(Step.BACK), Stepped(Step.BACK)) == [
        "Event 4 of 5: AccountOpened, balance $0.00",
        "Event 3 of 5: MoneyWithdrawn $20.00, balance $80.00",
    ]
    assert said_by(desk, Stepped(Step.GENESIS)) == ["Genesis"]
    assert said_by(desk, Stepped(Step.NOW)) == [
        "Now. Event 5 of 5: MoneyDeposited $7.00, balance $7.00"
    ]


def test_the_same_place_is_said_again_when_one_asks_again(desk: Desk) -> None:
    assert len(said_by(desk, Stepped(Step.GENESIS), Stepped(Step.BACK))) == 2


def test_a_jump_is_said_and_a_slide_is_left_to_the_slider(desk: Desk) -> None:
    assert said_by(desk, RowJumped(Position(2))) == [
        "Event 2 of 5: MoneyDeposited $100.00, balance $100.00"
    ]
    assert said_by(desk, CursorMoved(Position(1)), CursorMoved(Position(4))) == []


def test_of_replay_the_start_and_the_end_are_said(desk: Desk) -> None:
    assert said_by(desk, PlayToggled()) == ["Replay, from Genesis"]
    desk.time_passes()
    assert desk.shows("announcer").startswith("Now. Event 5 of 5")
    assert desk.model.announcements == 2
    desk.does(Stepped(Step.BACK))
    assert said_by(desk, PlayToggled(), PlayToggled()) == [
        "Replay, from event 4",
        "Event 4 of 5: AccountOpened, balance $0.00",
    ]


def test_choosing_an_account_says_what_it_shows(desk: Desk) -> None:
    assert said_by(desk, AccountChosen(StreamId("ACC-1"))) == ["ACC-1, Ada: balance $80.00"]
    desk.does(CursorMoved(Position(1)))
    assert said_by(desk, AccountChosen(StreamId("ACC-2"))) == ["ACC-2: not opened yet"]


def test_what_was_said_does_not_change_when_the_ledger_grows(desk: Desk) -> None:
    desk.does(Stepped(Step.BACK))
    assert said_by(desk, PayloadToggled(Position(1)), LedgerScrolled(1)) == []
    storage = desk.storage
    Desk(storage, name="other").deposits("1")
    assert said_by(desk, EntriesChanged(storage.all())) == []
    assert desk.shows("announcer").startswith("Event 4 of 5")


def test_a_command_is_said_once_where_it_was_given(desk: Desk) -> None:
    assert said_by(desk, DepositAsked("1", "")) == ["Done: MoneyDeposited (#6)."]
    desk.does(CursorMoved(Position(1)))
    assert said_by(desk, WithdrawAsked("1", "")) == ["Done: MoneyWithdrawn (#7)."]
    assert said_by(desk, FreezeAsked()) == ["Done: AccountFrozen (#8)."]


def test_a_repeated_rejection_is_said_again(desk: Desk) -> None:
    said = said_by(desk, WithdrawAsked("500", ""), WithdrawAsked("500", ""))
    assert len(said) == 2
    assert said[0] == said[1]
    assert len(said_by(desk, DepositAsked("x", ""), DepositAsked("x", ""))) == 2


def test_a_transfer_is_one_outcome_with_both_its_ends(desk: Desk) -> None:
    assert said_by(desk, TransferAsked("3", "ACC-1")) == [
        "Done: TransferSent (#6), TransferReceived (#7)."
    ]


def test_an_export_is_said_where_it_was_asked_for(desk: Desk) -> None:
    assert said_by(desk, ExportAsked()) == ["Exported: 5 events, in a file of JSON Lines."]
    assert desk.shows("store-outcome")
    desk.does(ResetAsked(), ExportAsked())
    assert desk.shows("reset-outcome") == "Exported: 5 events, in a file of JSON Lines."
    assert said_by(Desk().opens(), ExportAsked()) == ["Exported: 1 event, in a file of JSON Lines."]


def test_another_tabs_erasing_is_said_and_ones_own_is_not() -> None:
    storage = Storage()
    one = Desk(storage, name="one").opens()
    two = Desk(storage, name="two")
    assert said_by(one, ResetAsked(), EraseAsked()) == []
    assert said_by(two, EntriesChanged(storage.all())) == ["Another tab has erased this history."]


def test_nothing_is_said_on_load() -> None:
    storage = Desk().hears_the_story().storage
    assert Desk(storage, name="next").hears() == ""


@pytest.mark.parametrize("typed", ["", "   "])
def test_a_transfer_to_nobody_asks_to_whom_and_sends_nothing(desk: Desk, typed: str) -> None:
    assert (
        said_by(desk, TransferAsked("3", typed), TransferAsked("3", typed))
        == ["To which account? Choose one from the list, or type its id."] * 2
    )
    assert desk.effects[-1] == Focus("transfer-to")
    assert desk.slot("transfer-to").attributes["aria-invalid"] == "true"
    assert desk.model.live.ledger.head == 5


def test_the_accounts_that_a_transfer_can_go_to_are_offered(desk: Desk) -> None:
    assert desk.shows("receivers") == "ACC-1 · Ada"
    desk.does(AccountChosen(StreamId("ACC-1")))
    assert desk.shows("receivers") == "ACC-2 · Grace"
    desk.withdraws("80")
    desk.opens("Eve")
    assert desk.shows("receivers") == "ACC-1 · AdaACC-2 · Grace"


@pytest.mark.parametrize("form", [Form.AMOUNT, Form.TRANSFER])
def test_enter_without_an_account_says_what_to_do(form: Form) -> None:
    desk = Desk()
    assert said_by(desk, AskedTooSoon(form)) == ["Open an account first: then money can move."]
    assert desk.shows(f"{form}-outcome")


def test_enter_in_a_form_of_a_frozen_account_says_why() -> None:
    desk = Desk().opens().does(FreezeAsked())
    (said,) = said_by(desk, AskedTooSoon(Form.TRANSFER))
    assert said.startswith("A frozen account takes money in")


def test_one_is_one() -> None:
    assert Desk().opens().shows("ledger-count") == "1 event"
    assert Desk().opens().opens().shows("ledger-count") == "2 events"
    broken = {"esbank/ledger/1/000000000001": "no event"}
    one = Desk(Storage(broken)).shows("page-notice")
    assert "one entry could not be read. It was left" in one
    broken["esbank/ledger/1/000000000002"] = "none either"
    two = Desk(Storage(broken)).shows("page-notice")
    assert "2 entries could not be read. They were left" in two


def test_in_whose_name_one_acts_stands_where_one_acts_until_one_does_so_no_more(desk: Desk) -> None:
    assert desk.slot("acting").attributes["hidden"]
    assert said_by(desk, ActedAs(Actor("user", "Grace Hopper"))) == []  # who asked for it says so
    assert not desk.slot("acting").attributes["hidden"]
    assert desk.shows("acting-as").startswith("You act as “Grace Hopper”")
    desk.deposits("1")
    assert not desk.slot("acting").attributes["hidden"]
    told = message_of("act-as-visitor", {})
    assert said_by(desk, told) == ["You act as visitor again."]
    assert desk.slot("acting").attributes["hidden"]
    assert "Grace Hopper" not in desk.shows("acting-as")
    desk.deposits("2")
    actors = [recorded.actor.id for recorded in desk.model.live.ledger.recorded if recorded.actor]
    assert actors[-2:] == ["Grace Hopper", "visitor"]
    assert not desk.shows("acting-outcome")


def test_the_way_back_to_ones_own_name_keeps_the_keyboards_place(desk: Desk) -> None:
    desk.does(ActedAs(Actor("user", "teller")), message_of("act-as-visitor", {}))
    assert Focus("actions-title") in desk.effects
    assert 'id="actions-title" tabindex="-1"' in INDEX.read_text()


def test_another_name_takes_back_what_was_said_of_the_last(desk: Desk) -> None:
    desk.does(ActedAs(Actor("user", "teller")), message_of("act-as-visitor", {}))
    desk.does(ActedAs(Actor("user", "auditor")))
    assert not desk.shows("acting-outcome")
    assert "auditor" in desk.shows("acting-as")
