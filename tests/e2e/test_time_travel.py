"""The slider and everything that moves it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import settled
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e


def test_the_keyboard_scrubs_through_history(teller: Teller) -> None:
    teller.has_seven_events().stands_at(7, 7)
    teller.slider.focus()
    for key, position in [
        ("ArrowLeft", 6),
        ("ArrowLeft", 5),
        ("Home", 0),
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("End", 7),
        ("PageDown", 6),
        ("PageUp", 7),
    ]:
        teller.page.keyboard.press(key)
        teller.stands_at(position, 7)


def test_the_mouse_scrubs_and_state_follows(teller: Teller) -> None:
    teller.has_seven_events()
    settled(teller.page)
    box = teller.slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    teller.page.mouse.move(box["x"] + box["width"] - 10, middle)
    teller.page.mouse.down()
    teller.page.mouse.move(box["x"] + 2, middle, steps=20)
    teller.stands_at(0, 7)
    expect(teller.region("Current State")).to_contain_text("No Account")
    teller.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=10)
    teller.page.mouse.up()
    expect(teller.slider).to_have_value("4")
    teller.has_balance("$130.00")


def test_the_slider_says_what_it_stands_on(teller: Teller) -> None:
    teller.has_seven_events()
    teller.button("Genesis").click()
    expect(teller.slider).to_have_attribute("aria-valuetext", "Genesis")
    for _ in range(3):
        teller.button("Step forward").click()
    expect(teller.slider).to_have_attribute(
        "aria-valuetext", "Event 3 of 7: MoneyWithdrawn $20.00, balance $80.00"
    )
    change = teller.page.locator("#change")
    expect(change).to_contain_text("What event 3, MoneyWithdrawn, changed in ACC-1")
    expect(change.get_by_role("row", name="Balance $100.00 $80.00")).to_be_visible()


def test_where_events_are_not_yet_applied_is_said_once_as_a_line(teller: Teller) -> None:
    teller.has_seven_events()
    teller.button("Step back").click()
    teller.button("Step back").click()
    teller.stands_at(5, 7)
    expect(teller.rows.nth(4)).to_have_attribute("aria-current", "step")
    line = teller.region("Event Store").get_by_text("not yet applied")
    expect(line).to_have_count(1)
    expect(teller.rows.nth(5)).to_contain_text("not yet applied", use_inner_text=True)
    teller.button("Step forward").click()
    expect(teller.rows.nth(5)).not_to_contain_text("not yet applied", use_inner_text=True)
    expect(teller.rows.nth(6)).to_contain_text("not yet applied", use_inner_text=True)
    expect(teller.page.get_by_text("You are looking at the past.")).to_be_visible()
    teller.button("Now").click()
    expect(line).to_have_count(0)
    expect(teller.page.get_by_text("You are looking at the past.")).to_have_count(0)


def test_a_row_of_the_ledger_is_a_place_to_jump_to(teller: Teller) -> None:
    teller.has_seven_events()
    teller.rows.nth(1).get_by_role("button").first.click()
    teller.stands_at(2, 7).has_balance("$100.00")


def test_a_command_in_the_past_is_decided_on_the_present(teller: Teller) -> None:
    teller.has_seven_events()
    teller.rows.nth(1).get_by_role("button").first.click()
    teller.has_balance("$100.00")
    teller.withdraw("90").is_told("The balance is $80.00, which is less than $90.00.")
    teller.stands_at(7, 7)
    teller.button("Genesis").click()
    teller.deposit("1").stands_at(8, 8).has_balance("$81.00")


def test_replay_plays_pauses_and_ends_at_now(teller: Teller) -> None:
    teller.has_seven_events()
    speed = teller.page.get_by_role("combobox", name="Speed")
    assert speed.locator("option").all_inner_texts() == [
        "1 event a second",
        "4 events a second",
        "All in 10 s",
        "All in 30 s",
    ]
    speed.select_option("1 event a second")
    teller.button("Play").click()
    expect(teller.slider).not_to_have_value("7")
    expect(teller.slider).not_to_have_value("0")
    teller.button("Pause").click()
    expect(teller.button("Play")).to_be_visible()
    paused_at = int(teller.slider.input_value())
    assert 0 < paused_at < 7
    teller.page.wait_for_timeout(2000)  # longer than an event takes
    teller.stands_at(paused_at, 7)
    speed.select_option("4 events a second")
    teller.button("Play").click()
    teller.stands_at(7, 7)
    expect(teller.button("Play")).to_be_visible()
    expect(teller.region("Current State")).to_contain_text("Now: all events applied")


def test_the_payload_is_there_on_request(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1)
    payload = teller.page.locator("#payload-1")
    expect(payload).to_have_count(0)
    teller.button("Payload of event 1").click()
    expect(teller.button("Payload of event 1")).to_be_focused()
    expect(payload).to_contain_text('"specversion": "1.0"')
    expect(payload).to_contain_text('"owner": "Ada"')
    instant = teller.rows.first.locator("time").get_attribute("datetime")
    assert instant is not None
    assert instant.endswith("Z")
    expect(payload).to_contain_text(instant)
    teller.button("Payload of event 1").click()
    expect(payload).to_have_count(0)


LATE = """{
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (...given) {
        if (!window.lateBy) postMessage.apply(this, given);
        else setTimeout(() => postMessage.apply(this, given), window.lateBy);
    };
}"""
"""What is told to Python arrives as late as is said."""


def test_no_step_is_taken_back_by_an_answer_that_comes_late(page: Page, address: str) -> None:
    page.add_init_script(LATE)
    teller = Teller(page, address).open().has_seven_events()
    page.evaluate("window.lateBy = 200")
    teller.slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(90)  # so that answers arrive between two steps
    teller.stands_at(2, 7)
    expect(teller.slider).to_have_value("2")
