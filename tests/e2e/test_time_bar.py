"""Slider and balance, always in sight together, and what can be done on the slider's line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.looks import (
    becomes,
    box_of,
    comes_in_sight,
    is_in_sight,
    scroll_to,
    settled,
    sized,
)
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.mark.parametrize(
    "context_options",
    [
        PHONE,
        {"viewport": {"width": 1024, "height": 768}},
        {"viewport": {"width": 320, "height": 256}},
    ],
    ids=["phone", "tablet", "zoomed"],
)
def test_slider_and_balance_are_together_wherever_the_page_is_scrolled(teller: Teller) -> None:
    expect(teller.page.locator("#bar-balance")).to_be_hidden()
    teller.skip_through_the_story()
    for place in ("#demo", "#ledger-log", ".travel", "#works-title", ".diagram", "footer.foot"):
        scroll_to(teller.page, place)
        assert comes_in_sight(teller.slider), place
        shown = (teller.balance, teller.page.locator("#bar-balance"))
        assert becomes(lambda: any(map(is_in_sight, shown)), True), place  # noqa: B023 - at once
        assert teller.page.get_by_role("slider").count() == 1


def test_the_bar_follows_down_the_page_with_the_focus_and_comes_home(teller: Teller) -> None:
    teller.skip_through_the_story()
    scroll_to(teller.page, ".pipeline")
    teller.slider.focus()
    expect(teller.page.locator("html")).to_have_attribute("data-bar", "home")
    scroll_to(teller.page, "#works-title")
    expect(teller.page.locator("html")).to_have_attribute("data-bar", "docked")
    expect(teller.slider).to_be_focused()
    teller.page.keyboard.press("ArrowLeft")
    teller.page.keyboard.press("ArrowLeft")
    expect(teller.page.locator("#bar-balance")).to_have_text("$465.50")
    expect(teller.page.locator("#bar-account")).to_contain_text("ACC-2")
    expect(teller.page.get_by_text("Events applied: 10 / 12")).to_be_visible()
    scroll_to(teller.page, ".pipeline")
    expect(teller.page.locator("html")).to_have_attribute("data-bar", "home")
    expect(teller.slider).to_be_focused()
    expect(teller.page.locator("#bar-balance")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1024])
def test_the_line_stays_put_under_the_hand(teller: Teller, width: int) -> None:
    teller.skip_through_the_story()
    sized(teller.page, width, 800)
    scroll_to(teller.page, "#works-title")
    expect(teller.page.locator("html")).to_have_attribute("data-bar", "docked")
    settled(teller.page)
    places = set()
    teller.slider.focus()
    for position in range(12, 0, -1):
        teller.stands_at(position, 12)
        places.add(box_of(teller.slider))
        teller.page.keyboard.press("ArrowLeft")
    teller.stands_at(0, 12)
    places.add(box_of(teller.slider))
    assert len(places) == 1


@pytest.mark.parametrize("context_options", [PHONE], ids=["phone"])
def test_a_swipe_that_begins_on_the_slider_scrubs_and_does_not_scroll(
    context: BrowserContext, teller: Teller
) -> None:
    teller.skip_through_the_story()
    line = context.new_cdp_session(teller.page)

    def swipe(x: float, y: float, dx: float, dy: float) -> None:
        for step in range(11):
            kind = "touchStart" if step == 0 else "touchMove"
            point = {"x": x + dx * step / 10, "y": y + dy * step / 10}
            line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            teller.page.wait_for_timeout(16)  # a flick is another gesture
        line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        teller.page.wait_for_timeout(300)  # what scrolls late scrolls, too

    scroll_to(teller.page, "#ledger-log")
    left, top, right, bottom = box_of(teller.slider)
    before = teller.page.evaluate("scrollY")
    swipe(right - 12, (top + bottom) / 2, -(right - left) / 2, -60)
    assert teller.page.evaluate("scrollY") == before
    assert becomes(lambda: 4 <= int(teller.slider.input_value()) <= 8, True)
    swipe(right - 40, (top + bottom) / 2, 10, -200)
    assert teller.page.evaluate("scrollY") == before
    stood_at = teller.slider.input_value()
    swipe(195, 500, 0, -200)
    teller.page.wait_for_function(f"scrollY !== {before}")
    assert teller.slider.input_value() == stood_at


def test_the_curve_is_pressed_and_the_event_under_the_pointer_is_named(teller: Teller) -> None:
    teller.skip_through_the_story()
    scroll_to(teller.page, ".pipeline")
    left, top, right, bottom = box_of(teller.page.locator(".curve"))
    x, y = left + (right - left) * 6 / 12, (top + bottom) / 2
    teller.page.mouse.move(x, y)
    expect(teller.page.locator("#pointed")).to_have_text("#6 TransferSent \u2212$120.00")
    expect(teller.page.locator("#curve-label")).to_have_text("Balance of ACC-1")
    teller.page.mouse.click(x, y)
    teller.stands_at(6, 12)
    left, top, right, bottom = box_of(teller.slider)
    teller.page.mouse.move(left + 10 + (right - left - 20) * 3 / 12, (top + bottom) / 2)
    expect(teller.page.locator("#pointed")).to_have_text("#3 MoneyWithdrawn \u2212$480.00")
    teller.page.mouse.move(left, top - 300)
    expect(teller.page.locator("#pointed")).to_be_hidden()
    teller.stands_at(6, 12)


def test_every_step_moves_something(teller: Teller) -> None:
    teller.skip_through_the_story()
    teller.button("Genesis").click()
    teller.stands_at(0, 12)
    state = teller.region("Current State")
    shown = [state.locator(".account-state").inner_text().split("As of")[0]]
    for position in range(1, 13):
        teller.button("Step forward").click()
        teller.stands_at(position, 12)
        shown.append(state.locator(".account-state").inner_text().split("As of")[0])
    still = sum(one == other for one, other in pairwise(shown))
    assert still <= 1


def test_a_value_leads_to_the_event_that_it_comes_from(teller: Teller) -> None:
    teller.skip_through_the_story()
    state = teller.region("Current State")
    state.get_by_role("button", name="$617.20 last changed by event 12").click()
    teller.stands_at(12, 12)
    state.get_by_role("button", name="Ada Lovelace last changed by event 1").click()
    teller.stands_at(1, 12)
    teller.button("Now").click()
    teller.page.get_by_role("list", name="Balances").get_by_role("button", name="ACC-2").click()
    expect(teller.page.get_by_role("checkbox", name="Pin this account")).to_be_checked()
    state.get_by_role("button", name="Active last changed by event 10").click()
    teller.stands_at(10, 12).has_balance("$465.50")
    teller.button("Genesis").click()
    teller.has_balance("$0.00")
    teller.page.get_by_role("checkbox", name="Pin this account").uncheck()
    teller.button("Step forward").click()
    expect(state).to_contain_text("ACC-1")
    expect(teller.account).to_have_value("ACC-2")


def test_a_payload_shows_its_data_and_folds_the_envelope(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1)
    teller.field("Note").fill("a gift")
    teller.deposit("5").has_rows(2)
    expect(teller.rows.nth(1)).to_contain_text("a gift")
    teller.button("Payload of event 2").click()
    payload = teller.page.locator("#payload-2")
    expect(payload.get_by_text('"note": "a gift"').first).to_be_visible()
    expect(payload.get_by_text('"specversion"')).to_be_hidden()
    payload.get_by_text("Envelope").click()
    expect(payload.get_by_text('"specversion"')).to_be_visible()
