"""What the stage shows of a history: whom, since when, beside whom, how fast, and on paper."""

from __future__ import annotations

from datetime import timedelta, timezone
from itertools import pairwise

import pytest
from bankpage.live.messages import AccountChosen, FreezeAsked, TransferAsked, UnfreezeAsked
from bankpage.page import update
from bankpage.paper.effects import After, OnPaper, Print
from bankpage.paper.occasion import Occasion
from bankpage.paper.tree import Element
from bankpage.stage.accounts import MOST_BALANCES
from bankpage.stage.causes import causes
from bankpage.stage.curve import MOST_POINTS, curve, marks
from bankpage.stage.messages import (
    AccountPinned,
    AccountSought,
    CursorMoved,
    PaperSliced,
    PinToggled,
    PlayToggled,
    Pointed,
    PrintAsked,
    SpeedChosen,
    Step,
    Stepped,
    Ticked,
)
from bankpage.stage.model import Speed
from bankpage.stage.on_paper import MOST_UNASKED, ROWS_A_SLICE, paper_rows
from bankpage.stage.travelling import pace, tick
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.states import NoAccount, balance_in
from esbank_core.kernel.identity import Position, StreamId
from tests.page.desk import START, Desk, page_phrases

ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")


def two_accounts() -> Desk:
    """Ada's and Grace's events by turns: 1 and 2 open, 3 is Ada's, 4 Grace's, 5 Ada's."""
    desk = Desk().opens("Ada").opens("Grace")
    for account, amount in ((ADA, "10"), (GRACE, "7"), (ADA, "5")):
        desk.does(AccountChosen(account)).deposits(amount)
    return desk


def names(desk: Desk) -> list[str]:
    """The accounts that stand side by side."""
    rows = desk.slot("balances").children or ()
    return [str(row.key).removeprefix("held-") for row in rows if isinstance(row, Element)]


def touched(desk: Desk) -> list[str]:
    rows = desk.slot("balances").children or ()
    return [
        str(row.key).removeprefix("held-")
        for row in rows
        if isinstance(row, Element) and row.attributes["class"] == "is-touched"
    ]


# Whom it shows ---------------------------------------------------------------------------


def test_the_state_shown_is_that_of_the_account_of_the_event_just_applied() -> None:
    desk = two_accounts()
    shown = []
    for position in range(6):
        desk.does(CursorMoved(Position(position)))
        shown.append((desk.shows("account-id"), desk.shows("balance")))
    assert shown == [
        ("-", "$0.00"),
        ("ACC-1", "$0.00"),
        ("ACC-2", "$0.00"),
        ("ACC-1", "$10.00"),
        ("ACC-2", "$7.00"),
        ("ACC-1", "$15.00"),
    ]


def test_a_pinned_account_stays_whatever_moves() -> None:
    desk = two_accounts().does(CursorMoved(Position(4)), PinToggled())
    assert desk.slot("pin").attributes[".checked"] is True
    for position in (5, 3, 1):
        desk.does(CursorMoved(Position(position)))
        assert desk.shows("account-id") == ("-" if position == 1 else "ACC-2")
    desk.does(PinToggled())
    assert desk.shows("account-id") == "ACC-1"
    desk.does(AccountPinned(GRACE), Stepped(Step.NOW))
    assert desk.shows("balance") == "$7.00"


def test_after_a_command_the_account_acted_on_is_shown_until_the_slider_moves() -> None:
    desk = two_accounts().does(TransferAsked("2", "ACC-2"))
    assert desk.model.live.ledger.recorded[-1].stream_id == "ACC-2"
    assert desk.shows("account-id") == "ACC-1"
    assert desk.shows("balance") == "$13.00"
    desk.does(AccountChosen(GRACE)).withdraws("1000")
    assert desk.shows("account-id") == "ACC-2"
    desk.does(Stepped(Step.BACK), Stepped(Step.BACK))
    assert desk.shows("account-id") == "ACC-1"


def test_nothing_but_the_reader_and_an_opening_changes_whom_commands_act_on() -> None:
    desk = two_accounts()
    for position in range(6):
        desk.does(CursorMoved(Position(position)))
        assert desk.model.live.account == "ACC-1"
    desk.does(AccountPinned(GRACE))
    assert desk.model.live.account == "ACC-1"
    desk.opens("Alan")
    assert desk.model.live.account == "ACC-3"


# Balances --------------------------------------------------------------------------------


def test_all_accounts_stand_side_by_side_as_of_the_cursor() -> None:
    desk = two_accounts().does(CursorMoved(Position(4)))
    assert names(desk) == ["ACC-1", "ACC-2"]
    assert touched(desk) == ["ACC-2"]
    assert "$10.00" in desk.shows("balances")
    desk.does(CursorMoved(Position(1)))
    assert touched(desk) == ["ACC-1"]
    assert "ACC-2 not opened yet –" in desk.shows("balances")


