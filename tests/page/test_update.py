"""What the page makes of what happens in it, without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bankpage.house.messages import Message, message_of
from bankpage.house.model import Model
from bankpage.live.effects import Append
from bankpage.live.messages import (
    CloseAsked,
    DepositAsked,
    EntriesChanged,
    EraseAsked,
    ExportAsked,
    FreezeAsked,
    OpenAsked,
    ResetAsked,
    TransferAsked,
    UnfreezeAsked,
    WithdrawAsked,
)
from bankpage.live.results import Accepted, Mistyped, NotStored, Rejected, Trouble
from bankpage.live.stored.reading import read_ledger
from bankpage.paper.effects import After, Clear, Download, Focus, Reveal
from bankpage.stage.messages import (
    CursorMoved,
    PlayToggled,
    RowJumped,
    SpeedChosen,
    Step,
    Stepped,
    Ticked,
)
from bankpage.stage.model import NOW, At, Speed
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.states import balance_in
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from tests.page.desk import Desk, Storage

ADA = StreamId("ACC-1")


def types(desk: Desk) -> list[str]:
    return [type_of(recorded.event) for recorded in desk.model.live.ledger.recorded]


def test_an_account_gets_the_next_free_id_and_is_chosen() -> None:
    desk = Desk().opens("Ada").opens("Grace")
    assert list(desk.model.live.ledger.places) == ["ACC-1", "ACC-2"]
    assert desk.model.live.account == "ACC-2"


def test_what_was_done_empties_its_fields_and_what_was_refused_keeps_them() -> None:
    desk = Desk().opens().deposits("5")
    assert Clear(("amount", "note")) in desk.effects
    desk.effects.clear()
    desk.withdraws("6")
    assert desk.effects == []
    assert desk.model.live.outcome is not None
    assert isinstance(desk.model.live.outcome.result, Rejected)


def test_what_is_no_amount_reaches_no_rule_and_gets_the_focus() -> None:
    desk = Desk().opens().does(DepositAsked("five", ""))
    assert desk.model.live.outcome is not None
    assert isinstance(desk.model.live.outcome.result, Mistyped)
    assert desk.effects[-1] == Focus("amount")
    assert desk.model.live.decisions == 1


def test_an_event_is_history_only_once_it_is_written() -> None:
    desk = Desk().opens()
    effects = desk.only(DepositAsked("5", ""))
    assert any(isinstance(effect, Append) for effect in effects)
    assert types(desk) == ["AccountOpened"]
    assert balance_in(desk.model.live.ledger.state_of(ADA)) == 0


def test_commands_given_at_once_are_decided_one_after_the_other() -> None:
    desk = Desk().opens().deposits("10")
    first = desk.only(WithdrawAsked("10", ""))
    second = desk.only(WithdrawAsked("10", ""))
    assert second == ()
    desk.carries_out(*first)
    assert types(desk).count("MoneyWithdrawn") == 1
    assert desk.model.live.outcome is not None
    assert isinstance(desk.model.live.outcome.result, Rejected)


def test_a_full_browser_means_that_it_did_not_happen() -> None:
    desk = Desk().opens()
    desk.storage.is_full = True
    desk.deposits("5")
    assert types(desk) == ["AccountOpened"]
    assert desk.model.live.outcome is not None
    assert desk.model.live.outcome.result == NotStored(Trouble.FULL)
    desk.storage.is_full = False
    desk.deposits("5")
    assert types(desk) == ["AccountOpened", "MoneyDeposited"]


def test_an_overtaken_command_is_decided_again_on_what_the_other_tab_wrote() -> None:
    storage = Storage()
    one = Desk(storage, name="one").opens().deposits("10")
    two = Desk(storage, name="two")
    one.withdraws("10")
    two.withdraws("10")  # has not heard of it yet
    assert types(two) == ["AccountOpened", "MoneyDeposited", "MoneyWithdrawn"]
    assert two.model.live.outcome is not None
    assert isinstance(two.model.live.outcome.result, Rejected)
    two.deposits("3")
    one.does(EntriesChanged(storage.all()))
    assert one.model.live.ledger.recorded == two.model.live.ledger.recorded
    assert one.model.live.head_hash == two.model.live.head_hash


def test_an_overtaken_opening_takes_the_next_free_id() -> None:
    storage = Storage()
    one, two = Desk(storage, name="one"), Desk(storage, name="two")
    one.opens("Ada")
    two.opens("Grace")
    assert list(two.model.live.ledger.places) == ["ACC-1", "ACC-2"]
    assert two.model.live.account == "ACC-2"


def test_erasing_in_one_tab_empties_the_other() -> None:
    storage = Storage()
    one = Desk(storage, name="one").opens().deposits("10")
    two = Desk(storage, name="two")
    one.does(ResetAsked(), EraseAsked())
    two.does(EntriesChanged(storage.all()))
    assert one.model.live.ledger.head == two.model.live.ledger.head == 0
    two.opens("Grace")
    assert list(storage.entries) == ["esbank/generation", "esbank/ledger/2/000000000001"]


def test_a_command_is_decided_on_the_present_and_returns_to_it() -> None:
    desk = Desk().opens().deposits("10").withdraws("10")
    desk.does(CursorMoved(Position(2)))
    assert desk.model.stage.cursor == At(Position(2))
    desk.withdraws("5")
    assert desk.model.live.outcome is not None
    assert isinstance(desk.model.live.outcome.result, Rejected)
    assert desk.model.stage.cursor == NOW


def test_what_is_not_a_command_leaves_the_reader_in_the_past() -> None:
    desk = Desk().opens().deposits("10").does(CursorMoved(Position(1)))
    desk.does(DepositAsked("nonsense", ""))
    assert desk.model.stage.cursor == At(Position(1))


def test_another_tabs_events_leave_the_reader_in_the_past() -> None:
    storage = Storage()
    one = Desk(storage, name="one").opens().deposits("10")
    two = Desk(storage, name="two").does(CursorMoved(Position(1)))
    one.deposits("1")
    two.does(EntriesChanged(storage.all()))
    assert two.model.stage.cursor == At(Position(1))
    assert two.model.live.ledger.head == 3


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        (0, Step.BACK, 0),
        (0, Step.FORWARD, 1),
        (2, Step.BACK, 1),
        (2, Step.FORWARD, 3),
        (2, Step.GENESIS, 0),
        (1, Step.NOW, 3),
        (3, Step.FORWARD, 3),
    ],
)
def test_a_step_stays_between_genesis_and_now(start: int, step: Step, end: int) -> None:
    desk = Desk().opens().deposits("1").deposits("2")
    desk.does(CursorMoved(Position(start)), Stepped(step))
    assert desk.model.position == end
    assert desk.model.stage.is_in_past == (end < 3)


def test_a_row_shows_its_account_and_leaves_the_one_that_is_acted_on() -> None:
    desk = Desk().opens("Ada").opens("Grace").does(RowJumped(Position(1)))
    assert desk.model.position == 1
    assert desk.shows("account-id") == "ACC-1"
    assert desk.model.live.account == "ACC-2"


def test_replay_starts_at_genesis_and_ends_at_now() -> None:
    desk = Desk().opens().deposits("1").does(SpeedChosen(Speed.ONE_A_SECOND), PlayToggled())
    assert desk.model.position == 0
    seen = []
    while desk.model.stage.playing is not None:
        tick = desk.effects[-1]
        assert isinstance(tick, After)
        assert tick.milliseconds == 1000
        desk.does(tick.message)
        seen.append(desk.model.position)
    assert seen == [1, 2]
    assert desk.model.stage.cursor == NOW


def test_a_tick_of_a_run_that_was_paused_moves_nothing() -> None:
    desk = Desk().opens().deposits("1").does(PlayToggled())
    stale = desk.model.stage.playing
    assert stale is not None
    desk.does(PlayToggled(), PlayToggled(), Ticked(stale.run))
    assert desk.model.position == 0


def test_a_transfer_that_cannot_arrive_comes_back() -> None:
    desk = Desk().opens().deposits("10").does(TransferAsked("4", "nobody"))
    assert types(desk)[2:] == ["TransferSent", "TransferReturned"]
    assert balance_in(desk.model.live.ledger.state_of(ADA)) == 1000
    assert desk.model.live.outcome is not None
    assert isinstance(desk.model.live.outcome.result, Accepted)


@pytest.mark.parametrize("receiver", ["ACC-2", "nobody"])
def test_a_transfer_cut_off_by_a_closed_tab_goes_on_in_the_next(receiver: str) -> None:
    desk = Desk().opens("Ada").opens("Grace").deposits("10")
    desk.does(TransferAsked("4", "ACC-1" if receiver == "ACC-2" else receiver))
    whole = types(desk)
    keys = sorted(desk.storage.entries)
    cut = Storage({key: desk.storage.entries[key] for key in keys[:-1]})
    assert types(Desk(cut, name="next")) == whole


def test_what_one_command_led_to_is_correlated() -> None:
    desk = Desk().opens("Ada").opens("Grace").deposits("10").does(TransferAsked("4", "ACC-1"))
    sent, received = desk.model.live.ledger.recorded[-2:]
    assert sent.correlation_id == received.correlation_id
    assert received.causation_id == sent.id
    assert received.actor is not None
    assert received.actor.kind == "system"


def test_an_export_is_what_is_stored_and_reads_back_as_it_was() -> None:
    desk = Desk().hears_the_story().does(ExportAsked())
    exported = desk.effects[-1]
    assert isinstance(exported, Download)
    entries = desk.storage.entries
    stored = [entries[key] for key in sorted(entries) if "/ledger/" in key]
    assert exported.text.splitlines() == stored
    again = read_ledger(Storage(dict(desk.storage.entries)).all())
    assert again.recorded == tuple(desk.model.live.ledger.recorded)


def test_a_gesture_that_no_control_makes_is_an_error() -> None:
    with pytest.raises(ValueError, match="No control makes the gesture “rob”"):
        message_of("rob", {})
    with pytest.raises(ValueError, match="came without 'amount'"):
        message_of("deposit", {"note": ""})


GESTURES: st.SearchStrategy[Message] = st.one_of(
    st.builds(OpenAsked, st.sampled_from(["Ada", "", "Grace"])),
    st.builds(DepositAsked, st.sampled_from(["1", "20", "x", "-1"]), st.just("")),
    st.builds(WithdrawAsked, st.sampled_from(["1", "15"]), st.just("")),
    st.builds(
        TransferAsked, st.sampled_from(["1", "15"]), st.sampled_from(["ACC-1", "ACC-2", "?"])
    ),
    st.sampled_from(
        [FreezeAsked(), UnfreezeAsked(), CloseAsked(), PlayToggled(), *map(Stepped, Step)]
    ),
    st.builds(CursorMoved, st.integers(-1, 30).map(Position)),
    st.builds(RowJumped, st.integers(-1, 30).map(Position)),
)


@given(st.lists(GESTURES, max_size=25))
def test_whatever_is_done_a_reload_brings_the_same_ledger_back(gestures: list[Message]) -> None:
    desk = Desk().does(*gestures)
    again = Desk(desk.storage)
    assert again.model.live.ledger.recorded == desk.model.live.ledger.recorded
    assert again.model.live.head_hash == desk.model.live.head_hash
    assert desk.model.live.in_flight is None
    assert desk.model.live.waiting == ()
    assert all(balance_in(state) >= 0 for state in desk.model.live.ledger.states)
    assert 0 <= desk.model.position <= desk.model.live.ledger.head


@given(st.lists(st.tuples(st.booleans(), GESTURES), max_size=25))
def test_two_tabs_that_hear_of_one_another_late_agree_in_the_end(
    gestures: list[tuple[bool, Message]],
) -> None:
    storage = Storage()
    one, two = Desk(storage, name="one"), Desk(storage, name="two")
    for is_first, gesture in gestures:
        (one if is_first else two).does(gesture)
    for tab in (one, two):
        tab.does(EntriesChanged(storage.all()))
    assert one.model.live.ledger.recorded == two.model.live.ledger.recorded
    assert Desk(storage).model.live.damaged == ()


def test_the_model_before_stays_what_it_was() -> None:
    desk = Desk().opens()
    before = desk.model
    kept = replace(before)
    desk.deposits("5")
    assert before == kept
    assert before.live.ledger.head == 1


def test_a_new_page_shows_nothing_yet() -> None:
    assert Model().live.ledger.head == 0
    assert Reveal(Position(1)) not in Desk().effects
