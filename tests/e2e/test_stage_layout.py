"""The stage as a reader sees it: at every width and font size, with numbers of every length."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import launch_options
from tests.e2e.looks import (
    becomes,
    box_of,
    comes_in_sight,
    controls_outside,
    cut_names,
    overlapping_texts,
    scroll_to,
    settled,
    sized,
)
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

PANELS = ("Actions", "Event Store", "Current State", "Time Travel Debugger")

WIDTHS = (320, 390, 540, 720, 768, 960, 1024, 1100, 1280, 1920, 2560)

# Just after an input as well: that it was expected makes a jump no better.
SHIFTS = """() => {
    window.shifts = [];
    const named = ({node}) => node?.id || node?.classList?.[0] || "";
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
            window.shifts.push([entry.value, ...entry.sources.map(named)]);
    }).observe({type: "layout-shift", buffered: true});
}"""


def window(width: int, height: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": height}}


def faults(page: Page) -> tuple[list[str], list[str], list[str], bool]:
    """Texts over texts, controls beside the window, names that are cut, a page too wide."""
    return (
        overlapping_texts(page),
        controls_outside(page),
        cut_names(page),
        page.evaluate("document.documentElement.scrollWidth > innerWidth"),
    )


NOTHING: tuple[list[str], list[str], list[str], bool] = ([], [], [], False)


@pytest.mark.parametrize(
    "context_options",
    [window(1280, 800), window(390, 844), window(1024, 768), window(768, 1024), window(1920, 1080)],
    ids=lambda options: str(options["viewport"]["width"]),
)
def test_the_story_begins_on_the_first_screen(teller: Teller) -> None:
    assert comes_in_sight(teller.button("Play the story"))


@pytest.mark.parametrize("context_options", [window(1280, 800)], ids=["laptop"])
def test_the_whole_stage_fits_on_one_screen(teller: Teller) -> None:
    assert comes_in_sight(teller.field("Owner"))
    teller.skip_through_the_story()
    settled(teller.page)
    boxes = [box_of(teller.region(name)) for name in PANELS]
    assert max(box[3] for box in boxes) - min(box[1] for box in boxes) <= 780
    scroll_to(teller.page, "section.actions")
    assert comes_in_sight(*map(teller.region, PANELS))
    expect(teller.page.locator("html")).to_have_attribute("data-bar", "home")


@pytest.mark.parametrize("context_options", [window(1366, 650)], ids=["short"])
def test_slider_balance_and_newest_row_are_in_sight_together(teller: Teller) -> None:
    teller.skip_through_the_story()
    scroll_to(teller.page, "section.actions")
    assert comes_in_sight(teller.slider, teller.balance, teller.rows.last)
    teller.button("Genesis").click()
    teller.stands_at(0, 12)
    scroll_to(teller.page, "section.actions")
    assert comes_in_sight(teller.slider, teller.balance, teller.rows.first)


def test_nothing_is_cut_covered_or_outside_at_any_width(teller: Teller) -> None:
    teller.page.emulate_media(reduced_motion="reduce")
    teller.skip_through_the_story().withdraw("1000000").is_told("No event")
    teller.button("Step back").click()
    teller.button("Step back").click()
    teller.stands_at(10, 12)
    for width in WIDTHS:
        sized(teller.page, width, 900)
        assert becomes(lambda: faults(teller.page), NOTHING) == NOTHING, width


@pytest.mark.parametrize("size", [20, 24, 32])
def test_a_larger_font_needs_more_room_and_gets_it(
    browser: Browser, address: str, size: int
) -> None:
    options = launch_options()
    font = f"--blink-settings=defaultFontSize={size}"
    with browser.browser_type.launch(**{**options, "args": [*options["args"], font]}) as large:
        teller = Teller(large.new_page(service_workers="block"), address).open()
        teller.page.emulate_media(reduced_motion="reduce")
        teller.skip_through_the_story()
        teller.button("Step back").click()
        for width in (320, 390, 768, 1024, 1280):
            sized(teller.page, width, 900)
            assert becomes(lambda: faults(teller.page), NOTHING) == NOTHING, width


def test_a_row_that_is_magnified_by_itself_stays_whole(teller: Teller) -> None:
    teller.skip_through_the_story()
    teller.button("Step back").click()
    teller.page.evaluate("document.documentElement.style.fontSize = '150%'")
    for width in (390, 768, 1024, 1280):
        sized(teller.page, width, 900)
        assert overlapping_texts(teller.page, ".ledger") == [], width
        assert cut_names(teller.page) == [], width


LINES = """(amount) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const lines = [];
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.data.trim() !== amount || !node.parentElement.checkVisibility()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()];
        lines.push([new Set(boxes.map((box) => Math.round(box.top))).size,
            boxes.every((box) => box.right <= innerWidth)]);
    }
    return lines;
}"""


def test_a_number_never_breaks_inside(teller: Teller) -> None:
    teller.open_account().has_rows(1)
    for nth in range(6):
        teller.deposit("1000000000").has_rows(nth + 2)
    teller.has_balance("$6,000,000,000.00")
    for width in (320, 390, 768, 1100, 1280):
        sized(teller.page, width, 800)
        lines = teller.page.evaluate(LINES, "$6,000,000,000.00")
        assert len(lines) >= 3
        assert all(line == [1, True] for line in lines), width
        assert overlapping_texts(teller.page) == [], width


@pytest.mark.parametrize(
    "context_options", [window(1280, 800), window(390, 844)], ids=["wide", "narrow"]
)
def test_nothing_jumps(teller: Teller) -> None:
    teller.page.evaluate(SHIFTS)
    teller.skip_through_the_story()
    settled(teller.page)
    heights = [box_of(teller.region(name)) for name in PANELS]
    heights_before = [box[3] - box[1] for box in heights]
    for _ in range(12):
        teller.button("Step back").click()
    expect(teller.slider).to_have_value("0")
    for name in ("Now", "Genesis", "Now"):
        teller.button(name).click()
    teller.withdraw("1000000").is_told("No event was appended.")
    teller.transfer("5", "ACC-2").is_told("No event was appended.")
    teller.button("Close account").click()
    teller.is_told("Only an empty account can be closed")
    settled(teller.page)
    after = [box_of(teller.region(name)) for name in PANELS]
    assert [box[3] - box[1] for box in after] == heights_before
    teller.page.wait_for_timeout(600)  # what moves late moves, too
    teller.page.mouse.wheel(0, 600)
    teller.page.wait_for_function("scrollY > 300")
    settled(teller.page)
    # A text that got shorter moves the one beside it, and the bar docks as one scrolls.
    shifts = teller.page.evaluate("shifts")
    assert [one for one in shifts if one[0] > 0.004 and "time-bar" not in one] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_diagram_leads_from_the_store_to_the_projection(teller: Teller, width: int) -> None:
    sized(teller.page, width, 844)
    arrow = teller.page.locator(".diagram .to-replay:visible")
    ends = arrow.evaluate(
        """(path) => {
            const drawing = path.ownerSVGElement;
            const reached = (point) => [...drawing.querySelectorAll(".step")].find((step) => {
                const box = step.querySelector("rect").getBBox();
                return point.x > box.x - 14 && point.x < box.x + box.width + 14
                    && point.y > box.y - 14 && point.y < box.y + box.height + 14;
            })?.querySelector("text").textContent;
            const end = path.getTotalLength();
            return [reached(path.getPointAtLength(0)), reached(path.getPointAtLength(end))];
        }"""
    )
    assert ends == ["Event Store", "Projection"]
    head = teller.page.locator("#arrow-head").evaluate(
        "(marker) => getComputedStyle(marker.ownerSVGElement).display"
    )
    assert head != "none"


@pytest.mark.parametrize("context_options", [{"forced_colors": "active"}], ids=["forced"])
def test_in_forced_colours_boxes_and_lines_are_there(teller: Teller) -> None:
    paints = teller.page.locator(".diagram-wide .step rect").evaluate_all(
        "(boxes) => boxes.map((b) => [getComputedStyle(b).stroke, getComputedStyle(b).fill])"
    )
    assert all(stroke != fill for stroke, fill in paints)