def test_of_many_accounts_those_touched_last_are_there_and_any_can_be_found() -> None:
    desk = Desk()
    for n in range(MOST_BALANCES + 4):
        desk.opens(f"Owner {n}")
    desk.does(AccountChosen(GRACE)).deposits("3")
    assert len(names(desk)) == MOST_BALANCES
    assert touched(desk) == ["ACC-2"]
    assert "ACC-10" in names(desk)
    assert "ACC-3" not in names(desk)
    assert not desk.slot("find-account").attributes["hidden"]
    desk.does(AccountSought("owner 2"))
    assert names(desk) == ["ACC-3"]
    assert desk.shows("balances-note") == "1 of 10 accounts"
    desk.does(AccountSought(""))
    assert "ACC-3" not in names(desk)


# Causes ----------------------------------------------------------------------------------


def test_each_value_says_which_event_last_changed_it() -> None:
    desk = two_accounts().does(FreezeAsked()).deposits("1").does(UnfreezeAsked())
    assert desk.shows("balance-event") == "last changed by event 7"
    assert desk.slot("account-status-cause").attributes["data-position"] == 8
    desk.does(CursorMoved(Position(7)))
    assert desk.slot("account-status-cause").attributes["data-position"] == 6
    assert desk.slot("owner-name-cause").attributes["data-position"] == 1
    desk.does(CursorMoved(Position(0)))
    assert desk.slot("balance-cause").attributes["aria-disabled"] == "true"
    assert desk.shows("balance-event") == ""


@given(
    st.lists(
        st.sampled_from(["deposit", "withdraw", "freeze", "unfreeze", "other", "rejected"]),
        max_size=12,
    )
)
def test_a_cause_is_where_the_value_was_another_before(doings: list[str]) -> None:
    desk = Desk().opens("Ada").opens("Grace").does(AccountChosen(ADA))
    for doing in doings:
        match doing:
            case "deposit":
                desk.deposits("2")
            case "withdraw":
                desk.withdraws("1")
            case "freeze":
                desk.does(FreezeAsked())
            case "unfreeze":
                desk.does(UnfreezeAsked())
            case "other":
                desk.does(AccountChosen(GRACE)).deposits("1").does(AccountChosen(ADA))
            case _:
                desk.withdraws("1000")
    history = desk.model.live.ledger
    for position in range(1, history.head + 1):
        found = causes(history, ADA, Position(position))
        now = history.state_of(ADA, Position(position))
        assert not isinstance(now, NoAccount)
        for value, at in (("balance", found.balance), ("status", found.status)):
            before = history.state_of(ADA, Position(at - 1))
            after = history.state_of(ADA, at)
            assert history.at(at).stream_id == ADA
            if value == "balance":
                assert balance_in(after) == now.balance
                assert isinstance(before, NoAccount) or balance_in(before) != now.balance
            else:
                assert type(after) is type(now)
                assert type(before) is not type(now)


def test_causes_of_another_history_are_its_own() -> None:
    one, other = Desk().opens("Ada").deposits("1"), Desk().opens("Ada").withdraws("1").deposits("9")
    other.does(FreezeAsked())
    for desk, balance in ((one, 2), (other, 2), (one, 2)):
        assert causes(desk.model.live.ledger, ADA, desk.model.position).balance == balance
    assert causes(one.model.live.ledger, ADA, one.model.position).status == 1
    assert causes(other.model.live.ledger, ADA, other.model.position).status == 3


# The slider's line -----------------------------------------------------------------------


def test_the_event_under_the_pointer_is_named() -> None:
    desk = two_accounts().does(TransferAsked("2", "ACC-2"), Pointed(Position(6)))
    assert desk.shows("pointed") == "#6 TransferSent \u2212$2.00"
    desk.does(Pointed(Position(1)))
    assert desk.shows("pointed") == "#1 AccountOpened"
    desk.does(Pointed(Position(0)))
    assert desk.slot("pointed").attributes["hidden"]
    desk.does(Pointed(Position(99)))
    assert desk.slot("pointed").attributes["hidden"]


def test_marks_tell_money_in_from_money_out() -> None:
    desk = Desk().opens().deposits("10").withdraws("4").does(FreezeAsked())
    drawn = marks(desk.model.live.ledger)
    assert drawn.money_in.count("M") == 1
    assert drawn.money_out.count("M") == 1
    assert "v-" in drawn.money_in
    assert "v-" not in drawn.money_out


@pytest.mark.parametrize("length", [1, MOST_POINTS, MOST_POINTS + 1, 2 * MOST_POINTS + 9])
def test_a_line_has_a_bounded_number_of_points_and_grows_as_if_drawn_anew(length: int) -> None:
    desk = Desk().opens()
    for n in range(length):
        desk.deposits(str(n % 7 + 1))
        grown = curve(desk.model.live.ledger, ADA), marks(desk.model.live.ledger)
    assert grown[0].line.count("H") <= 2 * MOST_POINTS + 2
    assert grown[1].money_in.count("M") <= MOST_POINTS
    anew = Desk(desk.storage).model.live.ledger
    assert (curve(anew, ADA), marks(anew)) == grown


