"""The first story as the page tells it: paused, skipped, cut off, interrupted, told by two tabs."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal

import pytest
from bankpage.live.effects import Append
from bankpage.live.messages import (
    DepositAsked,
    EntriesChanged,
    EraseAsked,
    FreezeAsked,
    NotWritten,
    OpenAsked,
    Overtaken,
    ResetAsked,
    StoryAsked,
    StorySkipped,
    StoryTicked,
    StoryToggled,
    WithdrawAsked,
)
from bankpage.live.requests import Form
from bankpage.live.results import Note, NotStored, Outcome, Rejected, StoryOver, Trouble
from bankpage.live.storybook import WHOLE, told_in
from bankpage.paper.effects import After, Count, Focus, Refocus
from bankpage.stage.messages import CursorMoved

from esbank_core.bank.examples import STORYTELLER
from esbank_core.bank.states import balance_in
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from tests.page.desk import START, Desk, Storage

STORY = Desk().hears_the_story()
KEYS = sorted(key for key in STORY.storage.entries if "/ledger/" in key)


def types(desk: Desk) -> list[str]:
    return [type_of(recorded.event) for recorded in desk.model.live.ledger.recorded]


def times_never_go_back(desk: Desk) -> bool:
    times = [recorded.time for recorded in desk.model.live.ledger.recorded]
    return times == sorted(times)


def beat(desk: Desk) -> Desk:
    """One command later."""
    waiting = [effect for effect in desk.effects if isinstance(effect, After)]
    desk.effects = [effect for effect in desk.effects if not isinstance(effect, After)]
    return desk.does(*(effect.message for effect in waiting))


def cut_off_after(appends: int) -> Storage:
    """What is stored of a story whose tab was closed."""
    return Storage({key: STORY.storage.entries[key] for key in KEYS[:appends]})


def test_the_story_is_a_dozen_events_one_command_a_beat() -> None:
    desk = Desk().does(StoryAsked())
    seen = [len(types(desk))]
    while desk.model.live.story.telling:
        beat(desk)
        seen.append(len(types(desk)))
    assert seen == [1, 2, 3, 4, 5, 7, 8, 8, 9, 10, 11, 12, 12]
    assert balance_in(desk.model.live.ledger.state_of(StreamId("ACC-1"))) == 61720


def test_the_story_lies_in_the_past_and_says_whose_times_these_are() -> None:
    assert times_never_go_back(STORY)
    recorded = STORY.model.live.ledger.recorded
    assert all(one.time < START for one in recorded)
    by_transfer = [one for one in recorded if one.actor != STORYTELLER]
    assert [type_of(one.event) for one in by_transfer] == ["TransferReceived"]
    assert by_transfer[0].time == recorded[5].time
    assert STORY.shows("ledger-told") == "The story’s times are told, not recorded."
    assert Desk().opens().shows("ledger-told") == ""


def test_what_the_reader_does_after_the_story_is_now() -> None:
    desk = Desk().hears_the_story().deposits("1")
    last = desk.model.live.ledger.recorded[-1]
    assert last.time > START
    assert last.actor is not None
    assert last.actor.id == "visitor"


def test_a_story_says_that_it_begins_what_was_refused_and_that_it_ends() -> None:
    desk = Desk().does(StoryAsked())
    said = [desk.shows("store-outcome")]
    while desk.model.live.story.telling:
        beat(desk)
        if desk.shows("store-outcome") != said[-1]:
            said.append(desk.shows("store-outcome"))
    assert len(said) == 3
    assert "told, not recorded" in said[0]
    assert said[1].startswith("Rejected: This account is frozen")
    assert said[2].startswith("That was the story: 12 events.")
    assert all(not desk.shows(f"{form}-outcome") for form in Form if form != Form.STORE)


def test_the_focus_goes_to_the_storys_controls_and_at_its_end_to_the_slider() -> None:
    desk = Desk().does(StoryAsked())
    assert Focus("story-toggle") in desk.effects
    desk.time_passes()
    assert desk.effects[-1] == Refocus("slider")
    assert Refocus("freeze") not in desk.effects
    assert Refocus("unfreeze") not in desk.effects


def test_a_paused_story_waits_and_goes_on_where_it_stood() -> None:
    desk = beat(Desk().does(StoryAsked())).does(StoryToggled())
    assert desk.slot("story-controls").attributes["hidden"] is False
    assert desk.shows("story-toggle") == "Go on with the story"
    desk.time_passes()
    assert len(types(desk)) == 2
    desk.does(StoryToggled())
    assert desk.shows("story-toggle") == "Pause the story"
    desk.time_passes()
    assert types(desk) == types(STORY)
    assert desk.slot("story-controls").attributes["hidden"] is True


def test_a_skipped_story_is_at_its_end_at_once() -> None:
    desk = Desk().does(StoryAsked(), StorySkipped())
    assert types(desk) == types(STORY)
    desk.time_passes()
    assert desk.model.live.outcome == Outcome(Form.STORE, StoryOver(12))


def test_a_story_skipped_before_its_first_event_is_written_is_one_story() -> None:
    desk = Desk()
    (append,) = [e for e in desk.only(StoryAsked()) if isinstance(e, Append)]
    desk.does(StorySkipped())
    assert types(desk) == []
    desk.carries_out(append)
    desk.time_passes()
    assert types(desk) == types(STORY)
    assert len({one.correlation_id for one in desk.model.live.ledger.recorded}) == 1


def test_pressed_twice_or_on_a_ledger_with_a_past_there_is_no_second_story() -> None:
    desk = Desk().does(StoryAsked(), StoryAsked()).time_passes().does(StoryAsked())
    assert types(desk) == types(STORY)
    other = Desk().opens("Ada").does(StoryAsked(), StorySkipped(), StoryToggled()).time_passes()
    assert types(other) == ["AccountOpened"]
    assert other.slot("story-controls").attributes["hidden"] is True


def test_a_tick_of_a_run_that_was_paused_tells_nothing() -> None:
    desk = Desk().does(StoryAsked())
    run = desk.model.live.story.telling
    assert run is not None
    desk.does(StoryToggled(), StoryTicked(run))
    assert len(types(desk)) == 1


def test_a_command_given_while_it_plays_is_decided_now_and_ends_the_story() -> None:
    desk = beat(beat(Desk().does(StoryAsked())))
    desk.does(WithdrawAsked("1", ""))
    assert desk.model.live.ledger.recorded[-1].time > START
    desk.time_passes().does(StoryToggled(), StorySkipped()).time_passes()
    assert types(desk)[3:] == ["MoneyWithdrawn"]
    assert times_never_go_back(desk)
    assert desk.slot("story-controls").attributes["hidden"] is True


def test_a_command_refused_while_it_plays_leaves_the_story_to_go_on() -> None:
    desk = beat(beat(Desk().does(StoryAsked())))
    desk.does(WithdrawAsked("100000", "")).time_passes()
    assert desk.model.live.outcome is not None
    assert isinstance(desk.model.live.outcome.result, Rejected)
    assert len(types(desk)) == 3
    assert types(desk.does(StoryToggled()).time_passes()) == types(STORY)


def test_a_command_given_while_the_story_is_written_comes_after_it() -> None:
    desk = Desk()
    (append,) = [e for e in desk.only(StoryAsked()) if isinstance(e, Append)]
    desk.does(OpenAsked("Grace"))
    desk.carries_out(append)
    assert types(desk.time_passes()) == ["AccountOpened", "AccountOpened"]
    assert times_never_go_back(desk)


def test_who_looks_back_pauses_the_story() -> None:
    desk = beat(Desk().does(StoryAsked())).does(CursorMoved(Position(1)))
    assert desk.model.live.story.telling is None
    assert desk.model.position == 1
    desk.does(StoryToggled())
    assert not desk.model.stage.is_in_past


def test_asking_to_erase_pauses_the_story_and_erasing_makes_room_for_another() -> None:
    desk = beat(Desk().does(StoryAsked())).does(ResetAsked())
    assert desk.model.live.story.telling is None
    desk.does(EraseAsked()).time_passes()
    assert types(desk) == []
    assert types(desk.hears_the_story()) == types(STORY)


@pytest.mark.parametrize("appends", range(1, len(KEYS)))
def test_a_story_cut_off_anywhere_is_told_to_its_end_by_the_next_visit(appends: int) -> None:
    next_visit = Desk(cut_off_after(appends), name="next")
    assert next_visit.slot("story-controls").attributes["hidden"] is False
    assert next_visit.model.live.story.telling is None
    next_visit.does(StoryToggled()).time_passes()
    ours, whole = next_visit.model.live.ledger.recorded, STORY.model.live.ledger.recorded
    assert [one.event for one in ours] == [one.event for one in whole]
    assert [one.time for one in ours] == [one.time for one in whole]
    assert times_never_go_back(next_visit)


def test_a_story_told_by_two_tabs_is_told_once() -> None:
    storage = Storage()
    one, two = Desk(storage, name="one"), Desk(storage, name="two")
    one.does(StoryAsked())
    two.does(StoryAsked())  # has not heard of the other's
    for _ in range(WHOLE + 5):
        beat(one)
        beat(two)
    for tab in (one, two):
        tab.does(EntriesChanged(storage.all())).time_passes()
        assert types(tab) == types(STORY)
        assert told_in(tab.model.live.ledger) == WHOLE
    assert len({recorded.correlation_id for recorded in one.model.live.ledger.recorded}) == 1


def test_another_tabs_command_ends_the_story_and_that_is_said() -> None:
    storage = Storage()
    one, two = Desk(storage, name="one"), Desk(storage, name="two")
    beat(one.does(StoryAsked()))
    two.does(EntriesChanged(storage.all()), DepositAsked("5", ""))
    one.time_passes()
    assert types(one) == ["AccountOpened", "MoneyDeposited", "MoneyDeposited"]
    assert one.model.live.outcome == Outcome(Form.STORE, Note.STORY_STOPPED)
    assert times_never_go_back(one)


def test_another_tabs_erasing_ends_the_story() -> None:
    storage = Storage()
    one, two = Desk(storage, name="one"), Desk(storage, name="two")
    beat(one.does(StoryAsked()))
    two.does(EntriesChanged(storage.all()), ResetAsked(), EraseAsked())
    one.does(EntriesChanged(storage.all())).time_passes()
    assert types(one) == []
    assert one.shows("store-outcome") == "Another tab has erased this history."


def test_erased_elsewhere_while_a_command_of_it_is_written_nothing_of_it_is_left() -> None:
    storage = Storage()
    one, two = Desk(storage, name="one"), Desk(storage, name="two")
    beat(beat(one.does(StoryAsked())))
    run = one.model.live.story.telling
    assert run is not None
    (append,) = [e for e in one.only(StoryTicked(run)) if isinstance(e, Append)]
    two.does(EntriesChanged(storage.all()), ResetAsked(), EraseAsked())
    one.does(EntriesChanged(storage.all()))
    assert append.key not in storage.entries
    one.does(Overtaken(storage.all())).time_passes()
    assert types(one) == []


def test_a_browser_that_is_full_halts_the_story_where_the_ledger_stands() -> None:
    desk = beat(Desk().does(StoryAsked()))
    desk.storage.is_full = True
    desk.time_passes()
    assert desk.model.live.outcome == Outcome(Form.STORE, NotStored(Trouble.FULL))
    assert len(types(desk)) == 2
    desk.storage.is_full = False
    assert types(desk.does(StoryToggled()).time_passes()) == types(STORY)


def test_a_paused_story_whose_command_is_not_written_has_no_hole() -> None:
    desk = Desk().does(StoryAsked())
    run = desk.model.live.story.telling
    assert run is not None
    desk.only(StoryTicked(run))
    desk.does(StoryToggled(), NotWritten(Trouble.FAILED), StoryToggled()).time_passes()
    assert types(desk) == types(STORY)


def test_a_story_whose_event_is_still_being_written_waits_for_it() -> None:
    desk = Desk()
    desk.only(StoryAsked())
    run = desk.model.live.story.telling
    assert run is not None
    assert [type(effect) for effect in desk.only(StoryTicked(run))] == [After]


@pytest.mark.parametrize("hours", [-11, -5, 0, 9, 14])
def test_the_storys_days_are_the_readers(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    desk = Desk(start=START.astimezone(zone)).hears_the_story()
    shown = [one.time.astimezone(zone) for one in desk.model.live.ledger.recorded]
    assert shown[0].strftime("%H:%M") == "10:02"
    assert shown[-1].strftime("%A %H:%M") == "Tuesday 20:04"


def test_a_balance_counts_from_what_it_was_to_what_it_is() -> None:
    desk = Desk().opens("Ada").deposits("100")
    desk.effects.clear()
    desk.withdraws("30")
    (count,) = [effect for effect in desk.effects if isinstance(effect, Count)]
    balances = [Decimal(text.removeprefix("$")) for text in count.texts]
    assert balances[-1] == 70
    assert balances == sorted(balances, reverse=True)
    assert 70 < balances[0] < 100
    assert desk.shows("balance") == "$70.00"


def test_a_balance_that_stands_still_counts_nothing() -> None:
    desk = Desk().opens("Ada").does(FreezeAsked()).withdraws("5").does(CursorMoved(Position(1)))
    assert not [effect for effect in desk.effects if isinstance(effect, Count)]
