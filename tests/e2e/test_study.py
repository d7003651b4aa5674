"""A study on the stage: looked at like one's own ledger, and never mixed up with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import sized
from tests.e2e.teller import Teller
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.e2e

HISTORY = Path(__file__).parents[2] / "docs" / "examples" / "branch.jsonl"


@pytest.fixture
def studying(teller: Teller) -> Page:
    """The page, with a ledger of its own behind a study."""
    page = teller.page
    teller.open_account("Ada").has_rows(1).deposit("12").has_rows(2)
    page.locator("input[type=file]").first.set_input_files(HISTORY)
    expect(page.get_by_role("region", name="Study")).to_be_visible()
    return page


def test_a_study_has_the_stage_and_takes_no_command(studying: Page, teller: Teller) -> None:
    events = len(HISTORY.read_text().splitlines())
    study = teller.region("Study")
    expect(study).to_contain_text("branch.jsonl")
    expect(study).to_contain_text(f"{events} events")
    expect(teller.slider).to_have_attribute("max", str(events))
    for name in ("Open account", "Deposit", "Withdraw", "Freeze", "Transfer", "Reset"):
        expect(teller.button(name)).to_be_disabled()
    expect(teller.region("Actions")).to_contain_text("its past is not yours to add to")
    chain = studying.get_by_role("status", name="Chain")
    expect(chain).to_contain_text(re.compile("chain", re.IGNORECASE))


def test_a_study_is_stepped_through_and_left_by_keyboard_alone(
    studying: Page, teller: Teller
) -> None:
    stored = studying.evaluate("JSON.stringify(localStorage)")
    expect(teller.button("Back to my ledger")).to_be_focused()
    teller.slider.focus()
    studying.keyboard.press("Home")
    expect(teller.region("Time Travel Debugger")).to_contain_text("Events applied: 0 /")
    studying.keyboard.press("ArrowRight")
    expect(teller.region("Time Travel Debugger")).to_contain_text("Events applied: 1 /")
    expect(teller.region("Current State")).to_contain_text("event 1")
    assert "#event" not in studying.url
    teller.button("Back to my ledger").press("Enter")
    expect(teller.region("Study")).to_be_hidden()
    expect(teller.balance).to_have_text("$12.00")
    expect(teller.slider).to_be_focused()
    assert studying.evaluate("JSON.stringify(localStorage)") == stored


def test_the_way_back_is_in_sight_wherever_one_reads(studying: Page, teller: Teller) -> None:
    back = teller.button("Back to my ledger")
    for width in (1280, 320):
        sized(studying, width, 700)
        studying.get_by_role("heading", name="CRUD vs. Event Sourcing").scroll_into_view_if_needed()
        expect(back).to_be_in_viewport(ratio=1)
        assert studying.evaluate("document.documentElement.scrollWidth") <= width
    back.click()
    expect(teller.region("Study")).to_be_hidden()


def test_a_study_added_is_history_of_ones_own(studying: Page, teller: Teller) -> None:
    events = len(HISTORY.read_text().splitlines())
    teller.button("Add to my ledger").click()
    expect(teller.region("Study")).to_be_hidden()
    expect(teller.region("Event Store")).to_contain_text(f"{events + 2} events")
    studying.reload()
    teller.wait_until_ready()
    expect(teller.slider).to_have_attribute("max", str(events + 2))
    expect(studying.get_by_role("status", name="Chain")).to_have_text(
        f"Chain intact: {events + 2} events"
    )


def test_a_study_left_open_does_not_hide_what_another_tab_appends(
    studying: Page, teller: Teller
) -> None:
    other = Teller(studying.context.new_page(), teller.address).open()
    other.deposit("3")
    expect(other.balance).to_have_text("$15.00")
    expect(teller.region("Study")).to_be_visible()
    teller.button("Back to my ledger").click()
    expect(teller.balance).to_have_text("$15.00")


def test_a_study_says_that_it_ends_with_the_page_and_a_reload_ends_it(
    studying: Page, teller: Teller
) -> None:
    expect(teller.region("Study")).to_contain_text("gone when this page is closed or loaded again")
    studying.reload()
    teller.wait_until_ready()
    expect(teller.region("Study")).to_be_hidden()
    expect(teller.balance).to_have_text("$12.00")


def test_no_rule_of_accessibility_is_broken_by_a_study(
    studying: Page, teller: Teller, axe: str
) -> None:
    for scheme in ("light", "dark"):
        studying.emulate_media(color_scheme=scheme)
        assert_accessible(teller, axe, f"a study, {scheme}")