# Replay ----------------------------------------------------------------------------------


@pytest.mark.parametrize("head", [1, 12, 300, 10_000, 100_000])
def test_the_whole_history_plays_in_a_bounded_time(head: int) -> None:
    for speed, most in ((Speed.ALL_IN_10_S, 10), (Speed.ALL_IN_30_S, 30)):
        assert pace(speed, Position(head)) * head <= most * 1000 * 1.001
        assert tick(speed, Position(head)) >= 50
    assert pace(Speed.ONE_A_SECOND, Position(head)) == 1000
    assert pace(Speed.FOUR_A_SECOND, Position(head)) == 250


def test_a_tick_that_comes_late_applies_what_is_due() -> None:
    desk = Desk().opens()
    for _ in range(39):
        desk.deposits("1")
    model = desk.model

    def at(seconds: float) -> Occasion:
        return Occasion(START + timedelta(hours=1, seconds=seconds), "o")

    model, _ = update(model, SpeedChosen(Speed.ALL_IN_10_S), at(0))
    model, _ = update(model, PlayToggled(), at(0))
    assert model.stage.playing is not None
    run = model.stage.playing.run
    seen = []
    for seconds in (0.25, 2.5, 2.6, 9.9, 10):
        model, _ = update(model, Ticked(run), at(seconds))
        seen.append(model.position)
    assert seen == [1, 10, 11, 40, 40]
    assert not model.stage.is_in_past


def test_each_move_and_each_decision_lights_the_pipeline_anew() -> None:
    desk = Desk()
    assert desk.slot("pipeline").attributes["data-run"] == "none"
    desk.opens()
    begun = desk.slot("pipeline").attributes
    moved = [
        desk.does(message).slot("pipeline").attributes
        for message in (Stepped(Step.BACK), Stepped(Step.FORWARD), Stepped(Step.GENESIS))
    ]
    runs = [begun, *moved, desk.withdraws("1").slot("pipeline").attributes]
    outcomes = [run["data-outcome"] for run in runs]
    assert outcomes == ["accepted", "replayed", "replayed", "replayed", "rejected"]
    assert all(one["data-run"] != next_["data-run"] for one, next_ in pairwise(runs))
    assert desk.slot("diagram").attributes == desk.slot("pipeline").attributes


# On paper --------------------------------------------------------------------------------


def handed_over(desk: Desk) -> list[str]:
    """The positions that the page has been handed, once every slice is done."""
    positions: list[str] = []
    while slices := [one for one in desk.effects if isinstance(one, After)]:
        desk.effects.clear()
        for after in slices:
            desk.does(after.message)
        for effect in desk.effects:
            if isinstance(effect, OnPaper):
                rows = paper_rows(
                    desk.model.live.ledger, effect.after, effect.to, page_phrases(), timezone.utc
                )
                positions[effect.after :] = [row[0] for row in rows]
        if any(isinstance(effect, Print) for effect in desk.effects):
            break
    return positions


def test_every_event_gets_onto_paper_before_anybody_prints() -> None:
    desk = Desk().opens()
    for _ in range(ROWS_A_SLICE + 20):
        desk.deposits("1")
    expected = [str(n) for n in range(1, ROWS_A_SLICE + 22)]
    assert handed_over(desk) == expected
    desk.deposits("1")
    assert any(isinstance(one, After) for one in desk.effects)
    assert desk.slot("print-ledger").attributes["hidden"]


def test_a_row_on_paper_says_all_that_a_row_says() -> None:
    desk = Desk().opens("Ada").deposits("1250.5")
    history = desk.model.live.ledger
    rows = paper_rows(history, 0, history.head, page_phrases(), timezone.utc)
    assert rows[0][1:6] == ["AccountOpened", "ACC-1", "Ada", "", "$0.00"]
    assert rows[1][:6] == ["2", "MoneyDeposited", "ACC-1", "", "+$1,250.50", "$1,250.50"]


def test_a_longer_ledger_is_printed_when_asked_for_and_says_how_many_pages() -> None:
    desk = Desk().opens()
    for _ in range(MOST_UNASKED):
        desk.deposits("1")
    assert not desk.slot("print-ledger").attributes["hidden"]
    assert "(about 18 pages)" in desk.shows("print-ledger")
    desk.does(PrintAsked())
    assert Print() not in desk.effects
    assert len(handed_over(desk)) == MOST_UNASKED + 1
    assert Print() in desk.effects
    desk.does(PaperSliced())
    assert desk.model.stage.on_paper == desk.model.live.ledger.head
