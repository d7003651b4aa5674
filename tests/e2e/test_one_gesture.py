"""One gesture, one command: double clicks, double taps and held keys, wherever one is given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.late import held_back
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

TWICE_ON_PURPOSE_MS = 700


def double_click(control: Locator) -> None:
    control.dblclick()


def double_click_slowly(control: Locator) -> None:
    control.dblclick(delay=150)


def triple_click(control: Locator) -> None:
    control.click(click_count=3)


def hold_enter(control: Locator) -> None:
    control.focus()
    for _ in range(6):  # without letting go, which repeats
        control.page.keyboard.down("Enter")
    control.page.keyboard.up("Enter")


def hold_enter_for_long(control: Locator) -> None:
    control.focus()
    for _ in range(8):
        control.page.keyboard.down("Enter")
        control.page.wait_for_timeout(40)
    control.page.keyboard.up("Enter")


def tap_twice(control: Locator) -> None:
    box = control.bounding_box()
    assert box
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    control.page.touchscreen.tap(*place)
    control.page.wait_for_timeout(120)
    control.page.touchscreen.tap(place[0] + 3, place[1] - 2)


GESTURES = [
    double_click,
    double_click_slowly,
    triple_click,
    hold_enter,
    hold_enter_for_long,
]
gestures = pytest.mark.parametrize("gesture", GESTURES, ids=lambda gesture: gesture.__name__)
gestures_of_one_press = pytest.mark.parametrize(
    "gesture",
    [double_click, triple_click, hold_enter_for_long],
    ids=lambda gesture: gesture.__name__,
)
Gesture = Callable[[Locator], None]


def comes_to_rest_at(teller: Teller, rows: int) -> None:
    """So many rows, and no more a little later."""
    teller.has_rows(rows)
    teller.page.wait_for_timeout(150)
    teller.has_rows(rows)


def everything_is_asked_once(teller: Teller, gesture: Gesture) -> None:
    teller.field("Owner").fill("Ada")
    gesture(teller.button("Open account"))
    comes_to_rest_at(teller, 1)
    teller.field("Owner").fill("Grace")
    gesture(teller.button("Open account"))
    comes_to_rest_at(teller, 2)
    teller.field("Amount").fill("12")
    gesture(teller.button("Deposit"))
    comes_to_rest_at(teller, 3)
    teller.is_told("Done: MoneyDeposited (#3).")
    teller.field("Amount").fill("2")
    gesture(teller.button("Withdraw"))
    comes_to_rest_at(teller, 4)
    teller.field("Amount").fill("4")
    teller.receiver.fill("ACC-1")
    gesture(teller.button("Transfer"))
    comes_to_rest_at(teller, 6)
    gesture(teller.button("Freeze"))
    comes_to_rest_at(teller, 7)
    teller.page.wait_for_timeout(TWICE_ON_PURPOSE_MS)
    gesture(teller.button("Unfreeze"))
    comes_to_rest_at(teller, 8)
    assert teller.types() == [
        *["AccountOpened"] * 2,
        *["MoneyDeposited", "MoneyWithdrawn", "TransferSent", "TransferReceived"],
        *["AccountFrozen", "AccountUnfrozen"],
    ]
    gesture(teller.button("Close account"))
    teller.is_told("Only an empty account can be closed, and this one holds $6.00.")


@gestures
def test_every_command_is_given_once(teller: Teller, gesture: Gesture) -> None:
    everything_is_asked_once(teller, gesture)


@pytest.mark.parametrize(
    "context_options",
    [{"has_touch": True, "is_mobile": True, "viewport": {"width": 400, "height": 800}}],
)
def test_a_double_tap_gives_a_command_once(teller: Teller) -> None:
    def tap(control: Locator) -> None:
        control.scroll_into_view_if_needed()
        tap_twice(control)

    everything_is_asked_once(teller, tap)


@pytest.mark.parametrize("name", ["Owner", "Amount", "Transfer to"])
def test_enter_held_in_a_field_gives_its_command_once(teller: Teller, name: str) -> None:
    teller.open_account("Ada").has_rows(1).deposit("10").has_rows(2)
    teller.field("Owner").fill("Grace")
    teller.field("Amount").fill("4")
    teller.receiver.fill("ACC-9")
    hold_enter_for_long(teller.receiver if name == "Transfer to" else teller.field(name))
    comes_to_rest_at(teller, 4 if name == "Transfer to" else 3)


@gestures_of_one_press
def test_the_story_is_begun_once_and_not_paused_by_the_same_gesture(
    teller: Teller, gesture: Gesture
) -> None:
    gesture(teller.button("Play the story"))
    teller.has_rows(3)
    expect(teller.button("Pause the story")).to_be_visible()


@gestures_of_one_press
def test_a_gesture_that_asks_to_erase_does_not_answer_that_as_well(
    teller: Teller, gesture: Gesture
) -> None:
    teller.open_account().has_rows(1)
    gesture(teller.button("Reset"))
    expect(teller.page.get_by_role("dialog")).to_be_visible()
    teller.page.wait_for_timeout(300)
    expect(teller.page.get_by_role("dialog")).to_be_visible()
    teller.has_rows(1)


# Twice on purpose.


def test_what_is_typed_anew_is_another_command_however_soon(teller: Teller) -> None:
    teller.open_account().has_rows(1)
    for _ in range(3):
        teller.field("Amount").fill("5")
        teller.button("Deposit").click()
    teller.has_rows(4).has_balance("$15.00")


def test_the_same_again_a_moment_later_is_another_command(teller: Teller) -> None:
    teller.open_account().has_rows(1)
    for rows in (2, 3):
        # Without typing, as if Python had not emptied the field.
        teller.page.evaluate("document.getElementById('amount').value = '5'")
        teller.button("Deposit").click()
        teller.has_rows(rows)
        teller.page.wait_for_timeout(TWICE_ON_PURPOSE_MS)
    teller.has_balance("$10.00")


def test_two_controls_are_two_commands_however_soon(teller: Teller) -> None:
    teller.open_account().has_rows(1)
    teller.button("Freeze").click()
    teller.has_rows(2)
    teller.button("Unfreeze").click()
    teller.has_rows(3)
    teller.button("Freeze").click()
    teller.has_rows(4)


def test_every_step_counts_however_quick(teller: Teller) -> None:
    teller.has_seven_events()
    back, forward = teller.button("Step back"), teller.button("Step forward")
    back.dblclick()
    teller.stands_at(5, 7)
    back.click(click_count=3)
    teller.stands_at(2, 7)
    forward.dblclick()
    teller.stands_at(4, 7)
    forward.focus()
    for _ in range(2):
        teller.page.keyboard.down("Enter")
    teller.page.keyboard.up("Enter")
    teller.stands_at(6, 7)


# Before Python runs.


@pytest.mark.parametrize("gesture", [double_click, hold_enter], ids=lambda it: it.__name__)
def test_before_python_runs_one_gesture_is_one_command_as_well(
    page: Page, address: str, gesture: Gesture
) -> None:
    page.goto(address, wait_until="commit")
    teller = Teller(page, address)
    teller.field("Owner").fill("Ada")
    gesture(teller.button("Open account"))
    teller.wait_until_ready()
    comes_to_rest_at(teller, 1)


@pytest.mark.parametrize("gesture", [double_click, hold_enter], ids=lambda it: it.__name__)
def test_before_the_page_has_its_scripts_one_gesture_is_one_command_as_well(
    page: Page, address: str, gesture: Gesture
) -> None:
    scripts = held_back(page, "**/hosted.js")
    page.goto(address, wait_until="commit")
    page.wait_for_function("Boolean(globalThis.esbankFirstGestures)")
    teller = Teller(page, address)
    teller.field("Owner").fill("Ada")
    gesture(teller.button("Open account"))
    scripts[0].continue_()
    teller.wait_until_ready()
    comes_to_rest_at(teller, 1)
