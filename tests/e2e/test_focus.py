"""Where the keyboard is: few Tab stops, arrows among rows, and a focus that is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

FOCUS = "document.activeElement.id || document.activeElement.tagName"


IN_SIGHT = """(place) => {
    const box = document.getElementById("ledger-log").getBoundingClientRect();
    const row = document.getElementById(`event-${place}`)?.getBoundingClientRect();
    return !!row && row.height > 0 && row.top >= box.top - 2 && row.bottom <= box.bottom + 2;
}"""


def focused(page: Page) -> str:
    return str(page.evaluate(FOCUS))


def tabs_until_slider(page: Page) -> int:
    """How many times Tab is pressed from the ledger to the slider."""
    page.get_by_role("log").focus()
    for stops in range(1, 60):
        page.keyboard.press("Tab")
        if focused(page) == "slider":
            return stops
    return 60


def jump(teller: Teller, place: int) -> Locator:
    return teller.page.locator(f"#jump-{place}")


@pytest.fixture
def long(teller: Teller) -> Teller:
    """A ledger of 301 events, too long to be on the page as a whole."""
    return teller.finds_a_long_history(301)


def test_the_rows_of_the_ledger_are_one_tab_stop(teller: Teller) -> None:
    teller.skip_through_the_story()
    expect(teller.page.locator("#ledger button[tabindex='0']")).to_have_count(1)
    twelve = tabs_until_slider(teller.page)
    assert twelve <= 12


def test_a_long_ledger_has_as_few_tab_stops(long: Teller) -> None:
    expect(long.page.locator("#ledger button[tabindex='0']")).to_have_count(1)
    assert tabs_until_slider(long.page) <= 12


def test_the_stop_is_at_the_row_of_the_slider(teller: Teller) -> None:
    teller.has_seven_events().rows.nth(2).get_by_role("button").first.click()
    teller.stands_at(3, 7)
    expect(teller.rows.nth(2)).to_have_attribute("aria-current", "step")
    teller.field("Owner").focus()
    teller.page.get_by_role("log").focus()
    teller.page.keyboard.press("Tab")
    expect(jump(teller, 3)).to_be_focused()
    teller.page.keyboard.press("Shift+Tab")
    expect(teller.page.get_by_role("log")).to_be_focused()


def test_arrow_keys_move_among_rows_and_between_a_rows_buttons(teller: Teller) -> None:
    page = teller.has_seven_events().page
    page.get_by_role("log").focus()
    page.keyboard.press("Tab")
    for key, at in [
        ("ArrowUp", "jump-6"),
        ("ArrowRight", "toggle-6"),
        ("ArrowUp", "toggle-5"),
        ("ArrowLeft", "jump-5"),
        ("Home", "jump-1"),
        ("ArrowUp", "jump-1"),
        ("ArrowDown", "jump-2"),
        ("End", "jump-7"),
        ("ArrowDown", "jump-7"),
    ]:
        page.keyboard.press(key)
        expect(page.locator(f"#{at}")).to_be_focused()
    teller.stands_at(7, 7)
    page.keyboard.press("Home")
    expect(jump(teller, 1)).to_be_focused()
    page.keyboard.press("Enter")
    teller.stands_at(1, 7)
    expect(jump(teller, 1)).to_be_focused()


def test_arrow_keys_reach_every_row_of_a_long_ledger(long: Teller) -> None:
    page = long.page
    page.get_by_role("log").focus()
    page.keyboard.press("Tab")
    expect(jump(long, 301)).to_be_focused()
    page.keyboard.press("Home")
    expect(jump(long, 1)).to_be_focused()
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    expect(jump(long, 31)).to_be_focused()
    expect(jump(long, 31)).to_be_in_viewport()


def test_wheeling_away_from_a_focused_row_keeps_the_focus_in_the_ledger(long: Teller) -> None:
    page = long.page
    page.get_by_role("log").focus()
    page.keyboard.press("Tab")
    expect(jump(long, 301)).to_be_focused()
    box = page.get_by_role("log").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    for _ in range(10):
        page.mouse.wheel(0, -1200)
        page.wait_for_timeout(60)
    expect(jump(long, 301)).to_have_count(0)
    expect(page.get_by_role("log")).to_be_focused()
    page.keyboard.press("ArrowUp")  # goes on from the row that had it
    expect(jump(long, 300)).to_be_focused()


def test_a_row_that_comes_back_has_the_focus_again(long: Teller) -> None:
    page = long.page
    page.get_by_role("log").focus()
    page.keyboard.press("Tab")
    expect(jump(long, 301)).to_be_focused()
    page.evaluate("document.getElementById('ledger-log').scrollTop = 0")
    expect(page.get_by_role("log")).to_be_focused()
    page.evaluate("document.getElementById('ledger-log').scrollTop = 1e9")
    expect(jump(long, 301)).to_be_focused()


def test_the_story_leaves_the_focus_at_its_controls_and_then_at_the_slider(teller: Teller) -> None:
    teller.button("Play the story").press("Enter")
    expect(teller.button("Pause the story")).to_be_focused()
    expect(teller.page.get_by_text("That was the story")).to_be_visible()
    expect(teller.slider).to_be_focused()


def test_the_story_takes_no_focus_from_who_has_gone_elsewhere(teller: Teller) -> None:
    teller.button("Play the story").click()
    teller.has_at_least(2)
    teller.field("Owner").focus()
    expect(teller.page.get_by_text("That was the story")).to_be_visible()
    expect(teller.field("Owner")).to_be_focused()


@pytest.mark.parametrize("count", [40, 301])
def test_after_a_reload_the_newest_row_is_in_sight(teller: Teller, count: int) -> None:
    teller.finds_a_long_history(count)
    teller.page.wait_for_function(IN_SIGHT, arg=count)


@pytest.mark.parametrize("height", ["12rem", "9.3rem"])
def test_the_newest_row_stays_in_sight_when_its_list_gets_smaller(
    long: Teller, height: str
) -> None:
    log = long.page.get_by_role("log")
    log.evaluate("(box, height) => box.style.setProperty('max-block-size', height)", height)
    long.page.wait_for_function(f"({IN_SIGHT})(301)")
    log.evaluate("box => { box.scrollTop = 0; }")
    log.evaluate("box => box.style.setProperty('max-block-size', '8rem')")
    frames = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    long.page.evaluate(frames)
    assert log.evaluate("box => box.scrollTop") == 0, "who has scrolled away is left alone"


def test_headings_further_down_are_there_before_anybody_scrolls(teller: Teller) -> None:
    for level, name in [
        (2, "How It Works"),
        (3, "Command"),
        (2, "Event Sourcing Architecture Diagram"),
        (2, "Why use it in practice?"),
        (3, "Perfect Audit Trails"),
        (3, "Business Analytics"),
        (2, "CRUD vs. Event Sourcing"),
        (3, "Traditional CRUD"),
    ]:
        assert (level, name) in headings(teller.page)


def headings(page: Page) -> set[tuple[int, str]]:
    """The headings of the accessibility tree."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    found = set()
    for node in nodes:
        if node.get("role", {}).get("value") == "heading" and not node.get("ignored"):
            levels = [p["value"]["value"] for p in node["properties"] if p["name"] == "level"]
            found.add((levels[0], node["name"]["value"].strip()))
    return found
