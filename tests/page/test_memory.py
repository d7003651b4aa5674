"""What a visit finds again of the one before: chosen, or told by the ledger; nothing is trusted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bankpage.house.messages import Opened
from bankpage.house.screen import glance
from bankpage.live.messages import AccountChosen, FreezeAsked, Loaded, TransferAsked
from bankpage.stage.messages import CursorMoved, SpeedChosen
from bankpage.stage.model import Speed
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.kernel.identity import Position, StreamId
from tests.page.desk import Desk, page_phrases
from tests.page.test_shell import Line

FASTEST = list(Speed)[-1]


def reopened(desk: Desk) -> Desk:
    """The next visit of the same reader."""
    kept = dict(glance(desk.model, page_phrases()))
    fresh = Desk(name="next")
    fresh.storage = desk.storage
    return fresh.does(Opened(Loaded(desk.storage.all(), is_kept=True), kept))


def test_the_chosen_account_and_the_speed_are_as_they_were() -> None:
    desk = Desk().opens("Ada").opens("Grace").opens("Eve")
    desk.does(AccountChosen(StreamId("ACC-2")), SpeedChosen(FASTEST))
    again = reopened(desk)
    assert again.model.live.account == "ACC-2"
    assert again.model.stage.speed == FASTEST


def test_an_account_that_is_gone_is_not_chosen() -> None:
    desk = Desk().opens("Ada")
    kept = {"chosen-account": "ACC-9", "chosen-speed": "ludicrous"}
    desk.does(Opened(Loaded((), is_kept=True), kept))
    assert desk.model.live.account == "ACC-1"
    assert desk.model.stage.speed == Desk().model.stage.speed


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ((), "DepositMoney(account_id='ACC-1', amount=500)"),
        ((FreezeAsked(),), "FreezeAccount(account_id='ACC-1')"),
        ((TransferAsked("2", "ACC-9"),), "SendTransfer("),
    ],
)
def test_the_last_command_is_read_from_the_ledger(asked: tuple[Any, ...], shown: str) -> None:
    again = reopened(Desk().opens("Ada").deposits("5").does(*asked))
    assert again.shows("works-command").startswith(shown)
    assert again.shows("works-whose").startswith("Your own last command")
    assert again.slot("works-command-example").attributes["hidden"] is True
    assert again.slot("diagram").attributes["data-run"] == "none"  # nothing happened just now


def test_the_sample_is_never_called_ones_own() -> None:
    assert Desk().shows("works-whose").startswith("Below stands an example")
    story = Desk().hears_the_story()
    for desk in (story, reopened(story)):
        assert desk.shows("works-whose").startswith("The story’s last command")
        assert desk.shows("works-command").startswith("WithdrawMoney(account_id='ACC-1'")


def test_a_glance_shows_the_present_even_while_one_looks_back() -> None:
    desk = Desk().opens("Ada").deposits("5").does(CursorMoved(Position(1)))
    assert dict(glance(desk.model, page_phrases()))["balance"] == "$5.00"


def test_a_choice_is_kept_as_soon_as_it_is_made() -> None:
    line = Line()
    line.opens()
    (speed,) = [text for name, text, *_ in _kept(line.gestures("speed", value=_value(FASTEST)))]
    assert ["chosen-speed", FASTEST.value] in json.loads(speed)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(json_values)
def test_whatever_stands_where_a_glance_was_the_page_opens(value: Any) -> None:
    (paint, *_) = Line().opens(glance=json.dumps(value))
    assert ["set", "root", "data-python", "ready"] in paint[1]


def _kept(calls: list[list[Any]]) -> list[list[Any]]:
    return [call for call in calls if call[0] == "remember"]


def _value(speed: Speed) -> str:
    return speed.value
