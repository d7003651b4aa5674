"""The page on paper: every event, no empty page, nothing cut, light whatever the screen is."""

from __future__ import annotations

import re
import zlib

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import eventually
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

EVENTS = 300


def pages_of(page: Page) -> list[bytes]:
    """What is drawn on each page of A4, as PDF says it."""
    paper = page.pdf(format="A4")
    streams = {
        int(found[1]): found[2]
        for found in re.finditer(
            rb"\n(\d+) 0 obj\s*<<(?:(?!endobj).)*?>>\s*stream\r?\n(.*?)endstream", paper, re.DOTALL
        )
    }
    contents = re.findall(rb"/Type\s*/Page\b.*?/Contents (\d+) 0 R", paper, re.DOTALL)
    return [zlib.decompressobj().decompress(streams[int(number)]) for number in contents]


def show_as_printed(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


def is_handed_over(page: Page, rows: int) -> None:
    """Wait until paper has the rows: the page hands them over when it has nothing else to do."""
    eventually(
        page,
        f"""() => {{
            dispatchEvent(new Event("beforeprint"));
            const found = document.querySelectorAll("#paper-rows > tr").length;
            dispatchEvent(new Event("afterprint"));
            return found === {rows};
        }}""",
    )


@pytest.mark.parametrize("context_options", [{}, {"color_scheme": "dark"}], ids=["light", "dark"])
def test_a_long_ledger_prints_whole_by_the_browsers_own_command(teller: Teller) -> None:
    teller.finds_a_long_history(EVENTS)
    is_handed_over(teller.page, EVENTS)
    drawn = pages_of(teller.page)
    assert len(drawn) < 16
    assert all(re.search(rb"\bT[jJ]\b", page) for page in drawn)
    assert teller.page.locator("#paper-rows > tr").count() == 0
    show_as_printed(teller.page)
    rows = teller.page.locator("#paper-rows > tr")
    expect(rows).to_have_count(EVENTS)
    expect(rows.last).to_be_visible()
    expect(rows.last).to_contain_text(str(EVENTS))
    expect(rows.nth(1)).to_contain_text("MoneyDeposited")
    expect(rows.nth(3)).to_contain_text("rent")
    expect(teller.page.locator("#ledger-log")).to_be_hidden()
    for hidden in ("Deposit", "Play", "Export", "Reset"):
        expect(teller.button(hidden)).to_be_hidden()
    ink = teller.page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"
    teller.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(rows).to_have_count(0)


def test_an_event_recorded_just_now_is_on_paper_too(teller: Teller) -> None:
    teller.open_account("Ada").has_rows(1).deposit("12.5").has_rows(2)
    is_handed_over(teller.page, 2)
    show_as_printed(teller.page)
    expect(teller.page.locator("#paper-rows > tr").last).to_contain_text("+$12.50")


def test_a_ledger_too_long_for_that_is_printed_by_its_button(teller: Teller) -> None:
    teller.finds_a_long_history(1_200)
    teller.page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    show_as_printed(teller.page)
    expect(teller.page.get_by_text("only the rows in sight are printed here")).to_be_visible()
    teller.page.emulate_media(media="screen")
    teller.button("Print the ledger (about 22 pages)").click()
    teller.page.wait_for_function("window.printed")
    show_as_printed(teller.page)
    expect(teller.page.locator("#paper-rows > tr")).to_have_count(1_200)
    expect(teller.page.get_by_text("only the rows in sight are printed here")).to_be_hidden()
