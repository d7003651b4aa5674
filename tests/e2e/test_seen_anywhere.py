"""The page with every lab open, looked at on screens small and short, and with large letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import launch_options
from tests.e2e.labs_visited import visit
from tests.e2e.looks import (
    becomes,
    box_of,
    comes_in_sight,
    controls_outside,
    cut_names,
    cut_placeholders,
    overlapping_texts,
    scroll_to,
    settled,
    sized,
)
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

LABS = ("projection", "audit", "debug", "analytics", "database")

WIDER = "document.documentElement.scrollWidth - innerWidth"

STAGE = (".state", "#ledger-log", ".actions", ".travel")


def with_all_labs(teller: Teller) -> Teller:
    teller.page.emulate_media(reduced_motion="reduce")
    teller.skip_through_the_story()
    teller.button("Step back").click()
    teller.stands_at(11, 12)
    for name in LABS:
        teller.button(f"Open the {name} lab").click()
        expect(
            teller.region(f"{name.capitalize()} lab").locator("label:visible").first
        ).to_be_visible()
    audit, analytics = teller.region("Audit lab"), teller.region("Analytics lab")
    audit.get_by_role("button", name="Verify", exact=True).click()
    expect(audit.get_by_role("status", name="Verdict")).to_contain_text("Intact")
    analytics.get_by_role("button", name="Ask", exact=True).click()
    expect(analytics.get_by_role("table", name="Answer")).to_be_visible()
    return teller


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Teller]:
    with visit(browser, address) as teller:
        yield with_all_labs(teller)


@pytest.fixture
def teller(opened: Teller) -> Iterator[Teller]:
    """A reader of the page with all labs open, at event 11 of 12."""
    if opened.page.locator("#ledger-count").inner_text() == "13 events":
        opened.erase_all().skip_through_the_story()
        opened.button("Step back").click()
    opened.stands_at(11, 12)
    yield opened
    sized(opened.page, 1280, 900)


def faults(page: Page) -> tuple[list[str], list[str], list[str], list[str], bool]:
    """Texts over texts, controls beside the window, names and placeholders that are cut."""
    return (
        overlapping_texts(page, "main"),
        controls_outside(page),
        cut_names(page),
        cut_placeholders(page),
        page.evaluate(WIDER) > 0,
    )


NOTHING: tuple[list[str], list[str], list[str], list[str], bool] = ([], [], [], [], False)


@pytest.mark.parametrize("size", [(320, 640), (390, 844), (640, 512), (768, 1024), (1280, 900)])
def test_no_lab_is_cut_covered_or_outside(teller: Teller, size: tuple[int, int]) -> None:
    sized(teller.page, *size)
    assert becomes(lambda: faults(teller.page), NOTHING) == NOTHING


def test_letters_twice_as_large_fit_on_a_telephone(browser: Browser, address: str) -> None:
    options = launch_options()
    font = "--blink-settings=defaultFontSize=32"
    with browser.browser_type.launch(**{**options, "args": [*options["args"], font]}) as large:
        page = large.new_page(service_workers="block", viewport={"width": 390, "height": 844})
        teller = with_all_labs(Teller(page, address).open())
        for width, height in ((390, 844), (320, 640), (844, 390)):
            sized(page, width, height)
            assert becomes(lambda: faults(page), NOTHING) == NOTHING, width
            scroll_to(page, ".diagram")
            assert comes_in_sight(teller.slider)
            _, top, _, bottom = box_of(page.locator(".time-bar"))
            assert bottom - top < height * 0.3


def test_what_floats_leaves_a_short_screen_to_the_page(teller: Teller, tmp_path: Path) -> None:
    page = teller.page
    sized(page, 320, 256)
    assert becomes(lambda: faults(page), NOTHING) == NOTHING
    for place in STAGE:
        scroll_to(page, place)
        assert comes_in_sight(teller.slider)
        _, top, _, bottom = box_of(page.locator(".time-bar"))
        assert bottom - top < 256 / 4
    broken = tmp_path / "half.jsonl"
    broken.write_text('{"specversion": "1.0", "id": "1", "type": "Opened", "sour')
    page.locator("input[type=file]").first.set_input_files(broken)
    said = teller.region("Opening a history")
    close = said.get_by_role("button", name="Close", exact=True)
    expect(close).to_be_visible()
    assert comes_in_sight(close)
    settled(page)
    _, top, _, bottom = box_of(said)
    assert bottom - top <= 256 * 0.6
    close.click()
    expect(close).to_be_hidden()


def test_what_is_to_be_read_is_read_without_scrolling_sideways(teller: Teller) -> None:
    sized(teller.page, 320, 640)
    honestly = teller.page.get_by_role("table", name="Free, honestly")
    assert honestly.get_by_role("row").count() == 7
    assert honestly.get_by_role("cell").count() == 18
    expect(honestly.get_by_role("cell").first).to_be_visible()
    assert (
        honestly.evaluate(
            "(table) => table.parentElement.scrollWidth > table.parentElement.clientWidth"
        )
        is False
    )


def test_what_is_alike_stands_on_one_line(teller: Teller) -> None:
    for alike in (".steps > li > .code", ".cards > li > .here", ".cards > li > .door"):
        tops = teller.page.locator(alike).evaluate_all(
            "(all) => all.map((one) => Math.round(one.getBoundingClientRect().top))"
        )
        assert len(tops) == 3
        assert len(set(tops)) == 1, alike


def test_labels_look_alike_and_there_is_one_accent(teller: Teller) -> None:
    looks = teller.page.locator(
        "main .field > label:visible, main .block > label:visible"
    ).evaluate_all(
        """(labels) => labels.map((label) => {
            const { fontSize, fontWeight } = getComputedStyle(label);
            return `${fontSize} ${fontWeight}`;
        })"""
    )
    assert len(looks) > 15
    assert len(set(looks)) == 1
    accents = teller.page.locator("input[type=checkbox]").evaluate_all(
        "(boxes) => boxes.map((box) => getComputedStyle(box).accentColor)"
    )
    assert set(accents) == {"rgb(11, 93, 75)"}


def test_the_current_row_stays_in_sight_in_a_window_of_another_size(teller: Teller) -> None:
    row = teller.page.locator("#event-11")
    for width, height in (
        (1024, 768),
        (1280, 800),
        (1366, 650),
        (1920, 1080),
        (390, 844),
        (1280, 900),
    ):
        sized(teller.page, width, height)
        scroll_to(teller.page, "#ledger-log")
        assert comes_in_sight(row), width


def test_in_the_past_the_ledger_still_says_how_long_it_is(teller: Teller) -> None:
    teller.field("Amount").fill("1")
    teller.region("Actions").get_by_role("button", name="Deposit").click()
    teller.stands_at(13, 13)
    teller.button("Step back").click()
    teller.stands_at(12, 13)
    expect(teller.page.locator("#ledger-count")).to_have_text("13 events")
    expect(teller.page.locator("#ledger-count")).to_be_visible()
