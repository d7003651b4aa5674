"""The first story as a visitor sees it: it plays, pauses, is skipped, and survives a reload."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

TIMES = "[...document.querySelectorAll('#ledger time')].map((time) => time.dateTime)"


def times(teller: Teller) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in teller.page.evaluate(TIMES)]


def test_the_story_plays_by_itself_and_ends_by_inviting_to_drag(teller: Teller) -> None:
    teller.button("Play the story").click()
    outcome = teller.page.locator("#store-outcome")
    expect(outcome).to_contain_text("told, not recorded")
    expect(outcome).to_contain_text("Rejected: This account is frozen")
    expect(teller.page.get_by_text("Now drag the slider, and the money goes back.")).to_be_visible()
    teller.has_rows(12).stands_at(12, 12)
    assert teller.account.locator("option").count() == 2
    expect(teller.button("Pause the story")).to_have_count(0)
    expect(teller.button("Skip to the end")).to_have_count(0)


def test_the_storys_times_are_past_and_what_comes_after_is_now(teller: Teller) -> None:
    teller.skip_through_the_story()
    told = times(teller)
    now = datetime.now(timezone.utc)
    assert told == sorted(told)
    assert timedelta(days=10) < told[-1] - told[0] < timedelta(days=11)
    assert told[-1] < now
    assert "Tuesday" in {time.astimezone().strftime("%A") for time in told}
    teller.button("Payload of event 1").click()
    expect(teller.rows.first).to_contain_text('"authid": "story"')
    teller.deposit("1").has_rows(13)
    assert abs(times(teller)[-1] - now) < timedelta(minutes=5)


@pytest.mark.parametrize(
    "context_options", [{"timezone_id": "Pacific/Auckland"}, {"timezone_id": "America/Los_Angeles"}]
)
def test_the_storys_days_are_those_of_the_readers_zone(
    context: BrowserContext, address: str
) -> None:
    teller = Teller(context.new_page(), address).open().skip_through_the_story()
    day = "new Date(document.querySelectorAll('#ledger time')[11].dateTime)"
    assert teller.page.evaluate(f"{day}.getDay()") == 2
    assert teller.page.evaluate(f"{day}.getHours()") in (19, 20, 21)  # summer time may begin
    assert teller.rows.first.locator("time").inner_text().split()[1] == "10:02:00"


def test_a_paused_story_stands_still_until_it_goes_on(teller: Teller) -> None:
    teller.button("Play the story").click()
    teller.has_at_least(2)
    pause = teller.button("Pause the story")
    expect(pause).to_be_focused()
    pause.press("Enter")
    expect(teller.button("Go on with the story")).to_be_focused()
    shown = teller.rows.count()
    teller.page.wait_for_timeout(1600)
    assert teller.rows.count() == shown
    teller.button("Go on with the story").press("Enter")
    teller.has_at_least(shown + 1)
    teller.button("Skip to the end").click()
    teller.has_rows(12)


def test_a_reload_in_the_middle_of_the_story_keeps_it_and_offers_the_rest(teller: Teller) -> None:
    teller.button("Play the story").click()
    teller.has_at_least(3)
    teller.page.reload()
    teller.wait_until_ready().has_at_least(3)
    before = times(teller)
    assert 3 <= len(before) < 12
    expect(teller.button("Play the story")).to_be_hidden()
    teller.button("Go on with the story").click()
    teller.button("Skip to the end").click()
    teller.has_rows(12)
    after = times(teller)
    assert after[: len(before)] == before
    assert after == sorted(after)
    assert after[-1] < datetime.now(timezone.utc)


def test_a_command_given_while_the_story_plays_is_now_and_ends_it(teller: Teller) -> None:
    teller.button("Play the story").click()
    teller.has_at_least(2).deposit("5").is_told("Done: MoneyDeposited")
    shown = teller.rows.count()
    teller.page.wait_for_timeout(1600)
    assert teller.rows.count() == shown
    assert times(teller) == sorted(times(teller))
    assert datetime.now(timezone.utc) - times(teller)[-1] < timedelta(minutes=5)
    expect(teller.button("Go on with the story")).to_be_hidden()


def test_another_tab_sees_the_story_arrive(context: BrowserContext, address: str) -> None:
    teller = Teller(context.new_page(), address).open()
    other = Teller(context.new_page(), address).open()
    teller.page.bring_to_front()
    teller.button("Play the story").click()
    other.has_at_least(2)
    teller.button("Skip to the end").click()
    other.has_rows(12)
    teller.has_rows(12)


def test_a_story_asked_for_before_python_runs_is_told_once_it_does(
    page: Page, address: str
) -> None:
    teller = Teller(page, address)
    held_back: list[Route] = []

    def hold_back(route: Route) -> None:
        held_back.append(route)

    page.route("**/boot.image*", hold_back)
    page.goto(address)
    teller.button("Play the story").click()
    expect(page.locator("html")).to_have_attribute("data-python", "starting")
    expect(page.get_by_text("This will be done as soon as it runs.")).to_be_visible()
    for route in held_back:
        route.continue_()
    teller.wait_until_ready().has_at_least(1)
    expect(teller.button("Pause the story")).to_be_focused()


def test_a_second_class_sees_it_from_the_start(teller: Teller) -> None:
    teller.skip_through_the_story()
    teller.button("Reset").click()
    teller.button("Erase history").click()
    teller.has_rows(0)
    teller.skip_through_the_story().stands_at(12, 12)


@pytest.mark.parametrize("context_options", [{"reduced_motion": "reduce"}])
def test_with_reduced_motion_the_story_steps_and_nothing_moves(teller: Teller) -> None:
    teller.button("Play the story").click()
    for rows in (1, 2, 3):
        teller.has_at_least(rows)
        running = "document.getAnimations().filter((a) => a.playState === 'running').length"
        assert teller.page.evaluate(running) == 0
    teller.button("Skip to the end").click()
    teller.has_rows(12)
